"""Notebooks that git stores in another form: compressed, encrypted, elsewhere."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from nbvc import read
from nbvc.errors import StoredFormError
from nbvc.git.plumbing.command import Git
from nbvc.git.plumbing.objects import Objects
from nbvc.git.plumbing.stored import StoredForms
from tests.integration.git.sandbox import commit_all, git, new, opened, try_git
from tests.making import code, file, stream

if TYPE_CHECKING:
    from nbvc.git.plumbing.process import Running

NAME = "Notizen/Überblick 日本.ipynb"


@dataclass(frozen=True)
class Storing:
    """A filter: its name, what it does on the way into git, and back."""

    name: str
    clean: str
    smudge: str


def python(program: str) -> str:
    return f"'{sys.executable}' -c \"{program}\""


_XOR = (
    "import sys; data = sys.stdin.buffer.read(); head = b'\\\\0GITCRYPT\\\\0';"
    " sys.stdout.buffer.write({})"
)
GZIP = Storing("box", "gzip -nc | base64", "base64 -d | gunzip")
ROT = Storing("rot.er", "tr a-z n-za-m", "tr n-za-m a-z")
CRYPT = Storing(
    "git-crypt",
    python(_XOR.format("head + bytes(one ^ 7 for one in data)")),
    python(_XOR.format("bytes(one ^ 7 for one in data.removeprefix(head))")),
)
FILTERS = (GZIP, ROT, CRYPT)

POINTER = (
    "version https://git-lfs.github.com/spec/v1\n"
    "oid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize {}\n"
)


def version(number: int) -> bytes:
    return file(
        code("import os"),
        code(f"rate = {number}\nfit(rate)", outputs=[stream(f"accuracy 0.{number}731\n")]),
        code("print(rate)"),
    )


def nbvc(top: Path, *args: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "nbvc", *args]
    return subprocess.run(command, cwd=top, capture_output=True, text=True, check=False)


def set_up(top: Path, storing: Storing) -> None:
    git(top, "config", f"filter.{storing.name}.clean", storing.clean)
    git(top, "config", f"filter.{storing.name}.smudge", storing.smudge)
    (top / ".gitattributes").write_text(f"*.ipynb filter={storing.name}\n")


@pytest.fixture(params=FILTERS, ids=[one.name for one in FILTERS])
def top(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """Two commits, a third version on the disk; git stores all of them in another form."""
    top = new(tmp_path / "repo")
    set_up(top, request.param)
    path = top / NAME
    path.parent.mkdir()
    for number in (1, 2):
        path.write_bytes(version(number))
        commit_all(top, f"rate {number}")
        assert git(top, "cat-file", "blob", f"HEAD:{NAME}") != path.read_text()
    path.write_bytes(version(3))
    return top


@pytest.fixture(params=["fails", "is not installed"])
def elsewhere(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """Pointers of Git LFS in two commits, whose objects nobody has."""
    top = new(tmp_path / "repo")
    path = top / NAME
    path.parent.mkdir()
    for number in (1, 2):
        path.write_text(POINTER.format(number))
        commit_all(top, f"rate {number}")
    (top / ".gitattributes").write_text("*.ipynb filter=lfs\n")
    if request.param == "fails":
        git(top, "config", "filter.lfs.smudge", "echo 'Error downloading object' >&2; false")
        git(top, "config", "filter.lfs.clean", "cat")
        git(top, "config", "filter.lfs.required", "true")
    path.write_bytes(version(3))
    return top


def test_the_history_names_once_what_cannot_be_had(elsewhere: Path) -> None:
    for number in range(3, 12):
        (elsewhere / NAME).write_text(POINTER.format(number))
        git(elsewhere, "-c", "filter.lfs.clean=cat", "commit", "-qam", f"rate {number}")
    reason = "be read: Git LFS has not fetched it"
    for words in (["log"], ["log", "-n", "3"], ["search", "rate"], ["timeline", "-o", "-"]):
        done = nbvc(elsewhere, *words, NAME)
        said = done.stderr if words[0] == "timeline" else done.stdout
        assert said.count(reason) == 1, (words, done.stderr)
    assert "11 versions cannot be read" in nbvc(elsewhere, "search", "rate", NAME).stdout
    (elsewhere / NAME).write_bytes(version(12))
    (elsewhere / ".gitattributes").write_text("")
    git(elsewhere, "commit", "-qam", "rate 12")
    blamed = nbvc(elsewhere, "blame", NAME)
    assert "rate = 12" in blamed.stdout
    assert blamed.stderr.count("11 of 12 versions can't be read: ") == 1


def test_diff(top: Path) -> None:
    for words in ((), ("HEAD",), (f"HEAD:{NAME}", NAME), ("--cached", "HEAD~1")):
        done = nbvc(top, "diff", *words)
        assert done.returncode == 0, done.stderr
        old, new = (1, 2) if "--cached" in words else (2, 3)
        assert f"- rate = {old}" in done.stdout, words
        assert f"+ rate = {new}" in done.stdout, words
    stat = nbvc(top, "diff", "HEAD~1", "HEAD", "--stat").stdout
    assert "1 cell changed" in stat


def test_status(top: Path) -> None:
    [one] = json.loads(nbvc(top, "status", "--format", "json").stdout)
    assert (one["change"], one["path"]) == ("sources", NAME)


def test_log_and_show(top: Path) -> None:
    done = nbvc(top, "log", NAME)
    assert done.stdout.count("edited") == 1
    assert "first version, 3 cells" in done.stdout
    shown = nbvc(top, "show", f"HEAD~1:{NAME}")
    assert "rate = 1" in shown.stdout
    assert "accuracy 0.1731" in shown.stdout


def test_blame(top: Path) -> None:
    head, first = (git(top, "rev-parse", "--short=10", one) for one in ("HEAD", "HEAD~1"))
    git(top, "checkout", "-q", "--", NAME)
    done = nbvc(top, "blame", NAME, "--lines")
    assert "not committed" not in done.stdout
    assert head in done.stdout
    assert first in done.stdout


def test_search(top: Path) -> None:
    done = nbvc(top, "search", "0.1731", NAME)
    assert done.returncode == 0
    assert "in 1 of 2 versions" in done.stdout


def test_checkpoints_are_kept_as_the_file_is(top: Path) -> None:
    assert nbvc(top, "checkpoint", "create", NAME).returncode == 0
    (top / NAME).write_bytes(version(4))
    done = nbvc(top, "checkpoint", "diff", NAME)
    assert "- rate = 3" in done.stdout
    assert "+ rate = 4" in done.stdout
    assert nbvc(top, "log", NAME).stdout.count("edited") == 2
    assert nbvc(top, "search", "0.3731", NAME).returncode == 0
    [one] = json.loads(nbvc(top, "checkpoint", "list", NAME, "--format", "json").stdout)
    assert nbvc(top, "checkpoint", "restore", NAME, one["id"]).returncode == 0
    assert (top / NAME).read_bytes() == version(3)


@pytest.mark.parametrize("conflict", [False, True])
def test_merge(top: Path, conflict: bool) -> None:
    git(top, "checkout", "-q", "--", NAME)
    command = f"'{sys.executable}' -m nbvc git-merge-driver %O %A %B %L %P %S %X %Y"
    git(top, "config", "merge.nbvc.driver", command)
    attributes = top / ".gitattributes"
    attributes.write_text(f"{attributes.read_text().strip()} merge=nbvc\n")
    commit_all(top, "attributes")
    before = version(2)
    git(top, "checkout", "-q", "-b", "topic")
    (top / NAME).write_bytes(before.replace(b"rate = 2", b"rate = 20"))
    commit_all(top, "theirs")
    git(top, "checkout", "-q", "main")
    mine = b"rate = 30" if conflict else b"rate = 2"
    ours = before.replace(b"rate = 2", mine).replace(b"import os", b"import sys")
    (top / NAME).write_bytes(ours)
    commit_all(top, "ours")
    assert bool(try_git(top, "merge", "-q", "topic")) is conflict
    sources = [cell.source for cell in read(top / NAME).cells]
    assert "import sys" in sources
    if conflict:
        listed = nbvc(top, "resolve", NAME, "--list").stdout
        assert "rate = 30" in listed
        assert "rate = 20" in listed
    else:
        assert "rate = 20\nfit(rate)" in sources
        assert git(top, "status", "--short") == ""
        assert b"rate = 20" in nbvc_show(top)


def nbvc_show(top: Path) -> bytes:
    with Objects(opened(top)) as objects:
        return objects.at("HEAD", NAME) or b""


FORMATS = ("", "--stat", "--name-only", "--format=json", "--format=markdown", "--format=html")


@pytest.mark.parametrize("format_", FORMATS)
def test_a_diff_names_once_what_was_not_fetched(elsewhere: Path, format_: str) -> None:
    done = nbvc(elsewhere, "diff", "HEAD~1", "HEAD", *filter(None, [format_]))
    assert done.returncode == 2
    assert done.stderr.count(NAME) == 1
    assert "Git LFS" in done.stderr
    assert "git lfs fetch" in done.stderr
    if format_:
        assert Path(NAME).name in done.stdout


def test_what_was_not_fetched_is_no_broken_notebook(elsewhere: Path) -> None:
    [one] = json.loads(nbvc(elsewhere, "status", "--format", "json").stdout)
    assert one["change"] == "not available"
    shown = nbvc(elsewhere, "show", f"HEAD:{NAME}")
    assert shown.returncode == 2
    assert "Git LFS" in shown.stderr
    assert shown.stdout == ""


def test_a_history_of_what_was_not_fetched_is_not_new(elsewhere: Path) -> None:
    blamed = nbvc(elsewhere, "blame", NAME)
    assert blamed.returncode == 2
    assert "Git LFS" in blamed.stderr
    assert "not committed" not in blamed.stdout
    searched = nbvc(elsewhere, "search", "rate", NAME)
    assert "cannot be read" in searched.stdout + searched.stderr
    assert "Git LFS" in nbvc(elsewhere, "log", NAME).stdout


MATRIX = {
    "diff": (("diff", "HEAD~1", "HEAD"), "+ rate = 2", 2),
    "status": (("status",), "sources", 0),
    "log": (("log", NAME), "first version, 3 cells", 0),
    "show": (("show", f"HEAD:{NAME}"), "rate = 2", 2),
    "blame": (("blame", NAME, "--lines"), "rate = 3", 2),
    "search": (("search", "0.1731", NAME), "in 1 of 2 versions", 1),
    "merge": (("merge", "base.ipynb", "local.ipynb", "remote.ipynb"), "rate = 2", 2),
    "checkpoint": (("checkpoint", "diff", NAME), "+ rate = 4", 0),
}
"""What is asked, what a readable form answers, and the exit code if no form can be read."""


def asked(top: Path, command: str, number: int) -> subprocess.CompletedProcess[str]:
    """Run a command of the matrix, with what it needs on the disk beforehand."""
    if command == "merge":  # as a script would, with what git checks out
        for name, rev in (("base", "HEAD~1"), ("local", "HEAD~1"), ("remote", "HEAD")):
            pointer = POINTER.format(rev)
            known = number != 0 and try_git(top, "cat-file", "--filters", f"{rev}:{NAME}") == 0
            text = git(top, "cat-file", "--filters", f"{rev}:{NAME}") if known else pointer
            (top / f"{name}.ipynb").write_text(text)
    if command == "checkpoint":
        if not number:
            (top / NAME).write_text(POINTER.format(3))
        assert nbvc(top, "checkpoint", "create", NAME).returncode == 0
        (top / NAME).write_bytes(version(4))
    return nbvc(top, *MATRIX[command][0])


@pytest.mark.parametrize("command", MATRIX)
def test_the_matrix_of_commands_and_forms(top: Path, command: str) -> None:
    done = asked(top, command, 1)
    assert done.returncode == 0, done.stderr
    assert MATRIX[command][1] in done.stdout


@pytest.mark.parametrize("command", MATRIX)
def test_the_matrix_of_commands_without_the_object(elsewhere: Path, command: str) -> None:
    done = asked(elsewhere, command, 0)
    said = done.stdout + done.stderr
    assert done.returncode == MATRIX[command][2], said
    named = ("not available", "cannot be read", "Git LFS")
    assert any(one in said for one in named), said
    assert "not committed" not in said
    assert "not a notebook" not in said


def test_a_merge_by_git_of_what_was_not_fetched_ends_with_its_reason(elsewhere: Path) -> None:
    command = f"'{sys.executable}' -m nbvc git-merge-driver %O %A %B %L %P %S %X %Y"
    git(elsewhere, "config", "merge.nbvc.driver", command)
    git(elsewhere, "config", "filter.lfs.required", "false")
    (elsewhere / ".git/info/attributes").write_text("*.ipynb merge=nbvc\n")
    (elsewhere / NAME).write_text(POINTER.format(2))
    git(elsewhere, "checkout", "-q", "-b", "topic", "HEAD~1")
    (elsewhere / NAME).write_text(POINTER.format(3))
    commit_all(elsewhere, "theirs")
    git(elsewhere, "checkout", "-q", "main")
    run = subprocess.run(["git", "merge", "topic"], cwd=elsewhere, capture_output=True, check=False)
    assert run.returncode == 1
    assert b"Git LFS" in run.stderr
    assert git(elsewhere, "ls-files", "-u").count("Notizen") == 3
    for number in (2, 3):
        assert f"size {number}\n" in (elsewhere / NAME).read_text()


def test_a_check_passes_over_what_is_stored_elsewhere(elsewhere: Path) -> None:
    assert nbvc(elsewhere, "check", "--cached").returncode == 0


def test_what_becomes_readable_is_read_again(elsewhere: Path) -> None:
    nbvc(elsewhere, "log", NAME)
    git(elsewhere, "config", "filter.lfs.smudge", "cat >/dev/null; cat keep")
    (elsewhere / "keep").write_bytes(version(1))
    assert "first version, 3 cells" in nbvc(elsewhere, "log", NAME).stdout


def test_a_filter_without_settings_is_named(tmp_path: Path) -> None:
    top = new(tmp_path)
    set_up(top, GZIP)
    (top / "a.ipynb").write_bytes(version(1))
    commit_all(top, "one")
    git(top, "config", "--remove-section", "filter.box")
    done = nbvc(top, "show", "HEAD:a.ipynb")
    assert done.returncode == 2
    assert "filter box" in done.stderr


def test_what_nobody_asked_for_runs_no_filter(tmp_path: Path) -> None:
    top = new(tmp_path / "repo")
    set_up(top, ROT)
    (top / "a.ipynb").write_bytes(version(1))
    commit_all(top, "one")
    ran = tmp_path / "ran"
    git(top, "config", "filter.rot.er.smudge", f"touch '{ran}'; {ROT.smudge}")
    with Objects(opened(top).unasked) as objects, pytest.raises(StoredFormError, match=r"rot\.er"):
        objects.at("HEAD", "a.ipynb")
    assert not ran.exists()
    with Objects(opened(top)) as objects:
        assert objects.at("HEAD", "a.ipynb") == version(1)
    assert ran.exists()


STRIPPERS = (
    "nbstripout",
    "nb-clean clean",
    "jupyter nbconvert --ClearOutputPreprocessor.enabled=1",
)


@pytest.mark.parametrize("command", [*STRIPPERS, "nbstripout --keep-output", "black -"])
def test_a_filter_of_others_that_strips_is_known_and_not_run(tmp_path: Path, command: str) -> None:
    top = new(tmp_path)
    (top / ".gitattributes").write_text("*.ipynb filter=theirs\n")
    (top / "a.ipynb").write_bytes(file(code("rate = 1")))
    commit_all(top, "one")
    git(top, "config", "filter.theirs.clean", command)
    git(top, "config", "filter.theirs.smudge", "cat")
    (top / "a.ipynb").write_bytes(file(code("rate = 1", outputs=[stream("1")])))
    [one] = json.loads(nbvc(top, "status", "--format", "json").stdout)
    blamed = nbvc(top, "blame", "a.ipynb").stdout
    strips = command in STRIPPERS
    assert one["change"] == ("same content" if strips else "outputs only")
    assert ("not committed" in blamed) is not strips


@pytest.mark.parametrize("attributes", ["", "*.ipynb filter=nbvc\n", "*.py filter=lfs\n"])
def test_without_filters_of_others_no_process_starts(
    tmp_path: Path, attributes: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    top = new(tmp_path)
    (top / "a.ipynb").write_bytes(version(1))
    commit_all(top, "one")
    (top / ".gitattributes").write_text(attributes)
    started: list[str] = []
    start = Git.start_command

    def start_command(git_: Git, *args: str) -> Running:
        started.append(args[0])
        return start(git_, *args)

    with Objects(opened(top)) as objects:
        objects.head()
        monkeypatch.setattr(Git, "start_command", start_command)
        assert objects.at("HEAD", "a.ipynb") == version(1)
    assert started == ["check-attr"] * ("lfs" in attributes)


def test_names_that_a_question_cannot_hold(tmp_path: Path) -> None:
    top = new(tmp_path)
    set_up(top, GZIP)
    names = (" a.ipynb", "b\nc.ipynb", "sub/ d.ipynb", "é .ipynb")
    for name in names:
        (top / name).parent.mkdir(exist_ok=True)
        (top / name).write_bytes(version(1))
    commit_all(top, "one")
    with Objects(opened(top)) as objects:
        assert [objects.at("HEAD", name) for name in names] == [version(1)] * len(names)


def test_attributes_that_change_hold_at_once(tmp_path: Path) -> None:
    top = new(tmp_path)
    (top / "a.ipynb").write_bytes(version(1))
    commit_all(top, "one")
    with Objects(opened(top)) as objects:
        assert objects.at("HEAD", "a.ipynb") == version(1)
        set_up(top, ROT)
        turned = objects.at("HEAD", "a.ipynb")
        assert turned is not None
        assert turned != version(1)
        (top / ".gitattributes").unlink()
        assert objects.at("HEAD", "a.ipynb") == version(1)


@pytest.mark.parametrize("where", ["global", "info", "user file", "include"])
def test_a_filter_is_found_wherever_it_is_named(tmp_path: Path, where: str) -> None:
    top = new(tmp_path / "repo")
    line = "*.ipynb filter=other\n"
    if where == "global":
        path = tmp_path / "attributes"
        git(top, "config", "--global", "core.attributesFile", str(path))
    elif where == "info":
        path = top / ".git/info/attributes"
    elif where == "include":
        path = tmp_path / "more attributes"
        (tmp_path / "more").write_text(f"[core]\nattributesFile = {path}\n")
        git(top, "config", "--global", "include.path", str(tmp_path / "more"))
    else:
        path = tmp_path / "mine"
        git(top, "config", "core.attributesFile", str(path))
    path.parent.mkdir(exist_ok=True)
    path.write_text(line)
    forms = StoredForms(opened(top))
    found = forms.find_driver("sub/a.ipynb")
    forms.close()
    assert found is not None
    assert found.name == "other"
    assert os.path.isabs(opened(top).top)
