"""Tests that show what Windows lacks, or Wine, and are skipped there: a plugin for pytest."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LACKING: Mapping[str, str] = {}
"""Tests, and what they need."""


def skip(items: Sequence[pytest.Item], lacking: Mapping[str, str]) -> None:
    """Skip tests by name, and say why."""
    for item in items:
        reason = lacking.get(getattr(item, "originalname", item.name))
        if reason is not None:
            item.add_marker(pytest.mark.skip(reason=reason))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what shows something that this Windows lacks."""
    skip(items, LACKING)
