"""The attributes file that gives notebooks nbvc's filter: the weakest place that git has.

    .git/config                core.attributesFile = .git/info/nbvc-attributes
    .git/info/nbvc-attributes  *.ipynb filter=nbvc
                               …                     a copy of the user's own file, which git read before
    papers/.gitattributes      *.ipynb -filter       wins, as does any line of any .gitattributes

Only one file can be `core.attributesFile`: the user's own lines are copied, and again whenever nbvc
finds that they changed. The name is relative if git's own names are, so that a folder that moves, or
is mounted elsewhere, keeps its filter. A linked working tree has no `.git` folder to count from:

    .git/config                [includeIf "gitdir:./worktrees/"] path = info/nbvc-worktrees
    .git/info/nbvc-worktrees   core.attributesFile = /home/ada/project/.git/info/nbvc-attributes

All of it is in `.git/info`: whoever deletes `.git/nbvc`, with all that is stored there, keeps the
filter.
"""

from __future__ import annotations

import os

import msgspec

from nbvc.git.plumbing.copied_attributes import NAMES, make_head, read_own
from nbvc.git.plumbing.environment import config_folder
from nbvc.git.plumbing.programs import DRIVER
from nbvc.git.plumbing.sharing import LINKED_TREES, share
from nbvc.git.setup.attributes import content_of, with_filter
from nbvc.git.setup.others import is_storing
from nbvc.platform import relative_path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from nbvc.git.plumbing.command import Git
    from nbvc.git.plumbing.repository import Repository

_SETTING = "core.attributesFile"
_BEFORE = f"filter.{DRIVER}.attributesFile"
"""What `core.attributesFile` was before."""

_INCLUDE = f"includeIf.{LINKED_TREES}.path"
_INCLUDED = "info/nbvc-worktrees"


class _Slot(msgspec.Struct, frozen=True):
    """One setting that has to name a file of nbvc's: its scope, the file, and its name there."""

    scope: str
    file: str
    name: str


