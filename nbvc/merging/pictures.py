"""Attachments of cells that are merged: none is lost, and none takes another's name.

base      ![](attachment:map.png)     one picture
local     ![](attachment:map.png)     another    →   ![](attachment:map-1f0c9a77.png)
remote    ![](attachment:map.png)     a third    →   ![](attachment:map-92b3d01e.png)

The names differ then, so that the sources conflict where they show the picture, and both are there
to choose from.
"""

from __future__ import annotations

import re

from nbvc.lazy import compile_lazily
from nbvc.merging.values import is_same, merge_mapping
from nbvc.notebook import ABSENT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from nbvc.notebook import Cell

_END = r"(?=[\s)\"'>\]]|$)"


def separate_pictures(
    base: Sequence[Cell], local: Sequence[Cell], remote: Sequence[Cell]
) -> tuple[list[Cell], list[Cell], list[str]]:
    """Return both sides' cells with names of their own for what both changed, and the old names."""
    if not any("attachments" in cell.fields for cell in local):
        return [*local], [*remote], []
    old, mine, theirs = (_collect_pictures(cells) for cells in (base, local, remote))
    apart = [
        name
        for name in mine
        if name in theirs
        and not is_same(mine[name], theirs[name])
        and not is_same(old.get(name, ABSENT), mine[name])
        and not is_same(old.get(name, ABSENT), theirs[name])
    ]
    if not apart:
        return [*local], [*remote], []
    ours, others = ([_rename_pictures(cell, apart) for cell in cells] for cells in (local, remote))
    return ours, others, apart


def place_pictures(
    cells: list[Cell], base: Sequence[Cell], local: Sequence[Cell], remote: Sequence[Cell]
) -> list[Cell]:
    """Return what cells were split or joined to with the attachments of both sides.

    Each is where the source shows it, and in the first cell where none does. Names that are
    for several pictures, as in cells that were joined, are told apart.
    """
    wanted = [
        *merge_mapping(
            _collect_pictures(base), _collect_pictures(local), _collect_pictures(remote)
        )[0].items()
    ]
    for name, picture in wanted:
        cells = [_show_picture(cell, name, picture) for cell in cells]
    held = _list_contents(cells)
    for name, picture in (*wanted, *_both_want(base, local, remote)):
        if _write_content(picture) not in held:
            cells = _add_picture(cells, name, picture)
            held.add(_write_content(picture))
    return cells


def _show_picture(cell: Cell, name: str, picture: Any) -> Cell:
    """Return the cell with a picture where its source shows one of that name."""
    has = cell.attachments
    if cell.cell_type == "code" or not _mention(name).search(cell.source):
        return cell
    if name in has and is_same(has[name], picture):
        return cell
    return cell.replace(attachments={**has, name: picture})


def _add_picture(cells: list[Cell], name: str, picture: Any) -> list[Cell]:
    """Return the cells with a picture in the first that can have any: no code cell can."""
    at = next((i for i, cell in enumerate(cells) if cell.cell_type != "code"), None)
    if at is None:
        return cells
    has = cells[at].attachments
    named = _own_name(name, picture) if name in has else name
    new = cells[at].replace(attachments={**has, named: picture})
    return [*cells[:at], new, *cells[at + 1 :]]


def _both_want(
    base: Sequence[Cell], local: Sequence[Cell], remote: Sequence[Cell]
) -> list[tuple[str, Any]]:
    """Return the attachments of both sides that neither has deleted."""
    old, mine, theirs = (_list_contents(cells) for cells in (base, local, remote))
    gone = old - (mine & theirs)
    return [
        (name, picture)
        for cell in (*local, *remote)
        for name, picture in cell.attachments.items()
        if _write_content(picture) not in gone
    ]


def _list_contents(cells: Sequence[Cell]) -> set[str]:
    return {_write_content(picture) for cell in cells for picture in cell.attachments.values()}


def _write_content(picture: Any) -> str:
    import json

    return json.dumps(picture, sort_keys=True)


def _collect_pictures(cells: Sequence[Cell]) -> dict[str, Any]:
    """Return the attachments of cells; a name that stands for two pictures is left out."""
    found: dict[str, Any] = {}
    twice: set[str] = set()
    for cell in cells:
        for name, picture in cell.attachments.items() if "attachments" in cell.fields else ():
            if not is_same(found.setdefault(name, picture), picture):
                twice.add(name)
    return {name: picture for name, picture in found.items() if name not in twice}


def _rename_pictures(cell: Cell, names: Sequence[str]) -> Cell:
    attachments = cell.attachments
    new = {name: _own_name(name, attachments[name]) for name in names if name in attachments}
    if not new:
        return cell
    spelled = {spelling: name for name in reversed(new) for spelling in _list_spellings(name)}
    source = _mention(*new).sub(lambda found: f"attachment:{new[spelled[found[1]]]}", cell.source)
    renamed = {new.get(name, name): picture for name, picture in attachments.items()}
    return cell.replace(source=source, attachments=renamed)


def _own_name(name: str, picture: Any) -> str:
    """Return a name made from the content: whoever merges finds the same."""
    from hashlib import sha256

    digest = sha256(_write_content(picture).encode()).hexdigest()[:8]
    stem, dot, suffix = name.rpartition(".")
    made = f"{stem}-{digest}.{suffix}" if dot else f"{name}-{digest}"
    return re.sub(r"\s", "-", made)


def _mention(*names: str) -> re.Pattern[str]:
    """Return what finds these names where a source shows them; group 1 is a name as it is spelled."""
    spelled = "|".join(re.escape(spelling) for name in names for spelling in _list_spellings(name))
    return compile_lazily(f"attachment:({spelled}){_END}", re.MULTILINE)


def _list_spellings(name: str) -> tuple[str, str]:
    from urllib.parse import quote

    return name, quote(name, errors="surrogatepass")
