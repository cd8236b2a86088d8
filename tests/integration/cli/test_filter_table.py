"""By which settings git's filter goes: those that its user agreed to, nearest to each notebook."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from nbvc.cli import run as nbvc
from nbvc.errors import NbvcError
from nbvc.git.plumbing import copied_attributes
from nbvc.workflow.filter_setup import describe_changed, find_changed
from nbvc.workflow.filter_table import FilterRules, read_table, table_paths
from tests.integration.git.installed import use_program
from tests.integration.git.sandbox import commit_all, git, new, opened, write
from tests.making import code, file, stream

RAN = file(code("1", [stream("one\n")], execution_count=1))


def settings(folder: Path, text: str, name: str = ".nbvc.toml") -> None:
    write(folder / name, text.encode())


@pytest.fixture
def repo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with settings for two folders, and an nbvc to set up in it."""
    use_program(tmp_path, monkeypatch)
    folder = new(tmp_path / "repo")
    monkeypatch.chdir(folder)
    settings(folder, 'exclude = ["published/"]\n')
    settings(folder, '[tool.nbvc.clean]\npreset = "noise"\n', "papers/pyproject.toml")
    commit_all(folder, "settings")
    return folder


def is_stripped(folder: Path, name: str) -> bool:
    """Stage a notebook that ran, and return whether git has it without outputs."""
    write(folder / name, RAN)
    git(folder, "add", name)
    run = ["git", "cat-file", "blob", f":{name}"]
    content = subprocess.run(run, cwd=folder, capture_output=True, check=True).stdout
    if content != RAN:
        assert json.loads(content)["cells"][0]["execution_count"] is None
    return b"one" not in content


def try_add(
    folder: Path, name: str, content: bytes | None = None
) -> subprocess.CompletedProcess[bytes]:
    if content is not None:
        write(folder / name, content)
    return subprocess.run(["git", "add", name], cwd=folder, capture_output=True, check=False)


def test_the_nearest_settings_hold(repo: Path) -> None:
    assert nbvc(["install", "--filter"]) == 0
    assert is_stripped(repo, "a.ipynb")
    assert is_stripped(repo, "deep/er/a.ipynb")
    assert not is_stripped(repo, "papers/a.ipynb")
    assert not is_stripped(repo, "papers/deep/a.ipynb")
    assert not is_stripped(repo, "published/a.ipynb")
    assert is_stripped(repo, "published.ipynb")
    assert nbvc(["doctor"]) == 0


def test_a_preset_of_the_command_line_comes_first(repo: Path) -> None:
    assert nbvc(["install", "--filter", "--preset", "strip"]) == 0
    assert is_stripped(repo, "papers/a.ipynb")
    assert not is_stripped(repo, "published/a.ipynb")
    assert nbvc(["refresh"]) == 0
    assert is_stripped(repo, "papers/b.ipynb")
    assert nbvc(["doctor"]) == 1
    assert nbvc(["install", "--filter"]) == 0
    assert not is_stripped(repo, "papers/c.ipynb")


def test_excluded_files_are_not_read_and_unreadable_ones_can_be_excluded(repo: Path) -> None:
    assert nbvc(["install", "--filter"]) == 0
    assert try_add(repo, "published/x.ipynb", b"{{ a template }}\n").returncode == 0
    for name, file_ in (
        ("sub/t [1].ipynb", ".nbvc.toml"),
        ('papers/"t".ipynb', "papers/pyproject.toml"),
    ):
        refused = try_add(repo, name, f"{{{{ {name} }}}}\n".encode())
        assert refused.returncode
        line = next(
            one for one in refused.stderr.decode().split("\n") if "store it as it is" in one
        )
        assert f"to `exclude` in {file_}, and run nbvc refresh" in line
        quoted = line.partition(" add ")[2].partition(" to `exclude`")[0]
        before = (repo / file_).read_text()
        heading = "[tool.nbvc]\n" if "pyproject" in file_ else ""
        old = before if heading else ""
        settings(repo, f"{heading}exclude = [{quoted}]\n{old}", file_)
        assert nbvc(["refresh"]) == 0
        assert try_add(repo, name).returncode == 0


