"""Attachments of cells that are merged: none is lost, and none takes another's name.

base      ![](attachment:map.png)     one picture
local     ![](attachment:map.png)     another    →   ![](attachment:map-1f0c9a77.png)
remote    ![](attachment:map.png)     a third    →   ![](attachment:map-92b3d01e.png)

The names differ then, so that the sources conflict where they show the picture, and both are there
to choose from.
"""

from __future__ import annotations

import re

from nbvc.merge.values import merge_mapping, same
from nbvc.notebook import ABSENT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from nbvc.notebook import Cell

_END = r"(?=[\s)\"'>\]]|$)"


def told_apart(
    base: Sequence[Cell], local: Sequence[Cell], remote: Sequence[Cell]
) -> tuple[list[Cell], list[Cell], list[str]]:
    """Return both sides' cells with names of their own for what both changed, and the old names."""
    if not any("attachments" in cell.fields for cell in local):
        return [*local], [*remote], []
    old, mine, theirs = (_of(cells) for cells in (base, local, remote))
    apart = [
        name
        for name in mine
        if name in theirs
        and not same(mine[name], theirs[name])
        and not same(old.get(name, ABSENT), mine[name])
        and not same(old.get(name, ABSENT), theirs[name])
    ]
    if not apart:
        return [*local], [*remote], []
    ours, others = ([_renamed(cell, apart) for cell in cells] for cells in (local, remote))
    return ours, others, apart


def merged(base: Sequence[Cell], local: Sequence[Cell], remote: Sequence[Cell]) -> dict[str, Any]:
    """Return the attachments of both sides as one mapping."""
    return merge_mapping(_of(base), _of(local), _of(remote))[0]


def placed(cells: list[Cell], pictures: dict[str, Any]) -> list[Cell]:
    """Return cells with these attachments: each where the source shows it, others in the first."""
    able = [index for index, cell in enumerate(cells) if cell.cell_type != "code"]
    wanted: dict[int, dict[str, Any]] = {}
    for name, picture in pictures.items():
        shown = [index for index in able if _mention(name).search(cells[index].source)]
        has = any(name in cell.attachments for cell in cells)
        for index in shown or ([] if has else able[:1]):
            wanted.setdefault(index, {})[name] = picture
    return [
        cell.replace(attachments={**cell.attachments, **wanted[index]})
        if index in wanted and not wanted[index].items() <= cell.attachments.items()
        else cell
        for index, cell in enumerate(cells)
    ]


def _of(cells: Sequence[Cell]) -> dict[str, Any]:
    """Return the attachments of cells; a name that stands for two pictures is left out."""
    found: dict[str, Any] = {}
    twice: set[str] = set()
    for cell in cells:
        for name, picture in cell.attachments.items() if "attachments" in cell.fields else ():
            if not same(found.setdefault(name, picture), picture):
                twice.add(name)
    return {name: picture for name, picture in found.items() if name not in twice}


def _renamed(cell: Cell, names: Sequence[str]) -> Cell:
    source, attachments = cell.source, cell.attachments
    for name in names:
        if name in attachments:
            new = _own_name(name, attachments[name])
            attachments = {new if key == name else key: attachments[key] for key in attachments}
            source = _mention(name).sub(lambda _, new=new: f"attachment:{new}", source)  # type: ignore[misc]
    return cell.replace(source=source, attachments=attachments)


def _own_name(name: str, picture: Any) -> str:
    """Return a name made from the content: whoever merges finds the same."""
    import json
    from hashlib import sha256

    digest = sha256(json.dumps(picture, sort_keys=True).encode()).hexdigest()[:8]
    stem, dot, suffix = name.rpartition(".")
    made = f"{stem}-{digest}.{suffix}" if dot else f"{name}-{digest}"
    return re.sub(r"\s", "-", made)


def _mention(name: str) -> re.Pattern[str]:
    from urllib.parse import quote

    spelled = "|".join(re.escape(one) for one in (name, quote(name, errors="surrogatepass")))
    return re.compile(f"attachment:(?:{spelled}){_END}", re.MULTILINE)
