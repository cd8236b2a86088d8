"""Text can be read: the contrast that WCAG asks for (AA), in both themes of Jupyter."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.jupyter.conftest import KERNEL
from tests.integration.git.sandbox import commit_all
from tests.making import code, file, markdown, result, stream

if TYPE_CHECKING:
    from pathlib import Path

    from tests.browser.jupyter.driving import Screen

_TABLE = "<table><tr><th>a</th><td>{}</td></tr></table>"


def _content(n: int) -> bytes:
    trace = [f"\x1b[31mValueError\x1b[0m \x1b[33m'{n}'\x1b[0m \x1b[36mcell\x1b[0m \x1b[32m1\x1b[0m"]
    error = {"output_type": "error", "ename": "E", "evalue": str(n), "traceback": trace}
    return file(
        markdown(f"# Title {n}\n\n- one *thing*\n- the `{n}`th\n\n$x_{n}$", id="aaaa"),
        code(f"def f(x):  # {n}\n    return [x * {n}, 'text {n}', len(x).real]", id="bbbb"),
        code(
            "g()", [stream(f"one\ntwo {n}\n"), result({"text/html": _TABLE.format(n)})], id="cccc"
        ),
        code("h()", [error], id="dddd"),
        code(f"@cell{n}\nclass X{n}(object): 'it is {n}'", id=f"only{n}"),
        minor=5,
        **KERNEL,
    )


@pytest.mark.lab
@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_contrast(screen: Screen, repo: Path, remote: Path, theme: str) -> None:
    (repo / "a.ipynb").write_bytes(_content(1))
    commit_all(repo, "two")
    (repo / "a.ipynb").write_bytes(_content(2))
    screen.open(f"{repo.name}/a.ipynb", repo.name)
    screen.command("apputils:change-theme", theme=theme)
    light = str(theme.endswith("Light")).lower()
    screen.page.wait_for_function(f"() => document.body.dataset.jpThemeLight === '{light}'")
    pale: dict[str, list[str]] = {}
    screen.compare("Last commit")
    pale["compare"] = screen.page.evaluate(_PALE)
    for key, name in (("m", "rendered"), ("m", ""), ("u", "unified"), ("u", "")):
        screen.page.keyboard.press(key)
        screen.compared()
        pale[name] = screen.page.evaluate(_PALE) if name else []
    screen.back()
    screen.press("nbvc-history")
    screen.state(".nbvc-History", "ready")
    screen.page.locator(".nbvc-History-count:not(:empty)").wait_for()
    pale["history"] = screen.page.evaluate(_PALE)
    screen.back()
    screen.press("nbvc-commit")
    screen.state(".nbvc-Commit", "ready")
    screen.page.locator(".nbvc-Commit-counts").wait_for()
    pale["commit"] = screen.page.evaluate(_PALE)
    assert {name: found for name, found in pale.items() if found} == {}


# Each text, its colour and all that lies behind it. Code on the plain ground of the page has the
# colours of Jupyter's editor, which are not for this extension to choose.
_PALE = """() => {
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const rgba = colour => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  const over = (a, b) => [0, 1, 2].map(i => a[i] * a[3] + b[i] * (1 - a[3]));
  const light = colour => {
    const [r, g, b] = colour.map(v => v / 255)
      .map(v => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05;
  };
  const found = [];
  for (const root of document.querySelectorAll('.nbvc-Compare, .nbvc-History, .nbvc-Commit')) {
    const texts = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      const node = texts.currentNode.parentElement;
      const text = texts.currentNode.textContent.trim();
      const tinted = '.cm-changedLine, .cm-deletedChunk, .nbvc-mod-added, .nbvc-mod-removed';
      const plain = node.closest('.cm-editor') && !node.closest(tinted);
      if (!text || !node.getClientRects().length || node.closest(':disabled') || plain) continue;
      const grounds = [];
      let opacity = 1;
      for (let at = node; at; at = at.parentElement) {
        const style = getComputedStyle(at);
        opacity *= Number(style.opacity);
        grounds.push(rgba(style.backgroundColor));
        if (grounds.at(-1)[3] === 1) break;
      }
      const ground = grounds.reduceRight((below, one) => over(one, below), [255, 255, 255]);
      const colour = rgba(getComputedStyle(node).color);
      const ink = over([...colour.slice(0, 3), colour[3] * opacity], ground);
      const [more, less] = [light(ink), light(ground)].sort((a, b) => b - a);
      const large = parseFloat(getComputedStyle(node).fontSize) >= 24;
      if (more / less < (large ? 3 : 4.5)) {
        found.push(`${(more / less).toFixed(2)} ${node.className}: ${text.slice(0, 40)}`);
      }
    }
  }
  return found;
}"""
