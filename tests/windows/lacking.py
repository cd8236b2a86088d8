"""Tests that show what Windows lacks, or Wine, and are skipped there: a plugin for pytest."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LACKING: Mapping[str, str] = {}
"""Tests, and what they need."""


_NOT_IN_NAMES = frozenset('<>:"|?*\n\r\t\x1b')


def skip(items: Sequence[pytest.Item], lacking: Mapping[str, str]) -> None:
    """Skip tests by name, and say why."""
    for item in items:
        reason = lacking.get(getattr(item, "originalname", item.name))
        if reason is not None:
            item.add_marker(pytest.mark.skip(reason=reason))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what shows something that this Windows lacks."""
    skip(items, LACKING)
    for item in items:
        if item.path.name in _NAMING and _cannot_be_named(item):
            item.add_marker(pytest.mark.skip(reason="Windows has no file of this name"))


_NAMING = ("test_changes.py", "test_commit.py", "test_install_drivers.py", "test_objects.py")
"""Where the parameter `name` is the name of a file."""


def _cannot_be_named(item: pytest.Item) -> bool:
    """Return whether a test is run for a name that no file on Windows has.

    Python makes one half of a surrogate pair of a byte that is not UTF-8, which git reads as nothing.
    """
    called_with = getattr(item, "callspec", None)
    name = called_with.params.get("name") if called_with is not None else None
    if not isinstance(name, str):
        return False
    return bool(_NOT_IN_NAMES.intersection(name)) or any(
        "\ud800" <= one <= "\udfff" for one in name
    )
