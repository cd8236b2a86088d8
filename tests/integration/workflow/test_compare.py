"""What changed since the last commit, through both front ends and as the workflow returns it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from nbvc.workflow.compare import Selection, compare_all
from nbvc.workflow.selecting import select
from tests.integration.git.sandbox import commit_all, write
from tests.making import code, file, stream

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from nbvc.workflow.compare import Comparison
    from tests.integration.conftest import Cli
    from tests.integration.workflow.conftest import Front


def ran(*printed: str, source: str = "fit()", **cell: object) -> bytes:
    outputs = [stream(f"{text}\n", name) for text in printed for name in ("stdout", "stderr")]
    return file(code(source, outputs, **cell), code("rate = 1"))


@pytest.mark.parametrize(
    ("settings", "now", "changes"),
    [
        ("", ran("0.87"), []),
        ("", ran("0.91"), []),
        ("", ran(), []),
        ("", ran("0.87", source="fit(2)"), ["modified"]),
        ('keep-tags = ["figure"]', ran("0.91"), []),
        ('drop-types = ["stream:stderr"], outputs = "keep"', ran("0.87"), []),
        ('drop-types = ["stream:stderr"], outputs = "keep"', ran("0.91"), ["modified"]),
        ('drop-cell-metadata = ["mine"]', ran("0.87", metadata={"mine": 1}), []),
    ],
)
@pytest.mark.parametrize("stored", [True, False])
def test_what_git_does_not_keep_is_no_change(
    top: Path,
    front: Front,
    cli: Cli,
    settings: str,
    now: bytes,
    changes: list[str],
    *,
    stored: bool,
) -> None:
    write(top / ".nbvc.toml", f"clean = {{{settings}}}\n".encode())
    assert cli("install", "--filter").code == 0
    write(top / "a.ipynb", ran("0.87"))
    commit_all(top, "ran")
    if not stored:
        assert cli("outputs", "clear", "--yes").code == 0
    write(top / "a.ipynb", now)
    assert front.compare("a.ipynb") == changes


def test_without_the_filter_outputs_are_changes(top: Path, front: Front) -> None:
    write(top / "a.ipynb", ran("0.87"))
    commit_all(top, "ran")
    write(top / "a.ipynb", ran("0.91"))
    assert front.compare("a.ipynb") == ["modified"]


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b'{"cells": 1}'])
def test_a_file_that_is_not_a_notebook_is_refused(top: Path, front: Front, content: bytes) -> None:
    write(top / "a.ipynb", content)
    (said,) = front.compare("a.ipynb")
    assert "a.ipynb" in said


def compared(*words: str) -> Iterator[Comparison]:
    pairs = select(Selection(words), os.environ, lambda *_: None)
    try:
        yield from compare_all(pairs)
    finally:
        pairs.close()


def test_one_file_that_cannot_be_read_keeps_no_other_from_being_compared(top: Path) -> None:
    write(top / "c.ipynb", b"broken")
    commit_all(top, "three")
    for name in ("a.ipynb", "b.ipynb"):
        write(top / name, ran("1"))
    (top / "b.ipynb").rename(top / "x")
    (top / "b.ipynb").mkdir()
    write(top / "c.ipynb", b"broken, too")
    found = {one.name: one for one in compared("HEAD")}
    assert found["a.ipynb"].diff is not None
    assert found["a.ipynb"].diff.changed
    assert found["c.ipynb"].texts == ("broken", "broken, too")
    assert found["c.ipynb"].problem.startswith("c.ipynb (")


def test_a_file_is_compared_with_a_version_as_git_would_keep_it(top: Path, cli: Cli) -> None:
    assert cli("install", "--filter").code == 0
    write(top / "a.ipynb", ran("0.87"))
    commit_all(top, "ran")
    (one,) = compared("HEAD:a.ipynb", "a.ipynb")
    assert not one.is_change


def test_nothing_is_read_ahead(top: Path) -> None:
    write(top / "a.ipynb", ran("1"))
    write(top / "b.ipynb", ran("1"))
    stream_of_comparisons = compared()
    assert next(stream_of_comparisons).name == "a.ipynb"
    (top / "b.ipynb").write_bytes(b"broken")
    assert next(stream_of_comparisons).texts is not None


def test_both_front_ends_go_by_the_settings_of_the_project(top: Path, front: Front) -> None:
    write(top / "a.ipynb", file(code("x", [stream("loss 0.5 in run-1")])))
    commit_all(top, "ran")
    write(top / "a.ipynb", file(code("x", [stream("loss 0.5 in run-2")])))
    assert front.compare("a.ipynb") == ["modified"]
    write(top / ".nbvc.toml", b'[diff]\nmasks = ["run-*"]\n')
    assert front.compare("a.ipynb") == []


def test_outputs_that_the_filter_removes_are_no_change_before_it_ran(
    top: Path, front: Front, cli: Cli
) -> None:
    write(top / "a.ipynb", file(code("x")))
    commit_all(top, "clean")
    assert cli("install", "--filter").code == 0
    write(top / "a.ipynb", file(code("x", [stream("1")])))
    assert front.compare("a.ipynb") == []
    assert cli("diff", "--stat", "HEAD:a.ipynb", "a.ipynb").out == ""
