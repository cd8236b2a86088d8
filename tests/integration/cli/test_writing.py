"""What commands do to the files that they write, and how they name those that they can't write."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.integration.git import sandbox
from tests.integration.git.sandbox import git, notebook, write

if TYPE_CHECKING:
    from tests.integration.conftest import Cli

NAMES = ("a" * 249, "\u6570" * 83, "e\u0301" * 83)
WITH_OUTPUT = {
    "cells": [
        {
            "cell_type": "code",
            "execution_count": 1,
            "id": "a",
            "metadata": {},
            "outputs": [{"output_type": "stream", "name": "stdout", "text": "2\n"}],
            "source": "1 + 1",
        }
    ],
    "metadata": {},
    "nbformat": 4,
    "nbformat_minor": 5,
}


@pytest.fixture
def top(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = sandbox.committed(tmp_path / "repo", "a.ipynb")
    monkeypatch.chdir(folder)
    return folder


def run(path: Path, **metadata: object) -> bytes:
    content = json.dumps({**WITH_OUTPUT, "metadata": metadata}).encode()
    write(path, content)
    return content


@pytest.mark.parametrize("stem", NAMES)
def test_every_command_writes_a_file_of_the_longest_name(stem: str, top: Path, cli: Cli) -> None:
    name = f"{stem}.ipynb"
    run(top / name)
    for words, code in (
        (["checkpoint", "create", name], 0),
        (["clean", name], 0),
        (["outputs", "restore", name], 0),
        (["clean", name], 0),
        (["checkpoint", "restore", name, "latest"], 0),
        (["diff", "a.ipynb", name, "--format", "html", "--output", f"{stem}.html"], 0),
        (["diff", "a.ipynb", name, "--format", "nbdime", "--output", f"{stem}.json"], 0),
        (["diff", "a.ipynb", name, "--format", "json", "--output", f"{stem}.json"], 0),
        (["patch", "a.ipynb", f"{stem}.json", "-o", name], 0),
        (["merge", "a.ipynb", "a.ipynb", "a.ipynb", "-o", name], 0),
        (["commit", name, "-m", "new"], 0),
        (["timeline", name, "-o", f"{stem}.html"], 0),
        (["timeline", name], 0),
        (["report", "HEAD~1", "HEAD", "-o", stem], 0),
        (["outputs", "list", name], 0),
    ):
        called = cli(*words)
        assert called.code == code, (words[0], called)
    (page,) = [one for one in os.listdir(top) if one.endswith(".timeline.html")]
    assert page.startswith(stem[:60])
    assert not [one for one in os.listdir(top) if one.startswith(".nbvc-")]


@pytest.mark.parametrize("where", ["metadata", "settings", "nowhere"])
def test_a_pair_of_jupytext_stays_in_order(where: str, top: Path, cli: Cli) -> None:
    metadata = {"jupytext": {"formats": "ipynb,py:percent"}} if where == "metadata" else {}
    if where == "settings":
        (top / "jupytext.toml").write_text('formats = "ipynb,md"\n')
    path = top / "a.ipynb"
    run(path, **metadata)
    os.utime(path, (1e9, 1e9))
    assert cli("clean", "a.ipynb").code == 0
    assert b"2\\n" not in path.read_bytes()
    assert (path.stat().st_mtime == 1e9) is (where != "nowhere")
    os.utime(path, (1e9, 1e9))
    assert cli("outputs", "restore", "a.ipynb").code == 0
    assert b"2\\n" in path.read_bytes()
    assert (path.stat().st_mtime == 1e9) is (where != "nowhere")


def test_a_protected_notebook_is_named_and_left(top: Path, cli: Cli) -> None:
    path = top / "a.ipynb"
    content = run(path)
    cli("checkpoint", "create", "a.ipynb")
    write(path, notebook("other"))
    for said in ("2 hard links", "read-only"):
        if said == "read-only":
            path.chmod(0o444)
        else:
            os.link(path, top / "b.ipynb")
        before = path.stat().st_mtime_ns, path.stat().st_ino
        listed = cli("checkpoint", "list", "a.ipynb", "--format", "json").out
        for words in (
            ["checkpoint", "restore", "a.ipynb", "latest"],
            ["merge", "a.ipynb", "a.ipynb", "a.ipynb", "-o", "a.ipynb"],
            ["timeline", "a.ipynb", "-o", "a.ipynb"],
        ):
            called = cli(*words)
            if words[0] == "merge":
                assert called.code == 0, "the content is the same"
                continue
            assert called.code == 2, called
            assert called.err.startswith("nbvc: a.ipynb: "), called
            assert said in called.err
        assert cli("checkpoint", "list", "a.ipynb", "--format", "json").out == listed
        assert (path.stat().st_mtime_ns, path.stat().st_ino) == before
    path.chmod(0o644)
    (top / "b.ipynb").unlink()
    assert cli("checkpoint", "restore", "a.ipynb", "latest").code == 0
    assert path.read_bytes() == content
    assert git(top, "status", "--porcelain").strip() == "M a.ipynb"


@pytest.mark.parametrize(
    "line",
    [
        "diff a.ipynb a.ipynb --format html --output none/x",
        "merge a.ipynb a.ipynb a.ipynb -o none/x",
        "timeline a.ipynb -o none/x",
        "show none/x",
        "clean none/x",
    ],
)
def test_an_error_of_the_system_names_the_file(line: str, top: Path, cli: Cli) -> None:
    assert top.is_dir()
    called = cli(*line.split())
    assert called.code == 2
    assert "none/x" in called.err
    assert "\n" not in called.err.strip()
