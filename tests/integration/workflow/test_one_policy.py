"""One answer for each notebook, whoever asks.

Each row is a kind of notebook, each column a way to nbvc. To add a way is to add a function to `WAYS`
and its answers to the rows; to add a kind is to add a row with what prepares it.
"""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from tests.integration.git.sandbox import git, new, write
from tests.integration.workflow.conftest import CommandLine, Server
from tests.making import code, file, stream

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.integration.conftest import Cli

RAN = file(code("print(1)", [stream("printed text")], execution_count=1))
BROKEN = b"{{ a template }}\n"
POINTED = b"version https://git-lfs.github.com/spec/v1\n"

STRIPPED, WHOLE, REFUSED, POINTER = "stripped", "whole", "refused", "pointer"


class Place(NamedTuple):
    """A repository, the notebook in it that is looked at, and a way to call nbvc."""

    top: Path
    name: str
    cli: Cli

    def answer(self, content: bytes) -> str:
        if content == POINTED:
            return POINTER
        return WHOLE if content in (RAN, BROKEN) else STRIPPED

    def stored(self, revision: str) -> str:
        return self.answer(
            git(self.top, "cat-file", "blob", f"{revision}:{self.name}").encode() + b"\n"
        )

    def on_disk(self, code: int) -> str:
        return REFUSED if code else self.answer((self.top / self.name).read_bytes())


# Ways


def named_file(place: Place) -> str:
    return place.on_disk(place.cli("clean", place.name).code)


def folder(place: Place) -> str:
    return place.on_disk(place.cli("clean", ".").code)


def pre_commit(place: Place) -> str:
    """The framework names each staged file."""
    git(place.top, "add", "-f", "--", place.name)
    return named_file(place)


def hook(place: Place) -> str:
    """A hook of git's own asks what is staged."""
    git(place.top, "add", "-A")
    git(place.top, "add", "-f", "--", place.name)
    return {0: WHOLE, 1: STRIPPED, 2: REFUSED}[place.cli("check", "--cached", place.name).code]


def commit(place: Place) -> str:
    done, _ = CommandLine(place.cli).commit(place.name, strip=True)
    return place.stored("HEAD") if done else REFUSED


def button(place: Place) -> str:
    server = Server(place.top, place.top.parent / "data")
    try:
        done, _ = server.commit(place.name, strip=True)
    finally:
        server.site.close()
    return place.stored("HEAD") if done else REFUSED


def git_filter(place: Place) -> str:
    """The filter cleans what git adds."""
    assert place.cli("install", "--filter").code == 0
    command = ["git", "add", "-f", "--", place.name]
    added = subprocess.run(command, cwd=place.top, capture_output=True, check=False)
    return REFUSED if added.returncode else place.stored("")


WAYS = {
    "named file": named_file,
    "filter": git_filter,
    "folder": folder,
    "pre-commit": pre_commit,
    "hook": hook,
    "commit": commit,
    "button": button,
}


# Kinds of notebooks


def excluded(top: Path) -> str:
    write(top / ".nbvc.toml", b'exclude = ["published/"]\n')
    write(top / "published/a.ipynb", RAN)
    return "published/a.ipynb"


def ignored(top: Path) -> str:
    write(top / ".gitignore", b"data/\n")
    write(top / "data/a.ipynb", RAN)
    return "data/a.ipynb"


def under_lfs(top: Path) -> str:
    git(top, "config", "filter.lfs.clean", f"echo {POINTED.decode().strip()}")
    git(top, "config", "filter.lfs.smudge", "cat")
    write(top / "big/.gitattributes", b"*.ipynb filter=lfs\n")
    write(top / "big/a.ipynb", RAN)
    return "big/a.ipynb"


def without_filter(top: Path) -> str:
    write(top / "papers/.gitattributes", b"*.ipynb -filter\n")
    write(top / "papers/a.ipynb", RAN)
    return "papers/a.ipynb"


def broken(top: Path) -> str:
    write(top / "a.ipynb", BROKEN)
    return "a.ipynb"


def excluded_and_broken(top: Path) -> str:
    write(top / ".nbvc.toml", b'exclude = ["templates/*"]\n')
    write(top / "templates/a.ipynb", BROKEN)
    return "templates/a.ipynb"


def own_settings(top: Path) -> str:
    write(top / "papers/.nbvc.toml", b'[clean]\npreset = "noise"\ncounts = "keep"\n')
    write(top / "papers/a.ipynb", RAN)
    return "papers/a.ipynb"


def in_submodule(top: Path) -> str:
    inner = new(top.parent / "inner")
    write(inner / ".nbvc.toml", b'exclude = ["published/"]\n')
    write(inner / "published/a.ipynb", RAN)
    git(inner, "add", "-A")
    git(inner, "commit", "-q", "-m", "inner")
    git(top, "-c", "protocol.file.allow=always", "submodule", "add", "-q", str(inner), "library")
    return "library/published/a.ipynb"


def plain(top: Path) -> str:
    write(top / "a.ipynb", RAN)
    return "a.ipynb"


NOT_IN_GIT = {"pre-commit": "", "filter": "", "hook": "", "commit": REFUSED, "button": REFUSED}
"""What is in another repository cannot be staged or committed in this one."""

KINDS: dict[str, tuple[Callable[[Path], str], str, dict[str, str]]] = {
    "plain": (plain, STRIPPED, {}),
    "excluded": (excluded, WHOLE, {}),
    "excluded and broken": (excluded_and_broken, WHOLE, {}),
    "own settings": (own_settings, WHOLE, {}),
    "submodule": (in_submodule, WHOLE, NOT_IN_GIT),
    "broken": (broken, REFUSED, {}),
    # What is named, or staged by force, is meant.
    "ignored": (ignored, STRIPPED, {"folder": WHOLE, "commit": REFUSED, "button": REFUSED}),
    # Git's attributes decide whether a filter runs, and nothing else.
    "-filter": (without_filter, STRIPPED, {"filter": WHOLE}),
    "lfs": (
        under_lfs,
        STRIPPED,
        {"filter": POINTER, "hook": WHOLE, "commit": POINTER, "button": POINTER},
    ),
}
"""What prepares a kind, the answer of all ways, and of the ways for which git says otherwise."""


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("way", WAYS)
def test_one_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cli: Cli, kind: str, way: str
) -> None:
    top = new(tmp_path / "repo")
    monkeypatch.chdir(top)
    git(top, "commit", "-q", "--allow-empty", "-m", "first")
    prepare, answer, others = KINDS[kind]
    if others.get(way) == "":
        pytest.skip("git refuses it")
    name = prepare(top)
    assert WAYS[way](Place(top, name, cli)) == others.get(way, answer)
