"""`[tool.nbvc]` in pyproject.toml, or the same without that heading in .nbvc.toml."""

from __future__ import annotations

import os

from nbvc.errors import NbvcError
from nbvc.normalising.configuring import unknown_key

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from nbvc.normalising.policy import Policy

_TABLES = ("clean", "exclude")
"""What `[tool.nbvc]` may hold: the policy of clean and check, and patterns of files to pass over."""


class Configuration:
    """What a project's file says, and where it stands (None where there is no such file)."""

    __slots__ = ("clean", "exclude", "path")

    def __init__(self, path: str | None, table: dict[str, Any]) -> None:
        """Check a table. Raises `NbvcError` for what it may not hold."""
        for key in table:
            if key not in _TABLES:
                raise unknown_key(key, _TABLES, path)
        self.path = path
        self.clean: dict[str, Any] = _typed(path, table, "clean", dict)
        self.exclude: list[str] = _typed(path, table, "exclude", list)


def _typed(path: str | None, table: dict[str, Any], key: str, kind: Any) -> Any:
    value = table.get(key, kind())
    if type(value) is not kind or (kind is list and not all(type(one) is str for one in value)):
        wanted = "a table" if kind is dict else "a list of patterns"
        raise NbvcError(f"{key!r} has to be {wanted}", where=path)
    return value


def configuration(folder: str) -> Configuration:
    """Return what holds for a folder: the nearest file at or above it, up to a repository's top.

    Raises `NbvcError` for invalid TOML, and for an unknown setting.
    """
    place = os.path.abspath(folder)
    while True:
        for name in (".nbvc.toml", "pyproject.toml"):
            path = os.path.join(place, name)
            table = _table(path) if os.path.isfile(path) else None
            if table is not None:
                return Configuration(path, table)
        above = os.path.dirname(place)
        if above == place or os.path.exists(os.path.join(place, ".git")):
            return Configuration(None, {})
        place = above


def stripping_policy(folder: str) -> Policy:
    """Return the policy of a commit without outputs, as the project of a folder configures it.

    It always strips outputs, and never drops a cell: git would write the notebook back without it.
    Raises `NbvcError`.
    """
    from msgspec.structs import replace

    from nbvc.normalising.configuring import configured, keep_cells
    from nbvc.normalising.policy import Outputs

    project = configuration(folder)
    policy = configured(project.clean, project.path)
    return replace(keep_cells(policy), outputs=Outputs.STRIP)


def filter_words_of(folder: str, preset: str | None = None) -> list[str]:
    """Return what git's filter removes, as words in git's settings, for the project of a folder.

    Raises `NbvcError`, also if the project's settings drop cells.
    """
    from nbvc.normalising.configuring import CLEAN_FORM, configured, dropping_cells, named

    project = configuration(folder)
    settings = {"preset": "strip", **project.clean, **({"preset": preset} if preset else {})}
    configured(settings, project.path)
    if dropping := dropping_cells(settings):
        raise NbvcError(
            f"{' and '.join(dropping)} would make git's filter take cells out of your files: git "
            "writes back what it stored",
            where=project.path,
            hint="remove it there and pass it to nbvc clean, or leave out --filter",
        )
    return [f"form={CLEAN_FORM}", *named(settings)]


def _table(path: str) -> dict[str, Any] | None:
    """Return nbvc's table of a file, None where it has none."""
    from nbvc.notebook.content import read_content

    text = read_content(path)
    if path.endswith("pyproject.toml") and b"nbvc" not in text:
        return None
    try:
        found = _loads(text)
    except ValueError as error:
        raise NbvcError(f"invalid TOML: {error}", where=path) from None
    if path.endswith(".nbvc.toml"):
        return found
    tool = _typed(path, found, "tool", dict)
    return _typed(path, tool, "nbvc", dict) if "nbvc" in tool else None


def _loads(text: bytes) -> dict[str, Any]:
    import sys

    if sys.version_info >= (3, 11):
        from tomllib import loads
    else:
        from tomli import loads
    return loads(text.decode())
