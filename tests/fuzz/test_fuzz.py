"""A short search on every run, after all inputs that once were too much for a target."""

from __future__ import annotations

import os

import pytest

from tests.fuzz.mutate import mutated
from tests.fuzz.running import known, run, search
from tests.fuzz.targets import FILES, TARGETS


@pytest.mark.parametrize("name", TARGETS)
def test_nothing_but_answers_and_errors(name: str) -> None:
    # Where a red result must mean a change, the same inputs are tried every time.
    seed = 0 if os.environ.get("CI") else int.from_bytes(os.urandom(4), "big")
    _, bugs = search(TARGETS[name], known(name), 2, seed, FILES.get(name, 1), slow=20, most=1500)
    assert not bugs, (seed, [(bug.what, bug.data[:2000]) for bug in bugs])


def test_a_bug_is_found_and_said_where() -> None:
    def target(data: bytes) -> None:
        if b"<<<<<<< HEAD" in data:
            raise KeyError(len(data))

    tried, bugs = search(target, [b'{"cells": [{"source": "x = 1"}]}'], 20, 0, most=5000)
    assert tried <= 5000
    assert [bug.what.split(" at ")[0] for bug in bugs] == ["KeyError"]
    assert run(target, b"x" * 10) is None


def test_the_same_seed_gives_the_same_inputs() -> None:
    from random import Random

    one, other = (
        [mutated(rng, known("merger"), 3) for _ in range(50)] for rng in (Random(7), Random(7))
    )
    assert one == other
    assert len(set(one)) > 40
