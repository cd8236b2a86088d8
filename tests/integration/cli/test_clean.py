"""`nbvc clean`, `check` and `outputs` as their users call them."""

from __future__ import annotations

import hashlib
import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from nbvc.cli import run
from tests.conftest import ROOT
from tests.integration.git.sandbox import git
from tests.making import code, file, stream

RAN = file(code("1", [stream("one\n")], execution_count=1))
CLEAN = file(code("1"))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    return tmp_path / "work"


def put(path: Path, content: bytes = RAN) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("in_git", [True, False])
def test_what_goes_comes_back(
    folder: Path, in_git: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    if in_git:
        git(folder, "init")
    path = put(folder / "sub/a.ipynb")
    assert run(["check", "."]) == 1
    assert capsys.readouterr().out == "sub/a.ipynb: 1 output, 1 execution count\n"
    assert run(["check", "-v", "."]) == 1
    assert "sub/a.ipynb: cell 1: outputs" in capsys.readouterr().out
    assert run(["clean", "."]) == 0
    assert "nbvc outputs restore PATH restores them" in capsys.readouterr().err
    assert path.read_bytes() == CLEAN
    assert run(["check", "."]) == 0
    assert (folder / ".git/nbvc/outputs").exists() is in_git
    assert run(["outputs", "restore", "sub"]) == 0
    assert path.read_bytes() == RAN
    if in_git:
        assert git(folder, "status", "--porcelain") == "?? sub/"


def test_nothing_is_written_where_nothing_goes(folder: Path) -> None:
    path = put(folder / "a.ipynb", CLEAN)
    before = path.stat()
    assert run(["clean", "a.ipynb"]) == 0
    assert path.stat().st_mtime_ns == before.st_mtime_ns
    assert path.stat().st_ino == before.st_ino


@pytest.mark.parametrize("option", ["--dry-run", "--diff"])
def test_looking_changes_nothing(
    folder: Path, option: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = put(folder / "a.ipynb")
    assert run(["clean", option, "a.ipynb"]) == 0
    assert path.read_bytes() == RAN
    out = capsys.readouterr().out
    assert "would clean a.ipynb" in out if option == "--dry-run" else "one" in out


@pytest.mark.usefixtures("folder")
def test_stdin_to_stdout() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "nbvc", "clean", "-"], input=RAN, capture_output=True, check=True
    )
    assert done.stdout == CLEAN


@pytest.mark.parametrize(
    ("options", "goes"),
    [
        ((), True),
        (("--keep-output", "--keep-count"), False),
        (("--preset", "noise", "--keep-count"), False),
        (("--keep-output-type", "stream", "--keep-count"), False),
        (("--keep-output-type", "stream:stderr", "--keep-count"), True),
        (("--max-size", "1k", "--keep-count"), False),
    ],
)
def test_options(folder: Path, options: tuple[str, ...], goes: bool) -> None:
    path = put(folder / "a.ipynb")
    assert run(["clean", "a.ipynb", *options]) == 0
    assert (path.read_bytes() != RAN) is goes


