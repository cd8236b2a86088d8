"""Paths of both kinds of systems, and files that another program has open."""

from __future__ import annotations

import ntpath
import os
import posixpath
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

from nbvc import platform


def use(monkeypatch: pytest.MonkeyPatch, path: ModuleType) -> None:
    monkeypatch.setattr(platform, "os", SimpleNamespace(path=path, sep=path.sep, curdir="."))


@pytest.mark.parametrize(
    ("kind", "path", "folder", "wanted"),
    [
        (posixpath, "/a/b/c.ipynb", "/a", "b/c.ipynb"),
        (posixpath, "/a/b/c.ipynb", "/", "a/b/c.ipynb"),
        (posixpath, "/a", "/a", ""),
        (posixpath, "/ab/c", "/a", None),
        (posixpath, "/A/c", "/a", None),
        (ntpath, r"C:\a\b\c.ipynb", r"C:\a", "b/c.ipynb"),
        (ntpath, r"c:\A\B\c.ipynb", r"C:\a", "B/c.ipynb"),
        (ntpath, r"C:\a\b", "C:\\", "a/b"),
        (ntpath, r"C:\a", r"C:\a", ""),
        (ntpath, r"C:\ab", r"C:\a", None),
        (ntpath, r"D:\a\b", r"C:\a", None),
    ],
)
def test_a_path_is_cut_from_its_folder(
    monkeypatch: pytest.MonkeyPatch, kind: ModuleType, path: str, folder: str, wanted: str | None
) -> None:
    use(monkeypatch, kind)
    assert platform.cut_folder(path, folder) == wanted


@pytest.mark.parametrize(
    ("kind", "path", "folder", "wanted"),
    [
        (posixpath, "/a/b/c", "/a/d", "../b/c"),
        (ntpath, r"C:\a\b\c", r"C:\a\d", "../b/c"),
        (ntpath, r"D:\a", r"C:\a", r"D:\a"),
    ],
)
def test_a_path_is_shown_as_git_writes_it(
    monkeypatch: pytest.MonkeyPatch, kind: ModuleType, path: str, folder: str, wanted: str
) -> None:
    use(monkeypatch, kind)
    assert platform.relative_path(path, folder) == wanted


def test_a_file_that_is_open_elsewhere_is_tried_again(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    tried: list[str] = []
    replace = os.replace

    def hesitate(source: str, target: str) -> None:
        tried.append(target)
        if len(tried) < 3:
            raise PermissionError(13, "it is open")
        replace(source, target)

    (tmp_path / "new").write_text("new")
    monkeypatch.setattr(os, "replace", hesitate)
    monkeypatch.setattr(sys, "platform", "win32")
    platform.replace(str(tmp_path / "new"), str(tmp_path / "old"))
    assert (tmp_path / "old").read_text() == "new"
    assert len(tried) == 3


def test_data_of_the_user_has_a_home(monkeypatch: pytest.MonkeyPatch) -> None:
    environ = {"HOME": "/home/ada", "LOCALAPPDATA": "/local"}
    share = os.path.join("/home/ada", ".local", "share")
    monkeypatch.setattr(sys, "platform", "linux")
    assert platform.data_home(environ) == share
    assert platform.data_home({**environ, "XDG_DATA_HOME": "/data"}) == "/data"
    assert platform.data_home({**environ, "XDG_DATA_HOME": "relative"}) == share
    monkeypatch.setattr(sys, "platform", "win32")
    assert platform.data_home(environ) == "/local"
