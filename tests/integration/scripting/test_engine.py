"""The engine on whatever is a notebook."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import git as gitpython
import nbformat
import pytest

import nbvc
from tests.integration.git.sandbox import commit_all, committed, git
from tests.making import code, file, markdown, notebook, stream

OLD = file(code("x = 1", [stream("1")]), markdown("text"))
NEW = file(code("x = 2", [stream("2")]), markdown("text"), code("more"))


def forms(content: bytes, folder: Path) -> dict[str, Any]:
    """The same notebook in every form that the engine takes."""
    path = folder / f"{len(content)}.ipynb"
    path.write_bytes(content)
    top = committed(folder / f"r{len(content)}")
    (top / "a.ipynb").write_bytes(content)
    commit_all(top, "more")
    return {
        "notebook": nbvc.read(content),
        "node": nbformat.reads(content.decode(), 4),
        "dict": json.loads(content),
        "blob": gitpython.Repo(top).head.commit.tree / "a.ipynb",
        "path": path,
        "text": str(path),
        "bytes": content,
        "file": io.BytesIO(content),
    }


@pytest.mark.parametrize(
    "form", ["notebook", "node", "dict", "blob", "path", "text", "bytes", "file"]
)
def test_every_form_gives_the_same(form: str, tmp_path: Path) -> None:
    old, new = (forms(content, tmp_path)[form] for content in (OLD, NEW))
    if form == "file":
        assert nbvc.diff(old, new).changed
        return
    expected = nbvc.diff(nbvc.read(OLD), nbvc.read(NEW)).to_dict()
    found = nbvc.diff(old, new)
    assert found.to_dict()["cells"] == expected["cells"]
    assert nbvc.patch(old, found) == nbvc.read(NEW)
    assert nbvc.merge(old, old, new).notebook == nbvc.read(NEW)
    assert not any(cell.outputs for cell in nbvc.normalise(new).cells)


def test_a_node_comes_out_and_is_a_copy() -> None:
    one = nbvc.read(OLD)
    node = one.to_node()
    assert isinstance(node, nbformat.NotebookNode)
    assert node.cells[0].outputs[0].text == "1"
    node.cells[0].source = "other"
    assert one.cells[0].source == "x = 1"
    assert nbvc.diff(one, node).changed


def test_a_node_of_format_3_is_upgraded() -> None:
    old = {"worksheets": [{"cells": [{"cell_type": "markdown", "source": "a", "metadata": {}}]}]}
    one = nbvc.read({**old, "nbformat": 3, "nbformat_minor": 0, "metadata": {"name": ""}})
    assert [cell.source for cell in one.cells] == ["a"]


@pytest.mark.parametrize("bad", [{}, {"cells": 1}, {"cells": [1]}, b"", "no such file"])
def test_what_is_no_notebook_is_said(bad: Any) -> None:
    with pytest.raises(nbvc.NbvcError):
        nbvc.read(bad)


def test_a_blob_goes_through_the_filter_of_its_path(tmp_path: Path) -> None:
    top = committed(tmp_path / "repo")
    for way, program in (("clean", "tr a-z n-za-m"), ("smudge", "tr n-za-m a-z")):
        git(top, "config", f"filter.rot.{way}", program)
    (top / ".gitattributes").write_text("*.ipynb filter=rot\n")
    content = json.dumps(notebook(markdown("Some Text"))).encode()
    (top / "b.ipynb").write_bytes(content)
    commit_all(top, "more")
    blob = gitpython.Repo(top).head.commit.tree / "b.ipynb"
    assert b"cells" not in blob.data_stream.read()
    found = nbvc.read(blob)
    assert found.to_bytes() == content
    assert found.name == f"{blob.hexsha[:10]}:b.ipynb"


def test_nothing_of_others_is_imported_before_it_is_needed() -> None:
    program = (
        "import sys, nbvc; nbvc.diff({'cells': [], 'metadata': {}, 'nbformat': 4,"
        " 'nbformat_minor': 5}, {'cells': [], 'metadata': {}, 'nbformat': 4, 'nbformat_minor': 5});"
        " nbvc.history, nbvc.Checkpoints; print({'git', 'nbformat', 'nbdime'} & set(sys.modules))"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert run.stdout.strip() == b"set()"
