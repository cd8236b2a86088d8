"""The user's index, where a commit needs something of it: announced, and put back on failure."""

from __future__ import annotations

import os
import stat
import time

import msgspec

from nbvc.errors import GitError
from nbvc.git.plumbing.command import make_failure
from nbvc.git.state.status import make_pathspec
from nbvc.platform import PRIVATE, replace, set_mode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from nbvc.git.plumbing.process import Finished
    from nbvc.git.plumbing.repository import Repository

_PLAIN = "100644"
LOCK_PATIENCE = 10.0
"""Seconds to wait for another git to let go of the index."""


class IndexLockedError(GitError):
    """An index that another program keeps locked."""


class Announced(msgspec.Struct, frozen=True):
    """New files that the index was told of: its bytes before (None for no index) and after."""

    names: tuple[str, ...]
    before: bytes | None
    after: bytes | None


def is_locked(finished: Finished) -> bool:
    """Return whether a command failed since another program holds the index."""
    return finished.code != 0 and b"index.lock': File exists" in finished.stderr


def run_unlocked(
    repository: Repository, *args: str, stdin: bytes = b"", deadline: float, patience: float
) -> Finished:
    """Run a git command that writes the index, again and again while another program holds it.

    The lock is never touched. Raises `IndexLockedError` when it is held for longer than `patience`.
    """
    until = time.monotonic() + patience
    while True:
        finished = repository.git.ask(*args, stdin=stdin, deadline=deadline)
        if not is_locked(finished):
            return finished
        if time.monotonic() >= until:
            error = make_failure(args, finished)
            raise IndexLockedError(error.message, hint=error.hint)
        time.sleep(0.05)


def is_being_written(repository: Repository) -> bool:
    """Return whether a git command is about to write the index, as `git add` is and `git diff` isn't.

    Git locks the index before it looks at the first file. Source: api-lockfile of git.
    """
    return os.path.exists(f"{index_path(repository)}.lock")


def list_blobs(repository: Repository) -> frozenset[str]:
    """Return the ids of all files in the index and in the current commit. Raises `GitError`."""
    git = repository.git.reading
    staged = git.run("ls-files", "--stage", "-z")
    in_head = git.ask("ls-tree", "-r", "-z", "--full-tree", "HEAD").stdout  # none in a new one
    found = {entry.split(b" ", 2)[1] for entry in staged.split(b"\0") if entry}
    found |= {entry.partition(b"\t")[0].split(b" ")[2] for entry in in_head.split(b"\0") if entry}
    return frozenset(oid.decode() for oid in found)


def blob_ids(repository: Repository, content: bytes) -> set[str]:
    """Return the ids that git may give to a file's content: as it is, and with LF for CRLF."""
    import hashlib

    forms = {content, content.replace(b"\r\n", b"\n")}
    blobs = (b"blob %d\0" % len(form) + form for form in forms)
    name = repository.hash_name
    return {hashlib.new(name, blob, usedforsecurity=False).hexdigest() for blob in blobs}


def index_path(repository: Repository) -> str:
    """Return the index that git uses here, which a hook may have said."""
    said = repository.git.environ.get("GIT_INDEX_FILE")
    return said or os.path.join(repository.git_dir, "index")


def stage(repository: Repository, names: Sequence[str], *, patience: float) -> None:
    """Stage files as they are on disk, which resolves their conflicts. Raises `GitError`."""
    args = ("add", "--", *map(make_pathspec, names))
    finished = run_unlocked(repository, *args, deadline=60, patience=patience)
    if finished.code:
        raise make_failure(args, finished)


def store_content(repository: Repository, name: str, content: bytes) -> str:
    """Store a file's content as `git add` would, through the filters of its path; its blob's id.

    Without them, what is encrypted, or is in a store for large files, would be in git as it is.
    """
    return repository.git.line("hash-object", "-w", "--stdin", f"--path={name}", stdin=content)


def read_modes(repository: Repository, names: Sequence[str]) -> dict[str, str]:
    """Return the modes that `git add` would give to files.

    With `core.fileMode=false`, git's default on Windows and on disks that keep no modes, that is the
    mode in the index, and a new file cannot be executed. Raises `GitError`.
    """
    git = repository.git
    kept = git.ask("config", "--type=bool", "--get", "core.fileMode").stdout.strip() == b"false"
    if not kept:
        return {name: _mode_on_disk(repository.path(name)) for name in names}
    listing = git.literal.run("ls-files", "--stage", "-z", "--", *names) if names else b""
    entries = (line.partition(b"\t") for line in filter(None, listing.split(b"\0")))
    staged = {os.fsdecode(name): about[:6].decode() for about, _, name in entries}
    return {name: staged.get(name, _PLAIN) for name in names}


