"""Where nbvc's filter stands in git's attributes: behind all that others say."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from nbvc.cli import run as nbvc
from nbvc.errors import GitError
from nbvc.git.plumbing.sharing import may_be_set
from nbvc.git.setup.filter_file import FilterFile
from nbvc.git.setup.install import install, uninstall
from nbvc.git.setup.others import find_others
from tests.integration.git.installed import target, use_program
from tests.integration.git.sandbox import commit_all, committed, git, new, opened, write
from tests.making import code, file, stream

RAN = file(code("1", [stream("one\n")]))
CIPHER, POINTER, STRIPPED = b"cipher\n", b"pointer\n", b"stripped\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty repository, and an nbvc to set up in it."""
    use_program(tmp_path, monkeypatch)
    folder = new(tmp_path / ("a 'repo'" if os.name == "nt" else 'a "repo"'))
    monkeypatch.chdir(folder)
    return folder


def define(folder: Path, name: str, stored: bytes, smudge: str = "cat") -> None:
    """Set a filter up that stores one and the same line for every file."""
    git(folder, "config", f"filter.{name}.clean", f"cat >/dev/null; echo {stored.decode().strip()}")
    git(folder, "config", f"filter.{name}.smudge", smudge)


def staged(folder: Path, name: str) -> bytes:
    run = ["git", "cat-file", "blob", f":{name}"]
    return subprocess.run(run, cwd=folder, capture_output=True, check=True).stdout


def kept(folder: Path, name: str) -> str:
    """Return in a word what git has of a notebook that ran."""
    content = staged(folder, name)
    known = {CIPHER: "cipher", POINTER: "pointer", STRIPPED: "stripped", RAN: "whole"}
    return known.get(content) or ("whole" if b"one" in content else "ours")


LINES = {
    "none": ("", "ours"),
    "-filter": ("*.ipynb -filter\n", "whole"),
    "filter=lfs": ("*.ipynb filter=lfs diff=lfs merge=lfs -text\n", "pointer"),
    "filter=git-crypt": ("* filter=git-crypt diff=git-crypt\n", "cipher"),
    "a macro": ("*.ipynb hidden\n", "cipher"),
    "another stripper": ("*.ipynb filter=nbstripout\n", "stripped"),
    "text": ("*.ipynb text\n", "ours"),
}


def define_all(folder: Path) -> None:
    define(folder, "lfs", POINTER)
    define(folder, "git-crypt", CIPHER)
    define(folder, "nbstripout", STRIPPED)


@pytest.mark.parametrize("command", ["add", "commit", "checkout", "status"])
@pytest.mark.parametrize("place", ["", "sub"], ids=["top", "subfolder"])
@pytest.mark.parametrize("line", LINES)
def test_any_attribute_of_the_project_wins(
    folder: Path, line: str, place: str, command: str
) -> None:
    define_all(folder)
    attributes, wanted = LINES[line]
    write(folder / ".gitattributes", b"[attr]hidden filter=git-crypt\n")
    there = b"[attr]hidden filter=git-crypt\n" if not place else b""
    write(folder / place / ".gitattributes", there + attributes.encode())
    assert nbvc(["install", "--filter"]) == 0
    name = "sub/a.ipynb"
    write(folder / name, RAN)
    write(folder / "a.ipynb", RAN)
    git(folder, "add", "." if command in ("checkout", "status") else name)
    if command != "add":
        git(folder, "commit", "-qm", "one")
    assert kept(folder, name) == wanted
    if command in ("checkout", "status"):
        assert kept(folder, "a.ipynb") == ("ours" if place else wanted)
        assert git(folder, "status", "--porcelain") == ""
    if command == "checkout":
        (folder / name).unlink()
        git(folder, "checkout", "--", name)
        written = (
            (folder / name).read_bytes().replace(b"\r\n", b"\n")
        )  # as `text` has it on Windows
        assert written == staged(folder, name)
        assert git(folder, "status", "--porcelain") == ""


