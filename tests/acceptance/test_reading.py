"""Odd and broken files on the command line, and in git with nbvc installed."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from tests.acceptance.cli import Ran, git, installed, nbvc
from tests.integration.git import sandbox
from tests.making import code, file, markdown, notebook, stream
from tests.unit.notebook.test_faults import BROKEN, GOOD

NUMBERED = [name for name in BROKEN if name[:2].isdigit()]


@pytest.mark.parametrize("name", NUMBERED)
def test_fault_01_to_13_in_git(name: str, tmp_path: Path) -> None:
    """What can't be read is an error that says where, and is shown as text, by git, too."""
    bad, says = BROKEN[name]
    folder = installed(tmp_path / "r", GOOD)
    (folder / "n.ipynb").write_bytes(bad)
    readable = sys.version_info >= (3, 12) and name == "08_deep_1100"
    _is_said(nbvc(folder, "show", "n.ipynb"), says, readable=readable)
    if not readable:
        _is_said(nbvc(folder, "clean", "n.ipynb"), says, readable=False)
    compared = nbvc(folder, "diff")
    assert compared.returncode == 0
    assert readable or b"n.ipynb (working tree): " in compared.stderr
    assert readable or b"compared as plain text" in compared.stderr
    listed = nbvc(folder, "status")
    assert listed.returncode == 0
    assert b"n.ipynb" in listed.stdout
    sandbox.commit_all(folder, "bad")
    for command in (("diff", "HEAD~1"), ("log", "-p", "-1"), ("show",)):
        ran = git(folder, *command)
        assert (ran.returncode, ran.stderr) == (0, b"")
        # What was there goes, whatever came instead.
        assert b"\n-a = 1\n" in ran.stdout
        assert readable or not bad or b"\n+# nbvc shows this file as it is: " in ran.stdout
    assert (folder / "n.ipynb").read_bytes() == bad


def _is_said(ran: Ran, says: str, *, readable: bool) -> None:
    """An error is one line on stderr that names the file and the place."""
    if readable:
        assert ran.returncode == 0
        return
    assert (ran.returncode, ran.stdout) == (2, b"")
    line = ran.stderr.decode().splitlines()[0]
    assert line.startswith("nbvc: n.ipynb: ")
    assert says in line


def _in_metadata(value: bytes) -> bytes:
    return GOOD.replace(b'"metadata": {},', b'"metadata": {"x": %b},' % value, 1)


def _old_format() -> bytes:
    sheet = {
        "cells": [{"cell_type": "code", "input": ["1\n", "2"], "outputs": [], "language": "py"}]
    }
    return json.dumps(
        {"metadata": {}, "nbformat": 3, "nbformat_minor": 0, "worksheets": [sheet]}
    ).encode()


ODD = {
    "11_nan": _in_metadata(b"NaN"),
    "11_infinity": _in_metadata(b"-Infinity"),
    "11_too_large": _in_metadata(b"1e400"),
    "12_surrogate": GOOD.replace(b"a = 1", rb"a = '\ud800'"),
    "14_mark": b"\xef\xbb\xbf" + GOOD,
    "15_digits": _in_metadata(b"9" * 30),
    "16_numbers": _in_metadata(b"[-0, 1E2, 1.0, 1e-09]"),
    "17_crlf": GOOD.replace(b"\n", b"\r\n"),
    "17_no_end": GOOD.rstrip(b"\n"),
    "18_line_ends": file(code("one\u2028two\rthree\x0cfour")),
    "19_lines": file({**code(""), "source": ["a = 1", "b = 2\n", "", "c"]}),
    "20_format_3": _old_format(),
    "20_minor_99": json.dumps({**notebook(code("a")), "nbformat_minor": 99, "new": [1]}).encode(),
    "21_ids": file(code("a = 1", id="x"), code("b = 2", id="x"), code("c"), minor=5),
}


@pytest.mark.parametrize("name", ODD)
def test_fault_11_to_21_there_and_back(name: str, tmp_path: Path) -> None:
    """A diff on paper and its patch make the very same notebook, and no change is none."""
    folder = installed(tmp_path / "r", ODD[name])
    (folder / "other.ipynb").write_bytes(GOOD)
    for one, other in (("n.ipynb", "other.ipynb"), ("other.ipynb", "n.ipynb")):
        written = nbvc(folder, "diff", one, other, "--format", "json")
        assert written.returncode == 0, written.stderr
        (folder / "changes.json").write_bytes(written.stdout)
        json.loads(written.stdout, parse_constant=lambda said: pytest.fail(f"not JSON: {said}"))
        made = nbvc(folder, "patch", one, "changes.json", "-o", "made.ipynb")
        assert made.returncode == 0, made.stderr
        same = nbvc(folder, "diff", other, "made.ipynb", "-d", "-i", "--exit-code")
        assert (same.returncode, same.stdout) == (0, b"")
    nothing = nbvc(folder, "diff", "n.ipynb", "n.ipynb", "--format", "json")
    (folder / "changes.json").write_bytes(nothing.stdout)
    assert nbvc(folder, "patch", "n.ipynb", "changes.json", "-o", "n.ipynb").returncode == 0
    assert (folder / "n.ipynb").read_bytes() == ODD[name]
    assert git(folder, "diff", "--exit-code").returncode == 0


def test_fault_10_a_key_twice_is_warned_of_and_not_rewritten(tmp_path: Path) -> None:
    twice = GOOD.replace(b'"source": "a = 1"', b'"source": "gone",\n   "source": "a = 1"')
    folder = installed(tmp_path / "r", twice)
    (folder / "other.ipynb").write_bytes(GOOD.replace(b"a = 1", b"a = 2"))
    ran = nbvc(folder, "diff", "n.ipynb", "other.ipynb")
    assert ran.returncode == 0
    assert b"appears twice" in ran.stderr
    changes = nbvc(folder, "diff", "n.ipynb", "other.ipynb", "--format", "json").stdout
    (folder / "changes.json").write_bytes(changes)
    refused = nbvc(folder, "patch", "n.ipynb", "changes.json", "-o", "n.ipynb")
    assert refused.returncode == 2
    assert b"twice" in refused.stderr
    assert (folder / "n.ipynb").read_bytes() == twice


def test_fault_22_an_output_of_100_megabytes_in_git(tmp_path: Path) -> None:
    text = "0123456789" * 10_000_000
    folder = installed(tmp_path / "r", file(code("print(x)", [stream(text)])))
    (folder / "n.ipynb").write_bytes(file(code("print(y)", [stream(text + "1")])))
    ran = nbvc(folder, "diff", "--stat")
    assert ran.returncode == 0, ran.stderr
    assert b"1 cell changed" in ran.stdout
    ran = nbvc(folder, "diff")
    assert ran.returncode == 0
    assert b"+ print(y)" in ran.stdout


def test_fault_23_ten_thousand_cells_in_git(tmp_path: Path) -> None:
    cells = [code(f"x_{n} = f({n})\nprint(x_{n} * {n * 7919})") for n in range(10_000)]
    folder = installed(tmp_path / "r", file(*cells))
    cells[5000:5000] = [markdown("inserted")]
    (folder / "n.ipynb").write_bytes(file(*cells))
    ran = nbvc(folder, "diff", "--stat")
    assert b"1 cell added, 10000 unchanged" in ran.stdout
    shown = git(folder, "diff")
    assert shown.returncode == 0
    assert b"+inserted" in shown.stdout