def test_settings_that_a_pull_brings_hold_after_a_refresh(
    repo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(repo / "a.ipynb", file(code("1")))
    commit_all(repo, "notebook")
    git(tmp_path, "clone", "-q", str(repo), "other")
    other = tmp_path / "other"
    settings(other, '[clean]\npreset = "noise"\n', "new/.nbvc.toml")
    write(other / "new/b.ipynb", file(code("2")))
    commit_all(other, "settings")
    assert nbvc(["install", "--filter", "--hooks"]) == 0
    said = subprocess.run(
        ["git", "pull", "-q", str(other), "main"], cwd=repo, capture_output=True, check=True
    ).stderr.decode()
    line = (
        "new/.nbvc.toml changed; git's filter uses the earlier settings until you run nbvc refresh"
    )
    assert said == f"nbvc: {line}\n"
    assert is_stripped(repo, "new/a.ipynb")
    capsys.readouterr()
    for command in (["status"], ["check", "a.ipynb"]):
        assert nbvc(command) == 0
        assert f"nbvc: {line}\n" in capsys.readouterr().err
    assert nbvc(["doctor"]) == 1
    assert line in capsys.readouterr().out
    assert nbvc(["refresh"]) == 0
    assert "now goes by the project's settings" in capsys.readouterr().out
    assert not is_stripped(repo, "new/c.ipynb")
    assert describe_changed(opened(repo)) is None
    assert nbvc(["doctor"]) == 0
    capsys.readouterr()
    assert nbvc(["status"]) == 0
    assert "nbvc:" not in capsys.readouterr().err


@pytest.mark.parametrize(
    "text", ["# no more\n", 'exclude = ["published/"]  # a remark\n', "[diff]\nrtol = 0.1\n"]
)
def test_what_changes_nothing_for_the_filter_is_not_reported(repo: Path, text: str) -> None:
    settings(repo, "")
    assert nbvc(["install", "--filter"]) == 0
    settings(repo, text if "exclude" not in text else "")
    assert find_changed(opened(repo)) == []
    assert nbvc(["doctor"]) == 0


def test_settings_that_go_are_a_change_too(repo: Path) -> None:
    assert nbvc(["install", "--filter"]) == 0
    (repo / ".nbvc.toml").unlink()
    assert find_changed(opened(repo)) == [".nbvc.toml"]
    assert nbvc(["refresh"]) == 0
    assert is_stripped(repo, "published/b.ipynb")


def test_extended_settings(repo: Path) -> None:
    settings(repo, '[clean]\nkeep-tags = ["figure"]\n', "shared/base.toml")
    settings(repo, 'extend = "../shared/base.toml"\n', "figures/.nbvc.toml")
    assert nbvc(["install", "--filter"]) == 0
    notebook = file(code("1", [stream("one\n")], metadata={"tags": ["figure"]}))
    assert try_add(repo, "figures/a.ipynb", notebook).returncode == 0
    assert "one" in git(repo, "cat-file", "blob", ":figures/a.ipynb")
    settings(repo, "[clean]\n", "shared/base.toml")
    assert find_changed(opened(repo)) == ["shared/base.toml"]


@pytest.mark.parametrize("text", ["[clean\n", "[clean]\npresett = 1\n", "[clean]\nids = 7\n"])
def test_broken_settings_change_nothing(
    repo: Path, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert nbvc(["install", "--filter"]) == 0
    before = [Path(path).read_bytes() for path in table_paths(str(repo / ".git"))]
    settings(repo, text, "papers/.nbvc.toml")
    assert not is_stripped(repo, "papers/a.ipynb")
    capsys.readouterr()
    for command in (["refresh"], ["install", "--filter"]):
        assert nbvc(command) == 2
        assert "papers/.nbvc.toml" in capsys.readouterr().err
    assert nbvc(["doctor"]) == 1
    assert "git's filter keeps its earlier settings" in capsys.readouterr().out
    assert [Path(path).read_bytes() for path in table_paths(str(repo / ".git"))] == before


DAMAGES = [b"", b"{", b"[]", b"null", b'{"form": 1}', b'{"form": 99}', b"\xff", b"[" * 100_000]


@pytest.mark.parametrize("damage", [*DAMAGES, None])
def test_a_damaged_table(repo: Path, damage: bytes | None) -> None:
    def harm(path: str) -> None:
        if damage is None:
            os.unlink(path)
        else:
            Path(path).write_bytes(damage)

    assert nbvc(["install", "--filter"]) == 0
    first, last = table_paths(str(repo / ".git"))
    harm(first)
    assert not is_stripped(repo, "papers/a.ipynb"), "the copy holds"
    write(repo / "t.txt", b"t")
    os.utime(repo / "papers/a.ipynb", (1, 1))
    commit_all(repo, "one")
    harm(last)
    refused = try_add(repo, "papers/c.ipynb", RAN)
    assert refused.returncode
    assert b"the settings of git's filter cannot be read" in refused.stderr
    assert b"nbvc install --filter" in refused.stderr
    assert b"Traceback" not in refused.stderr
    os.utime(repo / "papers/a.ipynb", (2, 2))
    git(repo, "status")
    git(repo, "diff")
    git(repo, "add", "t.txt")
    assert nbvc(["doctor"]) == 1
    assert nbvc(["install", "--filter"]) == 0
    assert try_add(repo, "papers/c.ipynb").returncode == 0
    assert nbvc(["doctor"]) == 0


def test_pipes_in_git_s_folder_keep_nobody_waiting(repo: Path) -> None:
    assert nbvc(["install", "--filter"]) == 0
    for path in (*table_paths(str(repo / ".git")), repo / ".git/info/nbvc-attributes"):
        os.unlink(path)
        os.mkfifo(path)
    with pytest.raises(NbvcError, match="cannot be read"):
        read_table(str(repo / ".git"))
    assert copied_attributes.find_changed(str(repo / ".git"), str(repo / ".git")) is None


def test_settings_that_another_version_knows_are_refused_by_name(repo: Path) -> None:
    assert nbvc(["install", "--filter"]) == 0
    for path in map(Path, table_paths(str(repo / ".git"))):
        path.write_text(path.read_text().replace('"preset": "noise"', '"unheard-of": true'))
    refused = try_add(repo, "papers/c.ipynb", RAN)
    assert b"papers/pyproject.toml: unknown setting 'unheard-of'" in refused.stderr
    assert is_stripped(repo, "a.ipynb")


def test_for_all_repositories_nobodys_settings_hold(
    repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings(repo, '[clean]\npreset = "noise"\n')
    assert nbvc(["install", "--global", "--filter"]) == 0
    assert is_stripped(repo, "a.ipynb")
    other = new(tmp_path / "other")
    assert is_stripped(other, "a.ipynb")
    assert nbvc(["install", "--filter"]) == 0
    assert not is_stripped(repo, "b.ipynb")
    assert is_stripped(other, "b.ipynb")
    assert nbvc(["uninstall"]) == 0
    assert is_stripped(repo, "c.ipynb")
    monkeypatch.chdir(other)
    assert nbvc(["install", "--global", "--filter", "--preset", "noise"]) == 0
    assert not is_stripped(other, "c.ipynb")
    assert nbvc(["refresh"]) == 0
    assert not (other / ".git/nbvc/policy.json").exists()


def test_names_that_are_no_utf8(repo: Path) -> None:
    name = os.fsdecode(b"caf\xe9")
    settings(repo, '[clean]\npreset = "noise"\n', f"{name}/.nbvc.toml")
    assert nbvc(["install", "--filter"]) == 0
    assert not is_stripped(repo, f"{name}/a.ipynb")
    assert is_stripped(repo, f"{name}.ipynb")


def test_the_rules_of_older_installs() -> None:
    rules = FilterRules(["form=2", "preset=noise"], "/nowhere")
    assert rules.decide("a/b.ipynb") is rules.decide("c.ipynb")
    with pytest.raises(NbvcError, match="cannot be read"):
        FilterRules(["--table"], "/nowhere").decide("a.ipynb")
    with pytest.raises(NbvcError, match=r"filter\.nbvc\.process"):
        FilterRules(["preset=x"], "/nowhere").decide("a.ipynb")


def test_every_working_tree_has_the_same_table(repo: Path, tmp_path: Path) -> None:
    assert nbvc(["install", "--filter"]) == 0
    git(repo, "worktree", "add", "-q", "-b", "side", str(tmp_path / "tree"))
    assert not is_stripped(tmp_path / "tree", "papers/a.ipynb")
    assert is_stripped(tmp_path / "tree", "a.ipynb")
    assert read_table(str(repo / ".git")).folders["papers"].file == "papers/pyproject.toml"