def test_others_are_named_and_the_stronger_line_is_offered(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    define_all(folder)
    write(folder / ".gitattributes", b"*.ipynb filter=nbstripout\n")
    write(folder / "old/.gitattributes", b"*.ipynb -filter\n")
    assert nbvc(["install", "--filter"]) == 0
    said = capsys.readouterr().out
    assert "filter=nbstripout of nbstripout (.gitattributes:1) stays in force in ./" in said
    assert "-filter stays in force in old/" in said
    assert "nbvc install --filter --strongest" in said
    write(folder / "a.ipynb", RAN)
    git(folder, "add", ".")
    assert kept(folder, "a.ipynb") == "stripped"
    assert nbvc(["doctor"]) == 0
    assert "holds in ./ instead of nbvc's filter" in capsys.readouterr().out
    for _ in range(2):
        assert nbvc(["install", "--filter", "--strongest"]) == 0
    assert nbvc(["install", "--filter"]) == 0
    git(folder, "add", "--renormalize", ".")
    assert kept(folder, "a.ipynb") == "ours"
    assert nbvc(["uninstall"]) == 0
    assert not (folder / ".git/info/attributes").exists()


def test_a_stripper_that_is_set_up_in_this_clone_gives_way(folder: Path) -> None:
    define_all(folder)
    write(folder / ".git/info/attributes", b"*.ipynb filter=nbstripout\n")
    for _ in range(2):
        assert nbvc(["install", "--filter"]) == 0
    write(folder / "a.ipynb", RAN)
    git(folder, "add", ".")
    assert kept(folder, "a.ipynb") == "ours"
    write(folder / ".git/info/attributes", b"")  # as nbstripout --uninstall leaves it
    write(folder / "b.ipynb", RAN)
    git(folder, "add", ".")
    assert kept(folder, "b.ipynb") == "ours"
    before = b"*.ipynb filter=nbstripout\nsecret/* filter=git-crypt\n"
    write(folder / ".git/info/attributes", before)
    assert nbvc(["install", "--filter"]) == 0
    write(folder / "secret/a.ipynb", RAN)
    git(folder, "add", ".")
    assert kept(folder, "secret/a.ipynb") == "cipher"
    assert nbvc(["uninstall"]) == 0
    assert (folder / ".git/info/attributes").read_bytes() == before


@pytest.mark.parametrize("name", ["git-crypt", "lfs", "own-cipher"])
def test_a_filter_that_stores_another_form_never_goes(folder: Path, name: str) -> None:
    define(folder, name, CIPHER, smudge="tr a-z n-za-m")
    write(folder / ".gitattributes", f"secret/** filter={name}\n".encode())
    write(folder / "secret/a.ipynb", RAN)
    git(folder, "add", ".")
    with pytest.raises(GitError, match=r"secret/a\.ipynb .* room for one"):
        install(target(folder), ["/opt/nbvc"], policy=["preset=strip"], strongest=True)
    assert "nbvc" not in (folder / ".git/config").read_text()
    for options in (["--in-repo"], []):
        assert nbvc(["install", "--filter", *options]) == 0
        write(folder / "secret/b.ipynb", RAN)
        write(folder / "b.ipynb", RAN)
        git(folder, "add", ".")
        assert kept(folder, "secret/b.ipynb") == "cipher"
        assert kept(folder, "b.ipynb") == "ours"
        assert nbvc(["uninstall"]) == 0


def test_what_would_be_refused_is_not_offered(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(folder / ".gitattributes", b"*.ipynb filter=nbstripout\n")
    write(folder / "big/.gitattributes", b"*.ipynb filter=lfs\n")
    assert nbvc(["install", "--filter"]) == 0
    said = capsys.readouterr().out
    assert "filter=lfs of Git LFS (big/.gitattributes:1) stays in force in big/" in said
    assert "--strongest" not in said
    assert nbvc(["install", "--filter", "--strongest"]) == 3
    assert "omit --strongest" in capsys.readouterr().err


def test_committed_attributes_need_no_file_of_the_clone(folder: Path) -> None:
    assert nbvc(["install", "--filter", "--in-repo"]) == 0
    for command in (["refresh"], ["install"]):
        assert nbvc(command) == 0
        assert not (folder / ".git/info/nbvc-attributes").exists()
    assert nbvc(["doctor"]) == 0
    write(folder / "old/.gitattributes", b"*.ipynb -filter\n")
    for name in ("a.ipynb", "old/a.ipynb"):
        write(folder / name, RAN)
    git(folder, "add", ".")
    assert (kept(folder, "a.ipynb"), kept(folder, "old/a.ipynb")) == ("ours", "whole")


@pytest.mark.parametrize("options", [[], ["--in-repo"], ["--global"]])
def test_only_strongest_is_for_one_clone(folder: Path, options: list[str]) -> None:
    del folder
    assert nbvc(["install", "--strongest", *options]) == 2


# The user's own file


def test_the_users_own_lines_still_hold(folder: Path, hermetic: Path) -> None:
    own = write(hermetic / ".config/git/attributes", b"*.png binary\n*.ipynb -text\n")
    assert nbvc(["install", "--filter"]) == 0

    def attribute(name: str, path: str) -> str:
        return git(folder, "check-attr", name, path).rpartition(" ")[2]

    assert (attribute("diff", "x.png"), attribute("text", "a.ipynb")) == ("unset", "unset")
    assert attribute("filter", "a.ipynb") == "nbvc"
    own.write_bytes(b"*.png diff=exif\n")
    assert nbvc(["doctor"]) == 1
    assert nbvc(["refresh"]) == 0
    assert nbvc(["doctor"]) == 0
    assert attribute("diff", "x.png") == "exif"
    own.unlink()
    assert nbvc(["refresh"]) == 0
    assert attribute("diff", "x.png") == "unspecified"
    assert attribute("filter", "a.ipynb") == "nbvc"


def test_a_file_of_the_user_that_git_cannot_read_is_none(folder: Path, tmp_path: Path) -> None:
    git(folder, "config", "--global", "core.attributesFile", str(tmp_path))
    assert nbvc(["install", "--filter"]) == 0
    write(folder / "a.ipynb", RAN)
    git(folder, "add", ".")
    assert kept(folder, "a.ipynb") == "ours"
    assert nbvc(["doctor"]) == 0


def test_a_cipher_that_the_user_adds_later_is_not_missed(folder: Path, hermetic: Path) -> None:
    define_all(folder)
    own = hermetic / ".config/git/attributes"
    assert nbvc(["install", "--filter"]) == 0
    write(folder / "secret/a.ipynb", RAN)
    write(folder / "b.ipynb", RAN)
    write(own, b"secret/** filter=git-crypt\n")
    git(folder, "add", "b.ipynb")
    git(folder, "add", ".")
    assert kept(folder, "secret/a.ipynb") == "cipher"
    own.unlink()
    write(folder / "secret/b.ipynb", RAN)
    git(folder, "add", "b.ipynb")
    write(own, b"secret/** filter=git-crypt\n")
    run = ["git", "add", "secret/b.ipynb"]
    refused = subprocess.run(run, cwd=folder, capture_output=True, check=False)
    if refused.returncode:
        assert b"your own git attributes changed" in refused.stderr
        git(folder, "add", ".")
    assert kept(folder, "secret/b.ipynb") == "cipher"


def test_a_first_command_after_a_new_cipher_is_refused_for_its_files_alone(
    folder: Path, hermetic: Path
) -> None:
    define_all(folder)
    assert nbvc(["install", "--filter"]) == 0
    write(folder / "secret/a.ipynb", RAN)
    write(hermetic / ".config/git/attributes", b"secret/** filter=git-crypt\n")
    git(folder, "status")
    run = ["git", "add", "secret/a.ipynb"]
    refused = subprocess.run(run, cwd=folder, capture_output=True, check=False)
    assert refused.returncode
    assert b"your own git attributes changed: git reads them the next time" in refused.stderr
    assert b"Traceback" not in refused.stderr
    git(folder, "add", "secret/a.ipynb")
    assert kept(folder, "secret/a.ipynb") == "cipher"


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("*.ipynb filter=nbstripout", "ours"),
        ("secret/** filter=git-crypt", "cipher"),
        ("[attr]hidden filter=git-crypt\nsecret/* hidden", "cipher"),
        ("secret/* -filter", "whole"),
        ("secret/* filter=nbstripout\nsecret/* !filter", "whole"),
    ],
)
def test_a_cipher_in_the_users_own_file_goes_on_and_a_stripper_gives_way(
    folder: Path, hermetic: Path, line: str, wanted: str
) -> None:
    define_all(folder)
    write(hermetic / ".config/git/attributes", f"{line}\n".encode())
    assert nbvc(["install", "--filter"]) == 0
    write(folder / "secret/a.ipynb", RAN)
    git(folder, "add", ".")
    assert kept(folder, "secret/a.ipynb") == wanted


