"""Filters of others that nbvc's may not put out of use: a secret stays encrypted."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from nbvc.cli import run as nbvc
from nbvc.errors import GitError
from nbvc.git.setup.install import install
from nbvc.git.setup.overruled import overruled
from tests.integration.git.installed import program, target
from tests.integration.git.sandbox import committed, git, opened, write

NBVC = ["/opt/nbvc"]
POLICY = ["form=1", "preset=strip"]


def encrypting(folder: Path, name: str = "git-crypt") -> None:
    """Set a cipher up that is its own inverse."""
    for part in ("clean", "smudge"):
        git(folder, "config", f"filter.{name}.{part}", "tr a-z n-za-m")


@pytest.mark.parametrize(
    ("file", "line"),
    [
        (".gitattributes", "secret/** filter=git-crypt diff=git-crypt"),
        (".gitattributes", "*.ipynb filter=own-cipher"),
        (".gitattributes", "[attr]hidden filter=own-cipher\nsecret/* hidden"),
        ("secret/.gitattributes", "* filter=git-crypt"),
        ("secret/.gitattributes", "*.ipynb filter=git-crypt"),
        (".git/info/attributes", "/secret/*.ipynb filter=git-crypt"),
    ],
)
def test_a_cipher_goes_on_also_for_notebooks_that_are_still_to_come(
    tmp_path: Path, file: str, line: str
) -> None:
    folder = committed(tmp_path)
    encrypting(folder, "own-cipher")
    write(folder / file, f"{line}\n".encode())
    config = (folder / ".git/config").read_bytes()
    with pytest.raises(GitError, match="room for one"):
        install(target(folder), NBVC, policy=POLICY)
    assert (folder / ".git/config").read_bytes() == config
    assert b"nbvc" not in (folder / file).read_bytes()
    install(target(folder), NBVC)
    write(folder / "secret/s.ipynb", b'{"password": 1}')
    git(folder, "config", "filter.git-crypt.clean", "tr a-z n-za-m")
    git(folder, "add", "secret/s.ipynb")
    assert "password" not in git(folder, "cat-file", "blob", ":secret/s.ipynb")


@pytest.mark.parametrize(
    ("line", "smudge"),
    [
        ("*.ipynb filter=nbstripout", "cat"),
        ("*.ipynb filter=strip-by-hand", None),
        ("*.ipynb -filter", None),
        ("*.key filter=git-crypt", "git-crypt smudge"),
        ("data/** filter=lfs", "git-lfs smudge -- %f"),
    ],
)
def test_filters_that_strip_or_are_for_other_files_are_no_obstacle(
    tmp_path: Path, line: str, smudge: str | None
) -> None:
    folder = committed(tmp_path)
    write(folder / ".gitattributes", f"{line}\n".encode())
    name = line.partition("filter=")[2]
    if smudge:
        git(folder, "config", f"filter.{name}.smudge", smudge)
    assert install(target(folder), NBVC, policy=POLICY).filtered


def test_notebooks_in_lfs_stay_there(tmp_path: Path) -> None:
    folder = committed(tmp_path, "a.ipynb", "big/b.ipynb")
    write(folder / "big/.gitattributes", b"*.ipynb filter=lfs diff=lfs merge=lfs -text\n")
    assert overruled(opened(folder)) == {"big/b.ipynb": "lfs"}
    with pytest.raises(GitError, match=r"big/b\.ipynb .* lfs"):
        install(target(folder), NBVC, policy=POLICY)


def test_the_doctor_sees_what_came_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    script = program(tmp_path)
    monkeypatch.setenv("PATH", f"{script.parent}:/usr/bin:/bin")
    monkeypatch.setattr(sys, "argv", [str(script)])
    folder = committed(tmp_path / "repo")
    monkeypatch.chdir(folder)
    assert nbvc(["install", "--filter"]) == 0
    encrypting(folder)
    assert nbvc(["doctor"]) == 0
    write(folder / ".gitattributes", b"secret/** filter=git-crypt\n")
    capsys.readouterr()
    assert nbvc(["doctor"]) == 1
    assert "secret/a.ipynb should go through the filter git-crypt" in capsys.readouterr().out
    assert nbvc(["install", "--filter"]) == 3
    assert nbvc(["uninstall"]) == 0
    assert nbvc(["install"]) == 0
    assert nbvc(["doctor"]) == 0
