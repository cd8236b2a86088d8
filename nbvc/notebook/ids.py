"""Cell ids of a notebook put together from others: valid, unique, and the same whoever does it."""

from __future__ import annotations

from nbvc.lazy import compile_lazily
from nbvc.notebook import ABSENT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from nbvc.notebook import Cell

_VALID = compile_lazily(r"[a-zA-Z0-9_-]{1,64}")
_FIRST_WITH_IDS = 5


def with_ids(cells: Sequence[Cell], minor: int) -> list[Cell]:
    """Return the cells with the ids that format 4.`minor` wants: one each from 4.5 on, none before."""
    if minor < _FIRST_WITH_IDS:
        return [cell.replace(id=ABSENT) if "id" in cell.fields else cell for cell in cells]
    taken: set[str | None] = {cell.id for cell in cells if cell.id is not None}
    seen: set[str] = set()
    found = []
    for cell in cells:
        name = cell.id
        if name is None or name in seen or not _VALID.fullmatch(name):
            name = _derive_id(cell, taken)
            cell = cell.replace(id=name)  # noqa: PLW2901
        taken.add(name)
        seen.add(name)
        found.append(cell)
    return found


def _derive_id(cell: Cell, taken: set[str | None]) -> str:
    """Return an id made from the cell's text: no clock and no dice, so everybody finds the same."""
    from hashlib import sha256

    text = f"{cell.cell_type}\0{cell.source}\0{cell.id or ''}".encode(errors="surrogatepass")
    number = 0
    while True:
        name = sha256(text + str(number).encode()).hexdigest()[:8]
        if name not in taken:
            return name
        number += 1
