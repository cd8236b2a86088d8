"""Versions, blame and search results as lines for a terminal.

125bc14a4a  2014-03-02 10:11  Ada Example       fix typos
            1 added (10), 3 edited (2, 5, 9), 2 with changed outputs only
"""

from __future__ import annotations

import time

from nbvc.names import count_rest
from nbvc.render.escape import cut_line, escape_line, escape_text
from nbvc.render.paint import Colour
from nbvc.render.words import count, number_cells
from nbvc.versions.changing import What
from nbvc.versions.model import VersionType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from nbvc.render.paint import Painter
    from nbvc.versions.blaming import Blame, CellBlame
    from nbvc.versions.changing import CellChange, Changes
    from nbvc.versions.living import Moment
    from nbvc.versions.model import Version
    from nbvc.versions.searching import Found, Hit, StoredFound

_NAMED = 6
"""So many cells are named by number, more are counted."""
_ID = 10
_LONGEST_AUTHOR = 16
_LEAST = 7
"""Characters of a message or a line of code that are shown in any case: what 60 columns leave."""
_WORDS = {
    What.OUTPUTS: "with changed outputs only",
    What.METADATA: "with new metadata only",
    What.NOISE: "with noise only",
}
"""What is not called by its own value."""
_COLOURS = {What.ADDED: Colour.GREEN, What.REMOVED: Colour.RED, What.EDITED: Colour.CYAN}


