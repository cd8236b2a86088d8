"""Why is this a conflict? One group of cells at a time, from the sure to the open.

local == remote            it
base == local              remote (also where remote deleted or split it)
base == remote             local
both there                 part by part: source by lines, the rest by `cells.merge_parts`
one side deleted it        deleted, if the other did not touch its text; else a conflict
"""

from __future__ import annotations

from functools import partial

import msgspec

from nbvc.lazy import compile_lazily
from nbvc.merging.cells import Sides, join_sources, merge_parts
from nbvc.merging.lines import Chunk
from nbvc.merging.markers import mark_source
from nbvc.merging.model import Action, DecisionPart, SourceChoice
from nbvc.merging.outcome import Outcome, join_outcomes, open_conflict
from nbvc.merging.pictures import separate_pictures
from nbvc.merging.several import merge_several
from nbvc.merging.sources import (
    OTHER_WORDS,
    SAME_LINES,
    choose_chunks,
    describe_names,
    find_differences,
    merge_python,
    merge_sources,
)
from nbvc.merging.values import same_cell

TYPE_CHECKING = False
if TYPE_CHECKING:
    from nbvc.merging.doubt import Doubt
    from nbvc.merging.group import Group
    from nbvc.merging.lines import Merged
    from nbvc.merging.model import Strategy
    from nbvc.merging.sources import MergeText
    from nbvc.notebook import Cell

    Cells = list[Cell]

_AROUND_SIGN = compile_lazily(r"\s*([^\w\s])\s*")
_LITERAL = compile_lazily(r"['\"]|^\s*[%!]")


def decide(
    group: Group, versions: tuple[Cells, Cells, Cells], strategy: Strategy, *, python: bool
) -> Outcome:
    """Return what a group becomes.

    `versions` are its cells in base, local and remote, `python` says that the notebook's code is
    Python.
    """
    moved = group.moved_by_local or group.moved_by_remote
    merge_text = partial(merge_python if python else merge_sources, moved=moved)
    return _finish(group, _decide(*versions, strategy, merge_text, python=python))


def open_group(group: Group, versions: tuple[Cells, Cells, Cells], strategy: Strategy) -> Outcome:
    """Return the group with everything in which the sides differ as a conflict."""
    base, local, remote = versions
    if not local or not remote:
        deleter = Action.REMOTE if local else Action.LOCAL
        why = f"{deleter.value} lacks it, and a line of it would come too often or not at all"
        return _finish(group, _keep_edits(base, local or remote, strategy, why, deleter))
    one = len(base) <= 1 and len(local) == len(remote) == 1
    merge = _merge_one if one else merge_several
    return _finish(group, merge(base, local, remote, strategy, find_differences))


def doubt_group(
    group: Group, versions: tuple[Cells, Cells, Cells], strategy: Strategy, doubt: Doubt
) -> Outcome:
    """Return the group as a conflict with its deletion: a side may not want it, or not there.

    If the side that may have dropped it edited it as well, its edit is what conflicts.
    """
    base, local, remote = versions
    deleter, why = doubt
    if deleter is None:
        return open_group(group, versions, strategy)
    dropped, kept = (local, remote) if deleter is Action.LOCAL else (remote, local)
    if dropped and kept and not (_are_equal(dropped, base) or _are_equal(dropped, kept)):
        return open_group(group, versions, strategy)
    return _finish(group, _keep_edits(base, kept or local or remote, strategy, why, deleter))


def _finish(group: Group, found: Outcome) -> Outcome:
    """Return the outcome with the moves of its group, and its places."""
    if group.moved_by_local and group.moved_by_remote:
        why = "both sides moved it; the local position is kept"
        found = found.note(DecisionPart.ORDER, Action.LOCAL, why)
    elif group.moved_by_local:
        found = found.note(DecisionPart.ORDER, Action.LOCAL, "local moved it")
    elif group.moved_by_remote:
        found = found.note(DecisionPart.ORDER, Action.REMOTE, "remote moved it")
    if not found.decisions:
        return found
    decisions = (
        msgspec.structs.replace(one, base=group.base, local=group.local, remote=group.remote)
        for one in found.decisions
    )
    return msgspec.structs.replace(found, decisions=tuple(decisions))


def _decide(
    base: Cells,
    local: Cells,
    remote: Cells,
    strategy: Strategy,
    merge_text: MergeText,
    *,
    python: bool,
) -> Outcome:
    if _are_equal(local, remote):
        found = Outcome(tuple(local))
        return (
            found
            if _are_equal(base, local)
            else _take(local, Action.SAME, "both sides have the same")
        )
    if not base and not (local and remote):
        side = Action.LOCAL if local else Action.REMOTE
        return _take(local or remote, side, f"only {side.value} added it")
    if not local or not remote:
        deleter = Action.REMOTE if local else Action.LOCAL
        return _merge_deleted(base, local or remote, strategy, deleter, python=python)
    if _are_equal(base, local):
        return _take(remote, Action.REMOTE, "only remote changed it")
    if _are_equal(base, remote):
        return _take(local, Action.LOCAL, "only local changed it")
    one = len(base) <= 1 and len(local) == len(remote) == 1
    merge = _merge_one if one else merge_several
    return merge(base, local, remote, strategy, merge_text)


