"""Command lines run in this process, with what they print and how they end."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import pytest

from nbvc.cli import run


class Called(NamedTuple):
    """What became of a command line."""

    code: int
    out: str
    err: str


Cli = Callable[..., Called]


@pytest.fixture
def cli(capfd: pytest.CaptureFixture[str]) -> Cli:
    """Run a command line; whatever it raises is a traceback for the user, and fails the test."""

    def call(*args: object) -> Called:
        capfd.readouterr()
        code = run([str(arg) for arg in args])
        out, err = capfd.readouterr()
        assert "Traceback" not in err
        return Called(code, out, err)

    return call
