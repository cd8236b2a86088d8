"""Notebooks that Jupytext may have paired with a text file."""

from __future__ import annotations

from pathlib import Path

import pytest

from nbvc.notebook.paired import may_be_paired


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b'{"metadata": {"jupytext": {"formats": "ipynb,py:percent"}}}', True),
        (b'{"metadata": {"jupytext":{"formats":"notebooks//ipynb,scripts//py:light"}}}', True),
        (b'{"cells": [{"source": "import \\"jupytext\\""}], "metadata": {}}', False),
        (b'{"cells": [{"source": "jupytext"}], "metadata": {}}', False),
    ],
)
def test_by_metadata(content: bytes, expected: bool, tmp_path: Path) -> None:
    assert may_be_paired(str(tmp_path / "a.ipynb"), content) is expected


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("jupytext.toml", "", True),
        (".jupytext.py", "", True),
        ("jupytext.yml", "", True),
        ("pyproject.toml", '[tool.jupytext]\nformats = "ipynb,md"\n', True),
        ("pyproject.toml", "[tool.nbvc]\n", False),
    ],
)
def test_by_settings_of_a_folder_above(
    name: str, content: str, expected: bool, tmp_path: Path
) -> None:
    (tmp_path / "notebooks" / "deep").mkdir(parents=True)
    (tmp_path / name).write_text(content)
    assert may_be_paired(str(tmp_path / "notebooks" / "deep" / "a.ipynb"), b"{}") is expected


def test_by_settings_of_the_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    (tmp_path / "home" / ".config" / "jupytext").mkdir(parents=True)
    (tmp_path / "home" / ".config" / "jupytext" / "jupytext.toml").touch()
    assert may_be_paired(str(tmp_path / "a.ipynb"), b"{}")
