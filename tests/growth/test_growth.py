"""No text keeps a parser busy for long.

The limit is far off: each text takes about a second, and took minutes when its parser was quadratic.
`python -m tests.growth` measures how time grows, for all texts and places.
"""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.conftest import ROOT
from tests.growth.series import SERIES

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="a limit on processor time is POSIX"
)

_LIMIT = 20


def _grow(*arguments: str) -> str:
    command = [sys.executable, "-m", "tests.growth", "--once", f"--limit={_LIMIT}", *arguments]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return "" if run.returncode == 0 else run.stdout + run.stderr


@pytest.mark.parametrize(
    ("place", "units"),
    [
        ("html", ["<td", "<!", "<?", "<!--", "<a b='c", "&#1", "sign-3c"]),
        ("svg", ["<td", '<a b="']),
        ("words", ["<a ", "<a\n", "</", "&#1"]),
        ("stream", ["[00:00<", "10%| [00:00< ", "C:\\", "abcdef01", "\x1b]", "sign-20"]),
        ("fallback", ["<aaaaaaaaaaaaaaaaaa ", "sign-2e"]),
        ("error", ["cell\n---> 1 a\n", "sign-28"]),
        ("hunks", ["\x1b[1m", "sign-61"]),
        ("fix", ["<<<<<<< a\n", "[["]),
        ("markers", ["<<<<<<< a\n", "<<<<<<< a\n=======\n"]),
        ("colors-markdown", ["sign-5b", "sign-60", "[]("]),
        ("colors-c++", ["//", "sign-2f"]),
    ],
)
def test_a_long_hostile_text_is_read_before_time_runs_out(place: str, units: list[str]) -> None:
    assert not _grow(place, "--size=200000", "--shapes=run", "--units", *units)


def test_many_items_are_compared_before_time_runs_out() -> None:
    assert not _grow(*SERIES, "--units")
