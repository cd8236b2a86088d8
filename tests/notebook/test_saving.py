"""A file is wholly the old one or wholly the new one."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from nbvc.errors import ContentChangedError
from nbvc.notebook.saving import read_stamped, save


def test_content_mode_and_link_are_kept(tmp_path: Path) -> None:
    target, link = tmp_path / "a.ipynb", tmp_path / "link.ipynb"
    target.write_bytes(b"old")
    target.chmod(0o640)
    link.symlink_to(target)
    save(str(link), b"new")
    assert target.read_bytes() == b"new"
    assert link.is_symlink()
    assert target.stat().st_mode & 0o777 == 0o640
    save(str(tmp_path / "made.ipynb"), b"x")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.ipynb", "link.ipynb", "made.ipynb"]


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_fault_67_a_failing_write_leaves_the_old_file(
    step: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "a.ipynb"
    target.write_bytes(b"old")

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, step, fail)
    with pytest.raises(OSError, match="No space"):
        save(str(target), b"new")
    monkeypatch.undo()
    assert target.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["a.ipynb"]


def test_threads_that_save_one_file_do_not_meet(tmp_path: Path) -> None:
    target = tmp_path / "a.ipynb"
    contents = [bytes([n]) * 10_000 for n in range(40)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda content: save(str(target), content), contents))
    assert target.read_bytes() in contents
    assert [p.name for p in tmp_path.iterdir()] == ["a.ipynb"]


def test_what_another_program_has_written_since_stays(tmp_path: Path) -> None:
    target = tmp_path / "a.ipynb"
    target.write_bytes(b"old")
    content, seen = read_stamped(str(target))
    target.write_bytes(b"new")
    with pytest.raises(ContentChangedError, match="another program"):
        save(str(target), content.upper(), seen)
    assert target.read_bytes() == b"new"
    assert [p.name for p in tmp_path.iterdir()] == ["a.ipynb"]
    save(str(target), b"seen", read_stamped(str(target))[1])
    assert target.read_bytes() == b"seen"