def _mode_on_disk(path: str) -> str:
    try:
        return "100755" if os.stat(path).st_mode & stat.S_IXUSR else _PLAIN
    except OSError:
        return _PLAIN


def stage_content(repository: Repository, name: str, content: bytes, *, patience: float) -> None:
    """Stage a content for a file that stays as it is on disk. Raises `GitError`."""
    blob = store_content(repository, name, content)
    mode = read_modes(repository, [name])[name]
    entry = f"{mode} {blob}\t".encode() + os.fsencode(name) + b"\0"
    args = ("update-index", "--add", "-z", "--index-info")
    finished = run_unlocked(repository, *args, stdin=entry, deadline=60, patience=patience)
    if finished.code:
        raise make_failure(args, finished)


def delete(repository: Repository, name: str, *, patience: float) -> None:
    """Delete a file on disk and in the index, which resolves its conflict. Raises `GitError`."""
    args = ("rm", "--quiet", "--force", "--", make_pathspec(name))
    finished = run_unlocked(repository, *args, deadline=60, patience=patience)
    if finished.code:
        raise make_failure(args, finished)


def unstage(repository: Repository, names: Sequence[str], *, patience: float) -> None:
    """Take new files out of the index; those on disk stay. Raises `IndexLockedError`."""
    if names:
        stdin = b"".join(os.fsencode(name) + b"\0" for name in names)
        args = ("update-index", "--force-remove", "-z", "--stdin")
        run_unlocked(repository, *args, stdin=stdin, deadline=60, patience=patience)


def look_again(repository: Repository, names: Sequence[str]) -> None:
    """Compare files with the index by content.

    Where a filter is at work, a file of another size counts as changed without a look, even if the
    filter makes the same of it. Entries without a size are looked at. Nothing else of them changes.
    """
    if not names:
        return
    specs = [make_pathspec(name) for name in names]
    entries = repository.git.run("ls-files", "--stage", "-z", "--", *specs)
    for options, stdin in ((("-z", "--index-info"), entries), (("-q", "--refresh"), b"")):
        args = ("update-index", *options)
        run_unlocked(repository, *args, stdin=stdin, deadline=60, patience=LOCK_PATIENCE)


def announce(
    repository: Repository, names: Sequence[str], *, ignored: bool, patience: float
) -> Announced:
    """Add new files to the index, without content (`git add -N`), so that they can be committed.

    Raises `GitError`.
    """
    before = _read(index_path(repository))
    specs = [make_pathspec(name) for name in names]
    options = ("--intent-to-add", *(["--force"] if ignored else []))
    args = ("add", *options, "--", *specs)
    finished = run_unlocked(repository, *args, deadline=60, patience=patience)
    if finished.code:
        raise make_failure(args, finished)
    return Announced(tuple(names), before, _read(index_path(repository)))


def withdraw(repository: Repository, announced: Announced, *, patience: float) -> None:
    """Make the index what it was before files were announced.

    Byte for byte, unless somebody changed it since: then just these files are taken out.
    """
    path = index_path(repository)
    if not _put_back(path, announced):
        unstage(repository, announced.names, patience=patience)


def _put_back(path: str, announced: Announced) -> bool:
    """Write the old index under git's own lock; return whether that could be done."""
    lock = f"{path}.lock"
    try:
        held = os.open(lock, os.O_WRONLY | os.O_CREAT | os.O_EXCL | PRIVATE, 0o666)
    except OSError:
        return False
    # From here on the lock is ours; once it has become the index, another one may be somebody's.
    with open(held, "wb") as file:
        file.write(announced.before or b"")
        file.flush()
        os.fsync(held)
        is_ours = _read(path) == announced.after
        if is_ours and announced.before is not None:
            set_mode(held, lock, os.stat(path).st_mode & 0o7777)
    # Windows renames and deletes no open file.
    if is_ours and announced.before is not None:
        replace(lock, path)
        return True
    if is_ours:
        os.unlink(path)
    os.unlink(lock)
    return is_ours


def _read(path: str) -> bytes | None:
    try:
        with open(path, "rb") as file:
            return file.read()
    except FileNotFoundError:
        return None