def test_keys_by_name(folder: Path) -> None:
    path = put(folder / "a.ipynb", file(code("1", metadata={"mine": 1, "scrolled": 1}), widgets={}))
    keys = ("--extra-keys", "cell.metadata.mine", "--keep-metadata-keys", "metadata.widgets")
    assert run(["clean", "a.ipynb", *keys]) == 0
    found = json.loads(path.read_bytes())
    assert (found["metadata"], found["cells"][0]["metadata"]) == ({"widgets": {}}, {})


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("pyproject.toml", "[tool.nbvc.clean]\npresett = 'noise'\n", "did you mean 'preset'"),
        ("pyproject.toml", "[tool.nbvc]\nexlude = []\n", "did you mean 'exclude'"),
        (".nbvc.toml", "[clean]\npreset = 'nois'\n", "choose one of strip, noise"),
        (".nbvc.toml", "[clean]\nmax-size = true\n", "a number of characters"),
        (".nbvc.toml", "[clean]\nkeep-tags = 'a'\n", "a list of strings"),
        (".nbvc.toml", "[clean]\ndrop-empty-cells = 1\n", "true or false"),
        (".nbvc.toml", "[clean]\noutputs = 'no'\n", "'keep' or 'strip'"),
        (".nbvc.toml", "clean = 3\n", "a table"),
        (".nbvc.toml", "[clean\n", "invalid TOML"),
    ],
)
def test_a_wrong_configuration_is_an_error(
    folder: Path, name: str, text: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    put(folder / "a.ipynb")
    (folder / name).write_text(text)
    assert run(["clean", "a.ipynb"]) == 2
    said = capsys.readouterr().err
    assert message in said
    assert name in said
    assert (folder / "a.ipynb").read_bytes() == RAN


def test_a_configuration_holds_below_it(folder: Path) -> None:
    (folder / "pyproject.toml").write_text(
        "[tool.nbvc]\nexclude = ['*/not/*']\n[tool.nbvc.clean]\npreset = 'noise'\n"
        "keep-tags = ['x']\ncounts = 'keep'\n"
    )
    kept, passed = put(folder / "a/b.ipynb"), put(folder / "a/not/b.ipynb", RAN)
    assert run(["clean", "a"]) == 0
    assert kept.read_bytes() == RAN
    assert run(["clean", "a", "--preset", "strip"]) == 0
    assert kept.read_bytes() != RAN
    assert passed.read_bytes() == RAN


def test_fault_25_what_is_no_notebook_stays_as_it_is(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad, good = put(folder / "bad.ipynb", b'{"cells": ['), put(folder / "good.ipynb")
    assert run(["clean", "."]) == 2
    assert "bad.ipynb" in capsys.readouterr().err
    assert (bad.read_bytes(), good.read_bytes()) == (b'{"cells": [', CLEAN)
    assert run(["clean", "missing.ipynb"]) == 2


def test_fault_29_links_in_folders_are_passed_over(folder: Path) -> None:
    path = put(folder.parent / "elsewhere.ipynb")
    (folder / "link.ipynb").symlink_to(path)
    assert run(["clean", "."]) == 0
    assert path.read_bytes() == RAN


def test_hundreds_of_files_on_all_cores(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    paths = [put(folder / f"{number // 50}/{number}.ipynb") for number in range(150)]
    assert run(["clean", "."]) == 0
    assert {path.read_bytes() for path in paths} == {CLEAN}
    assert "150 notebooks: 150 cleaned" in capsys.readouterr().err
    assert run(["outputs", "restore", "."]) == 0
    assert {path.read_bytes() for path in paths} == {RAN}


def test_the_store_is_listed_and_cleared(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    git(folder, "init")
    assert run(["outputs", "list"]) == 0
    assert "nothing was stripped" in capsys.readouterr().err
    put(folder / "a.ipynb")
    run(["clean", "a.ipynb"])
    capsys.readouterr()
    assert run(["outputs", "list", "--format", "json"]) == 0
    (entry,) = json.loads(capsys.readouterr().out)
    assert entry["name"] == "a.ipynb"
    assert run(["outputs", "clear"]) == 2
    assert run(["outputs", "gc", "--limit", "1m"]) == 0
    assert run(["outputs", "clear", "--yes"]) == 0
    assert run(["outputs", "restore", "a.ipynb"]) == 0
    assert (folder / "a.ipynb").read_bytes() == CLEAN


@pytest.mark.parametrize("in_git", [True, False])
def test_the_store_is_listed_by_file_and_by_folder(
    folder: Path, in_git: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    if in_git:
        git(folder, "init")
    paths = ("a.ipynb", "sub/b.ipynb", "sub/deep/c.ipynb", "subway/d.ipynb")
    for name in paths:
        put(folder / name)
    run(["clean", "."])
    (folder / "sub/b.ipynb").unlink()
    for asked, expected in {
        ".": paths,
        "sub": paths[1:3],
        "sub/": paths[1:3],
        "sub/b.ipynb": paths[1:2],
        "a.ipynb": paths[:1],
    }.items():
        capsys.readouterr()
        assert run(["outputs", "list", asked]) == 0
        listed = capsys.readouterr().out.splitlines()
        found = sorted(
            os.path.relpath(line.split()[-1], "" if in_git else folder) for line in listed
        )
        assert found == list(expected), asked
    assert run(["outputs", "list", "none.ipynb"]) == 0
    assert capsys.readouterr().err == "Nothing is stored of none.ipynb.\n"


def test_why_nothing_comes_back(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for content, why in (
        (CLEAN, ": nothing is stored for it"),
        (RAN, ": it has its outputs"),
        (file(code("2")), ": the stored outputs are from other code"),
    ):
        put(folder / "a.ipynb", content)
        capsys.readouterr()
        assert run(["outputs", "restore", "a.ipynb"]) == 0
        assert capsys.readouterr().err == f"a.ipynb: nothing to restore{why}.\n"
        if content is RAN:
            run(["clean", "a.ipynb"])


def test_secrets_in_sources_and_outputs(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("detect_secrets")
    key = "AKIA" + "IOSFODNN7EXAMPLE"[:16]
    shown = {"output_type": "display_data", "metadata": {}, "data": {"text/plain": f"key={key}"}}
    fine = code("import numpy as np", [stream("<Figure size 640x480 with 1 Axes>")])
    put(folder / "a.ipynb", file(fine, code(f"key = '{key}'"), code("2", [shown])))
    assert run(["check", "a.ipynb", "--secrets", "--keep-output"]) == 1
    out = capsys.readouterr().out
    assert "cell 2: secret in source, line 1: AWS Access Key" in out
    assert "cell 3: secret in output 1: AWS Access Key" in out
    assert key not in out
    assert out.count("secret in") == 2


TOKEN = "AKIA" + "Q3EGPLMZ7XWRT5VN"


@pytest.mark.parametrize(
    ("metadata", "of_cell", "said"),
    [
        ({"mine": {"query": f"key = {TOKEN}"}}, {}, "notebook: secret in metadata: AWS Access Key"),
        (
            {},
            {"metadata": {"a": [f"1\n{TOKEN}"]}},
            "cell 1: secret in metadata, line 2: AWS Access Key",
        ),
        (
            {},
            {"attachments": {"a.txt": {"text/plain": TOKEN}}},
            "cell 1: secret in attachments: AWS Access Key",
        ),
        ({}, {"theirs": TOKEN}, "cell 1: secret in theirs: AWS Access Key"),
        ({"mine": {"password": "hunter2x"}}, {}, "notebook: secret in metadata: Secret Keyword"),
    ],
)
def test_secrets_are_found_in_every_part_of_a_notebook(
    folder: Path, metadata: Any, of_cell: Any, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("detect_secrets")
    put(folder / "a.ipynb", file(code("1", [stream("x")], **of_cell), **metadata))
    assert run(["check", "a.ipynb", "--secrets-only"]) == 1
    assert capsys.readouterr().out == f"a.ipynb: {said}\n"


def test_secrets_that_somebody_has_looked_at_are_skipped(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("detect_secrets")
    mark = "# pragma: allowlist nextline secret"
    put(folder / "a.ipynb", file(code(f"{mark}\nkey = '{TOKEN}'")))
    assert run(["check", "a.ipynb", "--secrets"]) == 0
    put(folder / "a.ipynb", file(code(f"{mark}\nx = 1\nkey = '{TOKEN}'")))
    assert run(["check", "a.ipynb", "--secrets"]) == 1
    digest = hashlib.sha1(TOKEN.encode()).hexdigest()  # noqa: S324
    listed = {"results": {"a.ipynb": [{"type": "AWS Access Key", "hashed_secret": digest}]}}
    put(folder / "known", json.dumps(listed).encode())
    assert run(["check", "a.ipynb", "--baseline", "known"]) == 0
    capsys.readouterr()
    for content in (b"[]", b"{", b'{"results": [1]}'):
        put(folder / "known", content)
        assert run(["check", "a.ipynb", "--baseline", "known"]) == 2
        assert "known: not a baseline of detect-secrets" in capsys.readouterr().err


def test_what_clean_removes_is_counted_by_kind_and_people_are_named(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ran = {"executionInfo": {"user": {"displayName": "A Person"}, "elapsed": 3}, "collapsed": True}
    cells = [code("1", [stream("a"), stream("b")], metadata=ran), code("2", metadata=ran)]
    put(folder / "a.ipynb", file(*cells))
    assert run(["check", "a.ipynb"]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "a.ipynb: 2 outputs, 2 timings, 2 view states",
        "a.ipynb: cell 1: user name, metadata: executionInfo.user",
        "a.ipynb: cell 2: user name, metadata: executionInfo.user",
    ]
    assert run(["clean", "a.ipynb"]) == 0
    said = "cleaned a.ipynb: 2 outputs, 2 timings, 2 user names, 2 view states\n"
    assert capsys.readouterr().out == said


def test_the_noise_table_is_what_the_docs_have(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["config", "--noise", "--format", "markdown"]) == 0
    assert capsys.readouterr().out == (ROOT / "docs/NOISE.md").read_text("utf-8")
    assert run(["config", "--noise"]) == 0
    assert "  setting   diff shows    clean keeps              tags\n" in capsys.readouterr().out
    assert run(["config", "--noise", "--format", "json"]) == 0
    assert {"level": "cell metadata", "kind": "setting", "keys": ["tags"]}.items() <= next(
        one for one in json.loads(capsys.readouterr().out) if one["keys"] == ["tags"]
    ).items()
    assert run(["config", "--format", "markdown"]) == 2


@pytest.mark.parametrize("content", ["tool = 1  # nbvc", "[tool]\nnbvc = 3", "nbvc = [tool"])
def test_settings_that_cannot_be_read_are_an_error(
    folder: Path, content: str, capsys: pytest.CaptureFixture[str]
) -> None:
    put(folder / "pyproject.toml", content.encode())
    path = put(folder / "a.ipynb")
    assert run(["clean", "a.ipynb"]) == 2
    assert "pyproject.toml: " in capsys.readouterr().err
    assert path.read_bytes() == RAN


def test_check_tells_conflicts_that_nobody_decided(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, source in (("base", "x = 1"), ("mine", "x = two()"), ("theirs", "x = f(3)")):
        put(folder / f"{name}.ipynb", file(code("y"), code(source)))
    sides = ["base.ipynb", "mine.ipynb", "theirs.ipynb"]
    assert run(["merge", *sides, "-o", "a.ipynb"]) == 1
    capsys.readouterr()
    assert run(["check", "a.ipynb"]) == 1
    assert capsys.readouterr().out == "a.ipynb: cell 2: unresolved conflict\n"
    assert run(["clean", "--dry-run", "a.ipynb"]) == 0
    assert capsys.readouterr().out == ""
    lesson = "text = '''\n<<<<<<< a\n1\n=======\n2\n>>>>>>> b\n'''"
    put(folder / "a.ipynb", file(code(lesson)))
    assert run(["check", "a.ipynb"]) == 0


def test_json_for_programs(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    put(folder / "a.ipynb")
    assert run(["check", "a.ipynb", "--format", "json"]) == 1
    (found,) = json.loads(capsys.readouterr().out)
    assert found["findings"] == [
        {"cell": 0, "what": "outputs", "kind": "output", "count": 1},
        {"cell": 0, "what": "execution count", "kind": "execution count", "count": 1},
    ]


def test_text_without_a_terminal_has_no_progress(monkeypatch: pytest.MonkeyPatch) -> None:
    from nbvc.cli.terminal.waiting import with_progress

    err = io.StringIO()
    monkeypatch.setattr(sys, "stderr", err)
    assert list(with_progress(range(3), 3, "x")) == [0, 1, 2]
    assert err.getvalue() == ""


PRE_COMMIT = """
repos:
- repo: {repo}
  rev: {rev}
  hooks:
  - id: nbvc-{hook}
    language: system
    entry: {python} -m nbvc {hook}
"""


@pytest.mark.parametrize("hook", ["clean", "check"])
def test_the_hooks_of_pre_commit(folder: Path, hook: str) -> None:
    pytest.importorskip("pre_commit")
    source = folder.parent / "hooks"
    source.mkdir()
    definition = (ROOT / ".pre-commit-hooks.yaml").read_bytes()
    (source / ".pre-commit-hooks.yaml").write_bytes(definition)
    for place in (source, folder):
        git(place, "init")
    git(source, "add", ".")
    git(source, "commit", "-m", "hooks")
    rev = git(source, "rev-parse", "HEAD")
    text = PRE_COMMIT.format(repo=source, rev=rev, hook=hook, python=sys.executable)
    put(folder / ".pre-commit-config.yaml", text.encode())
    path = put(folder / "a.ipynb")
    git(folder, "add", ".")
    environ = {**os.environ, "PRE_COMMIT_HOME": str(folder.parent / "cache")}
    partly = RAN.replace(b'"1"', b'"1 + 1"')
    path.write_bytes(partly)
    done = subprocess.run(
        [sys.executable, "-m", "pre_commit", "run"], cwd=folder, env=environ, capture_output=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 1, done.stdout
    if hook == "clean":
        assert "one" in git(folder, "show", ":a.ipynb")
        assert b"files were modified" in done.stdout
    else:
        assert b": 1 output, 1 execution count" in done.stdout
    assert run(["outputs", "restore", "a.ipynb"]) == 0
    assert b"1 + 1" in path.read_bytes()


def test_restoring_names_the_notebook_that_it_can_not_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "broken.ipynb").write_bytes(b"{\n")
    assert run(["outputs", "restore", str(tmp_path)]) == 2
    assert "broken.ipynb: not a notebook: line 2, column 1" in capsys.readouterr().err


def test_one_file_that_is_left_is_left_as_it_was(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    put(folder / "empty.ipynb", b"")
    assert run(["clean", "empty.ipynb"]) == 2
    assert capsys.readouterr().err.endswith("1 left as it was.\n")


def test_a_key_that_stands_twice_is_told_with_its_file(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    twice = b'{"metadata": {}, "cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'
    put(folder / "twice.ipynb", twice)
    for command in ("check", "clean"):
        assert run([command, "."]) == 2
        assert "twice.ipynb: a key appears twice" in capsys.readouterr().err
    assert (folder / "twice.ipynb").read_bytes() == twice


@pytest.mark.parametrize("command", ["clean", "outputs restore"])
def test_a_notebook_that_is_saved_meanwhile_is_left_as_it_was_saved(
    command: str, folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = put(folder / "a.ipynb")
    if command != "clean":
        assert run(["clean", "a.ipynb"]) == 0
    saved = file(code("saved_meanwhile = 1", [stream("1\n")]))
    fsync, sync = os.fsync, os.sync

    def interrupted(handle: int | None = None) -> None:
        path.write_bytes(saved)
        sync() if handle is None else fsync(handle)

    monkeypatch.setattr(os, "fsync", interrupted)
    monkeypatch.setattr(os, "sync", interrupted)
    assert run([*command.split(), "a.ipynb"]) in {2, 3}
    assert "another program has just written it" in capsys.readouterr().err
    assert path.read_bytes() == saved
    assert os.listdir(folder) == ["a.ipynb"]


def test_a_folder_that_can_not_be_listed_is_told(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("deep", "shut"):
        (folder / name).mkdir()
        put(folder / name / "a.ipynb")
    scandir = os.scandir

    def refusing(path: str) -> Any:
        if "shut" in str(path):
            raise PermissionError(13, "Permission denied", path)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refusing)
    assert run(["check", "."]) == 1
    said = capsys.readouterr()
    assert "nbvc: ./shut/: Permission denied, so its content is skipped" in said.err
    assert said.out.startswith("deep/a.ipynb: ")
