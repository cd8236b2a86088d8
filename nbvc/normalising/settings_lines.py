"""TOML as values, and the lines of its settings, which TOML's parsers do not keep."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

_FEW = 50
"""So many lines that name a key are looked at: each takes a parser over the lines above it."""


def load_toml(content: bytes) -> dict[str, Any]:
    """Return the value of a TOML document. Raises `ValueError`."""
    import sys

    if sys.version_info >= (3, 11):
        from tomllib import loads
    else:
        from tomli import loads
    return loads(content.decode("utf-8-sig"))


def find_line(content: bytes, keys: Sequence[str]) -> int:
    """Return the line (from 1) on which a setting begins, 1 if the file does not contain it.

    It is the last line above which everything is valid TOML that does not contain the setting.
    """
    lines = content.decode("utf-8-sig").split("\n")
    named = [at for at, line in enumerate(lines) if keys[-1] in line][:_FEW]
    for at in reversed(named):
        try:
            above: Any = load_toml("\n".join(lines[:at]).encode())
        except ValueError:
            continue
        if not _contains(above, keys):
            return at + 1
    return 1


def _contains(value: Any, keys: Sequence[str]) -> bool:
    for key in keys:
        if type(value) is not dict or key not in value:
            return False
        value = value[key]
    return True
