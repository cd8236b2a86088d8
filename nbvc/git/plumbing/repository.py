"""Where a repository is: its top folder, its git dirs, and paths relative to it.

One question to git finds all of it, and git's own rules hold: worktrees, submodules, ownership.
"""

from __future__ import annotations

import os

import msgspec

from nbvc.errors import GitError, NoRepositoryError, OutsideError
from nbvc.git.plumbing.silencing import silence
from nbvc.platform import compose_name, cut_folder, native_path, relative_path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from nbvc.git.plumbing.command import Git
    from nbvc.git.plumbing.process import Finished

_QUESTIONS = (
    *("--is-inside-git-dir", "--is-bare-repository", "--show-object-format"),
    *("--absolute-git-dir", "--git-common-dir", "--show-toplevel"),
)


class Repository(msgspec.Struct, frozen=True):
    """A repository with a working tree.

    `git` runs in `top`, the working tree's folder. `git_dir` belongs to this worktree, `common_dir` is
    shared by all of them. `hash_name` is "sha1" or "sha256". All paths are absolute and real.
    """

    git: Git
    top: str
    git_dir: str
    common_dir: str
    hash_name: str

    @property
    def acting(self) -> Repository:
        """The same repository, whose hooks and other programs run: see `Git.acting`."""
        return msgspec.structs.replace(self, git=self.git.acting)

    @property
    def storing(self) -> Repository:
        """The same repository, whose filters run: see `Git.storing`."""
        return msgspec.structs.replace(self, git=self.git.storing)

    @property
    def unasked(self) -> Repository:
        """The same repository, of which nothing runs at all: see `Runs.UNASKED`."""
        from nbvc.git.plumbing.command import Runs

        git = msgspec.structs.replace(self.git, runs=Runs.UNASKED)
        return msgspec.structs.replace(self, git=git)

    @property
    def null_oid(self) -> str:
        """The object id that stands for no object."""
        return "0" * (64 if self.hash_name == "sha256" else 40)

    def name(self, path: str) -> str:
        """Return a path as the repository has it, with `/`, relative to its top.

        The folder's links are followed, a link at the end is not. Raises `OutsideError`.
        """
        folder, last = os.path.split(os.path.abspath(path))
        real = os.path.join(os.path.realpath(folder), last)
        return self._cut_top(real)

    def name_of_folder(self, path: str) -> str:
        """Return a folder as the repository has it, empty for its top. Raises `OutsideError`."""
        return self._cut_top(os.path.realpath(path))

    def name_path(self, path: str) -> str:
        """Return a file or folder as the repository has it, empty for its top. Raises `OutsideError`."""
        is_folder = os.path.isdir(path) and not os.path.islink(path)
        return self.name_of_folder(path) if is_folder else self.name(path)

    def path(self, name: str) -> str:
        """Return where a file of that name is in the working tree."""
        return os.path.join(self.top, name.replace("/", os.sep))

    def path_from_here(self, name: str) -> str:
        """Return the path by which a file of that name is called in the current folder."""
        return relative_path(self.path(name), os.path.realpath(os.curdir))

    def _cut_top(self, real: str) -> str:
        name = cut_folder(real, self.top)
        if name is None:
            if not os.path.lexists(real):
                raise OutsideError(f"no such file or folder: {real}")
            raise OutsideError(f"{real} is not in the repository {self.top}")
        if name.split("/", 1)[0].lower() == ".git":
            raise OutsideError(f"{real} is part of git's own files")
        return compose_name(name)


def discover(git: Git, path: str) -> Repository:
    """Find the repository that a file or folder is in; the path itself may be gone.

    Where a hook of that very repository has set GIT_INDEX_FILE or GIT_DIR, they hold; for any other
    repository they do not. Raises `NoRepositoryError` if there is none, and `GitError` for a bare
    one, inside git's own folder, or where git doubts the owner.
    """
    folder = _existing_folder(path)
    finished = git.at(folder).ask("rev-parse", *_QUESTIONS)
    if not git.inherited:
        return _parse_answer(git, folder, finished)
    surrounding = _find_surrounding(git)
    try:
        found = _parse_answer(git, folder, finished)
    except NoRepositoryError:
        if surrounding is None or cut_folder(folder, surrounding.top) is None:
            raise
        return surrounding
    if surrounding is None or surrounding.git_dir != found.git_dir:
        return found
    return surrounding


def _existing_folder(path: str) -> str:
    """Return the nearest folder that exists: a deleted notebook's folder may be gone with it."""
    folder = os.path.abspath(path)
    while not os.path.isdir(folder):
        folder = os.path.dirname(folder)
    return os.path.realpath(folder)


def _find_surrounding(git: Git) -> Repository | None:
    """Return the repository whose hook we run in, with what the hook's environment says of it.

    The variables may be relative to the folder that the hook, and we, run in.
    """
    here = os.getcwd()
    said = {name: os.path.join(here, value) for name, value in git.inherited.items()}
    if "GIT_NAMESPACE" in said:
        said["GIT_NAMESPACE"] = git.inherited["GIT_NAMESPACE"]
    hooked = git.with_environ(said)
    try:
        found = _parse_answer(hooked, here, hooked.at(here).ask("rev-parse", *_QUESTIONS))
    except GitError:
        return None
    # `git commit` in a subfolder says no GIT_DIR: the hook may have gone elsewhere since.
    index = said.get("GIT_INDEX_FILE")
    return None if index and _is_in_other_git_dir(index, found) else found


def _is_in_other_git_dir(index: str, repository: Repository) -> bool:
    """Return whether an index is in the git dir of another repository or worktree."""
    folder = os.path.realpath(os.path.dirname(index))
    if folder in (repository.git_dir, repository.common_dir):
        return False
    inside = ("objects", "commondir")
    return os.path.isfile(os.path.join(folder, "HEAD")) and any(
        os.path.exists(os.path.join(folder, name)) for name in inside
    )


def _parse_answer(git: Git, folder: str, finished: Finished) -> Repository:
    """Return the repository of git's answer. Raises `GitError`."""
    from nbvc.git.plumbing.command import make_failure

    answers = os.fsdecode(finished.stdout).splitlines()
    if "true" in answers[:2]:
        raise _make_bare_error(folder)
    if finished.code:
        if b"cannot use bare repository" in finished.stderr:
            raise _make_bare_error(folder)
        if b"not a git repository" in finished.stderr:
            raise NoRepositoryError(f"{folder} is not in a git repository", hint="run git init")
        raise make_failure(("rev-parse",), finished)
    if len(answers) != len(_QUESTIONS):  # a folder's name with a line end in it
        answers = [git.at(folder).line("rev-parse", question) for question in _QUESTIONS]
    _, _, hash_name, git_dir, common_dir, top = answers
    git_dir, common = os.path.realpath(git_dir), os.path.realpath(os.path.join(folder, common_dir))
    here = git.at(top)
    quiet = msgspec.structs.replace(here, silenced=silence(here, git_dir, common))
    return Repository(quiet, native_path(top), git_dir, common, hash_name)


def _make_bare_error(folder: str) -> GitError:
    """Return the error for a folder without a working tree: git's own, or a bare repository."""
    if ".git" in folder.split(os.sep):
        return GitError(f"{folder} is git's own folder", hint="name a file in the working tree")
    return GitError(f"{folder} is a bare repository, without files", hint="work in a clone of it")
