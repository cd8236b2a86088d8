"""Plain git commands where nbvc is set up, and where it was taken away again."""

from __future__ import annotations

import base64
import os
import random
import subprocess
from pathlib import Path

import pytest

from nbvc import read
from nbvc.git.setup.drivers import driver_settings
from tests.integration.git.installed import bare_path, program, run, set_up
from tests.integration.git.sandbox import commit_all, git, new
from tests.making import code, file, markdown, result, stream

OLD = file(markdown("# Rain"), code("a = 1\nprint(a)", [stream("1\n")], execution_count=1))
NEW = file(markdown("# Rain"), code("a = 2\nprint(a)", [stream("2\n")], execution_count=9))
TEXT = "# %% [markdown]\n# Rain\n# %% [code]\na = 2\nprint(a)\n#> 2"
GONE = b"nbvc: not found, or it does not start"


@pytest.fixture
def script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    bare_path(monkeypatch)
    return program(tmp_path)


@pytest.fixture
def folder(tmp_path: Path, script: Path) -> Path:
    """Two commits of a notebook, and nbvc set up."""
    folder = new(tmp_path / "my work")
    (folder / "a.ipynb").write_bytes(OLD)
    commit_all(folder, "old")
    (folder / "a.ipynb").write_bytes(NEW)
    commit_all(folder, "new")
    set_up(folder, script)
    return folder


CHANGE = b" # %% [code]\n-a = 1\n+a = 2\n print(a)\n-#> 1\n+#> 2\n"


@pytest.mark.parametrize("command", ["diff HEAD~1 HEAD", "log -p -1", "show", "diff HEAD~1"])
def test_git_shows_notebooks_as_text(folder: Path, command: str) -> None:
    done = run(folder, "git", *command.split())
    assert done.returncode == 0
    assert done.stderr == b""
    assert CHANGE in done.stdout
    assert b"execution_count" not in done.stdout


def test_words_headings_and_blame(folder: Path) -> None:
    words = git(folder, "diff", "--word-diff", "HEAD~1")
    assert "a = [-1-]{+2+}" in words
    assert "# %% [code]" in git(folder, "diff", "-U0", "HEAD~1").split("@@")[2]
    blamed = git(folder, "blame", "-s", "a.ipynb").splitlines()
    assert [line.split(") ", 1)[1] for line in blamed] == TEXT.split("\n")
    assert len({line.split()[0] for line in blamed}) == 2


@pytest.mark.parametrize("locale", ["C", "C.UTF-8"])
def test_words_are_whole_characters_and_tabs_are_headings(folder: Path, locale: str) -> None:
    source = "\tdef größer(x):\n\t\tm = 0\n\t\tn = 1\n\t\treturn {}"
    (folder / "a.ipynb").write_bytes(file(code(source.format("x"))))
    commit_all(folder, "a function")
    (folder / "a.ipynb").write_bytes(file(code(source.format("gröber(x)"))))
    words = git(folder, "diff", "-U0", "--word-diff", env={"LC_ALL": locale})
    assert "@@ -5 +5 @@ \tdef größer(x):" in words
    assert "return {+gröber(+}x{+)+}" in words


@pytest.mark.parametrize("when", ["set up", "removed"])
def test_fault_35_patches_are_of_the_real_files(folder: Path, script: Path, when: str) -> None:
    if when == "removed":
        script.unlink()
    patch = run(folder, "git", "format-patch", "--stdout", "HEAD~1")
    assert b'"execution_count": 9' in patch.stdout
    git(folder, "checkout", "-q", "-b", "again", "HEAD~1")
    git(folder, "am", "-q", stdin=patch.stdout)
    assert (folder / "a.ipynb").read_bytes() == NEW
    (folder / "a.ipynb").write_bytes(OLD)
    done = run(folder, "git", "add", "-p", stdin=b"a\n")
    assert done.returncode == 0, done.stderr
    assert git(folder, "show", "--no-textconv", ":a.ipynb").encode() + b"\n" == OLD
    archive = run(folder, "git", "archive", "HEAD", "a.ipynb").stdout
    assert NEW in archive
    git(folder, "stash", "-q")
    assert (folder / "a.ipynb").read_bytes() == NEW
    git(folder, "stash", "pop", "-q")
    assert (folder / "a.ipynb").read_bytes() == OLD


