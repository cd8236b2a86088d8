"""What `git add -p` shows of notebooks, on a terminal, with nbvc there and gone."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from nbvc import Notebook
from nbvc.cli.callbacks.git_hunks import format_hunks
from tests.integration.git.installed import bare_path, program, set_up
from tests.integration.git.sandbox import commit_all, git, new
from tests.making import code, notebook, result

PICTURE = "iVBORw0KGgo" * 30_000
CELLS = code('print("old")\n' * 3), code("plot()", [result({"image/png": PICTURE})])
OLD = Notebook.from_dict(notebook(*CELLS)).to_bytes()
NEW = OLD.replace(b"old", b"new").replace(b"iVBOR", b"iVBOS")

HEADER = b"diff --git a/x.ipynb b/x.ipynb\nindex 1..2\n--- a/x.ipynb\n+++ b/x.ipynb\n@@ -1 +1 @@\n"


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        (rb'-    "print(\"a\")\n",', b'-    print("a")'),
        (rb'+    "\tx = \"\u00e4\\n\""', '+        x = "ä\\n"'),
        (rb'     "\u001b[31mred\n",', b"     <U+001B>[31mred"),
        (b'\x1b[31m-   "a\\n",\x1b[m', b"\x1b[31m-   a\x1b[m"),
        (b'\x1b[32m+\x1b[m\x1b[32m   "a"\x1b[m', b"\x1b[32m+\x1b[m\x1b[32m   a\x1b[m"),
        (b'+   "execution_count": 3,', b'+   "execution_count": 3,'),
        (b'+ "png": "%b\\n",' % (b"A" * 500), '+ "png": "%s… 500 characters\\n",' % ("A" * 24)),
        (b"\\ No newline at end of file", b"\\ No newline at end of file"),
        (b'+ "\xff\n', b'+ "\\xff\n'),
    ],
)  # fmt: skip
def test_lines(line: bytes, shown: bytes | str) -> None:
    wanted = shown.encode() if isinstance(shown, str) else shown
    assert format_hunks(HEADER + line) == HEADER + wanted


def test_other_files_are_left_alone() -> None:
    script = HEADER.replace(b"ipynb", b"py") + b'-    "print(1)\\n",\n'
    assert format_hunks(script) == script
    assert format_hunks(script + HEADER + b'-  "a",\n' + script).count(b'"print(1)') == 2


@given(
    st.binary(),
    st.lists(st.sampled_from([b'- "a\\n",', b"+\r", b'+ "', b"@@", b"diff --git a/b b/b"])),
)
@example(b"\r\n\x1b[m\x0b\x85", [])
def test_there_are_as_many_lines(noise: bytes, lines: list[bytes]) -> None:
    diff = HEADER + b"\n".join([noise, *lines])
    assert format_hunks(diff).count(b"\n") == diff.count(b"\n")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    bare_path(monkeypatch)
    folder = new(tmp_path / "my work")
    (folder / "a.ipynb").write_bytes(OLD)
    (folder / "b.py").write_text('"""quoted"""\n')
    commit_all(folder, "old")
    set_up(folder, program(tmp_path))
    (folder / "a.ipynb").write_bytes(NEW)
    (folder / "b.py").write_text('"quoted",\n')
    return folder


def answered(folder: Path, answers: str) -> str:
    """What a terminal shows of `git add -p`."""
    ours, theirs = os.openpty()
    with subprocess.Popen(
        ["git", "add", "-p"],
        cwd=folder,
        stdin=subprocess.PIPE,
        stdout=theirs,
        stderr=theirs,
        env={**os.environ, "TERM": "xterm"},
    ) as ran:
        os.close(theirs)
        assert ran.stdin is not None
        ran.stdin.write(answers.encode())
        ran.stdin.close()
        shown = b""
        try:
            while chunk := os.read(ours, 65536):
                shown += chunk
        except OSError:  # what Linux says once nobody holds the other end
            pass
    os.close(ours)
    assert ran.returncode == 0, shown
    return shown.decode()


def test_fault_35_hunks_are_readable_and_apply(folder: Path) -> None:
    shown = answered(folder, "y\ny\ny\n")
    assert PICTURE[:100] not in shown
    assert "330000 characters" in shown
    assert '"quoted",' in shown
    assert git(folder, "show", "--no-textconv", ":a.ipynb").encode() + b"\n" == NEW
    assert git(folder, "status", "--porcelain") == "M  a.ipynb\nM  b.py"


@pytest.mark.parametrize("body", [None, "#!/no/such/python\n", "#!/bin/sh\nexit 1\n"])
def test_fault_26_without_nbvc_hunks_are_as_they_are(
    folder: Path, tmp_path: Path, body: str | None
) -> None:
    script = tmp_path / "100% a bin" / "nbvc"
    script.unlink()
    if body is not None:
        script.write_text(body)
        script.chmod(0o755)
    assert PICTURE[:100] in answered(folder, "y\nn\nn\n")
