"""Pages, comments and gates from the command line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from tests.conftest import ROOT
from tests.integration.git.sandbox import commit_all, git
from tests.making import code, file, markdown, stream

if TYPE_CHECKING:
    from tests.integration.conftest import Cli

A = file(markdown("# Rain"), code("x = 1", [stream("1\n")]))
SOURCE = file(markdown("# Rain"), code("x = 2", [stream("1\n")]))
OUTPUT = file(markdown("# Rain"), code("x = 1", [stream("2\n")]))
METADATA = file(markdown("# Rain"), code("x = 1", [stream("1\n")], metadata={"tags": ["a"]}))
NOISE = file(markdown("# Rain"), code("x = 1", [stream("1\n")], execution_count=7))


@pytest.fixture
def pair(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.ipynb").write_bytes(A)
    (tmp_path / "b.ipynb").write_bytes(SOURCE)
    return tmp_path


@pytest.fixture
def repo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository whose first commit has a notebook, and whose second changed and added one."""
    repo = tmp_path / "repo"
    repo.mkdir()
    monkeypatch.chdir(repo)
    git(repo, "init", "-q")
    (repo / "a.ipynb").write_bytes(A)
    commit_all(repo, "one")
    (repo / "a.ipynb").write_bytes(OUTPUT)
    (repo / "sub").mkdir()
    (repo / "sub" / "b.ipynb").write_bytes(SOURCE)
    commit_all(repo, "two")
    return repo


# nbvc diff


def test_a_page_goes_to_stdout_or_to_a_file(cli: Cli, pair: Path) -> None:
    printed = cli("diff", "a.ipynb", "b.ipynb", "--format", "html")
    written = cli("diff", "a.ipynb", "b.ipynb", "--format", "html", "--output", "page.html")
    assert (printed.code, written.code, written.out) == (0, 0, "")
    assert (pair / "page.html").read_text(encoding="utf-8") == printed.out
    assert printed.out.startswith("<!doctype html>")
    assert printed.out.endswith("</html>\n")


@pytest.mark.usefixtures("pair")
def test_markdown_goes_there_too(cli: Cli) -> None:
    printed = cli("diff", "a.ipynb", "b.ipynb", "--format", "markdown")
    assert "| `a.ipynb → b.ipynb` | 1 cell changed, 1 unchanged |" in printed.out


@pytest.mark.parametrize("form", ["terminal", "unified", "json", "markdown", "html"])
def test_any_format_goes_to_a_file(cli: Cli, pair: Path, form: str) -> None:
    printed = cli("diff", "a.ipynb", "b.ipynb", "--format", form)
    cli("diff", "a.ipynb", "b.ipynb", "--format", form, "--output", "out")
    assert (pair / "out").read_text(encoding="utf-8") == printed.out != ""


@pytest.mark.usefixtures("pair")
def test_a_device_is_written_to_and_not_replaced(cli: Cli) -> None:
    assert cli("diff", "a.ipynb", "b.ipynb", "--format", "html", "--output", os.devnull).code == 0
    assert not os.path.isfile(os.devnull)