def test_what_the_clone_named_before_comes_back(folder: Path, tmp_path: Path) -> None:
    write(tmp_path / "mine", b"*.png diff=exif\n")
    git(folder, "config", "core.attributesFile", "../mine")
    before = (folder / ".git/config").read_bytes()
    for _ in range(2):
        assert nbvc(["install", "--filter"]) == 0
        assert "exif" in git(folder, "check-attr", "diff", "x.png")
    assert nbvc(["uninstall"]) == 0
    assert (folder / ".git/config").read_bytes() == before


def test_what_the_user_named_meanwhile_stays(folder: Path, tmp_path: Path) -> None:
    git(folder, "config", "core.attributesFile", "../old")
    assert nbvc(["install", "--filter"]) == 0
    write(tmp_path / "new", b"*.png diff=exif\n")
    git(folder, "config", "core.attributesFile", "../new")
    assert nbvc(["doctor"]) == 1
    assert nbvc(["refresh"]) == 0
    assert "exif" in git(folder, "check-attr", "diff", "x.png")
    assert "nbvc" in git(folder, "check-attr", "filter", "a.ipynb")
    git(folder, "config", "core.attributesFile", "../new")
    assert nbvc(["uninstall"]) == 0
    assert git(folder, "config", "core.attributesFile") == "../new"
    assert nbvc(["install", "--filter"]) == 0
    git(folder, "config", "--unset", "core.attributesFile")
    assert nbvc(["uninstall"]) == 0
    assert "nbvc" not in (folder / ".git/config").read_text()


