"""What becomes of a command whose output nobody takes, or that has no streams at all."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.integration.git import sandbox

NBVC = f"{sys.executable} -m nbvc"


@pytest.fixture
def top(tmp_path: Path) -> Path:
    return sandbox.committed(tmp_path / "repo", "a.ipynb")


def shell(folder: Path, line: str) -> subprocess.CompletedProcess[str]:
    bash = ["bash", "-o", "pipefail", "-c", line]
    return subprocess.run(bash, cwd=folder, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("line", "status", "said"),
    [
        ("{} checkpoint create a.ipynb >&-", 0, ""),
        ("{} checkpoint create a.ipynb <&- >&- 2>&-", 0, ""),
        ("{} checkpoint list none.ipynb 2>&-", 2, ""),
        ("{} checkpoint list > /dev/full", 2, "nbvc: stdout: No space left on device\n"),
        ("{} checkpoint list | (sleep 0.1; exec <&-)", 0, ""),
        ("{} --version | true", 0, ""),
    ],
)
def test_no_traceback(top: Path, line: str, status: int, said: str) -> None:
    if "/dev/full" in line and not Path("/dev/full").exists():
        pytest.skip("no /dev/full here")
    done = shell(top, line.format(NBVC))
    assert (done.returncode, done.stderr) == (status, said)


@pytest.mark.parametrize("buffered", [True, False])
@pytest.mark.parametrize(
    "line",
    [
        "--version",
        "diff --help",
        "show a.ipynb",
        "diff a.ipynb a.ipynb --format json",
        "merge a.ipynb a.ipynb a.ipynb",
        "log a.ipynb",
        "clean - < a.ipynb",
        "timeline a.ipynb -o -",
        "none",
        "show none.ipynb",
    ],
)
def test_full_streams_are_named_and_make_a_command_fail(
    top: Path, line: str, *, buffered: bool
) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full here")
    start = f"PYTHONUNBUFFERED={'' if buffered else 1} {NBVC} {line}"
    done = shell(top, f"{start} > /dev/full")
    assert done.returncode == 2
    if "none" not in line:
        assert done.stderr == "nbvc: stdout: No space left on device\n"
    assert shell(top, f"{start} > /dev/full 2>&1").returncode == 2


def test_a_reader_that_has_enough(top: Path) -> None:
    shell(top, f"{NBVC} checkpoint create a.ipynb -m 1")
    done = shell(
        top, f"{NBVC} checkpoint show a.ipynb --raw | head -c 1; {NBVC} diff --help | true"
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "{", "")


@pytest.mark.parametrize("output", ["-", "/dev/stdout", "/dev/fd/1", ">(cat >> out)"])
@pytest.mark.parametrize(
    "command",
    ["merge a.ipynb a.ipynb a.ipynb", "patch a.ipynb none.json", "fix cut.ipynb"],
)
def test_a_result_for_stdout_is_added_to_what_is_there(
    top: Path, command: str, output: str
) -> None:
    if output != "-" and not Path("/dev/fd").exists():
        pytest.skip("no /dev/fd here")
    whole = (top / "a.ipynb").read_text()
    (top / "cut.ipynb").write_text(whole.rstrip()[:-1])
    shell(top, f"{NBVC} diff a.ipynb a.ipynb --format json > none.json")
    done = shell(top, f"echo first > out; {NBVC} {command} -o {output} >> out; sleep 0.2")
    assert done.returncode == 0, done.stderr
    first, _, rest = (top / "out").read_text().partition("\n")
    assert (first, json.loads(rest)) == ("first", json.loads(whole))
    assert not (top / "-").exists()