def test_open_shows_a_page(cli: Cli, pair: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[str] = []
    monkeypatch.setattr("webbrowser.open", shown.append)
    assert cli("diff", "a.ipynb", "b.ipynb", "--open").code == 0
    assert cli("diff", "a.ipynb", "b.ipynb", "--open", "--output", "my page.html").code == 0
    assert shown[1] == f"file://{pair}/my%20page.html"
    temporary = Path(shown[0].removeprefix("file://"))
    assert temporary.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert temporary.stat().st_mode & 0o077 == 0
    temporary.unlink()


@pytest.mark.usefixtures("pair")
def test_where_no_browser_starts_the_place_is_said(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("webbrowser.open", lambda _: False)
    assert "page.html" in cli("diff", "a.ipynb", "b.ipynb", "--open", "--output", "page.html").err


@pytest.mark.usefixtures("pair")
def test_markdown_opens_no_browser(cli: Cli) -> None:
    assert cli("diff", "a.ipynb", "b.ipynb", "--open", "--format", "markdown").code == 2


@pytest.mark.parametrize("form", ["terminal", "unified", "json", "html", "markdown"])
def test_every_format_reports_what_cannot_be_read(cli: Cli, pair: Path, form: str) -> None:
    twice = b'{"cells":[],"metadata":{"a":1,"a":2},"nbformat":4,"nbformat_minor":4}'
    for folder, content in (("old", A), ("new", twice)):
        (pair / folder).mkdir()
        (pair / folder / "twice.ipynb").write_bytes(content)
        (pair / folder / "gone.ipynb").symlink_to("nowhere")
    called = cli("diff", "old", "new", "--format", form)
    assert called.code == 2
    assert "gone.ipynb: no such file" in called.err
    assert "new/twice.ipynb: an object: the key 'a' appears twice" in called.err
    assert "twice.ipynb" in called.out
    if form in ("html", "markdown"):
        assert "gone.ipynb" in called.out  # what a page does not list looks unchanged
        assert "1 notebook changed, 1 cannot be read" in called.out


def test_what_is_no_notebook_stands_in_the_page_as_text(cli: Cli, pair: Path) -> None:
    (pair / "b.ipynb").write_bytes(b'{"cells": <broken>')
    ran = cli("diff", "a.ipynb", "b.ipynb", "--format", "html", "--exit-code")
    assert ran.code == 1
    assert "&lt;broken&gt;" in ran.out


@pytest.mark.parametrize("form", ["terminal", "json", "html", "markdown"])
@pytest.mark.parametrize(
    ("after", "failing"),
    [
        (A, set()),
        (NOISE, set()),
        (SOURCE, {"sources", "any"}),
        (OUTPUT, {"outputs", "any"}),
        (METADATA, {"any"}),
        (file(markdown("# Rain")), {"sources", "outputs", "any"}),
        (b"{", {"sources", "outputs", "any"}),
    ],
    ids=["same", "noise", "source", "output", "metadata", "removed", "broken"],
)
@pytest.mark.parametrize("gate", ["sources", "outputs", "any"])
def test_a_gate_fails_on_what_it_names(
    cli: Cli, pair: Path, after: bytes, failing: set[str], gate: str, form: str
) -> None:
    (pair / "b.ipynb").write_bytes(after)
    code = cli("diff", "a.ipynb", "b.ipynb", "--format", form, "--fail-on", gate).code
    if after == b"{" and form == "json":
        assert code == 2
    else:
        assert code == (1 if gate in failing else 0)


# nbvc report


def test_a_report_of_a_range(cli: Cli, repo: Path) -> None:
    ran = cli("report", "HEAD~1..HEAD", "-o", "out/report", "--url", "https://ci.example/1")
    assert ran.code == 0
    assert "2 notebooks changed; see out/report/index.html" in ran.err
    folder = repo / "out" / "report"
    assert sorted(path.name for path in folder.iterdir()) == [
        *("comment.md", "index.html", "report.json"),
    ]
    comment = (folder / "comment.md").read_text(encoding="utf-8")
    assert comment.startswith("<!-- nbvc-report -->\n")
    assert "[The whole report](https://ci.example/1)" in comment
    values = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    assert (values["format"], values["version"]) == ("nbvc-report", 1)
    found = {each["name"]: each for each in values["notebooks"]}
    assert found["a.ipynb"]["touched"] == ["outputs"]
    assert found["a.ipynb"]["cells"] == [
        {
            "change": "modified",
            "moved": False,
            "before": [1],
            "after": [1],
            "what": "outputs changed",
            "outputs": [
                {
                    "change": "modified",
                    "before": 0,
                    "after": 0,
                    "summary": "1 of 1 number changed",
                }
            ],
        }
    ]
    assert found["sub/b.ipynb"]["note"] == "added"
    assert "<h2><a href=" in (folder / "index.html").read_text(encoding="utf-8")


@pytest.mark.usefixtures("repo")
def test_only_some_paths(cli: Cli) -> None:
    assert "1 notebook changed" in cli("report", "HEAD~1..HEAD", "-o", "out", "--", "sub").err


def test_a_notebook_that_was_run_again_is_tested(cli: Cli, repo: Path) -> None:
    assert cli("report", "HEAD", "-o", "../out", "--fail-on", "outputs").code == 0
    (repo / "a.ipynb").write_bytes(A)
    assert cli("report", "HEAD", "-o", "../out", "--fail-on", "sources").code == 0
    assert cli("report", "HEAD", "-o", "../out", "--fail-on", "outputs").code == 1
    assert (repo / "../out/index.html").exists()


@pytest.mark.parametrize("url", ["javascript:alert(1)", "ftp://x", "x"])
@pytest.mark.usefixtures("repo")
def test_an_address_is_one_of_the_web(cli: Cli, url: str) -> None:
    assert cli("report", "HEAD~1..HEAD", "-o", "../out", "--url", url).code == 2


def test_an_address_ends_no_link(cli: Cli, repo: Path) -> None:
    cli("report", "HEAD~1..HEAD", "-o", "../out", "--url", "https://x/) [y](z")
    assert "https://x/%29%20%5By%5D%28z)" in (repo / "../out/comment.md").read_text(
        encoding="utf-8"
    )


@pytest.mark.usefixtures("repo")
def test_a_ref_that_is_none(cli: Cli) -> None:
    assert cli("report", "--", "--output=x", "-o", "../out").code == 2
    assert cli("report", "nothing..HEAD", "-o", "../out").code in (2, 3)


# Conflicts


def test_the_conflicts_of_a_merge_as_a_page(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, value in (("base", "1"), ("local", "2"), ("remote", "3")):
        (tmp_path / name).write_bytes(file(code(f"rate = {value}")))
    ran = cli("merge", "base", "local", "remote", "--format", "html")
    assert ran.code == 1
    assert ran.out.count("<h4>") == 3
    cli("merge", "base", "local", "remote", "-o", "merged.ipynb")
    monkeypatch.setattr("webbrowser.open", lambda _: True)
    assert cli("resolve", "merged.ipynb", "--open", "-o", "page.html").code == 1
    assert (tmp_path / "page.html").read_text(encoding="utf-8").count("<h4>") == 2
    assert b"<<<<<<<" in (tmp_path / "merged.ipynb").read_bytes()


# The GitHub Action


def _steps() -> dict[str, dict[str, Any]]:
    action = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    return {step.get("name", step.get("uses")): step for step in action["runs"]["steps"]}


def test_no_text_from_outside_becomes_part_of_a_script() -> None:
    for step in _steps().values():
        assert "${{" not in step.get("run", "")


@pytest.fixture
def runner(tmp_path: Path) -> Path:
    """A folder for what a runner has: the programs, and files for outputs."""
    folder = tmp_path / "runner"
    (folder / "bin").mkdir(parents=True)
    for name in ("nbvc", "python"):
        (folder / "bin" / name).symlink_to(Path(sys.executable).parent / name)
    return folder


def _compare(runner: Path, repo: Path, **environ: str) -> dict[str, str]:
    """Run the step that compares as a runner does; returns its outputs."""
    outputs = runner / "outputs"
    outputs.write_text("")
    step = {
        "NBVC_BIN": str(runner / "bin"),
        "RUNNER_TEMP": str(runner),
        "GITHUB_OUTPUT": str(outputs),
        "RUN": "https://github.com/a/b/actions/runs/1",
        **dict.fromkeys(("RANGE", "PATHS", "FAIL_ON", "BEFORE", "PULL"), ""),
    }
    subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", _steps()["Compare"]["run"]],
        cwd=repo,
        env={**os.environ, **step, **environ},
        check=True,
    )
    lines = outputs.read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines)


def _names(runner: Path) -> list[str]:
    values = json.loads((runner / "nbvc-report" / "report.json").read_text(encoding="utf-8"))
    return [each["name"] for each in values["notebooks"]]


def test_the_action_compares_what_a_push_changed(repo: Path, runner: Path) -> None:
    before = git(repo, "rev-parse", "HEAD~1").strip()
    found = _compare(runner, repo, BEFORE=before)
    assert found == {"folder": f"{runner}/nbvc-report", "code": "0"}
    assert _names(runner) == ["a.ipynb", "sub/b.ipynb"]
    assert "https://github.com/a/b/actions/runs/1#artifacts" in (
        runner / "nbvc-report" / "comment.md"
    ).read_text(encoding="utf-8")


def test_the_action_compares_a_merge_with_what_it_would_be_merged_into(
    repo: Path, runner: Path, tmp_path: Path
) -> None:
    """A shallow clone of a pull request's merge: the base moved on since it was opened."""
    stale = git(repo, "rev-parse", "HEAD~1").strip()
    git(repo, "checkout", "-qb", "topic", "HEAD~1")
    (repo / "c.ipynb").write_bytes(SOURCE)
    commit_all(repo, "topic")
    git(repo, "checkout", "-q", "main")
    git(repo, "merge", "-q", "--no-ff", "-m", "merge", "topic")
    git(repo, "config", "uploadpack.allowAnySHA1InWant", "true")
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "-q", "--depth=1", repo.as_uri(), str(clone))
    found = _compare(runner, clone, BEFORE=stale, PULL="7", FAIL_ON="sources")
    assert found["code"] == "1"
    assert _names(runner) == ["c.ipynb"]


def test_the_action_takes_a_range_and_paths(repo: Path, runner: Path) -> None:
    (repo / "with space").mkdir()
    (repo / "with space" / "$(touch hit).ipynb").write_bytes(A)
    commit_all(repo, "three")
    _compare(runner, repo, RANGE="HEAD~1..HEAD", PATHS="with space\n\nsub\n")
    assert _names(runner) == ["with space/$(touch hit).ipynb"]
    assert not (repo / "hit").exists()
