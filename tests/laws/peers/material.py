"""Pairs and triples to compare tools on: real ones where there are some, and generated ones."""

from __future__ import annotations

import copy
import json
import random
from typing import TYPE_CHECKING, Any

from tests.conftest import CORPUS
from tests.generate.planted import ID_MODES, plant

if TYPE_CHECKING:
    from collections.abc import Iterator

    Json = dict[str, Any]

_SMALL = 60_000
"""Bytes of a notebook that the slow tools can take."""
SIDES = ("base", "local", "remote")


def pairs(real: int, made: int) -> Iterator[tuple[str, Json, Json]]:
    """Yield notebooks before and after, with a name."""
    found = sorted(CORPUS.glob("pairs/*/before.ipynb")) if CORPUS.is_dir() else []
    small = [path for path in found if path.stat().st_size < _SMALL]
    for path in small[:real]:
        after = path.with_name("after.ipynb")
        one, other = (json.loads(each.read_bytes()) for each in (path, after))
        if one["nbformat"] == other["nbformat"] == 4 and after.stat().st_size < _SMALL:
            yield path.parent.name, one, other
    for seed in range(made):
        planted = plant(seed, ID_MODES[seed % len(ID_MODES)])
        yield f"made {seed}", planted.before, planted.after


def triples(made: int) -> Iterator[tuple[str, bytes, bytes, bytes]]:
    """Yield base, local and remote as files that differ in their cells' text."""
    for folder in sorted(CORPUS.glob("merges/*")) if CORPUS.is_dir() else []:
        contents = [(folder / f"{side}.ipynb").read_bytes() for side in SIDES]
        yield folder.name, contents[0], contents[1], contents[2]
    for seed in range(made):
        base = plant(seed, "kept").before
        local, remote = (_edited(base, random.Random(f"{side} {seed}")) for side in SIDES[1:])
        yield f"made {seed}", file_of(base), file_of(local), file_of(remote)


def file_of(value: Json) -> bytes:
    """Return a notebook's file as Jupyter writes it."""
    from nbvc import Notebook

    return Notebook.from_dict(value).to_bytes()


def _edited(base: Json, rng: random.Random) -> Json:
    """Return the notebook with a new line in some cells, and a cell less or more."""
    value = copy.deepcopy(base)
    for cell in rng.sample(value["cells"], min(3, len(value["cells"]))):
        cell["source"] += f"\nadded_{rng.randrange(10**6)} = 1"
    at = rng.randrange(len(value["cells"]))
    if rng.random() < 0.5:
        del value["cells"][at]
    else:
        new = {"cell_type": "markdown", "metadata": {}, "source": f"new {rng.randrange(10**6)}"}
        value["cells"].insert(at, {**new, "id": f"n{rng.randrange(10**6)}"})
    return value
