"""A sample of the real pairs in the compare view; `python -m tests.browser.jupyter.sweep` takes all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.benchmarks.material import pairs
from tests.browser.jupyter.sweep import drawn

if TYPE_CHECKING:
    from tests.browser.jupyter.driving import Screen

SAMPLE = 8


def test_what_changed_is_drawn(screen: Screen) -> None:
    if not screen.is_lab:
        pytest.skip("the sweep is one of JupyterLab")
    screen.page.set_viewport_size({"width": 1800, "height": 900})
    wanted = pairs()
    assert drawn(screen, wanted[:: len(wanted) // SAMPLE + 1]) == []
