"""What commands import at their start."""

from __future__ import annotations

import gettext
import inspect
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nbvc.cli.terminal import importing
from tests.making import code, file

SLOW = {
    "ast", "dataclasses", "datetime", "decimal", "gettext", "importlib.metadata", "inspect", "locale",
    "logging", "pathlib", "platform", "shutil", "subprocess", "tempfile", "textwrap", "threading",
    "uuid",
}  # fmt: skip
"""Modules that no plain command needs, each of half a millisecond and more."""


def imported(folder: Path, *args: str) -> set[str]:
    """Return the modules that a command imports."""
    ran = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "nbvc", *args],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        env={**os.environ, "COLUMNS": "80"},
    )
    assert ran.returncode in (0, 1), ran.stderr
    return {line.rpartition("|")[2].strip() for line in ran.stderr.splitlines()}


@pytest.mark.parametrize("command", ["--version", "diff", "show"])
def test_a_plain_command_imports_nothing_slow(command: str, tmp_path: Path) -> None:
    (tmp_path / "a.ipynb").write_bytes(file(code("x = 1")))
    (tmp_path / "b.ipynb").write_bytes(file(code("x = 2")))
    names = {"--version": (), "diff": ("a.ipynb", "b.ipynb"), "show": ("a.ipynb",)}[command]
    assert not imported(tmp_path, command, *names) & SLOW


_LEFT_OUT = (
    "inspect, gettext, threading, uuid, datetime, decimal, typing_extensions, msgspec, click"
)


def test_help_is_the_same_with_the_real_modules(tmp_path: Path) -> None:
    program = (
        "import sys, {}\n"
        "from nbvc.cli import run\n"
        "sys.exit(run(['diff', '--help']) + run(['checkpoint', 'list', '--help']))\n"
    )
    shown = [
        subprocess.run(
            [sys.executable, "-c", program.format(names)],
            capture_output=True,
            text=True,
            check=True,
            cwd=tmp_path,
        ).stdout
        for names in (
            "os",
            "inspect, gettext, threading, uuid, datetime, decimal, typing_extensions, msgspec, click",
        )
    ]
    assert shown[0] == shown[1]
    assert "Usage: nbvc checkpoint list" in shown[0]


def test_what_was_left_out_is_there_when_it_is_used() -> None:
    program = (
        "import sys\n"
        "from nbvc.cli.terminal.importing import import_click, import_msgspec\n"
        "import_click(); import_msgspec()\n"
        "import datetime, decimal, uuid, msgspec\n"
        "now = datetime.datetime(2020, 1, 2, tzinfo=datetime.timezone.utc)\n"
        "print(msgspec.json.encode([now, now.date(), now.time()]).decode())\n"
        "print(decimal.Decimal('1.5') + 1, uuid.UUID(int=1))\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert ran.stdout.split("\n")[:2] == [
        '["2020-01-02T00:00:00Z","2020-01-02","00:00:00"]',
        "2.5 00000000-0000-0000-0000-000000000001",
    ]


@given(st.text("a\t \n\f", max_size=12))
def test_what_stands_in_for_inspect_does_the_same(text: str) -> None:
    assert importing._clean_help(text) == inspect.cleandoc(text)


@pytest.mark.parametrize("number", [0, 1, 2])
def test_what_stands_in_for_gettext_does_the_same(number: int) -> None:
    assert importing._choose_number("one", "many", number) == gettext.ngettext(
        "one", "many", number
    )