class HistoryRenderer:
    """Writes histories in lines of `width` columns, in a painter's colors.

    `versions` are those that are written: the column of authors is as wide as the longest name.
    """

    def __init__(self, paint: Painter, width: int = 100, versions: Iterable[Version] = ()) -> None:
        self.paint = paint
        self.width = width
        names = (cut_line(version.author, _LONGEST_AUTHOR) for version in versions)
        self._author = max(map(len, names), default=_LONGEST_AUTHOR)
        self._problems: set[str] = set()

    # Log

    def log(self, entries: Iterable[tuple[Version, Changes]]) -> Iterator[str]:
        """Yield two lines for each version: who and when, and what changed."""
        for version, changes in entries:
            yield self.heading(version)
            yield f"{' ' * (_ID + 2)}{self._format_summary(changes)}"

    def life(self, moments: Sequence[Moment]) -> Iterator[str]:
        """Yield the versions that changed one cell."""
        for moment in moments:
            yield self.heading(moment.version)
            for cell in moment.cells:
                yield f"{' ' * (_ID + 2)}{self._format_event(cell)}"

    def heading(self, version: Version) -> str:
        """Return id, date, author and title of a version in a line."""
        about = self._format_about(version)
        room = max(self.width - _ID - 2 - 16 - 2 - self._author - 2, _LEAST)
        title = cut_line(version.title, room)
        mark = self.paint.dim("(checkpoint) ") if version.kind is VersionType.CHECKPOINT else ""
        return f"{about}  {mark}{self.paint.bold(self.paint.names(title))}".rstrip()

    def _format_about(self, version: Version) -> str:
        name = cut_line(version.author, self._author)
        ident = self.paint.colour(f"{version.short:{_ID}}", Colour.YELLOW)
        when = self.paint.dim(format_time(version))
        return f"{ident}  {when}  {self.paint.names(f'{name:{self._author}}')}"

    def _format_event(self, cell: CellChange) -> str:
        place = number_cells(cell.after or cell.before)
        words = _name_change(cell.what).removeprefix("with ").removesuffix(" only")
        more = " and moved" if cell.moved and cell.what is not What.MOVED else ""
        shown = self._paint_text(cell.what, f"{words}{more}")
        return (
            f"{shown} as cell {place}: {self.paint.dim(self.paint.names(cut_line(cell.text, 60)))}"
        )

    def _format_summary(self, changes: Changes) -> str:
        if changes.problem:
            return self.paint.colour(self._format_problem(changes.problem), Colour.RED)
        if changes.deleted:
            return self.paint.colour("deleted", Colour.RED)
        parts = [f"renamed from {escape_line(changes.renamed)}"] if changes.renamed else []
        if changes.first:
            return ", ".join([*parts, f"first version, {count(len(changes.cells), 'cell')}"])
        parts += [
            self._group(what, changes.cells) for what in What if _select_cells(what, changes.cells)
        ]
        also = [cell for cell in changes.cells if cell.moved and cell.what is not What.MOVED]
        parts += [f"{len(also)} of them moved"] if also else []
        parts += ["the notebook's metadata"] if changes.metadata else []
        if not parts:
            parts = ["merge without changes of its own" if changes.merged else "no change of cells"]
        return ("in the merge: " if changes.merged and changes.cells else "") + ", ".join(parts)

    def _format_problem(self, problem: str) -> str:
        """Return that a version can't be read, with the reason if it was not given before."""
        if problem in self._problems:
            return "can't be read (reason above)"
        self._problems.add(problem)
        return f"can't be read: {escape_line(problem)}"

    def _group(self, what: What, cells: Iterable[CellChange]) -> str:
        group = _select_cells(what, cells)
        # The numbers of cells that are gone mean nothing in this version.
        places = [index for cell in group for index in cell.after]
        where = (
            f" {self.paint.dim(f'({number_cells(places)})')}" if 0 < len(places) <= _NAMED else ""
        )
        return f"{self._paint_text(what, f'{len(group)} {_name_change(what)}')}{where}"

    def _paint_text(self, what: What, text: str) -> str:
        return self.paint.colour(text, _COLOURS[what]) if what in _COLOURS else text

    # Blame

    def blame(self, found: Blame, *, lines: bool, outputs: bool) -> Iterator[str]:
        """Yield for each cell who changed it last: by cells, or line by line."""
        for cell in found.cells:
            if lines:
                yield self._format_title(cell)
                yield from self._format_lines(cell, found.language)
            else:
                yield self._format_cell(cell)
            if cell.outputs is not None and (outputs or cell.outputs != cell.source):
                label = "outputs" if lines else f"{cell.index + 1:>4} outputs"
                yield f"{self._format_blamed(cell.outputs)}  {self.paint.dim(label)}"
        if found.removed is not None:
            yield f"{self._format_blamed(found.removed)}  {self.paint.colour('removed it', Colour.RED)}"

    def _format_cell(self, cell: CellBlame) -> str:
        room = max(self.width - _ID - 2 - 10 - 2 - self._author - 2 - 11, _LEAST)
        first = next((line for line in cell.text.split("\n") if line.strip()), "")
        label = f"{cell.index + 1:>4} {abbreviate_type(cell.cell_type):4}"
        text = self.paint.names(cut_line(first.replace("\t", "    "), room))
        return f"{self._format_blamed(cell.source)}  {self.paint.bold(label)}  {text}".rstrip()

    def _format_title(self, cell: CellBlame) -> str:
        place = f"cell {number_cells((cell.index,))}, {escape_line(cell.cell_type)}"
        return f"{self._format_blamed(cell.source)}  {self.paint.bold(place)}"

    def _format_lines(self, cell: CellBlame, language: str) -> Iterator[str]:
        code = cell.cell_type == "code"
        plain = self.paint.names(escape_text(cell.text)).split("\n")
        texts = self.paint.code(cell.text, language) if code else plain
        last: Version | None = None
        for version, text in zip(cell.lines or (), texts, strict=False):
            about = (
                self._format_blamed(version)
                if version != last
                else " " * (_ID + 2 + 10 + 2 + self._author)
            )
            yield f"{about}  {self.paint.dim('│')} {text}".rstrip()
            last = version

    def _format_blamed(self, version: Version) -> str:
        if version.kind is VersionType.WORK_TREE:
            width = _ID + 2 + 10 + 2 + self._author
            return self.paint.colour(f"{'not committed yet':{width}}", Colour.MAGENTA)
        name = cut_line(version.author, self._author)
        ident = self.paint.colour(f"{version.short:{_ID}}", Colour.YELLOW)
        name = self.paint.names(f"{name:{self._author}}")
        return f"{ident}  {self.paint.dim(format_time(version)[:10])}  {name}"

    # Search

    def search(
        self, text: str, found: Sequence[Found], stored: Sequence[StoredFound] = ()
    ) -> Iterator[str]:
        """Yield where a text was first and last, and when it came and went, oldest first.

        `stored` are the states with it in the output store.
        """
        yield from self._search_versions(text, found)
        if not stored:
            return
        yield ""
        yield self.paint.bold(f"{count(len(stored), 'state')} of stripped outputs on this machine:")
        for one in stored[:_NAMED]:
            when = time.strftime("%Y-%m-%d %H:%M", time.localtime(one.seconds))
            yield f"  {one.id}  {self.paint.dim(when)}"
            yield from self._hits(one.hits)
        if len(stored) > _NAMED:
            yield f"  {self.paint.dim(count_rest(len(stored) - _NAMED))}"
        yield self.paint.dim(f"nbvc outputs show {stored[0].id} shows the state")

    def _search_versions(self, text: str, found: Sequence[Found]) -> Iterator[str]:
        hits = [one for one in found if one.hits]
        shown = escape_line(text)
        if not hits:
            yield f"{shown} was not found in {count(len(found), 'version')}"
            yield from self._unreadable(found)
            return
        still = " (the latest version)" if hits[0] is found[0] else ""
        yield self.paint.bold(f"{shown} is in {len(hits)} of {count(len(found), 'version')}")
        yield f"first  {self.heading(hits[-1].version)}"
        yield f"last   {self.heading(hits[0].version)}{still}"
        yield from self._unreadable(found)
        yield ""
        for one in reversed(found):
            if one.appeared or one.gone:
                yield from self._turn(one)

    def _unreadable(self, found: Sequence[Found]) -> Iterator[str]:
        by_problem: dict[str, list[Version]] = {}
        for one in found:
            if one.problem:
                by_problem.setdefault(one.problem, []).append(one.version)
        for problem, versions in by_problem.items():
            yield f"{count(len(versions), 'version')} cannot be read: {escape_line(problem)}"
            yield from (f"  {self.heading(one)}" for one in versions[:_NAMED])
            if len(versions) > _NAMED:
                yield f"  {self.paint.dim(count_rest(len(versions) - _NAMED))}"

    def _turn(self, one: Found) -> Iterator[str]:
        came, gone = self.paint.colour("+", Colour.GREEN), self.paint.colour("-", Colour.RED)
        sign = came if one.appeared else gone
        yield f"{sign} {self.heading(one.version)}"
        yield from self._hits(one.hits)

    def _hits(self, hits: Sequence[Hit]) -> Iterator[str]:
        for hit in hits[:_NAMED]:
            place = f"cell {hit.cell + 1}, {hit.place.value}"
            yield f"  {' ' * _ID}  {self.paint.dim(place)}: {self.paint.names(cut_line(hit.line, 70))}"
        if len(hits) > _NAMED:
            yield f"  {' ' * _ID}  {self.paint.dim(count_rest(len(hits) - _NAMED))}"


