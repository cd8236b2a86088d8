"""A sample of the real pairs in the compare view; all of them by `python -m tests.jupyter.sweep`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.benchmarks.material import pairs
from tests.jupyter.sweep import drawn

if TYPE_CHECKING:
    from tests.jupyter.browser.driving import Screen

SAMPLE = 8


def test_what_changed_is_drawn(screen: Screen) -> None:
    if not screen.is_lab:
        pytest.skip("the sweep is one of JupyterLab")
    screen.page.set_viewport_size({"width": 1800, "height": 900})
    wanted = pairs()
    assert drawn(screen, wanted[:: len(wanted) // SAMPLE + 1]) == []
