"""A diff as a valid unified diff of two notebooks' readable text."""

from __future__ import annotations

from nbvc.render.alike import show_lines_apart, show_values_apart
from nbvc.render.readable import format_notebook
from nbvc.sequence import Opcode, find_opcodes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from nbvc.diffing import Part
    from nbvc.notebook import Notebook


def render_unified(
    before: Notebook,
    after: Notebook,
    parts: frozenset[Part],
    *,
    context: int = 3,
    names: tuple[str, str] | None = None,
) -> list[str]:
    """Return the lines of a unified diff, without line ends; empty if the texts are equal."""
    old, new = format_notebook(before, parts), format_notebook(after, parts)
    return unified_lines(old, new, names or (before.name, after.name), context)


def unified_lines(
    old: list[str], new: list[str], names: tuple[str, str], context: int
) -> list[str]:
    """Return a unified diff of two texts that are given by lines, which were escaped."""
    lines: list[str] = []
    heading, seen = -1, 0
    for group in group_codes(find_opcodes(old, new), context):
        if not lines:
            before, after = show_values_apart(*names)
            lines = [f"--- {before}", f"+++ {after}"]
        for number, line in enumerate(old[seen : group[0].a0 + 1], seen):
            heading = number if line.startswith(_HEADING) else heading
        seen = max(seen, group[0].a0 + 1)
        lines.append(f"{_hunk_ranges(group)}{_name_place(old, heading)}")
        for code in group:
            if code.tag == "equal":
                lines += [f" {line}" for line in old[code.a0 : code.a1]]
            else:
                sides = old[code.a0 : code.a1], new[code.b0 : code.b1]
                removed, added = show_lines_apart(*sides, done=True)
                lines += [f"-{line}" for line in removed]
                lines += [f"+{line}" for line in added]
    return lines


_HEADING = "# %% ["
_LONGEST_PLACE = 80
"""Git cuts the heading of a hunk here, too."""


def _name_place(lines: Sequence[str], heading: int) -> str:
    """Return the heading of a cell and its first line, empty without a heading."""
    if heading < 0:
        return ""
    place = f" {lines[heading]}"
    for line in lines[heading + 1 : heading + 20]:
        if line.startswith(_HEADING):
            break
        if line.strip() and not line.startswith(("#: ", "#> ")):
            return f"{place} {line.strip()}"[:_LONGEST_PLACE]
    return place


def group_codes(codes: list[Opcode], context: int) -> Iterator[list[Opcode]]:
    """Yield the changes with their context, those together whose contexts touch."""
    group: list[Opcode] = []
    for index, code in enumerate(codes):
        if code.tag != "equal":
            group.append(code)
            continue
        length = code.a1 - code.a0
        if index and index < len(codes) - 1 and length <= 2 * context:
            group.append(code)
            continue
        if index:
            group.append(_cut_code(code, 0, context))
            yield group
        group = (
            [_cut_code(code, max(0, length - context), length)] if index < len(codes) - 1 else []
        )
    if any(code.tag != "equal" for code in group):
        yield group


def _cut_code(code: Opcode, start: int, end: int) -> Opcode:
    end = min(end, code.a1 - code.a0)
    return Opcode("equal", code.a0 + start, code.a0 + end, code.b0 + start, code.b0 + end)


def _hunk_ranges(group: list[Opcode]) -> str:
    first, last = group[0], group[-1]
    return f"@@ -{_format_range(first.a0, last.a1)} +{_format_range(first.b0, last.b1)} @@"


def _format_range(start: int, end: int) -> str:
    """Return a range as the format wants it: an empty one names the line before it."""
    length = end - start
    return f"{start + 1 if length else start},{length}"