def _select_cells(what: What, cells: Iterable[CellChange]) -> list[CellChange]:
    return [cell for cell in cells if cell.what is what]


def abbreviate_type(cell_type: str) -> str:
    """Return a cell's type in four letters."""
    return {"markdown": "md", "code": "code", "raw": "raw"}.get(
        cell_type, escape_line(cell_type)[:4]
    )


def _name_change(what: What) -> str:
    return _WORDS.get(what, what.value)


def format_time(version: Version) -> str:
    """Return when a version was made, as the clock on the wall had it."""
    try:
        return time.strftime("%Y-%m-%d %H:%M", time.localtime(version.seconds))
    except (OverflowError, ValueError, OSError):  # a commit may claim any year
        return "????-??-?? ??:??"


def versions_as_dicts(
    entries: Iterable[tuple[Version, Changes]],
) -> list[dict[str, object]]:
    """Return what `nbvc log --format json` prints."""
    return [{**version.to_dict(), "changes": changes.to_dict()} for version, changes in entries]


def life_as_dicts(moments: Iterable[Moment]) -> list[dict[str, object]]:
    """Return what `nbvc log --cell --format json` prints."""
    return [
        {**one.version.to_dict(), "cells": [cell.to_dict() for cell in one.cells]}
        for one in moments
    ]


def blame_as_dict(found: Blame, name: str) -> dict[str, object]:
    """Return what `nbvc blame --format json` prints: versions once, cells with their ids.

    The version that removed a cell is named for one that is gone.
    """
    versions = {version.id: version for version in found.list_versions()}
    gone = found.removed
    cells = []
    for cell in found.cells:
        entry: dict[str, object] = {
            "index": cell.index,
            "id": cell.id,
            "cell_type": cell.cell_type,
            "source": _get_id(cell.source),
            "outputs": None if cell.outputs is None else _get_id(cell.outputs),
            "committed": {
                "source": cell.source.kind is not VersionType.WORK_TREE,
                "outputs": cell.outputs is None or cell.outputs.kind is not VersionType.WORK_TREE,
            },
        }
        if cell.lines is not None:
            texts = cell.text.split("\n") if cell.text else []
            entry["lines"] = [
                {"version": _get_id(version), "text": text}
                for version, text in zip(cell.lines, texts, strict=True)
            ]
        cells.append(entry)
    return {
        "path": name,
        "versions": {key: version.to_dict() for key, version in versions.items()},
        "cells": cells,
        **({} if gone is None else {"removed": _get_id(gone)}),
    }


def _get_id(version: Version) -> str | None:
    """Return a version's id, None for what is not committed yet."""
    return version.id or None


def search_as_dict(
    text: str, found: Sequence[Found], stored: Sequence[StoredFound] = ()
) -> dict[str, object]:
    """Return what `nbvc search --format json` prints."""
    hits = [one for one in found if one.hits]
    return {
        "text": text,
        "versions_searched": len(found),
        "first": hits[-1].version.id if hits else None,
        "last": hits[0].version.id if hits else None,
        "versions": [
            {
                **one.version.to_dict(),
                "appeared": one.appeared,
                "hits": [hit.to_dict() for hit in one.hits],
            }
            for one in hits
        ],
        "gone": [one.version.id for one in found if one.gone],
        "unreadable": [one.version.id for one in found if one.problem],
        "stored": [one.to_dict() for one in stored],
    }
