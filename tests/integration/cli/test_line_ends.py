"""Git for Windows sets `core.autocrlf=true`: files have CRLF on the disk, and LF in git."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from nbvc import read
from tests.integration.git.sandbox import commit_all, git, new, try_git
from tests.making import code, file, markdown, stream

if TYPE_CHECKING:
    from tests.integration.conftest import Cli

NAME = "Notizen und mehr/Überblick 日本.ipynb"


def version(number: int) -> bytes:
    run = [stream(f"accuracy 0.{number}\n")]
    lf = file(markdown("# Überblick"), code(f"rate = {number}\nfit(rate)", run), code("x = 1"))
    return lf.replace(b"\n", b"\r\n")


@pytest.fixture(params=["autocrlf", "eol=crlf"])
def top(tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Path:
    top = new(tmp_path / "repo")
    if request.param == "autocrlf":
        git(top, "config", "core.autocrlf", "true")
        git(top, "config", "core.safecrlf", "false")
    else:
        (top / ".gitattributes").write_bytes(b"*.ipynb text eol=crlf\n")
    path = top / NAME
    path.parent.mkdir()
    for number in (1, 2):
        path.write_bytes(version(number))
        commit_all(top, f"rate {number}")
    assert "\r" not in git(top, "cat-file", "blob", f"HEAD:{NAME}")
    monkeypatch.chdir(top)
    return top


def is_crlf(path: Path) -> bool:
    content = path.read_bytes()
    return content.count(b"\n") == content.count(b"\r\n") > 0


def test_line_ends_are_no_change(top: Path, cli: Cli) -> None:
    os.utime(top / NAME, (1, 1))
    assert cli("status").out == "No notebook changed.\n"
    assert cli("diff", "--exit-code").code == 0
    assert cli("diff", "HEAD", NAME, "--exit-code").code == 0
    assert cli("diff", f"HEAD:{NAME}", NAME, "--exit-code").code == 0
    assert "not committed" not in cli("blame", NAME).out


def test_only_what_was_edited_is_shown(top: Path, cli: Cli) -> None:
    (top / NAME).write_bytes(version(3))
    [one] = json.loads(cli("status", "--format", "json").out)
    assert (one["change"], one["path"]) == ("sources", NAME)
    shown = cli("diff", "--format", "unified").out
    changed = [
        one for one in shown.splitlines() if one[:1] in "-+" and one[:3] not in {"---", "+++"}
    ]
    assert changed == ["-rate = 2", "+rate = 3", "-#> accuracy 0.2", "+#> accuracy 0.3"]
    assert "\r" not in shown


def test_files_keep_their_line_ends(top: Path, cli: Cli) -> None:
    path = top / NAME
    assert cli("checkpoint", "create", NAME).code == 0
    before = path.read_bytes()
    assert cli("clean", NAME).code == 0
    assert is_crlf(path)
    assert read(path).cells[1].outputs == []
    assert cli("outputs", "restore", NAME).code == 0
    assert path.read_bytes() == before
    path.write_bytes(version(4))
    [saved] = json.loads(cli("checkpoint", "list", NAME, "--format", "json").out)
    assert cli("checkpoint", "restore", NAME, saved["id"]).code == 0
    assert path.read_bytes() == before


def test_a_commit_has_lf(top: Path, cli: Cli) -> None:
    (top / NAME).write_bytes(version(3))
    assert cli("commit", NAME, "-m", "three").code == 0
    assert "\r" not in git(top, "cat-file", "blob", f"HEAD:{NAME}")
    assert git(top, "status", "--short") == ""
    assert (top / NAME).read_bytes() == version(3)


def test_the_filter_and_its_store(top: Path, cli: Cli) -> None:
    assert cli("install", "--filter").code == 0
    commit_all(top, "stripped")
    assert git(top, "status", "--short") == ""
    stored = git(top, "cat-file", "blob", f"HEAD:{NAME}")
    assert "accuracy" not in stored
    assert "\r" not in stored
    (top / NAME).unlink()
    git(top, "checkout", "--", NAME)
    assert is_crlf(top / NAME)
    assert cli("outputs", "restore", NAME).code == 0
    assert is_crlf(top / NAME)
    assert "accuracy 0.2" in (top / NAME).read_text()
    assert git(top, "status", "--short") == ""


@pytest.mark.parametrize("conflict", [False, True])
def test_a_merge(top: Path, cli: Cli, conflict: bool) -> None:
    driver = f"'{sys.executable}' -m nbvc git-merge-driver %O %A %B %L %P %S %X %Y"
    git(top, "config", "merge.nbvc.driver", driver)
    (top / ".git/info/attributes").write_text("*.ipynb merge=nbvc\n")
    git(top, "checkout", "-q", "-b", "topic")
    (top / NAME).write_bytes(version(2).replace(b"rate = 2", b"rate = 20"))
    commit_all(top, "theirs")
    git(top, "checkout", "-q", "main")
    ours = version(2).replace(b"x = 1", b"x = 10")
    if conflict:
        ours = ours.replace(b"rate = 2", b"rate = 30")
    (top / NAME).write_bytes(ours)
    commit_all(top, "ours")
    assert bool(try_git(top, "merge", "-q", "topic")) is conflict
    assert is_crlf(top / NAME)
    if conflict:
        assert cli("resolve", NAME, "--remote").code == 0
        assert is_crlf(top / NAME)
    sources = [cell.source for cell in read(top / NAME).cells]
    assert "rate = 20\nfit(rate)" in sources
    assert "x = 10" in sources


def test_checkouts_by_the_user_are_read_as_they_are(top: Path) -> None:
    command = [sys.executable, "-m", "nbvc", "show", f"HEAD:{NAME}"]
    shown = subprocess.run(command, cwd=top, capture_output=True, check=True).stdout
    assert b"rate = 2" in shown
    assert b"\r" not in shown.replace(os.linesep.encode(), b"\n")
