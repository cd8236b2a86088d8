"""Laws of what is removed from notebooks and comes back, whoever does it."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from nbvc.store.entries import OutputStore
from nbvc.store.home import Home
from nbvc.workflow.filtering import Filter
from nbvc.workflow.outputs import put_back_after
from tests.integration.git import sandbox
from tests.integration.git.sandbox import git, opened, write
from tests.making import code, file, stream

if TYPE_CHECKING:
    from tests.integration.conftest import Cli
    from tests.integration.workflow.conftest import Front

PRINTED = file(
    code("print(1)", [stream("1")], execution_count=7),
    code("show()", [stream("kept")], metadata={"tags": ["figure"]}, execution_count=8),
)


def _clean(_: Front, cli: Cli) -> bytes:
    assert cli("clean", "a.ipynb").code == 0
    return Path("a.ipynb").read_bytes()


def _commit(front: Front, _: Cli) -> bytes:
    assert front.commit("a.ipynb", strip=True)[0]
    return git(Path(), "show", "HEAD:a.ipynb").encode() + b"\n"


def _filter(_: Front, cli: Cli) -> bytes:
    assert cli("install", "--filter").code == 0
    git(Path(), "add", "a.ipynb")
    return git(Path(), "show", ":a.ipynb").encode() + b"\n"


@pytest.mark.parametrize("settings", ["", 'keep-tags = ["figure"], counts = "keep"'])
def test_every_way_removes_the_same_and_stores_it(
    top: Path, front: Front, cli: Cli, settings: str
) -> None:
    write(top / ".nbvc.toml", f"clean = {{{settings}}}\n".encode())
    found = []
    for remove in (_clean, _commit, _filter):
        path = write(top / "a.ipynb", PRINTED)
        found.append(remove(front, cli))
        write(path, found[-1])
        assert cli("outputs", "restore", "a.ipynb").code == 0
        assert path.read_bytes() == PRINTED
        assert cli("outputs", "clear", "--yes").code == 0
    assert len(set(found)) == 1
    assert (b"kept" in found[0]) is bool(settings)
    assert b'"1"' not in found[0]


def _by_hand(_: Path, cli: Cli) -> str:
    return cli("outputs", "restore", "a.ipynb").err


def _by_hook(top: Path, _: Cli) -> str:
    done = put_back_after(opened(top), "post-merge", [], in_commit=False)
    return "".join(str(error) for _, error in done.errors)


@pytest.mark.parametrize("restore", [_by_hand, _by_hook])
def test_damage_in_the_store_is_said(
    top: Path, cli: Cli, restore: Callable[[Path, Cli], str]
) -> None:
    path = write(top / "a.ipynb", PRINTED)
    assert cli("install", "--filter").code == 0
    sandbox.commit_all(top, "filtered")
    write(path, git(top, "show", "HEAD:a.ipynb").encode() + b"\n")
    git(top, "add", "a.ipynb")
    store = OutputStore(Home.of(opened(top)))
    for folder, _, names in os.walk(store.home.folder):
        for name in names:
            log = Path(folder, name)
            content = bytearray(log.read_bytes())
            content[len(content) // 2 :] = b"\0" * (len(content) - len(content) // 2)
            log.write_bytes(content)
    assert "damaged" in restore(top, cli)
    assert path.read_bytes() != PRINTED


def test_the_filter_asks_for_nothing_but_its_words(
    top: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(top / ".nbvc.toml", b'clean = {outputs = "keep"}\n')
    monkeypatch.setenv("PATH", "")
    work = Filter(["form=1", "preset=strip"], os.environ)
    assert b"kept" not in work.clean("a.ipynb", PRINTED)
    assert work.clean("a.ipynb", b"") == b""
