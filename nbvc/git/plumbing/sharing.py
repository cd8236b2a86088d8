"""The modes of what nbvc writes into git's folder: those that git itself would give.

core.sharedRepository     a file made with 0644     a folder made with 0755
umask, false, not set     0644                      0755
group, true               0664                      2775
all, world, everybody     0664                      2775
0640                      0640                      2750

Source: git-config(1), `core.sharedRepository`; `adjust_shared_perm` in git's path.c.
"""

from __future__ import annotations

import os
import stat

import msgspec

from nbvc.platform import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from nbvc.git.plumbing.command import Git
    from nbvc.git.plumbing.repository import Repository

LINKED_TREES = "gitdir:./worktrees/"
"""The condition under which nbvc includes settings: in a linked working tree of the repository."""

_OWN_INCLUDE = f'[includeif "{LINKED_TREES}"]'.encode()
_SETTING = r"^core\.sharedrepository$"
_GROUP, _EVERYBODY = 0o660, 0o664
_WORDS = {
    **dict.fromkeys(("group", "true", "yes", "on", "1"), _GROUP),
    **dict.fromkeys(("all", "world", "everybody", "2"), _EVERYBODY),
}
"""What git takes for an octal mode comes after these: `1` and `2` are what old versions wrote."""


class Sharing(msgspec.Struct, frozen=True):
    """Who else uses a repository: `bits` are added to a file's mode, or replace it if `is_exact`."""

    bits: int = 0
    is_exact: bool = False

    def mode_of(self, mode: int) -> int:
        """Return the mode that git gives to a file or folder that was made with this one."""
        if not self.bits:
            return mode
        bits = self.bits if mode & stat.S_IWUSR else self.bits & ~0o222
        if mode & stat.S_IXUSR:
            bits |= (bits & 0o444) >> 2
        mode = (mode & ~0o777 | bits) if self.is_exact else mode | bits
        if stat.S_ISDIR(mode):
            mode |= (mode & 0o444) >> 2
            mode |= stat.S_ISGID if mode & 0o060 else 0
        return mode

    def adjust(self, path: str) -> None:
        """Give a file or folder its mode. Raises `OSError`, but not if it belongs to another user."""
        if not self.bits:
            return
        now = os.stat(path).st_mode
        wanted = self.mode_of(now)
        if wanted != now:
            try:
                os.chmod(path, stat.S_IMODE(wanted))
            except PermissionError:
                return

    def make_folder(self, path: str, mode: int = 0o777) -> None:
        """Make a folder, and those above it, if they do not exist. Raises `OSError`."""
        if os.path.isdir(path):
            return
        self.make_folder(os.path.dirname(path), mode)
        try:
            os.mkdir(path, mode)
        except FileExistsError:
            if not os.path.isdir(path):
                raise
        self.adjust(path)

    def write_once(self, path: str, text: str) -> None:
        """Write a short file whole, or nothing if one is: of several writers, the first wins.

        Raises `OSError`.
        """
        draft = f"{path}.{os.urandom(4).hex()}"
        self.make_folder(os.path.dirname(path))
        with open(draft, "x", encoding="ascii") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        try:
            self.adjust(draft)
            os.link(draft, path)
        except FileExistsError:
            pass
        except OSError:  # a file system without links
            replace(draft, path)
        finally:
            if os.path.exists(draft):
                os.unlink(draft)


def sharing_of(git: Git) -> Sharing:
    """Return the sharing of the repository that git runs in. Raises `GitError`."""
    found = git.ask("config", "-z", "--get-regexp", _SETTING)
    values = [os.fsdecode(value) for value in found.stdout.split(b"\0") if value]
    return parse(values[-1].partition("\n")) if values and not found.code else Sharing()


def share(repository: Repository, path: str) -> None:
    """Give a file in git's folder, and the folder that it is in, the modes that git gives.

    Files elsewhere, as with core.hooksPath, are left unchanged. Raises `GitError`, `OSError`.
    """
    folder = os.path.dirname(os.path.realpath(path))
    if folder.startswith(os.path.join(repository.common_dir, "")):
        sharing = sharing_of(repository.git)
        for one in (folder, path):
            sharing.adjust(one)


def parse(setting: tuple[str, str, str]) -> Sharing:
    """Return the meaning of a setting: key, `\\n` and value, or key alone, which means `group`."""
    _, has_value, value = setting
    word = value.lower() if has_value else "group"
    if word in _WORDS:
        return Sharing(_WORDS[word])
    try:
        bits = int(word, 8) & 0o666
    except ValueError:
        return Sharing()
    return Sharing(bits, is_exact=True) if bits else Sharing()


def may_be_set(environ: Mapping[str, str], common_dir: str, git_dir: str) -> bool:
    """Return whether one of git's settings files may say who shares a repository.

    It saves a process in the one place that git waits for: few repositories are shared.
    """
    from nbvc.git.plumbing.environment import config_folder
    from nbvc.platform import home_folder

    personal = (
        os.path.join(home_folder(environ), ".gitconfig"),
        os.path.join(config_folder(environ), "config"),
    )
    of_user = environ.get("GIT_CONFIG_GLOBAL")
    for path in (
        os.path.join(common_dir, "config"),
        os.path.join(git_dir, "config.worktree"),
        *((of_user,) if of_user else personal),
        environ.get("GIT_CONFIG_SYSTEM") or "/etc/gitconfig",
    ):
        try:
            with open(path, "rb") as file:
                text = file.read().lower()
        except OSError:
            continue
        if b"sharedrepository" in text or b"[include" in text.replace(_OWN_INCLUDE, b""):
            return True
    return False
