"""Conflict markers inside a cell's source, and the metadata that finds them again.

<<<<<<< main             metadata.nbvc.conflict =
rate = 0.1                 {"marker": 7, "hunks": 1, "local": "main", "remote": "topic"}
=======                    and "deleted": "local" or "remote" if that side deleted the cell,
rate = 0.3                 and "base": its label if the base is shown as well, behind |||||||
>>>>>>> topic
"""

from __future__ import annotations

import enum

import msgspec

from nbvc.lazy import compile_lazily
from nbvc.merging.lines import Chunk
from nbvc.merging.model import ConflictStyle, Strategy
from nbvc.sequence.ends import count_equal_ends

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from nbvc.notebook import Cell, Notebook

    Bases = Mapping[tuple[tuple[str, ...], tuple[str, ...]], list[str]]
    """What the base has in place of the lines of both sides of a conflict."""

KEY = "nbvc"
"""The key in a cell's metadata."""
_MARKER = compile_lazily(r"(?:<{7,}|={7,}|>{7,}|\|{7,})(?= |$)")
_LONGEST_LABEL = 200


class Take(enum.Enum):
    """Which side of a conflict stays."""

    LOCAL = "local"
    REMOTE = "remote"
    BOTH = "both"


Answer = Take | tuple[str, ...]
"""What a conflict becomes: a side, or lines that somebody wrote."""


class Marked(msgspec.Struct, frozen=True):
    """A source with conflicts in it: chunks, labels, and who deleted the cell."""

    chunks: list[Chunk]
    local: str = "local"
    remote: str = "remote"
    deleted_by: str | None = None

    @property
    def conflicts(self) -> list[Chunk]:
        """The chunks on which the sides disagree."""
        return [chunk for chunk in self.chunks if chunk.remote is not None]

    @property
    def hunks(self) -> int:
        """How many conflicts there are."""
        return len(self.conflicts)


def mark_source(chunks: Sequence[Chunk], strategy: Strategy) -> tuple[str, dict[str, Any]]:
    """Return the source with markers, and what is under `conflict` in the metadata.

    Markers are longer than `strategy.marker_size` where a source has lines that look like them.
    """
    size = _choose_size(chunks, strategy.marker_size)
    local, remote = _clean_label(strategy.local_label), _clean_label(strategy.remote_label)
    hunks = sum(chunk.remote is not None for chunk in chunks)
    found = {"hunks": hunks, "local": local, "marker": size, "remote": remote}
    if strategy.style is not ConflictStyle.MERGE:
        found["base"] = _clean_label(strategy.base_label)
    is_cut = strategy.style is ConflictStyle.ZDIFF3
    lines: list[str] = []
    for chunk in chunks:
        if chunk.remote is None:
            lines += chunk.lines
            continue
        mine, theirs = chunk.lines, chunk.remote
        head, tail = count_equal_ends(mine, theirs) if is_cut else (0, 0)
        end, others = len(mine) - tail, len(theirs) - tail
        lines += [*mine[:head], f"{'<' * size} {local}".rstrip(), *mine[head:end]]
        if "base" in found:
            lines += [f"{'|' * size} {found['base']}".rstrip(), *chunk.base]
        lines += ["=" * size, *theirs[head:others], f"{'>' * size} {remote}".rstrip()]
        lines += mine[end:]
    return "\n".join(lines), found


def _clean_label(text: str) -> str:
    """Return a label that stays on its line."""
    return " ".join(text.split())[:_LONGEST_LABEL]


def _choose_size(chunks: Sequence[Chunk], least: int) -> int:
    size = max(least, 7)
    for chunk in chunks:
        for line in (*chunk.lines, *(chunk.remote or ()), *chunk.base):
            found = _MARKER.match(line)
            if found:
                size = max(size, len(found[0]) + 1)
    return size


def find(cell: Cell) -> Marked | None:
    """Return the conflicts in a cell, None if there are none or the markers were edited away."""
    if b"<<<<<<<" not in bytes(cell.fields.get("source", b"")):
        return None
    said = cell.metadata.get(KEY)
    said = said.get("conflict") if type(said) is dict else None
    said = said if type(said) is dict else {}
    size = said.get("marker")
    marked = parse(cell.source.split("\n"), size if type(size) is int and size > 0 else 7)
    if marked is None:
        return None
    deleted = said.get("deleted")
    return msgspec.structs.replace(
        marked, deleted_by=deleted if deleted in ("local", "remote") else None
    )


def find_by_cell(notebook: Notebook) -> dict[int, Marked]:
    """Return the conflicts in the cells of a notebook, by the index of the cell."""
    return {i: marked for i, cell in enumerate(notebook.cells) if (marked := find(cell))}


def find_unresolved(notebook: Notebook) -> list[int]:
    """Return the cells in which a merge left conflicts that nobody has decided since.

    Markers that no merge of ours noted are the author's text, as in a lesson about git.
    """
    if b"<<<<<<<" not in notebook.to_bytes():
        return []
    cells = enumerate(notebook.cells)
    return [i for i, cell in cells if find(cell) is not None and without_note(cell) is not cell]


