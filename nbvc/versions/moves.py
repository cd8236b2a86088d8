"""Which notebook was renamed to which between two commits.

    git, by bytes                by source lines
    a.ipynb deleted              a.ipynb was renamed to b.ipynb: only its outputs were cleared
    b.ipynb added
    c.ipynb renamed to d.ipynb   c.ipynb deleted, d.ipynb added: nothing is alike but the JSON around

Git compares bytes, of which most are outputs and what all notebooks have. Files with the same bytes
are one notebook. Others are one if half of their source lines are equal, and no other file is closer.
"""

from __future__ import annotations

import os

from nbvc.errors import NbvcError
from nbvc.git.plumbing.objects import is_file
from nbvc.names import SUFFIX
from nbvc.notebook import read

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from nbvc.git.plumbing.objects import Objects
    from nbvc.git.plumbing.repository import Repository

    Lines = dict[str, int]

_PATIENCE = 600.0
"""Seconds for the trees of a repository of any size."""
_ALIKE = 0.5
"""The share of equal source lines, as git's of bytes."""
LOOKED_INTO = 50
"""So many files that were deleted or added at once are compared with one."""
NOTEBOOKS = ("--", f":(top,glob)**/*{SUFFIX}")
"""A notebook was a notebook before: commits that move a thousand files need not be searched."""


def count_lines(content: bytes) -> Lines:
    """Return the lines of all sources with how often each occurs; none for what is unreadable."""
    counts: Lines = {}
    try:
        for cell in read(content).cells:
            for line in cell.source.split("\n"):
                if line.strip():
                    counts[line] = counts.get(line, 0) + 1
    except NbvcError:
        return {}
    return counts


def share_lines(one: Lines, other: Lines) -> float:
    """Return the share of the lines of the longer notebook that both have."""
    longer = max(sum(one.values()), sum(other.values()))
    common = sum(min(count, other.get(line, 0)) for line, count in one.items())
    return common / longer if longer else 0.0


class Moves:
    """The files that were deleted, added and renamed between two trees, the blob of each by name."""

    __slots__ = ("_renames", "added", "deleted", "heirs")

    def __init__(self, renames: Renames) -> None:
        self._renames = renames
        self.deleted: dict[str, str] = {}
        self.added: dict[str, str] = {}
        self.heirs: dict[str, str] = {}

    def find_heir(self, name: str) -> str | None:
        """Return the new name of a deleted file, None if it was not renamed."""
        return self.heirs.get(name) or self._match(name, self.deleted, self.added)

    def find_former(self, name: str) -> str | None:
        """Return the old name of an added file, None if it was not renamed."""
        for old, new in self.heirs.items():
            if new == name:
                return old
        return self._match(name, self.added, self.deleted)

    def _match(self, name: str, own: dict[str, str], others: dict[str, str]) -> str | None:
        """Return the closest file of the other side, unless another file is closer to that."""
        found = self._find_closest(name, own, others)
        back = self._find_closest(found, others, own) if found else None
        return found if back == name else None

    def _find_closest(self, name: str, own: dict[str, str], others: dict[str, str]) -> str | None:
        if name not in own:
            return None
        candidates = [*others][:LOOKED_INTO]
        self._renames.objects.fetch([own[name], *(others[other] for other in candidates)])
        lines = self._renames.lines(own[name], name)
        rated = []
        for other in candidates if lines else ():
            share = share_lines(lines, self._renames.lines(others[other], other))
            if share >= _ALIKE:
                rated.append((share, os.path.basename(other) == os.path.basename(name), other))
        rated.sort(reverse=True)
        if len(rated) > 1 and rated[0][:2] == rated[1][:2]:
            return None  # Two are equally close.
        return rated[0][2] if rated else None


class Renames:
    """Finds renames in a repository; what was read is kept."""

    def __init__(self, repository: Repository, objects: Objects) -> None:
        """Read from a repository."""
        self.repository = repository
        self.objects = objects
        self._lines: dict[str, Lines] = {}

    def lines(self, blob: str, name: str) -> Lines:
        """Return the source lines of a notebook, none for any other file."""
        if blob not in self._lines:
            self._lines[blob] = self._count_lines(blob, name)
        return self._lines[blob]

    def _count_lines(self, blob: str, name: str) -> Lines:
        try:
            return count_lines(self.objects.blob(blob, name))
        except NbvcError:
            return {}

    def find(
        self, pairs: Iterable[tuple[str, str]], only: tuple[str, ...]
    ) -> dict[tuple[str, str], Moves]:
        """Return what happened to files between the trees of each pair, both given by their ids.

        Raises `GitError`.
        """
        asked = "".join(f"{old} {new}\n" for old, new in sorted(pairs) if old and new)
        if not asked:
            return {}
        options = ("--stdin", "-r", "-M", "--raw", "-z", "--no-abbrev", "--diff-filter=RAD")
        git = self.repository.git.reading
        said = git.run("diff-tree", *options, *only, stdin=asked.encode(), deadline=_PATIENCE)
        return self._understand(said)

    def _understand(self, said: bytes) -> dict[tuple[str, str], Moves]:
        """Read `TREE TREE`, a line end, and its records: about and one or two names, up to a NUL."""
        found: dict[tuple[str, str], Moves] = {}
        current = Moves(self)
        records: list[tuple[Moves, str, list[str], list[str]]] = []
        fields = iter(said.split(b"\0"))
        for field in fields:
            *headings, about = field.split(b"\n")
            for heading in headings:
                old, _, new = heading.decode().partition(" ")
                current = found[old, new] = Moves(self)
            if about.startswith(b":"):
                old_mode, new_mode, *blobs, kind = about[1:].decode().split(" ")
                names = [os.fsdecode(next(fields)) for _ in range(1 + kind.startswith("R"))]
                # A link and a submodule are not files; the side that is absent has mode 0.
                if all(mode == "000000" or is_file(int(mode, 8)) for mode in (old_mode, new_mode)):
                    records.append((current, kind[0], names, blobs))
        renamed = (blobs for _, kind, _, blobs in records if kind == "R" and len({*blobs}) > 1)
        self.objects.fetch(blob for blobs in renamed for blob in blobs)
        for record in records:
            self._add_record(*record)
        return found

    def _add_record(self, moves: Moves, kind: str, names: list[str], blobs: list[str]) -> None:
        """Add a record. What git calls a rename is one if the lines agree, or if there are none."""
        is_edited = kind == "R" and len({*blobs}) > 1
        one, other = (
            self.lines(blob, name) if is_edited else {}
            for blob, name in zip(blobs, (names[0], names[-1]), strict=True)
        )
        if kind == "R" and (not (one and other) or share_lines(one, other) >= _ALIKE):
            moves.heirs[names[0]] = names[1]
            return
        if kind in "RD":
            moves.deleted[names[0]] = blobs[0]
        if kind in "RA":
            moves.added[names[-1]] = blobs[1]
