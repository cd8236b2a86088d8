"""Refs: read from git's files where that is safe, changed by git alone, compare and swap.

Reading a ref costs git a process of two milliseconds, and a look into its files a fiftieth of that.
The layout is documented (gitrepository-layout): a loose file wins over `packed-refs`, and is looked
at first, since git packs a ref before it removes the file. Other formats are left to git.
"""

from __future__ import annotations

import os
import re

import msgspec

from nbvc.errors import GitError
from nbvc.git.plumbing.command import make_failure
from nbvc.lazy import compile_lazily

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from nbvc.git.plumbing.repository import Repository

_OID = compile_lazily(rb"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_LOST = (
    *("but expected", "reference already exists", "unable to resolve reference"),
    *(".lock': File exists", "is missing"),
)
"""What git says where somebody else was faster, or is at it."""


class Swap(msgspec.Struct, frozen=True):
    """One change of a ref: from the id it must have now to a new one; None for no ref."""

    ref: str
    old: str | None
    new: str | None


def swap(repository: Repository, swaps: Iterable[Swap]) -> bool:
    """Change refs, all or none, if each still is what it is thought to be; return whether it was.

    Raises `GitError` if git fails for another reason than somebody else's change.
    """
    null = repository.null_oid
    orders = (f"update {one.ref}\0{one.new or null}\0{one.old or null}\0" for one in swaps)
    args = ("update-ref", "--no-deref", "-m", "nbvc", "--stdin", "-z")
    finished = repository.git.ask(*args, stdin="".join(orders).encode())
    if finished.code == 0:
        return True
    said = finished.stderr.decode(errors="replace")
    if any(part in said for part in _LOST):
        return False
    raise make_failure(args, finished)


class Refs:
    """The refs of a repository below `prefix`, such as "refs/nbvc/checkpoints/", as they are now."""

    __slots__ = ("_folder", "_packed", "_packed_path", "_prefix", "_repository", "_stamp")

    def __init__(self, repository: Repository, prefix: str) -> None:
        common = repository.common_dir
        self._repository = repository
        self._prefix = prefix
        self._folder = os.path.join(common, prefix)
        self._packed_path = os.path.join(common, "packed-refs")
        self._packed: dict[str, str] = {}
        self._stamp: tuple[int, ...] | None = None

    @property
    def _in_files(self) -> bool:
        return not os.path.exists(os.path.join(self._repository.common_dir, "reftable"))

    def get(self, name: str) -> str | None:
        """Return the id that the ref `prefix + name` has, None if there is no such ref."""
        if not self._in_files:
            return self._list_refs(name).get(name)
        return self._read_loose(name) or self._read_packed().get(name)

    def folders(self) -> list[str]:
        """Return the names directly below the prefix that have refs below them."""
        if not self._in_files:
            names = self._list_refs("")
        else:
            loose = os.listdir(self._folder) if os.path.isdir(self._folder) else []
            names = {**{f"{name}/": "" for name in loose}, **self._read_packed()}
        return sorted({name.partition("/")[0] for name in names if "/" in name})

    def below(self, folder: str) -> dict[str, str]:
        """Return all refs `prefix + folder + "/" + …`, by what comes after the prefix."""
        if not self._in_files:
            return self._list_refs(f"{folder}/")
        place = os.path.join(self._folder, folder)
        loose = os.listdir(place) if os.path.isdir(place) else []
        found = {}
        for last in loose:
            if not last.endswith(".lock") and (oid := self._read_loose(f"{folder}/{last}")):
                found[f"{folder}/{last}"] = oid
        packed = self._read_packed()
        start = f"{folder}/"
        return {**{name: oid for name, oid in packed.items() if name.startswith(start)}, **found}

    def _read_loose(self, name: str) -> str | None:
        try:
            with open(os.path.join(self._folder, name), "rb") as file:
                content = file.read(200)
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
            return None
        except OSError as error:
            raise GitError(
                f"the ref {self._prefix}{name} can't be read: {error.strerror}"
            ) from error
        found = _OID.match(content)
        if found is None:
            raise GitError(f"the ref {self._prefix}{name} is damaged", hint="run git fsck")
        return found[0].decode()

    def _read_packed(self) -> dict[str, str]:
        """Return the packed refs below the prefix; read again only where the file is another."""
        try:
            with open(self._packed_path, "rb") as file:
                state = os.fstat(file.fileno())
                stamp = (state.st_mtime_ns, state.st_size, state.st_ino)
                if stamp == self._stamp:
                    return self._packed
                content = file.read()
        except FileNotFoundError:
            return {}
        line = rb"^([0-9a-f]{40,64}) " + re.escape(self._prefix.encode()) + rb"(.+)$"
        found = re.findall(line, content, re.MULTILINE)
        self._packed = {os.fsdecode(name): oid.decode() for oid, name in found}
        self._stamp = stamp
        return self._packed

    def _list_refs(self, start: str) -> dict[str, str]:
        """Ask git, for a repository that keeps its refs elsewhere."""
        pattern = (self._prefix + start).rstrip("/")
        listing = self._repository.git.run(
            "for-each-ref", "--format=%(objectname) %(refname)", pattern
        )
        pairs = (line.split(" ", 1) for line in os.fsdecode(listing).splitlines())
        return {name.removeprefix(self._prefix): oid for oid, name in pairs}
