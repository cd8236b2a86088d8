"""The notebooks that are measured: real ones where there are some, else fixtures and made ones."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.conftest import CORPUS, ROOT
from tests.making import code, markdown, notebook, stream

DIGITS = "0123456789"
Pair = tuple[bytes, bytes]


def pairs() -> list[tuple[Path, Path]]:
    """Return the paths of real pairs, or of the fixtures'."""
    found = sorted(CORPUS.glob("pairs/*/before.ipynb")) if CORPUS.is_dir() else []
    found = found or sorted((ROOT / "fixtures").rglob("before.ipynb"))
    return [(path, path.with_name("after.ipynb")) for path in found]


def median_pair() -> tuple[Path, Path]:
    """Return the pair of middle size."""
    by_size = sorted(pairs(), key=lambda pair: sum(path.stat().st_size for path in pair))
    return by_size[len(by_size) // 2]


def made(cells: int, output: int = 200) -> Pair:
    """Return a notebook with so many cells and an edited version: each tenth cell changed."""

    def cell(number: int, *, edited: bool) -> dict[str, Any]:
        if number % 5 == 0:
            return markdown(f"## Part {number}\n\nWhat follows is {number * 7919 % 10007}.")
        tail = "  # looked at again" if edited and number % 10 == 1 else ""
        source = (
            f"x_{number} = load({number})\nfor row in x_{number}:{tail}\n    show(row, {number})"
        )
        text = f"{number * 31}:{DIGITS * (output // 10)}"
        return code(source, [stream(text + ("!" if edited and number % 10 == 1 else ""))])

    old = [cell(number, edited=False) for number in range(cells)]
    new = [cell(number, edited=True) for number in range(cells)]
    del new[cells // 3]
    new.insert(cells // 2, code("inserted = True"))
    return _file(old), _file(new)


def _file(cells: list[dict[str, Any]]) -> bytes:
    return json.dumps(notebook(*cells), indent=1).encode()
