"""What tools write into notebooks, and what people set: one table for diffs, cleaning and docs.

The table is `noise.txt`, whose first lines explain its columns. `metadata.py` compiles it.
"""

from __future__ import annotations

import enum
from functools import lru_cache

import msgspec

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

Path = tuple[str, ...]
"""The keys that lead to a value, from the outside in."""

ANY = "*"
"""A step that stands for every key."""

LANGUAGE = "$language"
"""A value that stands for the language of the notebook."""


class Level(enum.Enum):
    """Which object of a notebook a key belongs to."""

    NOTEBOOK = "notebook"
    NOTEBOOK_METADATA = "notebook metadata"
    CELL = "cell"
    CELL_METADATA = "cell metadata"
    OUTPUT = "output"
    OUTPUT_METADATA = "output metadata"


class Kind(enum.Enum):
    """What a key is for."""

    SETTING = "setting"
    TRACE = "trace"
    TIMING = "timing"
    PERSON = "person"
    VIEW = "view"
    IDENTITY = "identity"
    DATA = "data"
    LANGUAGE = "language"
    COUNT = "count"


_SHOWN = (Kind.SETTING, Kind.LANGUAGE)
_KEPT = (Kind.SETTING, Kind.LANGUAGE, Kind.IDENTITY)


class Rule(msgspec.Struct, frozen=True):
    """One row of the table: some keys of one level, and what is done about them.

    `keys` are the paths as the table has them. `defaults` are the values that mean what absence
    means; `drops_default` is whether cleaning removes a key with one of them, which it keeps otherwise.
    """

    level: Level
    kind: Kind
    keys: str
    paths: tuple[Path, ...]
    writer: str
    source: str
    ignored: bool
    removed: bool
    defaults: tuple[Any, ...] = ()
    drops_default: bool = False


def read_rules() -> tuple[Rule, ...]:
    """Return the table."""
    return tuple([rule for level in _read_table() for rule in read_rules_of(level)])


@lru_cache(maxsize=len(Level))
def read_rules_of(level: Level) -> tuple[Rule, ...]:
    """Return the rows of one level: few notebooks have keys of all levels."""
    return tuple([_read_row(level, line) for line in _read_table()[level]])


@lru_cache(maxsize=1)
def _read_table() -> dict[Level, list[str]]:
    """Return the rows of each level, as lines."""
    import os

    with open(os.path.join(os.path.dirname(__file__), "noise.txt"), encoding="utf-8") as file:
        lines = file.read().splitlines()
    found: dict[Level, list[str]] = {}
    rows: list[str] = []
    for line in lines:
        if line.startswith("["):
            rows = found.setdefault(Level(line[1:-1]), [])
        elif line and line[0] != "#":
            rows.append(line)
    return found


def _read_row(level: Level, line: str) -> Rule:
    name, keys, defaults, exceptions, writer, source = [part.strip() for part in line.split(" |")]
    kind = Kind(name)
    return Rule(
        level,
        kind,
        keys,
        _expand_keys(keys),
        writer,
        source,
        ignored=kind not in _SHOWN or exceptions == "ignored",
        removed=(kind not in _KEPT and exceptions != "kept") or exceptions == "removed",
        defaults=tuple(msgspec.json.decode(defaults)) if defaults else (),
        drops_default=exceptions == "default removed",
    )


def _expand_keys(text: str) -> tuple[Path, ...]:
    """Return the paths of a row: `a."b.c".{d, e}` stands for two."""
    head, _, group = text.partition("{")
    steps: list[str] = []
    for index, part in enumerate(head.split('"')):
        steps += [part] if index % 2 else [step for step in part.split(".") if step]
    if not group:
        return (tuple(steps),)
    return tuple([(*steps, key.strip()) for key in group[:-1].split(",")])


@lru_cache(maxsize=1)
def find_identities() -> tuple[Path, ...]:
    """Return where tools keep IDs of cells in the metadata, for pairing cells without cell IDs."""
    found = [rule for rule in read_rules_of(Level.CELL_METADATA) if rule.kind is Kind.IDENTITY]
    return tuple([path for rule in found for path in rule.paths])


def read_language(metadata: Any) -> str:
    """Return the language of a notebook's code by its metadata, for comparing.

    Without case and version, so that `R` is `r`, and `C++17` is `c++`. Several if the places differ.
    Python if the metadata names none.
    """
    found = set()
    for path in _LANGUAGE_PATHS:
        value = metadata
        for step in path:
            value = value.get(step) if type(value) is dict else None
        if type(value) is str and (name := simplify_language(value)):
            found.add(name)
    return ", ".join(sorted(found)) or "python"


def simplify_language(name: str) -> str:
    """Return the name of a language without case and version."""
    return name.casefold().rstrip("0123456789. ") or name


_LANGUAGE_PATHS = (("kernelspec", "language"), ("language_info", "name"), ("language",))