class FilterFile:
    """The file in one repository. Its methods raise `GitError` and `OSError`."""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository
        self._git = repository.git
        self._folder = os.path.join(repository.common_dir, "info")

    @property
    def path(self) -> str:
        """Where the file of this clone is."""
        return os.path.join(self._folder, NAMES[0])

    @property
    def _linked(self) -> str:
        """The settings file for linked working trees."""
        return os.path.join(self._repository.common_dir, _INCLUDED)

    def write(self) -> bool:
        """Write the file, and have git read it; return whether anything changed."""
        changed = [self._fill(slot) for slot in self._list_slots()]
        changed.append(self._save(self._linked, _settings_text(self.path)))
        if _INCLUDED not in self._read_values("local", _INCLUDE):
            self._git.run("config", "--local", "--add", _INCLUDE, _INCLUDED)
            changed.append(True)
        return any(changed)

    def update(self) -> bool:
        """Write anew what is there already, if the user's own file changed; return whether it did."""
        copied = [self._copy(slot) for slot in self._list_slots() if self._is_set(slot)]
        return any(copied)

    def find_problem(self) -> str | None:
        """Return why git does not read the file as it should be; None if it does."""
        for slot in self._list_slots():
            if not self._is_set(slot):
                values = self._read_values(slot.scope, _SETTING)
                return f"{_SETTING} is {values[-1]}" if values else f"{_SETTING} is not set"
            if content_of(slot.file) != self._make_content(slot):
                return f"{slot.file} is older than {self._own_file(slot)}"
        if content_of(self._linked) != _settings_text(self.path):
            return f"{self._linked} names another folder"
        return None

    def remove(self) -> tuple[str, ...]:
        """Remove the file, and set what was set before; return the settings that changed."""
        changed = []
        for slot in self._list_slots():
            before = self._read_values(slot.scope, _BEFORE)
            scope = f"--{slot.scope}"
            if any(map(_is_ours, self._read_values(slot.scope, _SETTING))):
                self._set(slot.scope, _SETTING, before[-1] if before else None)
                changed.append(_SETTING)
            if before:
                self._git.run("config", scope, "--unset-all", _BEFORE)
            remove_with_folder(slot.file)
        if _INCLUDED in self._read_values("local", _INCLUDE):
            exactly = ("--fixed-value", "--unset-all", _INCLUDE, _INCLUDED)
            self._git.run("config", "--local", *exactly)
        remove_with_folder(self._linked)
        return tuple(changed)

    # The settings

    def _list_slots(self) -> list[_Slot]:
        """Return the settings that have to name the file: of this clone, and of this working tree.

        A working tree has one of its own only with `extensions.worktreeConfig`, and if it is set.
        """
        found = [_Slot("local", self.path, self._name_file(self.path))]
        if any(scope == "worktree" for scope, _ in _read_scopes(self._git)):
            own = os.path.join(self._repository.git_dir, "info", NAMES[1])
            found.append(_Slot("worktree", own, own))
        return found

    def _name_file(self, file: str) -> str:
        """Return the file's name for git in the main working tree: relative if `.git` is found so."""
        common = self._repository.common_dir
        tops = self._read_values("local", "core.worktree")
        if tops and not os.path.isabs(tops[-1]):
            return relative_path(file, os.path.realpath(os.path.join(common, tops[-1])))
        if tops or os.path.basename(common) != ".git":
            return file
        return relative_path(file, os.path.dirname(common))

    def _read_values(self, scope: str, name: str) -> list[str]:
        said = self._git.ask("config", f"--{scope}", "-z", "--get-all", name).stdout
        return [os.fsdecode(value) for value in said.split(b"\0") if value]

    def _set(self, scope: str, name: str, value: str | None) -> None:
        words = ("--unset-all", name) if value is None else ("--replace-all", name, value)
        self._git.run("config", f"--{scope}", *words)

    def _is_set(self, slot: _Slot) -> bool:
        return self._read_values(slot.scope, _SETTING)[-1:] == [slot.name]

    def _fill(self, slot: _Slot) -> bool:
        """Write a slot's file and set its setting; return whether anything changed."""
        now = self._read_values(slot.scope, _SETTING)[-1:]
        if now and not _is_ours(now[0]):
            self._set(slot.scope, _BEFORE, now[0])
        changed = self._copy(slot)
        if now != [slot.name]:
            self._set(slot.scope, _SETTING, slot.name)
        return changed or now != [slot.name]

    # The file

    def _copy(self, slot: _Slot) -> bool:
        return self._save(slot.file, self._make_content(slot))

    def _make_content(self, slot: _Slot) -> bytes:
        path = self._own_file(slot)
        own = read_own(path) or b""
        return make_head(path, own) + with_filter(own, first=not is_stripping(self._git, own))

    def _own_file(self, slot: _Slot) -> str:
        """Return the user's own attributes file, which git would read if nbvc were not there."""
        for scope in ("worktree", "local") if slot.scope == "worktree" else ("local",):
            before = self._git.ask("config", f"--{scope}", "--type=path", "--get", _BEFORE)
            if before.code == 0 and before.lines:
                return os.path.join(self._repository.top, before.lines[-1])
        values = [
            value for scope, value in _read_scopes(self._git) if scope in ("system", "global")
        ]
        if values:
            return os.path.join(self._repository.top, values[-1])
        return os.path.join(config_folder(self._git.environ), "attributes")

    def _save(self, path: str, content: bytes) -> bool:
        if os.path.isfile(path) and content_of(path) == content:
            return False
        from nbvc.notebook.saving import save

        os.makedirs(os.path.dirname(path), exist_ok=True)
        save(path, content)
        share(self._repository, path)
        return True


def _read_scopes(git: Git) -> list[tuple[str, str]]:
    """Return all values of `core.attributesFile` with their scopes, the strongest last."""
    options = ("--show-scope", "-z", "--type=path", "--get-all")
    fields = os.fsdecode(git.ask("config", *options, _SETTING).stdout).split("\0")
    return list(zip(fields[::2], fields[1::2], strict=False))


def _is_ours(value: str) -> bool:
    folder, name = os.path.split(value)
    return os.path.basename(folder) == "info" and name in NAMES


def is_stripping(git: Git, own: bytes) -> bool:
    """Return whether all that a file of the user's says about filters is who strips notebooks.

    That gives way to nbvc. A cipher, or a path without a filter, does not.
    """
    words = [word for line in own.split(b"\n") for word in line.split()[1:] if b"filter" in word]
    names = [word.partition(b"=")[2] for word in words]
    return all(name and not is_storing(git, os.fsdecode(name)) for name in names)


def _settings_text(path: str) -> bytes:
    """Return a settings file for git that names an attributes file."""
    quoted = path.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return os.fsencode(f'[core]\n\tattributesFile = "{quoted}"\n')


def remove_with_folder(path: str) -> None:
    """Remove a file if it exists, and the folder that it was alone in."""
    try:
        os.unlink(path)
        os.rmdir(os.path.dirname(path))
    except OSError:
        return
