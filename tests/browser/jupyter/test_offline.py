"""Looking at a version fetches nothing, whatever its outputs name; what needs nothing is drawn."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from tests.browser.jupyter.conftest import KERNEL
from tests.integration.git.sandbox import commit_all, git
from tests.making import code, file, markdown

if TYPE_CHECKING:
    from tests.browser.jupyter.driving import Screen

FAR = "https://stranger.example"
PLOTLY, VEGA = "application/vnd.plotly.v1+json", "application/vnd.vega.v5+json"
VEGALITE = "application/vnd.vegalite.v5+json"
ADDRESSES = (f"{FAR}/p", "//stranger.example/p", "stranger/p", "/files/stranger/p")

HTML = (
    '<img src="{}.png">',
    '<img srcset="{}.png 1x, {}.png 2x">',
    '<picture><source srcset="{}.png"><img></picture>',
    '<p style="background: url({}.png)">x</p>',
    "<p style=\"background-image: image-set('{}.png' 1x)\">x</p>",
    '<style>@import "{}.css"; @font-face {{ font-family: x; src: url({}) }}</style>',
    '<link rel="stylesheet" href="{}.css"><link rel="prefetch" href="{}">',
    '<video src="{}" poster="{}.png" autoplay></video><audio src="{}" autoplay></audio>',
    '<object data="{}"></object><embed src="{}"><iframe src="{}"></iframe>',
    "<iframe srcdoc='<img src=\"{}.png\">'></iframe>",
    '<svg><image href="{}.png" xlink:href="{}.png"/><use href="{}.svg#a"/></svg>',
    '<svg><style>* {{ fill: url({}#a) }}</style><rect filter="url({}#b)"/></svg>',
    '<table background="{}.png"><tr><td background="{}.png">x</td></tr></table>',
    '<input type="image" src="{}.png"><math href="{}"><mi>x</mi></math>',
    '<meta http-equiv="refresh" content="0;url={}"><base href="{}">',
    '<a href="https://ok.example" ping="{}">x</a>',
)
TEXTS = (
    "![x]({}.png)",
    "[![x]({}.png)](https://ok.example)",
    '```mermaid\nflowchart TD\n  A@{{ img: "{}.png" }} --> B\n```',
    "~~~ mermaid \nflowchart TD\n  A --> B\n  style A fill:url({}.png)\n~~~",
    '- a\n\n  ````mermaid\n  flowchart TD\n    A@{{ img: "{}.png" }}\n  ````',
    "$\\style{{background-image: url({}.png)}}{{x}}$ $\\bbox[background: url({}.png)]{{x}}$",
    "$\\href{{{}}}{{x}}$ $\\require{{{}}}$ $\\includegraphics{{{}.png}}$",
)
LINE = {"type": "scatter", "x": [1, 2], "y": [1, 2]}
IMAGE = {"x": 0, "y": 1, "sizex": 1, "sizey": 1, "xref": "paper", "yref": "paper"}
ROWS = {"values": [{"a": "A", "b": 1}, {"a": "B", "b": 2}]}
BAR = {
    "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
    "data": ROWS,
    "mark": "bar",
    "encoding": {"x": {"field": "a"}, "y": {"field": "b", "type": "quantitative"}},
}


def _charts(url: str) -> list[tuple[str, Any]]:
    images = [{**IMAGE, "source": url, "name": "n"}]
    embed = {"config": url, "patch": url, "defaultStyle": f'@import "{url}";'}
    return [
        (PLOTLY, {"data": [LINE], "layout": {"images": images}}),
        (PLOTLY, {"data": [LINE], "layout": {"template": {"layout": {"images": images}}}}),
        (PLOTLY, {"data": [LINE], "layout": {}, "config": {"topojsonURL": url}}),
        (PLOTLY, {"data": [{"type": "image", "source": url}], "layout": {}}),
        (VEGALITE, {**BAR, "data": {"url": url}}),
        (VEGALITE, {**BAR, "mark": {"type": "image", "url": url}}),
        (VEGALITE, {**BAR, "usermeta": {"embedOptions": embed}}),
        (VEGALITE, {"data": ROWS, "mark": "image", "encoding": {"url": {"value": url}}}),
        (VEGA, {"data": [{"name": "t", "url": url}], "marks": []}),
        (VEGA, {"marks": [{"type": "image", "encode": {"enter": {"url": {"value": url}}}}]}),
        ("application/geo+json", {"type": "Point", "coordinates": [0, 0], "url": url}),
    ]


def _maps() -> list[tuple[str, Any]]:
    traces = [
        {"type": "choropleth", "locations": ["FRA"], "z": [1]},
        {"type": "scattergeo", "lat": [1], "lon": [1]},
        {"type": "scattermap", "lat": [1], "lon": [1]},
        {"type": "densitymapbox", "lat": [1], "lon": [1]},
    ]
    return [(PLOTLY, {"data": [trace], "layout": {}}) for trace in traces]


def _output(mime: str, value: Any, **metadata: Any) -> dict[str, Any]:
    data = {mime: value, "text/plain": "an output"}
    return {"output_type": "display_data", "metadata": metadata, "data": data}


def _filled(template: str, url: str) -> str:
    return template.format(*[url] * 3)


def _hostile() -> bytes:
    cells = [markdown("# Hostile", id="head")]
    for n, url in enumerate(ADDRESSES):
        outputs = [_output("text/html", _filled(html, url)) for html in HTML]
        outputs += [_output("text/markdown", _filled(text, url)) for text in TEXTS]
        outputs += [_output("text/latex", _filled(text, url)) for text in TEXTS[-2:]]
        outputs += [_output("image/svg+xml", _filled(html, url)) for html in HTML[10:12]]
        outputs += [_output(mime, value) for mime, value in _charts(url)]
        embed = {"embed_options": {"config": url, "defaultStyle": f'@import "{url}"'}}
        outputs.append(_output(VEGALITE, BAR, **{VEGALITE: embed}))
        cells.append(code(f"page_{n} = 1", outputs, id=f"out{n}"))
        for at, html in enumerate((*HTML, *TEXTS)):
            text = f"Text {n} {at}\n\n{_filled(html, url)}"
            cells.append(markdown(text, id=f"text-{n}-{at}"))
    cells.append(code("maps", [_output(*one) for one in _maps()], id="maps"))
    return file(*cells, minor=5, **KERNEL)


def test_looking_fetches_nothing(screen: Screen, folder: Path) -> None:
    git(folder, "init", "-q")
    (folder / "a.ipynb").write_bytes(_hostile())
    commit_all(folder, "theirs")
    (folder / "a.ipynb").write_bytes(file(markdown("# Mine", id="head"), minor=5, **KERNEL))
    screen.open(f"{folder.name}/a.ipynb", folder.name)
    asked: list[str] = []
    screen.page.on("request", lambda request: asked.append(request.url))
    view = screen.compare("Last commit")
    assert int(view.get_attribute("data-nbvc-drawn") or 0) > len(ADDRESSES) * len(HTML)
    screen.page.wait_for_timeout(3000)
    _check(screen, asked)
    screen.back()
    screen.press("nbvc-history")
    screen.state(".nbvc-History", "ready")
    for _ in range(12):
        screen.page.locator(".nbvc-History-cells").evaluate("one => one.scrollBy(0, 3000)")
        screen.page.wait_for_timeout(250)
    _check(screen, asked)


@pytest.mark.lab
def test_a_chart_with_its_data_is_drawn_on_both_sides(screen: Screen, folder: Path) -> None:
    git(folder, "init", "-q")
    for mark, message in (("bar", "one"), ("line", "two")):
        output = _output(VEGALITE, {**BAR, "mark": mark})
        content = file(code("chart", [output], id="chart"), minor=5, **KERNEL)
        (folder / "a.ipynb").write_bytes(content)
        if message == "one":
            commit_all(folder, message)
    screen.open(f"{folder.name}/a.ipynb", folder.name)
    view = screen.compare("Last commit")
    drawn = view.locator(".vega-embed :is(canvas, svg.marks, img)")
    drawn.nth(1).wait_for()
    assert view.get_by_role("button", name="may load from the network").count() == 0


def _check(screen: Screen, asked: list[str]) -> None:
    own = urlsplit(screen.server.url).netloc
    strange = [url for url in asked if "stranger" in url.lower()]
    others = [
        url
        for url in asked
        if not url.startswith(("data:", "blob:")) and urlsplit(url).netloc != own
    ]
    assert (strange, others) == ([], [])