def test_fault_26_nbvc_removed_and_git_goes_on_and_says_what_to_do(
    folder: Path, script: Path
) -> None:
    script.unlink()
    for command in (
        ["diff", "HEAD~1"],
        ["log", "-p"],
        ["show"],
        ["blame", "a.ipynb"],
        ["diff", "--word-diff", "HEAD~1"],
    ):
        done = run(folder, "git", *command)
        assert done.returncode == 0
        assert GONE in done.stderr
        assert b"Install nbvc again" in done.stderr
        assert b'"execution_count": ' in done.stdout
    for command in (["add", "."], ["status"], ["checkout", "-q", "HEAD~1"], ["gc", "-q"]):
        assert run(folder, "git", *command).returncode == 0


@pytest.mark.parametrize("body", ["exit 3", "#!/no/such/python", "kill -9 $$", "echo x; exit 1"])
def test_fault_26_an_nbvc_that_no_longer_starts(folder: Path, script: Path, body: str) -> None:
    script.write_text(body if body.startswith("#!") else f"#!/bin/sh\n{body}\n")
    done = run(folder, "git", "diff", "HEAD~1")
    assert done.returncode == 0
    assert b'"execution_count": ' in done.stdout


def test_nbvc_on_path_comes_first(
    folder: Path, script: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    moved = tmp_path / "new" / "nbvc"
    moved.parent.mkdir()
    script.rename(moved)
    assert GONE in run(folder, "git", "show").stderr
    monkeypatch.setenv("PATH", os.pathsep.join([str(moved.parent), os.environ["PATH"]]))
    done = run(folder, "git", "show")
    assert (CHANGE in done.stdout, done.stderr) == (True, b"")


def test_fault_34_one_bad_notebook_of_ten(folder: Path) -> None:
    for number in range(10):
        (folder / f"n{number}.ipynb").write_bytes(OLD)
    commit_all(folder, "ten")
    for number in range(10):
        (folder / f"n{number}.ipynb").write_bytes(NEW)
    (folder / "n4.ipynb").write_bytes(NEW[:200])
    done = run(folder, "git", "diff")
    assert done.returncode == 0
    assert done.stdout.count(CHANGE) == 9
    assert b"+# nbvc shows this file as it is: " in done.stdout
    assert b'+   "source"' in done.stdout


BAD = {
    "02_null": b"null",
    "03_truncated": OLD[:100],
    "04_markers": b"{\n<<<<<<< ours\n1\n=======\n2\n>>>>>>> theirs\n}\n",
    "05_lfs": b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n",
    "06_latin-1": b'{"cells": "\xe4"}',
    "07_utf-16": OLD.decode().encode("utf-16"),
    "08_deep": b"[" * 100_000,
    "09_digits": b'{"cells":[],"metadata":{"x":' + b"9" * 5000 + b'},"nbformat":4}',
    "13_format 5": OLD.replace(b'"nbformat": 4', b'"nbformat": 5'),
}


@pytest.mark.parametrize("name", BAD)
def test_faults_2_to_13_in_a_log(folder: Path, name: str) -> None:
    (folder / "a.ipynb").write_bytes(BAD[name])
    commit_all(folder, "bad")
    (folder / "a.ipynb").write_bytes(NEW)
    commit_all(folder, "good again")
    done = run(folder, "git", "log", "-p")
    assert done.returncode == 0
    assert done.stderr == b""
    assert CHANGE in done.stdout
    assert done.stdout.count(b"# nbvc shows this file as it is: ") == 2


def test_fault_1_an_empty_notebook_has_an_empty_text(folder: Path) -> None:
    (folder / "a.ipynb").write_bytes(b"")
    lines = git(folder, "diff").splitlines()
    assert [line for line in lines if line.startswith("+")] == ["+++ b/a.ipynb"]


def test_text_that_steers_a_terminal_is_made_visible(folder: Path) -> None:
    (folder / "a.ipynb").write_bytes(file(code("x = '\x1b]0;owned\x07\u202e'")))
    text = git(folder, "diff")
    assert "<U+001B>]0;owned<U+0007><U+202E>" in text
    (folder / "a.ipynb").write_bytes(b"\x1b]0;owned\x07\n")
    assert "+<U+001B>]0;owned<U+0007>" in git(folder, "diff")


@pytest.mark.parametrize("name", ["-rf.ipynb", "--help.ipynb", "$(touch x).ipynb", "a'\"; b.ipynb"])
def test_fault_60_names_are_only_names(folder: Path, name: str) -> None:
    (folder / name).write_bytes(OLD)
    commit_all(folder, "odd")
    (folder / name).write_bytes(NEW)
    done = run(folder, "git", "diff")
    assert CHANGE in done.stdout
    assert done.stderr == b""
    assert git(folder, "status", "--porcelain", "-z").rstrip("\0") == f" M {name}"


def test_the_change_is_on_the_first_screen(folder: Path) -> None:
    noise = random.Random(1)
    pictures = [
        result({"image/png": base64.b64encode(noise.randbytes(250_000)).decode()}) for _ in range(9)
    ]
    cells = [code(f"plot({number})", [picture]) for number, picture in enumerate(pictures)]
    big = file(*cells[:8], code("threshold = 0.5"), cells[8])
    assert len(big) > 2_900_000
    (folder / "a.ipynb").write_bytes(big)
    commit_all(folder, "pictures")
    (folder / "a.ipynb").write_bytes(big.replace(b"threshold = 0.5", b"threshold = 0.7"))
    lines = git(folder, "diff").splitlines()
    assert len(lines) <= 24
    assert max(map(len, lines)) < 80
    assert "+threshold = 0.7" in lines


def test_cached_texts_are_those_of_this_version(folder: Path, script: Path) -> None:
    git(folder, "config", "diff.nbvc.cachetextconv", "true")
    first = run(folder, "git", "log", "-p").stdout
    script.unlink()
    assert run(folder, "git", "log", "-p").stdout == first
    old = driver_settings([str(script)])["diff.nbvc.textconv"]
    git(folder, "config", "diff.nbvc.textconv", old.replace("git-textconv 1", "git-textconv 2"))
    assert run(folder, "git", "log", "-p").stdout != first


# Merges


def diverged(folder: Path, base: bytes, local: bytes | None, remote: bytes | None) -> None:
    """Branches `main` and `topic` that both went on from `base`; None deletes."""
    for branch, content in (("base", base), ("topic", remote), ("main", local)):
        if branch != "base":
            git(folder, "checkout", "-q", "-B", branch, "base")
        if content is None:
            git(folder, "rm", "-q", "m.ipynb")
        elif content:
            (folder / "m.ipynb").write_bytes(content)
        commit_all(folder, branch)
        if branch == "base":
            git(folder, "branch", "-f", "base")


def merged(folder: Path) -> subprocess.CompletedProcess[bytes]:
    return run(folder, "git", "merge", "-q", "--no-edit", "topic")


def sources(path: Path) -> list[str]:
    return [cell.source for cell in read(path).cells]


ONE = file(code("one"), code("x"), code("y"), code("z"))
TWO = file(code("one"), code("x"), code("y"), code("z"), code("theirs"))
THREE = file(code("ours"), code("x"), code("y"), code("z"))


def test_merges_are_by_cell(folder: Path) -> None:
    diverged(folder, ONE, THREE, TWO)
    assert merged(folder).returncode == 0
    assert sources(folder / "m.ipynb") == ["ours", "x", "y", "z", "theirs"]


def test_fault_31_both_add_the_file(folder: Path) -> None:
    diverged(folder, b"", THREE, TWO)
    assert merged(folder).returncode == 1
    text = "\n".join(sources(folder / "m.ipynb"))
    assert "ours" in text
    assert "theirs" in text


def test_fault_31_one_deletes_what_the_other_edits(folder: Path) -> None:
    diverged(folder, ONE, None, TWO)
    done = merged(folder)
    assert done.returncode == 1
    assert b"deleted in" in done.stdout
    assert (folder / "m.ipynb").read_bytes() == TWO


def test_fault_31_one_renames_what_the_other_edits(folder: Path) -> None:
    diverged(folder, ONE, THREE, TWO)
    git(folder, "mv", "m.ipynb", "renamed.ipynb")
    commit_all(folder, "rename")
    assert merged(folder).returncode == 0
    assert sources(folder / "renamed.ipynb") == ["ours", "x", "y", "z", "theirs"]
    assert not (folder / "m.ipynb").exists()


def test_fault_31_the_base_is_empty(folder: Path) -> None:
    (folder / "m.ipynb").write_bytes(b"")
    commit_all(folder, "an empty file")
    diverged(folder, b"", THREE, TWO)
    done = merged(folder)
    assert done.returncode == 1
    text = (folder / "m.ipynb").read_text()
    assert "ours" in text
    assert "theirs" in text


SAME_LINE = file(code("their one"), code("x"), code("y"), code("z"))


@pytest.mark.parametrize(
    "body",
    [
        *(None, "#!/no/such/python\n", "#!/bin/sh\nexit 1\n"),
        "#!/bin/sh\ntest $1 = git-textconv || kill -9 $$\n",
        "#!/bin/sh\ntest $1 = git-textconv || exit 129\n",
    ],
)
def test_fault_32_without_nbvc_both_sides_are_in_the_file(
    folder: Path, script: Path, body: str | None
) -> None:
    diverged(folder, ONE, THREE, SAME_LINE)
    script.unlink()
    if body:
        script.write_text(body)
        script.chmod(0o755)
    done = merged(folder)
    assert done.returncode == 1
    assert b"merged as plain text" in done.stderr
    assert (GONE in done.stderr) == ("git-textconv" not in (body or ""))
    text = (folder / "m.ipynb").read_text()
    assert "<<<<<<< ours" in text
    assert '"their one"' in text
    assert '"ours"' in text
    assert git(folder, "ls-files", "-u")


def test_without_nbvc_even_a_merge_of_lines_waits_for_a_person(folder: Path, script: Path) -> None:
    diverged(folder, ONE, THREE, TWO)
    script.unlink()
    assert merged(folder).returncode == 1
    assert git(folder, "ls-files", "-u")


@pytest.mark.parametrize("module", ["click", "msgspec"])
def test_fault_32_an_nbvc_that_misses_a_library(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module: str
) -> None:
    diverged(folder, ONE, THREE, SAME_LINE)
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / f"{module}.py").write_text("raise ImportError('gone')\n")
    monkeypatch.setenv("PYTHONPATH", f"{broken}:{os.environ['PYTHONPATH']}")
    assert merged(folder).returncode == 1
    text = (folder / "m.ipynb").read_text()
    assert "<<<<<<< ours" in text
    assert '"their one"' in text
    done = run(folder, "git", "show")
    assert done.returncode == 0
    assert b"their one" in done.stdout or b"ours" in done.stdout


def test_fault_32_nobody_listens_to_what_the_driver_says(folder: Path) -> None:
    diverged(folder, ONE, THREE, SAME_LINE)
    reader, writer = os.pipe()
    os.close(reader)
    command = ["git", "merge", "-q", "--no-edit", "topic"]
    subprocess.run(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=writer, check=False)
    os.close(writer)
    assert git(folder, "ls-files", "-u")
    text = "\n".join(sources(folder / "m.ipynb"))
    assert "their one" in text
    assert "ours" in text
