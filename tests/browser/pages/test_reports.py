"""Reports in chromium: nothing is fetched, nothing foreign runs, and the keys and views work."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import nbvc
from nbvc.render.html import report
from tests.browser.pages.conftest import DRAW_ALL
from tests.making import code, comparison, file, markdown, notebook, result, stream

if TYPE_CHECKING:
    from tests.browser.pages.conftest import Opened, Watched

HIT = "window.nbvcHit=1"
IMG = f'<img src=x onerror="{HIT}">'
BARE = f"<img/src=x/onerror={HIT}>"
EVIL = "http://evil.invalid"

PAYLOADS = [
    IMG,
    f"<script>{HIT}</script>",
    f"</script><script>{HIT}</script>",
    f"</title></style></textarea></template><script>{HIT}</script>",
    f"'><script>{HIT}</script>",
    f'"><img src=x onerror={HIT}>',
    f'<svg onload="{HIT}"><script>{HIT}</script><image href="{EVIL}/svg.png"/></svg>',
    f'<svg><use href="{EVIL}/x.svg#y"/><foreignObject>{BARE}</foreignObject></svg>',
    f"<svg><style><img src=x onerror={HIT}></style><animate onbegin={HIT} attributeName=x></svg>",
    f'<a href="javascript:{HIT}" target=_top>click</a><a href="{EVIL}" ping="{EVIL}/ping">x</a>',
    f'<iframe srcdoc="<script>parent.parent.{HIT}</script>"></iframe><iframe src="{EVIL}"></iframe>',
    f'<math><mtext><table><mglyph><style><!--</style><img title="--&gt;{IMG}">',
    f"<form><math><mtext></form><form><mglyph><style></math><img src=x onerror={HIT}>",
    f'<noscript><p title="</noscript><img src=x onerror={HIT}>">',
    f'<img src="{EVIL}/pixel.png" srcset="{EVIL}/2x.png 2x"><link rel=stylesheet href="{EVIL}/x.css">',
    f'<meta http-equiv="refresh" content="0;url={EVIL}/refresh"><base href="{EVIL}/">',
    f'<object data="{EVIL}/o"></object><embed src="{EVIL}/e"><video src="{EVIL}/v" poster="{EVIL}/p">',
    f'<form action="{EVIL}/"><button autofocus onfocus="{HIT}">x</button></form>',
    f'<style>@import "{EVIL}/y.css"; body {{ background: url({EVIL}/bg.png); display: none }}</style>',
    f'<p style="background: url({EVIL}/bg.png); position: fixed; inset: 0">over everything</p>',
    f'<table background="{EVIL}/t.png"><tr><td onclick="{HIT}">{BARE}</td></tr></table>',
    f"<details open ontoggle={HIT}><summary>x</summary></details>",
    "<plaintext>",
    "<!--",
]


def _cell(number: int, payload: str, edit: str) -> dict[str, Any]:
    bundle = {
        "text/html": f"{payload}<p>{edit}</p>",
        "text/plain": f"{payload} {edit}",
        IMG: f"odd {edit}",
        f'image/png" onerror="{HIT}': edit,
    }
    picture = {"image/svg+xml": f"<svg xmlns='http://www.w3.org/2000/svg'>{payload}{edit}</svg>"}
    broken = {"image/png": f'AAAA" onerror="{HIT}" {edit}', "image/jpeg": f"data:{edit}{payload}"}
    error = {
        "output_type": "error",
        "ename": payload,
        "evalue": edit,
        "traceback": [f"\x1b[31m{payload}\x1b[0m\x1b]8;;{EVIL}\x07link", edit],
    }
    outputs = [result(bundle), result(picture), result(broken), stream(payload + edit, name=IMG)]
    return code(f"payload_{number} = {edit!r}  # {payload}", [*outputs, error])


def _notebook(edit: str) -> bytes:
    cells = [_cell(number, payload, edit) for number, payload in enumerate(PAYLOADS)]
    text = markdown(
        f"{edit} {IMG} [x](javascript:{HIT}) ![y](attachment:{BARE})",
        attachments={f"{BARE}{edit}": {"image/png": "AAAA", IMG: IMG}},
        metadata={IMG: {BARE: edit}},
    )
    kernel = {"display_name": IMG + edit, "language": f"python{IMG}", "name": BARE}
    same = code(f"same  # {IMG}", [result({"text/html": IMG, "text/plain": IMG})])
    whole = notebook(text, *cells, same, kernelspec=kernel)
    whole["metadata"] |= {"language_info": {"name": BARE + edit}, IMG: edit}
    return json.dumps(whole).encode()


def _page(path: Path, *pairs: tuple[str, bytes, bytes], **words: str) -> Path:
    found = [
        comparison(name, nbvc.diff(nbvc.read(before), nbvc.read(after)), note=words.get("note", ""))
        for name, before, after in pairs
    ]
    path.write_text("".join(report(found, words.get("title", ""))), encoding="utf-8")
    return path


def _open_everything(watched: Watched) -> int:
    """Unfold all there is, look at every part, and return how many frames there are."""
    page = watched.page
    page.evaluate("for (const fold of document.querySelectorAll('details')) fold.open = true")
    page.wait_for_timeout(300)
    page.evaluate(DRAW_ALL)
    page.mouse.wheel(0, 100_000)
    page.wait_for_timeout(500)
    return int(page.evaluate("document.querySelectorAll('iframe').length"))


def test_fault_61_and_62_nothing_of_a_notebook_runs_or_is_fetched(
    opened: Opened, tmp_path: Path
) -> None:
    names = [f"{BARE}.ipynb", f'"><script>{HIT}</script>.ipynb']
    changed = (names[0], _notebook("before"), _notebook("after"))
    added = (names[1], file(), file(_cell(0, IMG, "added")))
    watched = opened(
        _page(tmp_path / "report.html", changed, added, title=f"{IMG}..{BARE}", note=IMG)
    )
    frames = _open_everything(watched)
    pytest.importorskip("nh3")
    assert frames > len(PAYLOADS)
    page = watched.page
    for frame in page.frames:
        assert frame.evaluate("window.nbvcHit") is None
        assert frame.locator(
            "script:not([type]), object, embed, form, link:not([rel=icon])"
        ).count() == (1 if frame is page.main_frame else 0)
    assert page.locator("[onerror], [onload], [onclick], [onfocus], [ontoggle]").count() == 0
    assert page.locator("a:not([href^='#'])").count() == 0
    assert page.locator("iframe:not([sandbox=''])").count() == 0
    assert page.locator("img:not([src^='data:image/'])").count() == 0
    assert watched.asked == []
    # A frame says that its cleaned content would have been stopped anyway; a script that was
    # stopped would mean that the cleaning had missed it.
    assert [text for text in watched.complaints if "script" in text.lower()] == []
    assert page.title() == f"{IMG}..{BARE}"
    assert page.locator("h2", has_text=names[0]).count() == 1


def test_a_frame_can_do_nothing_even_with_what_no_cleaning_would_leave(
    opened: Opened, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("nh3")
    monkeypatch.setattr("nbvc.render.html.sandbox.clean_html", lambda content: content)
    watched = opened(_page(tmp_path / "r.html", ("a", file(), _notebook("after"))))
    assert _open_everything(watched) >= len(PAYLOADS)
    watched.page.wait_for_timeout(700)
    assert watched.page.evaluate("window.nbvcHit") is None
    assert watched.asked == []


# What a reader does


def _lines(word: str) -> str:
    return "\n".join(f"line {n} of {word} " + "and more of it " * 12 for n in range(30))


PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4"
    "2mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)
OTHER = PIXEL.replace("NkYPhfDwAChwGA60e6kg", "Nk+M9QDwADhgGAWjR9aw")


def _readable(word: str) -> bytes:
    plot = f"<svg xmlns='http://www.w3.org/2000/svg' width='900' height='300'><text>{word}</text></svg>"
    rows = "".join(f"<tr><th>{n}</th><td>{word}</td></tr>" for n in range(40))
    cells = [
        markdown(f"# Title\n\n{_lines(word)}"),
        code("same = 1"),
        code("plot(data, width=900, height=300)", [result({"image/svg+xml": plot})]),
        code("y", [result({"text/html": f"<table>{rows}</table>", "text/plain": word})]),
        code("z", [stream("x" * 3000 + word)]),
    ]
    return file(*(cells if word == "one" else [cells[2], *cells[:2], *cells[3:]]))


@pytest.fixture
def readable(tmp_path: Path) -> Path:
    pairs = [(f"{'long/' * 20}{n}.ipynb", _readable("one"), _readable("two")) for n in range(2)]
    return _page(tmp_path / "report.html", *pairs, title="main..topic")


def test_keys_walk_from_change_to_change(opened: Opened, readable: Path) -> None:
    page = opened(readable).page
    total = page.locator(".change").count()
    seen = []
    for _ in range(total + 1):
        page.keyboard.press("n")
        seen.append(page.evaluate("document.activeElement.id"))
        assert page.evaluate(
            "(({top, bottom}) => bottom > 0 && top < innerHeight)"
            "(document.activeElement.getBoundingClientRect())"
        )
    assert len(set(seen)) == total
    assert seen[-1] == seen[-2]
    page.keyboard.press("p")
    assert page.evaluate("document.activeElement.id") == seen[-3]


def test_the_layout_can_be_chosen(opened: Opened, readable: Path) -> None:
    page = opened(readable).page
    old, new = (page.locator(f".ch > .{side}").first for side in ("o", "n"))

    def beside() -> bool:
        one, other = old.bounding_box(), new.bounding_box()
        assert one is not None
        assert other is not None
        return other["x"] >= one["x"] + one["width"] - 1

    assert beside()
    page.keyboard.press("u")
    assert not beside()
    page.get_by_text("Side by side", exact=True).first.click()
    assert beside()


def test_outputs_can_be_hidden(opened: Opened, readable: Path) -> None:
    page = opened(readable).page
    outputs = page.locator(".output")
    visible = outputs.filter(visible=True).count()
    assert visible > 0
    for expected in (0, visible):
        page.get_by_text("Outputs", exact=True).first.click()
        assert outputs.filter(visible=True).count() == expected


def test_folds_open_all_at_once(opened: Opened, readable: Path) -> None:
    page = opened(readable).page
    folds = page.locator("main details:not(.rich, .whole)")
    assert page.locator("main details:not(.rich, .whole)[open]").count() == 0
    page.keyboard.press("o")
    assert page.locator("main details:not(.rich, .whole)[open]").count() == folds.count() > 0


def test_kinds_of_changes_can_be_chosen(opened: Opened, readable: Path) -> None:
    page = opened(readable).page
    cells, entries = page.locator("section.change"), page.locator("nav .outline > li")
    whole = cells.filter(visible=True).count()
    page.get_by_label("Show changes of").select_option("outputs")
    shown = cells.filter(visible=True)
    assert 0 < shown.count() < whole
    assert all("outputs" in (each.get_attribute("data-parts") or "") for each in shown.all())
    kept = [each for each in entries.all() if each.get_attribute("hidden") is None]
    assert len(kept) == shown.count()
    page.get_by_label("Show changes of").select_option("")
    assert cells.filter(visible=True).count() == whole


def test_a_notebook_can_be_folded(opened: Opened, readable: Path) -> None:
    page = opened(readable).page
    first = page.locator("article").first
    first.locator("summary .summary").click()
    assert first.locator("section.change").filter(visible=True).count() == 0
    page.keyboard.press("n")
    assert first.locator("section.change").filter(visible=True).count() > 0


def test_a_cell_that_was_viewed_stays_so_until_it_changes(opened: Opened, readable: Path) -> None:
    page = opened(readable).page
    first = page.locator("section.change").first
    first.get_by_label("Viewed").check()
    assert first.locator(".diff").filter(visible=True).count() == 0
    page.wait_for_timeout(500)  # The browser writes its store in the background.
    page.reload()
    assert first.get_by_label("Viewed").is_checked()
    assert page.locator("nav li.viewed").count() == 1
    text = readable.read_text(encoding="utf-8")
    readable.write_text(text.replace("plot(", "draw(").replace("Title", "Head"), encoding="utf-8")
    page.reload()
    assert not page.locator("section.change").first.get_by_label("Viewed").is_checked()


def test_two_images_lie_over_each_other(opened: Opened, readable: Path) -> None:
    page = opened(readable).page
    images = page.locator(".images").first
    images.scroll_into_view_if_needed()
    figures = images.locator("figure")

    def together() -> bool:
        one, other = (figures.nth(n).locator("img").bounding_box() for n in (0, 1))
        return one is not None and one == other

    assert not together()
    images.get_by_text("Overlay").click()
    assert together()
    slider = images.locator("input[type=range]")
    slider.fill("20")
    assert images.evaluate("each => each.style.getPropertyValue('--at')") == "20%"
    images.get_by_text("Difference").click()
    assert together()
    assert figures.nth(1).evaluate("each => getComputedStyle(each).mixBlendMode") == "difference"
    assert not slider.is_visible()


def test_links_of_the_outline_lead_there(opened: Opened, readable: Path) -> None:
    page = opened(readable).page
    assert page.locator("nav .index > li").count() == 2
    page.locator("nav .index > li > a").nth(1).click()
    page.wait_for_timeout(100)
    top = page.locator("article").nth(1).evaluate("each => each.getBoundingClientRect().top")
    assert -5 < top < 300
    page.get_by_role("link", name="from 3").first.click()
    assert page.locator(".ghost").first.is_visible()


@pytest.mark.parametrize("width", [320, 390, 768, 1024, 1920])
def test_nothing_is_wider_than_the_screen(opened: Opened, readable: Path, width: int) -> None:
    page = opened(readable, viewport={"width": width, "height": 800}).page
    page.evaluate(DRAW_ALL)
    page.keyboard.press("o")
    wide = page.evaluate(
        "[document.documentElement.scrollWidth, ...[...document.querySelectorAll('.cell, nav, header')]"
        ".map((each) => Math.round(each.getBoundingClientRect().right))]"
    )
    assert max(wide) <= width


@pytest.mark.parametrize(("scheme", "dark"), [("light", False), ("dark", True)])
def test_the_system_decides_on_light_and_dark(
    opened: Opened, readable: Path, scheme: str, dark: bool
) -> None:
    page = opened(readable, color_scheme=scheme).page
    shade = page.evaluate(
        "getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)"
    )
    assert (sum(shade[:3]) < 200) == dark


def test_on_paper_there_is_no_navigation_and_nothing_is_folded(
    opened: Opened, readable: Path
) -> None:
    page = opened(readable).page
    page.emulate_media(media="print")
    assert not page.locator("nav").is_visible()
    assert not page.locator(".controls").is_visible()
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("details.fold:not([open])").count() == 0
    assert len(page.pdf()) > 10_000


def test_without_scripts_everything_can_still_be_read(opened: Opened, readable: Path) -> None:
    page = opened(readable, java_script_enabled=False).page
    assert page.locator(".change").count() == 8
    assert page.locator(".images img").first.is_visible()


def test_two_hundred_notebooks_open_soon(opened: Opened, tmp_path: Path) -> None:
    """That it ends at all, with a picture in each; how soon is for the benchmarks to say."""
    before, after = (
        nbvc.read(
            file(*(code(f"x{n} = {n}\ny = 2\n" * 9, [result({"image/png": w})]) for n in range(5)))
        )
        for w in (PIXEL, OTHER)
    )
    found = nbvc.diff(before, after)
    path = tmp_path / "report.html"
    many = [comparison(f"{number}.ipynb", found) for number in range(200)]
    path.write_text("".join(report(many)), encoding="utf-8")
    page = opened(path).page
    assert page.locator("article").count() == 200
    assert page.locator(".images").count() == 1000
    took = page.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd")
    assert took < 20_000
