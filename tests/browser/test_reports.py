"""Reports in chromium: nothing is fetched, nothing foreign runs, and the keys and views work."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import nbvc
from nbvc.render.html import Compared, report
from tests.making import code, file, markdown, notebook, result, stream

if TYPE_CHECKING:
    from tests.browser.conftest import Opened, Watched

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
        Compared(name, nbvc.diff(nbvc.read(before), nbvc.read(after)), note=words.get("note", ""))
        for name, before, after in pairs
    ]
    path.write_text("".join(report(found, words.get("title", ""))), encoding="utf-8")
    return path


def _open_everything(watched: Watched) -> int:
    """Unfold all there is, look at every part, and return how many frames there are."""
    page = watched.page
    page.evaluate("for (const fold of document.querySelectorAll('details')) fold.open = true")
    page.wait_for_timeout(300)
    page.add_style_tag(content=".change { content-visibility: visible !important }")
    page.mouse.wheel(0, 100_000)
    page.wait_for_timeout(500)
    return int(page.evaluate("document.querySelectorAll('iframe').length"))


def test_fault_61_and_62_nothing_of_a_notebook_runs_or_is_fetched(
    opened: Opened, tmp_path: Path
) -> None:
    names = [f"{BARE}.ipynb", f'"><script>{HIT}</script>.ipynb']
    changed = (names[0], _notebook("before"), _notebook("after"))
    added = (names[1], file(), _notebook("after"))
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
    monkeypatch.setattr("nbvc.render.html.sandbox.cleaned", lambda content: content)
    watched = opened(_page(tmp_path / "r.html", ("a", _notebook("before"), _notebook("after"))))
    assert _open_everything(watched) > len(PAYLOADS)
    watched.page.wait_for_timeout(700)
    assert watched.page.evaluate("window.nbvcHit") is None
    assert watched.asked == []
