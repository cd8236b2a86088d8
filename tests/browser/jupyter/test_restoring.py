"""Restoring puts back exactly what was, undoing too, and neither makes anybody's outputs trusted."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.jupyter.conftest import KERNEL
from tests.integration.git.sandbox import commit_all, git
from tests.making import code, file, markdown, stream

if TYPE_CHECKING:
    from tests.browser.jupyter.driving import Screen

SCRIPT = '<b>table</b><img src="x:" onerror="window.nbvcHit = 1">'


def _display(**data: Any) -> dict[str, Any]:
    return {"output_type": "display_data", "metadata": {}, "data": data}


OUTPUTS: list[list[dict[str, Any]]] = [
    [],
    [stream("71.25\n")],
    [stream("a\n"), stream("b\n")],
    [stream("a\n"), stream("b\n", "stderr"), stream("c\n")],
    [stream("10%\r100%\n"), _display(**{"text/html": SCRIPT, "text/plain": "x"})],
    [_display(**{"application/json": ["a", "b"], "text/plain": "x"}), stream("a"), stream("a")],
    [{"output_type": "error", "ename": "E", "evalue": "v", "traceback": ["a", "b"]}],
    [
        {
            "output_type": "execute_result",
            "metadata": {},
            "data": {"text/plain": "1"},
            "execution_count": 7,
        }
    ],
]


def _version(turn: int, **metadata: Any) -> bytes:
    """Make a notebook whose cells have the outputs of their neighbors at the next turn."""
    cells = [
        code(
            f"cell_{n} = {turn}",
            OUTPUTS[(n + turn) % len(OUTPUTS)],
            id=f"cell{n}",
            metadata=metadata,
        )
        for n in range(len(OUTPUTS))
    ]
    note = {"p.png": {"image/png": "AAAA"}} if turn else {"q.png": {"image/png": "BBBB"}}
    name = next(iter(note))
    text = markdown(f"# {turn}\n\n![x](attachment:{name})", id="text", attachments=note)
    ends = [markdown("only then", id="gone")] if not turn else [code("now = 1", id="new")]
    return file(text, *cells, *ends, minor=5, title=str(turn), **KERNEL)


@pytest.fixture
def versions(screen: Screen, folder: Path) -> Screen:
    git(folder, "init", "-q")
    (folder / "a.ipynb").write_bytes(_version(0, trusted=True))
    commit_all(folder, "then")
    (folder / "a.ipynb").write_bytes(_version(1))
    screen.open(f"{folder.name}/a.ipynb", folder.name)
    screen.page.evaluate("window.nbvcHit = undefined")
    return screen


def _cells(screen: Screen) -> Any:
    """Return what would be saved, without the marks of trust, which stay in the page."""
    found = screen.page.evaluate(
        """() => [...window.jupyterapp.shell.widgets('main')]
          .find(one => one.content?.model?.cells).content.model.toJSON().cells"""
    )
    for cell in found:
        cell["metadata"].pop("trusted", None)
        if cell.get("attachments") is None:
            cell.pop("attachments", None)
    return found


def _expected(version: bytes) -> Any:
    cells = json.loads(version)["cells"]
    for cell in cells:
        cell["source"] = "".join(cell["source"])
        cell["metadata"].pop("trusted", None)
        for output in cell.get("outputs", []):
            if "text" in output:
                output["text"] = "".join(output["text"])
            for mime, value in output.get("data", {}).items():
                if mime.startswith("text/"):
                    output["data"][mime] = "".join(value)
    return cells


def _ran(screen: Screen) -> bool:
    screen.page.wait_for_timeout(800)
    return screen.page.evaluate("window.nbvcHit") is not None


@pytest.mark.lab
def test_a_version_and_its_undo_are_exact(versions: Screen, folder: Path) -> None:
    screen = versions
    was = _cells(screen)
    view = screen.compare("Last commit")
    view.locator(".nbvc-Compare-restore").click()
    screen.page.locator(".jp-Dialog-button.jp-mod-accept").click()
    screen.page.get_by_role("button", name="Undo").wait_for()
    assert _cells(screen) == _expected(_version(0))
    assert not _ran(screen)
    screen.page.get_by_role("button", name="Undo").click()
    screen.page.wait_for_function(
        """() => [...window.jupyterapp.shell.widgets('main')]
          .find(one => one.content?.model?.cells).content.model.sharedModel.cells
          .some(cell => cell.getSource() === 'now = 1')"""
    )
    assert _cells(screen) == was
    screen.back()
    screen.command("notebook:redo")
    screen.page.wait_for_timeout(500)
    assert not _ran(screen)


@pytest.mark.lab
def test_the_comparison_is_empty_after_a_restore(versions: Screen, folder: Path) -> None:
    screen = versions
    view = screen.compare("Last commit")
    view.locator(".nbvc-Compare-restore").click()
    screen.page.locator(".jp-Dialog-button.jp-mod-accept").click()
    screen.page.locator(".nbvc-Page-same").wait_for()
    screen.back()
    screen.cell(0).click()
    screen.save()
    assert _expected((folder / "a.ipynb").read_bytes()) == _expected(_version(0))
    screen.open(f"{folder.name}/a.ipynb", f"{folder.name}-again")
    assert not _ran(screen)


@pytest.mark.lab
def test_what_this_user_ran_stays_trusted(versions: Screen) -> None:
    screen = versions
    screen.cell(1).locator(".cm-content").click()
    screen.page.keyboard.press("Control+Enter")
    screen.page.wait_for_function(f"() => ({_TRUSTED})()[1] === true")
    view = screen.compare("Last commit")
    view.locator('.nbvc-Row[data-nbvc-before="5"] .nbvc-Row-restore').click()
    screen.page.get_by_role("button", name="Undo").wait_for()
    trusted = screen.page.evaluate(_TRUSTED)
    assert (trusted[1], trusted[5]) == (True, False)
    assert not _ran(screen)


_TRUSTED = """() => [...[...window.jupyterapp.shell.widgets('main')]
  .find(one => one.content?.model?.cells).content.model.cells].map(cell => cell.trusted)"""
