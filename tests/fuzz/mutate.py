"""New inputs from old ones: what editors, merges, disks and attackers do to notebooks.

Half of the changes are made in the JSON, so that what comes out still gets past the parser; the
others are made in the bytes, so that it doesn't.
"""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

from tests.fuzz.targets import CUT

if TYPE_CHECKING:
    from random import Random

_WORDS = (
    *('"', "\\", "\n", "\r\n", "\u2028", "\x00", "\x1b[31m", "\u202e", "\ud800", "é", "𝒳", ""),
    *(
        "<<<<<<< HEAD",
        "=======",
        "||||||| base",
        ">>>>>>> topic",
        "<<<<<<<<<<",
        "x = 1",
        "    pass",
    ),
    *("cells", "source", "outputs", "metadata", "nbvc", "id", "text/plain", "image/png", "tags"),
)
_SCALARS = (
    None,
    True,
    False,
    0,
    -0.0,
    1.0,
    -1,
    10**30,
    1e300,
    1e-9,
    4,
    5,
    "code",
    "markdown",
    "raw",
)
_PIECES = (
    *(b'"', b"\\", b"\n", b",", b"{", b"}", b"[", b"]", b":", b"NaN", b"-Infinity", b"1E400"),
    *(b"\\ud800", b"\xff", b"\xef\xbb\xbf", b"\x00", b"<<<<<<< HEAD\n", b"=======\n"),
    *(b"||||||| base\n", b">>>>>>> topic\n", b'"source": [', b'"cells": [', b"}, {", CUT),
)
_MOST = 300_000
"""Bytes that an input may grow to."""


def mutated(rng: Random, seeds: list[bytes], files: int = 1) -> bytes:
    """Return a new input, made of one that is known, or of two."""
    parts = rng.choice(seeds).split(CUT)
    while len(parts) < files:
        # The next file is an edited copy of the first, as it is in life.
        parts.append(parts[0] if rng.random() < 0.8 else rng.choice(seeds).split(CUT)[0])
    parts = [_file(rng, part, seeds) if rng.random() < 0.8 else part for part in parts]
    return CUT.join(parts)[:_MOST]


def _file(rng: Random, content: bytes, seeds: list[bytes]) -> bytes:
    if rng.random() < 0.7:
        try:
            value = json.loads(content)
        except (ValueError, RecursionError):
            value = None
        if type(value) is dict and value:
            content = _rewritten(rng, value)
    if rng.random() < 0.3 or not content.lstrip().startswith(b"{"):
        for _ in range(rng.choice((1, 1, 2, 5))):
            content = _scratched(rng, content, seeds)
    return content


def _rewritten(rng: Random, value: dict[str, Any]) -> bytes:
    """Change a notebook as JSON, and write it in some style."""
    for _ in range(rng.choice((1, 1, 2, 3, 8))):
        _edit(rng, value)
    text = json.dumps(
        value,
        indent=rng.choice((1, 1, 1, 2, None, "\t")),
        ensure_ascii=rng.random() < 0.3 or _has_surrogate(value),
        sort_keys=rng.random() < 0.2,
    )
    return (text + rng.choice(("\n", "\n", ""))).encode()


def _has_surrogate(value: Any) -> bool:
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return True
    return False


def _edit(rng: Random, value: dict[str, Any]) -> None:
    cells = value.get("cells")
    if type(cells) is list and cells and rng.random() < 0.6:
        _edit_cells(rng, cells)
        return
    if not value:
        return
    holder, key = rng.choice(_places(value))
    if rng.random() < 0.15:
        del holder[key]
    else:
        holder[key] = _value(rng, holder[key])


def _edit_cells(rng: Random, cells: list[Any]) -> None:
    """Do what a person does to cells."""
    at, to = rng.randrange(len(cells)), rng.randrange(len(cells))
    cell, kind = cells[at], rng.randrange(6)
    if kind == 0:
        cells.insert(to, copy.deepcopy(cell))
    elif kind == 1 and len(cells) > 1:
        del cells[at]
    elif kind == 2:
        cells.insert(to, cells.pop(at))
    elif type(cell) is dict:
        source = cell.get("source", "")
        text = "".join(map(str, source)) if type(source) is list else str(source)
        middle = rng.randint(0, len(text))
        if kind == 3:
            cells.insert(at, {**copy.deepcopy(cell), "source": text[:middle]})
            cells[at + 1]["source"] = text[middle:]
        else:
            cell["source"] = text[:middle] + rng.choice(_WORDS) + text[middle + rng.randint(0, 3) :]


def _places(value: Any) -> list[tuple[Any, Any]]:
    """Return every place in a value: what holds it, and its key or index."""
    found: list[tuple[Any, Any]] = []
    waiting = [value]
    while waiting:
        holder = waiting.pop()
        keys = list(holder) if type(holder) is dict else range(len(holder))
        for key in keys:
            found.append((holder, key))
            if type(holder[key]) in (dict, list):
                waiting.append(holder[key])
    return found


def _value(rng: Random, old: Any) -> Any:
    """Return another value for one: of the same kind, of another, or one around it."""
    if type(old) is str and rng.random() < 0.6:
        at = rng.randint(0, len(old))
        longer = old * rng.choice((2, 100)) if len(old) < 2000 else old[:at]
        return rng.choice((old[:at] + rng.choice(_WORDS) + old[at:], longer))
    if type(old) is dict and rng.random() < 0.6:
        return {**old, rng.choice(_WORDS): rng.choice(_SCALARS)}
    around: tuple[Any, ...] = ([old], [old] * 50, {rng.choice(_WORDS): old}, [], {})
    return rng.choice((*around, *([rng.choice(_SCALARS), rng.choice(_WORDS)] * 2)))


def _scratched(rng: Random, content: bytes, seeds: list[bytes]) -> bytes:
    """Change some bytes."""
    start = rng.randint(0, len(content))
    end = min(len(content), start + rng.choice((0, 1, 1, 4, 40, 400)))
    kind = rng.randrange(5)
    if kind == 0:
        return content[:start]
    if kind == 1:
        return content[:start] + content[end:]
    if kind == 2:
        other = rng.choice(seeds)
        at = rng.randint(0, len(other))
        return content[:start] + other[at : at + rng.choice((10, 100, 1000))] + content[end:]
    if kind == 3:
        return content[:start] + bytes([rng.randrange(256)]) + content[end:]
    return content[:start] + rng.choice(_PIECES) * rng.choice((1, 1, 1, 2, 2000)) + content[end:]