def test_nothing_is_left_behind(folder: Path) -> None:
    write(folder / "a.ipynb")
    commit_all(folder, "one")

    def everything() -> dict[Path, bytes]:
        parts = {"objects", "logs", "index"}
        files = [path for path in folder.rglob("*") if path.is_file()]
        return {path: path.read_bytes() for path in files if not parts & set(path.parts)}

    before = everything()
    assert nbvc(["install", "--filter", "--hooks"]) == 0
    assert nbvc(["uninstall"]) == 0
    assert everything() == before
    assert not (folder / ".git/nbvc").exists()


# Where the repository is


def holds(folder: Path) -> bool:
    return git(folder, "check-attr", "filter", "sub/a.ipynb").endswith(": nbvc")


def test_a_folder_that_moves_keeps_its_filter(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert nbvc(["install", "--filter"]) == 0
    (folder / "sub").mkdir()
    assert holds(folder)
    assert holds(folder / "sub")
    folder.rename(tmp_path / "moved")
    assert holds(tmp_path / "moved" / "sub")
    monkeypatch.chdir(tmp_path / "moved")
    assert nbvc(["doctor"]) == 1, "linked working trees would look in the old folder"
    assert nbvc(["refresh"]) == 0
    assert nbvc(["doctor"]) == 0


def test_who_deletes_what_nbvc_stores_keeps_the_filter(folder: Path) -> None:
    write(folder / ".nbvc.toml", b'exclude = ["old/"]\n')
    assert nbvc(["install", "--filter"]) == 0
    shutil.rmtree(folder / ".git/nbvc")
    for name in ("a.ipynb", "old/a.ipynb"):
        write(folder / name, RAN)
    git(folder, "add", ".")
    assert (kept(folder, "a.ipynb"), kept(folder, "old/a.ipynb")) == ("ours", "whole")


def test_linked_working_trees(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit_all(folder, "one")
    assert nbvc(["install", "--filter"]) == 0
    git(folder, "worktree", "add", "-q", "-b", "side", str(tmp_path / "a tree"))
    assert holds(tmp_path / "a tree")
    monkeypatch.chdir(tmp_path / "a tree")
    assert nbvc(["doctor"]) == 0
    git(folder, "config", "extensions.worktreeConfig", "true")
    write(tmp_path / "mine", b"*.png diff=exif\n")
    git(tmp_path / "a tree", "config", "--worktree", "core.attributesFile", "../mine")
    assert not holds(tmp_path / "a tree")
    assert nbvc(["doctor"]) == 1
    assert nbvc(["refresh"]) == 0
    assert nbvc(["doctor"]) == 0
    assert holds(tmp_path / "a tree")
    assert holds(folder)
    assert "exif" in git(tmp_path / "a tree", "check-attr", "diff", "x.png")
    assert "exif" not in git(folder, "check-attr", "diff", "x.png")
    assert nbvc(["uninstall"]) == 0
    assert git(tmp_path / "a tree", "config", "core.attributesFile") == "../mine"
    assert "nbvc" not in (folder / ".git/config").read_text()


def test_a_bare_repository_with_working_trees(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit_all(folder, "one")
    git(tmp_path, "clone", "-q", "--bare", str(folder), "bare.git")
    git(tmp_path / "bare.git", "worktree", "add", "-q", str(tmp_path / "tree"))
    monkeypatch.chdir(tmp_path / "tree")
    assert nbvc(["install", "--filter"]) == 0
    assert holds(tmp_path / "tree")


def test_a_submodule_moves_with_its_project(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inner = committed(tmp_path / "inner")
    git(folder, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(inner), "in")
    monkeypatch.chdir(folder / "in")
    assert nbvc(["install", "--filter"]) == 0
    assert holds(folder / "in")
    assert not holds(folder)
    monkeypatch.chdir(tmp_path)
    folder.rename(tmp_path / "moved")
    assert holds(tmp_path / "moved/in")


def test_a_git_folder_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = new(tmp_path / "work", f"--separate-git-dir={tmp_path / 'kept.git'}")
    repository = opened(folder)
    monkeypatch.chdir(tmp_path)
    install(target(folder), ["/opt/nbvc"], policy=["preset=strip"])
    assert holds(folder)
    assert FilterFile(repository).find_problem() is None
    shutil.move(folder, tmp_path / "moved")
    assert holds(tmp_path / "moved")
    uninstall(target(tmp_path / "moved"))
    assert not list((tmp_path / "kept.git/info").glob("nbvc*"))


# Older installs


@pytest.mark.parametrize("command", [["install"], ["install", "--filter"], ["refresh"]])
def test_an_older_install_is_moved_over(folder: Path, command: list[str]) -> None:
    assert nbvc(["install", "--filter"]) == 0
    FilterFile(opened(folder)).remove()
    write(folder / ".git/info/attributes", b"*.ipynb diff=nbvc merge=nbvc filter=nbvc\n")
    write(folder / "old/.gitattributes", b"*.ipynb -filter\n")
    write(folder / "old/a.ipynb", RAN)
    git(folder, "add", ".")
    assert kept(folder, "old/a.ipynb") == "ours"
    assert nbvc(["doctor"]) == 1
    assert nbvc(command) == 0
    assert (folder / ".git/info/attributes").read_bytes() == b"*.ipynb diff=nbvc merge=nbvc\n"
    git(folder, "add", "--renormalize", ".")
    assert kept(folder, "old/a.ipynb") == "whole"
    assert [one.folders for one in find_others(opened(folder))] == [("old",)]


def test_the_include_for_working_trees_says_nothing_of_who_shares(
    folder: Path, hermetic: Path
) -> None:
    assert nbvc(["install", "--filter"]) == 0
    environ = {"HOME": str(hermetic), "GIT_CONFIG_SYSTEM": "/dev/null"}
    assert not may_be_set(environ, str(folder / ".git"), str(folder / ".git"))
    git(folder, "config", "include.path", "elsewhere")
    assert may_be_set(environ, str(folder / ".git"), str(folder / ".git"))