def parse(lines: Sequence[str], size: int = 7) -> Marked | None:
    """Return lines cut at markers of that length, None if there is no whole conflict.

    A base section (`|||||||`) is understood, too. Markers that don't belong together are text.
    """
    chunks: list[Chunk] = []
    labels: list[tuple[str, str]] = []
    plain: list[str] = []
    index = 0
    while index < len(lines):
        end = _find_end(lines, index, size) if _is(lines[index], "<", size) else None
        if end is None:
            plain.append(lines[index])
            index += 1
            continue
        if plain:
            chunks.append(Chunk(plain))
            plain = []
        chunks.append(_parse_hunk(lines[index + 1 : end], size))
        labels.append((lines[index][size:].strip(), lines[end][size:].strip()))
        index = end + 1
    if not labels:
        return None
    if plain:
        chunks.append(Chunk(plain))
    return Marked(chunks, labels[0][0] or "local", labels[0][1] or "remote")


def _is(line: str, mark: str, size: int) -> bool:
    # The metadata of a cell may claim markers of any length.
    begins = line[:1] == mark and len(line) >= size and line.startswith(mark * size)
    return begins and line[size : size + 1] in ("", " ", "\r")


def _find_end(lines: Sequence[str], start: int, size: int) -> int | None:
    """Return where the conflict that starts here ends, if it has its middle and its end."""
    middle = False
    for index in range(start + 1, len(lines)):
        line = lines[index]
        if _is(line, "=", size):
            middle = True
        elif _is(line, ">", size):
            return index if middle else None
        elif _is(line, "<", size):
            return None
    return None


def _parse_hunk(lines: Sequence[str], size: int) -> Chunk:
    middle = next(i for i, line in enumerate(lines) if _is(line, "=", size))
    bars = [i for i in range(middle) if _is(lines[i], "|", size)]
    start = bars[0] if bars else middle
    base = lines[start + 1 : middle] if bars else ()
    return Chunk(list(lines[:start]), list(lines[middle + 1 :]), list(base))


def find_base(chunk: Chunk, bases: Bases) -> list[str] | None:
    """Return what the base has in place of a conflict, None if that is not known."""
    return chunk.base or bases.get((tuple(chunk.lines), tuple(chunk.remote or ())))


def settle(cell: Cell, takes: Sequence[Answer | None]) -> Cell | None:
    """Return the cell with its conflicts decided, None for one that is to go.

    `takes` has one item a hunk; None leaves that hunk open. Markers and metadata of what is decided
    go; a cell goes where the side that was taken had deleted it.
    """
    marked = find(cell)
    if marked is None:
        return without_note(cell)
    lines: list[str] = []
    still: list[Chunk] = []
    waiting = iter(takes)
    for chunk in marked.chunks:
        take = next(waiting, None) if chunk.remote is not None else None
        done = chunk if chunk.remote is None or take is None else _take_side(chunk, take)
        still.append(done)
        lines += done.lines
    if any(chunk.remote is not None for chunk in still):
        return _reopen_cell(cell, marked, still)
    by_deleter = all(type(take) is Take and take.value == marked.deleted_by for take in takes)
    if marked.deleted_by and by_deleter and not any(line.strip() for line in lines):
        return None
    return without_note(cell.replace(source="\n".join(lines)))


def _take_side(chunk: Chunk, take: Answer) -> Chunk:
    theirs = chunk.remote or []
    if not isinstance(take, Take):
        return Chunk([*take])
    if take is Take.LOCAL:
        return Chunk(chunk.lines)
    return Chunk(theirs if take is Take.REMOTE else chunk.lines + theirs)


def _reopen_cell(cell: Cell, marked: Marked, chunks: list[Chunk]) -> Cell:
    note = cell.metadata.get(KEY)
    said = note.get("conflict") if type(note) is dict else None
    said = said if type(said) is dict else {}
    strategy = Strategy(
        local_label=marked.local,
        remote_label=marked.remote,
        marker_size=said.get("marker", 7),
        style=ConflictStyle.DIFF3 if type(said.get("base")) is str else ConflictStyle.MERGE,
        base_label=str(said.get("base")),
    )
    source, found = mark_source(chunks, strategy)
    if marked.deleted_by:
        found["deleted"] = marked.deleted_by
    noted = {**note, "conflict": found} if type(note) is dict else {"conflict": found}
    return cell.replace(source=source, metadata={**cell.metadata, KEY: noted})


def without_note(cell: Cell) -> Cell:
    """Return the cell without what a merge noted about conflicts."""
    metadata = cell.metadata
    note = metadata.get(KEY)
    if type(note) is not dict or "conflict" not in note:
        return cell
    rest = {key: value for key, value in note.items() if key != "conflict"}
    others = {key: value for key, value in metadata.items() if key != KEY}
    return cell.replace(metadata={**others, KEY: rest} if rest else others)
