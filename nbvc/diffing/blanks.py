"""Sources compared without some of their blanks, as `git diff -w`, `-b` and `--ignore-blank-lines` do.

-w    x=f( a )   x = f(a)     the same
-b    x  =  1    x = 1        the same
"""

from __future__ import annotations

from msgspec.structs import replace

from nbvc.diffing.jsonops import line_ops, lines_of
from nbvc.diffing.policy import Blanks
from nbvc.diffing.values import ChangedLines, SameLines
from nbvc.sequence import find_opcodes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from nbvc.diffing.policy import DiffPolicy
    from nbvc.diffing.values import LineOp


def are_same_without_blanks(before: str, after: str, policy: DiffPolicy) -> bool:
    """Return whether two sources differ in nothing but blanks that do not count."""
    sides = ([_key(line, policy) for line in text.split("\n")] for text in (before, after))
    if policy.blank_lines:
        old, new = sides
        return old == new
    old, new = ([key for key in side if key] for side in sides)
    return old == new


def seen_ops_without_blanks(before: str, after: str, policy: DiffPolicy) -> tuple[LineOp, ...]:
    """Return line operations as people see them, without those that do not count; none if none does.

    Lines that are the same may then differ in blanks, or be more on one side.
    """
    old, new = (lines_of(text and f"{text}\n") for text in (before, after))
    keys = ([_key(line, policy) for line in side] for side in (old, new))
    ops: list[LineOp] = []
    for code in find_opcodes(*keys):
        ranges = (code.a0, code.a1), (code.b0, code.b1)
        removed, added = old[slice(*ranges[0])], new[slice(*ranges[1])]
        is_blank = not policy.blank_lines and not any(line.strip() for line in (*removed, *added))
        if code.tag == "equal" or is_blank:
            ops.append(SameLines(*ranges))
            continue
        for op in line_ops("".join(removed), "".join(added)):
            moved = [
                (start + by, end + by)
                for (start, end), by in zip((op.before, op.after), (code.a0, code.b0), strict=True)
            ]
            ops.append(replace(op, before=moved[0], after=moved[1]))
    return tuple(ops) if any(isinstance(op, ChangedLines) for op in ops) else ()


def _key(line: str, policy: DiffPolicy) -> str:
    """Return what counts of a line."""
    match policy.blanks:
        case Blanks.ALL:
            return line if policy.blank_lines or line.strip() else ""
        case Blanks.AMOUNT:
            start = " " if line[:1].isspace() and line.strip() else ""
            return start + " ".join(line.split())
        case Blanks.NONE:
            return "".join(line.split())
