"""The history of one notebook: its versions, and the questions about them.

with History(repository, "work/analysis.ipynb", store) as history:
history.versions()         → newest first, commits and checkpoints
history.blame(lines=True)  → for every cell, who changed it last
"""

from __future__ import annotations

from nbvc.versions.reading import Versions

TYPE_CHECKING = False
if TYPE_CHECKING:
    import re

    from nbvc.versions.blaming import Blame
    from nbvc.versions.changing import Changes
    from nbvc.versions.living import Moment
    from nbvc.versions.model import Version
    from nbvc.versions.searching import CellPart, Found


class History(Versions):
    """The history of a notebook. Every method raises `GitError`. Close it after use."""

    def name_in(self, commit: str) -> str | None:
        """Return the notebook's name in a commit, given by its id; None if it is not there."""
        from nbvc.versions.naming import name_in

        return name_in(self, commit)

    def blame(
        self, *, lines: bool = False, work_tree: bytes | None = None, cell: str | None = None
    ) -> Blame:
        """Return who changed each cell last, and each line with `lines`.

        `work_tree` is the notebook as it is now: what differs is not committed yet. `cell` is the only
        one that is asked for, by number or id; one that is gone is found by its id. Raises
        `NotebookError` where the last version is not a notebook, `NoCellError`.
        """
        from nbvc.versions.blaming import blame, blame_cell

        if cell is not None:
            return blame_cell(self, cell, lines=lines, work_tree=work_tree)
        return blame(self, lines=lines, work_tree=work_tree)

    def changes(self, version: Version, before: Version | None = None) -> Changes:
        """Return what a version changed: since its parents, or since `before`."""
        from nbvc.versions.changing import find_changes

        return find_changes(self, version, before)

    def edits(self) -> tuple[Version, ...]:
        """Return the versions that changed more than outputs and noise, newest first."""
        return tuple(one for one in self.versions() if not self.changes(one).is_rerun)

    def count_unreadable(self) -> dict[str, int]:
        """Return why versions that were read so far cannot be, and how many for each reason."""
        from collections import Counter

        from nbvc.versions.changing import blob_of

        known = self._index.snapshots
        read = (known.get(blob_of(self, one) or "") for one in self.versions())
        return Counter(one.problem for one in read if one is not None and one.problem)

    def life(self, cell: str) -> tuple[Moment, ...]:
        """Return the versions that changed one cell, newest first; it is given by number or id."""
        from nbvc.versions.living import trace_cell

        return trace_cell(self, cell)

    def search(
        self,
        pattern: re.Pattern[str],
        places: frozenset[CellPart] | None = None,
        cell: str | None = None,
    ) -> tuple[Found, ...]:
        """Return every version with the lines in it that a pattern is found in, newest first.

        `cell` is the only one that is looked into, by number or id, wherever it was; one that is gone is
        found by its id. Raises `NoCellError`.
        """
        from nbvc.versions.searching import CellPart, search

        return search(self, pattern, frozenset(CellPart) if places is None else places, cell)

    def read_kept(self, kind: str, key: bytes) -> bytes | None:
        """Return what was kept beside the index under a kind, if it was for this very key."""
        from nbvc.versions.index import read_kept

        return read_kept(self.repository, self.name, kind, key)

    def keep_also(self, kind: str, key: bytes, content: bytes) -> None:
        """Keep something beside the index that takes long to make; one for each kind."""
        from nbvc.versions.index import keep_also

        keep_also(self.repository, self.name, kind, key, content)