def _are_equal(one: Cells, other: Cells) -> bool:
    return len(one) == len(other) and all(map(same_cell, one, other))


def _take(cells: Cells, action: Action, why: str) -> Outcome:
    return Outcome(tuple(cells)).note(DecisionPart.CELL, action if cells else Action.DELETED, why)


# One side deleted it


def _merge_deleted(
    base: Cells, kept: Cells, strategy: Strategy, deleter: Action, *, python: bool
) -> Outcome:
    """Decide on cells that one side deleted and the other one still has."""
    editor = deleter.mirrored
    if _have_same_text(base, kept, python=python):
        why = f"{deleter.value} deleted it, and the other side left its text as it was"
        return _take([], Action.DELETED, why)
    choice = strategy.sources
    why = f"{deleter.value} deleted it and {editor.value} edited it"
    if choice is SourceChoice.CONFLICT:
        return _keep_edits(base, kept, strategy, why, deleter)
    why = f"{why}; the strategy is {choice.value}"
    if choice is SourceChoice.UNION or choice.value == f"use-{editor.value}":
        return _take(kept, editor, why)
    return _take(base if choice is SourceChoice.BASE else [], Action.BASE, why)


def _keep_edits(base: Cells, kept: Cells, strategy: Strategy, why: str, deleter: Action) -> Outcome:
    """Return cells that one side kept as conflicts with their deletion."""
    old = base[0].source.split("\n") if len(base) == len(kept) == 1 else []
    found = []
    for cell in kept:
        lines = cell.source.split("\n")
        chunk = Chunk([], lines, old) if deleter is Action.LOCAL else Chunk(lines, [], old)
        source, note = mark_source([chunk], strategy)
        note["deleted"] = deleter.value
        found.append(open_conflict(cell, source, note, why, deleter.value))
    return join_outcomes(found)


def _have_same_text(one: Cells, other: Cells, *, python: bool) -> bool:
    """Return whether cells have the same text and pictures, but for white space that says nothing."""
    if _find_pictures(one) != _find_pictures(other):
        return False
    code = python and all(cell.cell_type == "code" for cell in (*one, *other))
    return _squeeze(one, code=code) == _squeeze(other, code=code)


def _find_pictures(cells: Cells) -> list[object]:
    return [cell.attachments for cell in cells if "attachments" in cell.fields and cell.attachments]


def _squeeze(cells: Cells, *, code: bool) -> list[str]:
    """Return the lines without white space at their ends, in code also without that around signs.

    In a string or the arguments of a magic, all white space counts.
    """
    text = join_sources(cells)
    lines = [line.rstrip() for line in text.split("\n") if line.strip()]
    if not code or '"""' in text or "'''" in text:
        return lines
    return [line if _LITERAL.search(line) else _squeeze_line(line) for line in lines]


def _squeeze_line(line: str) -> str:
    start = len(line) - len(line.lstrip())
    return line[:start] + _AROUND_SIGN.sub(r"\1", line[start:])


# Both sides have it


def _merge_one(
    base: Cells, local: Cells, remote: Cells, strategy: Strategy, merge_text: MergeText
) -> Outcome:
    """Merge two versions of a cell, part by part."""
    local, remote, names = separate_pictures(base, local, remote)
    merged = merge_text(base, local, remote)
    chunks, chosen = choose_chunks(merged, strategy.sources)
    sides = Sides(base[0] if base else None, local[0], remote[0])
    hunks = any(chunk.remote is not None for chunk in chunks)
    if hunks:
        source, note = mark_source(chunks, strategy)
    else:
        source, note = "\n".join(line for chunk in chunks for line in chunk.lines), {}
    cell, noted = merge_parts(sides, source, strategy, open_=hunks)
    found = Outcome((cell,)) if not hunks else open_conflict(cell, source, note, SAME_LINES)
    if names:
        found = found.note(DecisionPart.ATTACHMENTS, Action.MERGED, describe_names(names))
    if chosen:
        why = f"{SAME_LINES}; the strategy is {strategy.sources.value}"
        found = found.note(DecisionPart.SOURCE, chosen, why)
    for part, action, why in noted:
        found = found.note(part, action, why)
    decided = _describe_source(sides, merged)
    if decided and (merged.words or not merged.conflicts):
        found = found.note(DecisionPart.SOURCE, *decided)
    return found


def _describe_source(sides: Sides, merged: Merged) -> tuple[Action, str] | None:
    """Return what was decided about a source without conflicts, None if neither side changed it."""
    ours = sides.has_changed(sides.local, "source")
    theirs = sides.has_changed(sides.remote, "source")
    if merged.words:
        return Action.WORDS, OTHER_WORDS
    if ours and theirs:
        if sides.local.source == sides.remote.source:
            return Action.SAME, "both sides changed it alike"
        return Action.MERGED, "both sides changed other lines"
    if not ours and not theirs:
        return None
    side = Action.LOCAL if ours else Action.REMOTE
    return side, f"only {side.value} changed it"
