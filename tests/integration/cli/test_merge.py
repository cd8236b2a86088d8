"""`nbvc merge`, `resolve` and `fix` on files."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from nbvc import read
from nbvc.cli import run
from tests.integration.cli.terminals import in_terminal
from tests.making import code, file, markdown

BASE = file(code("x = 1"), code("y = 1"))
LOCAL = file(code("x = compute(2)"), code("y = 1"))
REMOTE = file(code("x = load()"), code("y = 1"), code("z = 1"))


@pytest.fixture
def three(tmp_path: Path) -> list[str]:
    names = []
    for name, content in (("base", BASE), ("local", LOCAL), ("remote", REMOTE)):
        path = tmp_path / f"{name}.ipynb"
        path.write_bytes(content)
        names.append(str(path))
    return names


@pytest.fixture
def conflicted(three: list[str], tmp_path: Path) -> str:
    path = str(tmp_path / "merged.ipynb")
    assert run(["merge", *three, "-o", path]) == 1
    return path


def sources(path: str) -> list[str]:
    return [cell.source for cell in read(path).cells]


def test_merge_writes_conflicts_into_sources(conflicted: str) -> None:
    first, *rest = sources(conflicted)
    assert first.splitlines()[1:4] == ["x = compute(2)", "=======", "x = load()"]
    assert rest == ["y = 1", "z = 1"]


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        ("use-local", "x = compute(2)"),
        ("use-remote", "x = load()"),
        ("use-base", "x = 1"),
        ("union", "x = compute(2)\nx = load()"),
    ],
)
def test_merge_by_strategy(three: list[str], tmp_path: Path, choice: str, expected: str) -> None:
    path = str(tmp_path / "out.ipynb")
    assert run(["merge", *three, "--sources", choice, "-o", path]) == 0
    assert sources(path)[0] == expected


def test_merge_to_stdout_and_from_an_empty_base(
    three: list[str], tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    empty = tmp_path / "empty.ipynb"
    empty.write_bytes(b"")
    assert run(["merge", str(empty), *three[1:], "--decisions"]) == 1
    out, err = capfdbinary.readouterr()
    assert b"source: conflict" in err
    assert [cell.source for cell in read(out).cells][1:] == ["y = 1", "z = 1"]


def test_cells_with_words_of_both_sides_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    paths = []
    for name, line in (("base", "y = a + b"), ("local", "y = a - b"), ("remote", "y = a + c")):
        paths.append(str(tmp_path / f"{name}.ipynb"))
        Path(paths[-1]).write_bytes(file(markdown(f"The sum: {line}"), code(line), code("z")))
    out = str(tmp_path / "out.ipynb")
    assert run(["merge", *paths, "-o", out]) == 0
    assert sources(out) == ["The sum: y = a - c", "y = a - c", "z"]
    said = "both sides changed one line in cells 1, 2, and both changes are in it: check it"
    assert capsys.readouterr().err == f"nbvc: {said}\n"


def test_a_broken_side_is_named_and_nothing_written(
    three: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path(three[2]).write_text("{")
    out = tmp_path / "out.ipynb"
    assert run(["merge", *three, "-o", str(out)]) == 2
    assert "remote.ipynb" in capsys.readouterr().err
    assert not out.exists()


def test_resolve_lists(conflicted: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["resolve", conflicted]) == 1
    text = capsys.readouterr().out
    assert "cell 1" in text
    assert "<   x = compute(2)" in text
    assert ">   x = load()" in text


@pytest.mark.parametrize(
    ("option", "expected"),
    [
        ("--local", "x = compute(2)"),
        ("--remote", "x = load()"),
        ("--both", "x = compute(2)\nx = load()"),
    ],
)
def test_resolve_decides(conflicted: str, option: str, expected: str) -> None:
    assert run(["resolve", conflicted, option, "--cell", "1"]) == 0
    assert sources(conflicted)[0] == expected
    assert "conflict" not in str(read(conflicted).cells[0].metadata)
    assert run(["resolve", conflicted]) == 0


def test_what_a_merge_notes_is_no_change_of_a_notebook(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plain, noted = tmp_path / "plain.ipynb", tmp_path / "noted.ipynb"
    plain.write_bytes(file(code("x = 1")))
    noted.write_bytes(file(code("x = 1", metadata={"nbvc": {"stale": True}})))
    assert run(["diff", str(plain), str(noted), "--exit-code"]) == 0
    assert run(["show", str(noted)]) == 0
    assert "nbvc" not in capsys.readouterr().out
    assert run(["diff", str(plain), str(noted), "-d", "--exit-code"]) == 1


def test_resolve_refuses_a_cell_without_conflict(conflicted: str) -> None:
    before = Path(conflicted).read_bytes()
    assert run(["resolve", conflicted, "--local", "--cell", "2"]) == 2
    assert run(["resolve", conflicted, "--local", "--cell", "9"]) == 2
    assert Path(conflicted).read_bytes() == before


def test_resolve_asks_and_goes_back(conflicted: str) -> None:
    status, seen = in_terminal("resolve", conflicted, types=b"?\nj\n", columns=80)
    assert status == 1
    assert "k  go back to the previous" in seen
    assert "conflict 1 of 1" in seen
    assert "- mine, /" in seen  # files are called by their paths
    assert "+ theirs, /" in seen
    status, seen = in_terminal("resolve", conflicted, types=b"t\n")
    assert status == 0
    assert "result" in seen
    assert sources(conflicted)[0] == "x = load()"


def test_resolve_that_is_interrupted_leaves_the_file(conflicted: str) -> None:
    before = Path(conflicted).read_bytes()
    status, seen = in_terminal("resolve", conflicted, types=b"\x03", after=b"Keep")
    assert status == 130
    assert "Nothing was changed." in seen
    assert Path(conflicted).read_bytes() == before


@pytest.fixture
def several(tmp_path: Path) -> str:
    """A notebook with conflicts in two cells; the second has two of them."""
    base = ["rate = 0.1", "a = 1\nkeep = f(0)\nb = 1"]
    made = []
    for digit in "123":
        path = tmp_path / f"{digit}.ipynb"
        path.write_bytes(file(*(code(each.replace("1", digit)) for each in base)))
        made.append(str(path))
    out = str(tmp_path / "out.ipynb")
    assert run(["merge", *made, "-o", out]) == 1
    return out


def test_what_is_decided_stays_when_somebody_leaves(several: str) -> None:
    status, seen = in_terminal("resolve", several, types=b"m\nt\nq\n")
    assert status == 1
    assert "2 resolved, 1 left" in seen
    assert sources(several)[0] == "rate = 0.2"
    status, seen = in_terminal("resolve", several, types=b"b\n")
    assert status == 0
    assert "conflict 1 of 1" in seen
    assert sources(several)[1] == "a = 3\nkeep = f(0)\nb = 2\nb = 3"


def test_an_answer_is_taken_back(several: str) -> None:
    status, seen = in_terminal("resolve", several, types=b"m\nk\nt\nt\nt\n")
    assert status == 0
    assert sources(several) == ["rate = 0.3", "a = 3\nkeep = f(0)\nb = 3"]
    assert "(2/3) Keep [m]ine, [t]heirs or [b]oth, [e]dit, [q]uit [j,k,?]?" in seen


def test_a_result_is_written_by_hand(several: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_EDITOR", "sed -i -e '/^[<=>]\\{7\\}/d' -e s/0.2/0.25/")
    status, _ = in_terminal("resolve", several, types=b"e\nq\n")
    assert status == 1
    assert sources(several)[0] == "rate = 0.25\nrate = 0.3"
    monkeypatch.setenv("GIT_EDITOR", "true")
    _, seen = in_terminal("resolve", several, types=b"e\nq\n")
    assert "The markers are still there" in seen


def test_a_notebook_that_is_saved_while_resolve_asks_is_left_as_it_was_saved(
    conflicted: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    saved = file(code("saved_meanwhile = 1"))

    def answer(_: str) -> str:
        Path(conflicted).write_bytes(saved)
        return "l"

    monkeypatch.setattr("nbvc.cli.terminal.deciding.read_line", answer)
    for stream in (sys.stdin, sys.stdout):
        monkeypatch.setattr(stream, "isatty", lambda: True)
    assert run(["resolve", conflicted]) == 3
    assert "another program has just changed the notebook" in capsys.readouterr().err
    assert Path(conflicted).read_bytes() == saved


def test_deleted_and_edited(tmp_path: Path) -> None:
    paths = []
    for name, cells in (
        ("base", [code("x = 1"), code("y = 1")]),
        ("local", [code("y = 1")]),
        ("remote", [code("x = 1\nedited()"), code("y = 1")]),
    ):
        paths.append(str(tmp_path / name))
        Path(paths[-1]).write_bytes(file(*cells))
    out = str(tmp_path / "out.ipynb")
    assert run(["merge", *paths, "-o", out]) == 1
    assert "edited()" in sources(out)[0]
    assert run(["resolve", out, "--remote", "-o", paths[0]]) == 0
    assert sources(paths[0]) == ["x = 1\nedited()", "y = 1"]
    assert run(["resolve", out, "--local"]) == 0
    assert sources(out) == ["y = 1"]


@pytest.mark.parametrize("command", ["fix", "resolve"])
def test_a_folder_is_named_as_one(
    tmp_path: Path, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([command, str(tmp_path)]) == 2
    assert "is a folder, not a notebook" in capsys.readouterr().err


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_fix_turns_utf_16_into_utf_8(tmp_path: Path, encoding: str) -> None:
    whole = file(code("x = 'é 😀'"), markdown("# Words"))
    path = tmp_path / "a.ipynb"
    path.write_bytes(whole.decode().encode(encoding))
    assert run(["check", str(path)]) == 2
    assert run(["fix", str(path)]) == 0
    assert path.read_bytes() == whole
    cut = whole.decode()[: -len("}\n")].encode(encoding)
    path.write_bytes(cut)
    assert run(["fix", str(path)]) == 0
    assert sources(str(path)) == ["x = 'é 😀'", "# Words"]


@pytest.mark.parametrize("in_git", [True, False])
def test_what_fix_could_not_read_is_kept(
    tmp_path: Path, in_git: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    if in_git:
        subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    path, other = tmp_path / "a.ipynb", tmp_path / "b.ipynb"
    broken = file(code("x = 1"), code("y = 1"))[:-200]
    path.write_bytes(broken)
    assert run(["fix", str(path), "-o", str(other)]) == 0
    assert path.read_bytes() == broken
    assert run(["fix", str(path)]) == 0
    said = capsys.readouterr().err
    assert f"{other}: fixed, 1 cell could be read\n{path}: fixed, 1 cell could be read\n" in said
    assert path.read_bytes() == other.read_bytes()
    assert run(["checkpoint", "restore", str(path), said.split()[-1]]) == 3
    assert "--raw" in capsys.readouterr().err
    assert run(["checkpoint", "restore", "--raw", str(path), said.split()[-1]]) == 0
    assert path.read_bytes() == broken


def test_two_that_were_the_same_file_fix_nothing(
    three: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    before = Path(three[0]).read_bytes()
    assert run(["fix", three[0]]) == 0
    assert "nothing to fix" in capsys.readouterr().err
    assert Path(three[0]).read_bytes() == before


@pytest.mark.parametrize("style", [[], ["--diff3"], ["--zdiff3"]])
def test_fault_4_fix_a_file_with_gits_markers(
    three: list[str], tmp_path: Path, style: list[str]
) -> None:
    base, local, remote = three
    text = subprocess.run(
        ["git", "merge-file", "-p", *style, local, base, remote], capture_output=True, check=False
    )
    if text.returncode > 100:
        pytest.skip("this git doesn't know the style")
    path = tmp_path / "broken.ipynb"
    path.write_bytes(text.stdout)
    assert run(["fix", str(path)]) == 1
    joined = "\n".join(sources(str(path)))
    for line in ("x = compute(2)", "x = load()", "y = 1", "z = 1"):
        assert line in joined


def test_fix_reads_a_file_that_was_cut(tmp_path: Path) -> None:
    whole = file(code("kept = 1"), markdown("*text*"), code("last = 1"))
    for end in range(60, len(whole), 37):
        path = tmp_path / "cut.ipynb"
        path.write_bytes(whole[:end])
        assert run(["fix", str(path)]) in (0, 2)
        if b"kept = 1" in whole[:end]:
            assert "kept = 1" in sources(str(path))[0]


def test_fix_says_when_there_is_nothing_to_find(tmp_path: Path) -> None:
    path = tmp_path / "a.ipynb"
    path.write_bytes(b"<<<<<<< a\nhello\n=======\nworld\n>>>>>>> b\n")
    assert run(["fix", str(path)]) == 2
    assert path.read_bytes().startswith(b"<<<<<<<")


@pytest.mark.parametrize(("side", "taken"), [("ours", "x = compute(2)"), ("theirs", "x = load()")])
def test_merge_favors_a_side_as_git_does(
    three: list[str], tmp_path: Path, side: str, taken: str
) -> None:
    path = str(tmp_path / "out.ipynb")
    assert run(["merge", *three, "-X", side, "-o", path]) == 0
    assert sources(path) == [taken, "y = 1", "z = 1"]
    assert run(["merge", *three, "-X", side, "--sources", "union", "-o", path]) == 2


@pytest.mark.parametrize("style", ["diff3", "zdiff3"])
def test_merge_writes_conflicts_in_the_style_of_git(
    three: list[str], tmp_path: Path, style: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    subprocess.run(["git", "-C", str(tmp_path), "config", "merge.conflictStyle", style], check=True)
    monkeypatch.chdir(tmp_path)
    assert run(["merge", *three, "-o", "out.ipynb"]) == 1
    assert "||||||| base\nx = 1\n=======" in sources("out.ipynb")[0]
