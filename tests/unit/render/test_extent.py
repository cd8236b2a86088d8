"""How far a change goes is what the parts of all cells say, found without comparing all of them."""

from __future__ import annotations

import pytest

import nbvc
from nbvc.diffing import DiffPolicy, Part
from nbvc.diffing.policy import DEFAULT_PARTS
from nbvc.render.extent import Extent, _judge_diff
from nbvc.render.shown import find_touched
from tests.benchmarks.material import pairs

POLICIES = [
    DiffPolicy(),
    DiffPolicy(parts=frozenset(Part)),
    DiffPolicy(parts=DEFAULT_PARTS - {Part.SOURCES}),
    DiffPolicy(parts=DEFAULT_PARTS - {Part.SOURCES, Part.OUTPUTS}),
]


@pytest.mark.parametrize("policy", POLICIES)
def test_the_extent_is_what_all_parts_say(policy: DiffPolicy) -> None:
    found = set()
    for before, after in pairs()[:60]:
        diff = nbvc.diff(nbvc.read(before), nbvc.read(after), policy=policy)
        touched = find_touched(diff)
        wanted = Extent.METADATA if diff.changed else Extent.NOISE
        wanted = Extent.OUTPUTS if Part.OUTPUTS in touched else wanted
        wanted = Extent.SOURCES if Part.SOURCES in touched else wanted
        assert _judge_diff(diff)[0] is wanted, before
        found.add(wanted)
    assert len(found) > 2
