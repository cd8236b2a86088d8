"""Notebooks that Jupytext keeps together with a text file.

Of the files of a pair, Jupytext reads the sources from the newest. A command that changes only
outputs must therefore keep the time of the last change, or Jupytext takes the sources from the
wrong file, or refuses to open the pair.
"""

from __future__ import annotations

import os

from nbvc.lazy import compile_lazily

_KEY = compile_lazily(rb'"jupytext"\s*:')
"""A key of the metadata: in a text, JSON escapes the quotes."""
_NAMES = tuple(
    f"{dot}jupytext{suffix}"
    for dot in ("", ".")
    for suffix in ("", ".toml", ".yml", ".yaml", ".json", ".py")
)
"""Jupytext's settings, which may pair any notebook below their folder."""


def may_be_paired(path: str, content: bytes) -> bool:
    """Return whether a notebook may be one of a pair: Jupytext is named in it, or set up for it."""
    if _KEY.search(content):
        return True
    folder = os.path.dirname(os.path.realpath(path))
    home = os.path.expanduser("~")
    return any(
        map(_has_settings, (*_list_above(folder), home, os.path.join(home, ".config", "jupytext")))
    )


def _list_above(folder: str) -> list[str]:
    """Return a folder and all above it."""
    found = [folder]
    while (parent := os.path.dirname(found[-1])) != found[-1]:
        found.append(parent)
    return found


def _has_settings(folder: str) -> bool:
    if any(os.path.isfile(os.path.join(folder, name)) for name in _NAMES):
        return True
    try:
        with open(os.path.join(folder, "pyproject.toml"), "rb") as file:
            return b"tool.jupytext" in file.read()
    except OSError:
        return False
