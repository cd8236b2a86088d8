"""Pages: one file each, everything in it escaped, and small. How they look is tests/browser/pages."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import sys
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import pytest

import nbvc
from nbvc.diffing.meaning.html import read_words
from nbvc.diffing.meaning.model import ImageMeaning
from nbvc.diffing.policy import DEFAULT_PARTS, DiffPolicy, Part
from nbvc.render.html import report
from nbvc.render.html.code import Lines
from nbvc.render.html.conflicts import of_markers, of_merge, render_conflicts
from nbvc.render.html.elements import Html, escape_html, join_pieces, make_element
from nbvc.render.html.hunks import render_compared as compared_texts
from nbvc.render.html.page import render_page
from nbvc.render.html.pictures import render_compared
from nbvc.render.html.sandbox import clean_html, fold_frame
from tests.making import code, comparison, file, markdown, notebook, result, stream

if TYPE_CHECKING:
    from nbvc.workflow.compare import Comparison

PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADU"
    "lEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)
OTHER = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADU"
    "lEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)

OVERRIDE = '<i class=u title="RIGHT-TO-LEFT OVERRIDE">&lt;U+202E&gt;</i>'


class _Tags(HTMLParser):
    """The elements of a page, with what is wrong about how they are nested."""

    def __init__(self) -> None:
        super().__init__()
        self.stack: list[str] = []
        self.wrong: list[str] = []
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag not in ("meta", "link", "img", "input", "br"):
            self.stack.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.stack or self.stack.pop() != tag:
            self.wrong.append(tag)


def tags(html: str) -> list[tuple[str, dict[str, str | None]]]:
    parser = _Tags()
    parser.feed(html)
    parser.close()
    assert parser.wrong == []
    assert parser.stack == []
    ids = [found["id"] for _, found in parser.found if "id" in found]
    assert len(ids) == len(set(ids))
    links = {str(found["href"])[1:] for tag, found in parser.found if tag == "a"}
    assert links <= {*ids}
    return parser.found


def diffed(before: bytes, after: bytes, policy: DiffPolicy | None = None) -> Comparison:
    found = nbvc.diff(nbvc.read(before), nbvc.read(after), policy or DiffPolicy())
    return comparison("rain.ipynb", found)


def made(*found: Comparison, title: str = "") -> str:
    return "".join(report(found, title))


def plain(html: str) -> str:
    """The words of a page's body."""
    body = html.partition("<main>")[2]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", body))


# Markup


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (escape_html("<b>&\"'"), "&lt;b&gt;&amp;\"'"),
        (
            escape_html("a\x1b\u202e\tb\n"),
            f"a<i class=u>&lt;U+001B&gt;</i>{OVERRIDE}\tb\n",
        ),
        (make_element("title", "a\u200b"), "<title>a&lt;U+200B&gt;</title>"),
        (
            make_element("p", "<i>", Html("<b>x</b>"), class_="a b"),
            '<p class="a b">&lt;i&gt;<b>x</b></p>',
        ),
        (make_element("a", href="'\"><x"), '<a href="&#39;&quot;&gt;&lt;x"></a>'),
        (make_element("input", checked=True, disabled=False, name=None), "<input checked>"),
        (make_element("td", data_row=3, colspan=2), '<td data-row="3" colspan="2"></td>'),
        (join_pieces("<", Html("<b>"), ">"), "&lt;<b>&gt;"),
    ],
)
def test_what_is_no_markup_becomes_text(found: Html, expected: str) -> None:
    assert found == expected


def test_a_page_runs_only_its_own_scripts_and_fetches_nothing() -> None:
    html = "".join(render_page("t", [make_element("p", "x")]))
    rules = re.search(r'Content-Security-Policy" content="([^"]*)"', html)
    scripts = re.findall(r"<script>(.*?)</script>", html, re.DOTALL)
    assert rules is not None
    assert len(scripts) == 1
    digest = base64.b64encode(hashlib.sha256(scripts[0].encode()).digest()).decode()
    assert rules[1].split("; ") == [
        "default-src 'none'",
        "img-src data:",
        "style-src 'unsafe-inline'",
        f"script-src 'sha256-{digest}'",
        "base-uri 'none'",
        "form-action 'none'",
    ]
    assert "innerHTML" not in html
    assert not re.search(r"(?:https?:)?//[a-z]|@import|url\(", html.replace(scripts[0], ""))
    assert "http" not in scripts[0]


# Lines


def test_marks_and_syntax_in_one_line() -> None:
    lines = Lines("def f(x):\n    return 'a'", "python")
    assert lines.line(0) == "<i class=k>def</i> <i class=nf>f</i>(x):"
    marked = lines.line(1, [(4, 13)])
    assert marked.startswith("    <mark><i class=k>return</i> <i class=s>'")
    assert marked.index("a</i></mark>") < marked.rindex("'")
    assert lines.line(7) == ""


@pytest.mark.parametrize(
    "content", ["a\r\nb", "\tx = 1 ", "<b>&amp;", "'''", "\n\n", "a\x0cb\u2028c"]
)
@pytest.mark.parametrize("language", [None, "python", "markdown", "r", "no such language"])
def test_no_character_of_a_source_is_lost(content: str, language: str | None) -> None:
    lines = Lines(content, language)
    shown = "\n".join(re.sub(r"<[^>]*>", "", lines.line(n)) for n in range(content.count("\n") + 1))
    assert shown == re.sub(r"<[^>]*>", "", escape_html(content))


def test_unchanged_lines_far_from_a_change_are_folded() -> None:
    old = [f"line {n}" for n in range(30)]
    new = [*old[:15], "new line", *old[16:]]
    html = compared_texts("\n".join(old), "\n".join(new), numbers=True)
    assert html.count("<details") == 2
    assert "12 unchanged lines" in html
    assert "11 unchanged lines" in html
    assert (
        '<del class="o" style="counter-reset:l 15"><p><mark>line 15</mark>' in html
        or "line 15" in html
    )
    for line in (*old, "new line"):
        assert re.search(rf"\b{line}\b", re.sub(r"<[^>]*>", "|", html))


# Reports

BEFORE = file(
    markdown("# Rain", id="a"),
    code("import pandas", id="b"),
    code("total = 1\nprint(total)", [stream("1\n")], id="c"),
    code("old_path.unlink()", id="d"),
    code("first = load(1)\nplot(first)\nsecond = load(2)\nplot(second)", id="e"),
    code("wander(1, 2, 3)", id="f"),
    minor=5,
)
AFTER = file(
    code("wander(1, 2, 3)", id="f"),
    markdown("# Rain", id="a"),
    code("import pandas", id="b"),
    code("total = 2\nprint(total)", [stream("2\n")], id="c"),
    code("first = load(1)\nplot(first)", id="e"),
    code("second = load(2)\nplot(second)", id="g"),
    code("fresh = 1", [result({"image/png": PIXEL, "text/plain": "<Figure>"})], id="h"),
    minor=5,
)


def test_every_kind_of_change_is_there_and_linked() -> None:
    html = made(diffed(BEFORE, AFTER))
    found = tags(html)
    classes = [str(attributes.get("class")) for tag, attributes in found if tag == "section"]
    assert [name.removeprefix("cell change ") for name in classes] == [
        *("unchanged moved", "modified", "removed", "split", "added"),
    ]
    words = plain(html)
    assert "Cell 6 was here and is now cell 1" in words
    assert "from 6" in words
    assert "✂ cell 6 begins here" in words
    assert "2 unchanged cells · 2–3" in words
    outline = re.search(r'<ol class="outline">(.*?)</ol>', html)
    assert outline is not None
    assert outline[1].count("<li") == 5
    assert "<del class" in html
    assert f"data:image/png;base64,{PIXEL}" in html


def test_many_notebooks_have_an_index() -> None:
    html = made(diffed(BEFORE, AFTER), diffed(BEFORE, file()), comparison("x", None, "renamed"))
    found = tags(html)
    assert sum(tag == "article" for tag, _ in found) == 3
    assert [a["href"] for tag, a in found if tag == "a"][:1] == ["#n1"]
    assert "<title>3 notebooks changed</title>" in html


def test_nothing_changed() -> None:
    assert "Nothing changed." in made()


def test_a_file_that_is_no_notebook_is_shown_as_text() -> None:
    html = made(comparison("a", None, problem="no JSON", texts=("one\n<two>", "one\nthree")))
    tags(html)
    assert "no JSON" in html
    assert "&lt;two&gt;" in html


def test_only_the_parts_that_count_are_shown() -> None:
    sources = DiffPolicy(frozenset((Part.SOURCES,)))
    html = made(diffed(BEFORE, AFTER, sources))
    assert PIXEL not in html
    assert "stdout" not in html
    everything = DiffPolicy(DEFAULT_PARTS | {Part.ID, Part.DETAILS})
    assert "count" not in plain(html)
    again = diffed(
        file(code("x", execution_count=1)), file(code("x", execution_count=2)), everything
    )
    assert "count 1 2" in plain(made(again))


def test_metadata_and_attachments() -> None:
    def cell(tag: str, pixel: str) -> bytes:
        return file(
            markdown("a", metadata={"tags": [tag]}, attachments={"p.png": {"image/png": pixel}}),
            kernelspec={"name": tag, "display_name": tag, "language": "python"},
            title=tag,
        )

    html = made(diffed(cell("x", PIXEL), cell("y", OTHER)))
    tags(html)
    assert "attachment p.png" in html
    assert PIXEL in html
    assert OTHER in html
    assert "metadata tags" in plain(html)
    assert "title x y" in plain(html)


# Outputs


def outputs(before: dict[str, Any], after: dict[str, Any]) -> str:
    html = made(diffed(file(code("x", [result(before)])), file(code("x", [result(after)]))))
    tags(html)
    return html


def test_images_stand_in_a_page_once() -> None:
    html = outputs({"image/png": PIXEL, "text/plain": "a"}, {"image/png": OTHER, "text/plain": "a"})
    assert html.count(PIXEL) == html.count(OTHER) == 1
    for mode in ("Side by side", "Overlay", "Difference"):
        assert mode in html


@pytest.mark.parametrize(
    "content", ['AA" onerror="x', "data:text/html,x", "<svg>", "", "A'A", None, 3]
)
def test_what_is_no_image_is_not_shown_as_one(content: Any) -> None:
    html = outputs({"image/png": content}, {"image/png": PIXEL})
    assert html.count("<img") == 1
    assert [a["src"] for tag, a in tags(html) if tag == "img"] == [f"data:image/png;base64,{PIXEL}"]


def test_an_svg_is_an_image_and_its_address_holds_it_whole() -> None:
    drawn = "<svg xmlns='http://www.w3.org/2000/svg'><text id=\"a\">50% &amp; #1\n'é'</text></svg>"
    html = outputs({"image/svg+xml": drawn}, {"image/svg+xml": drawn.replace("#1", "#2")})
    (first, _) = [str(a["src"]) for tag, a in tags(html) if tag == "img"]
    from urllib.parse import unquote

    assert unquote(first) == f"data:image/svg+xml;charset=utf-8,{drawn}"
    assert len(first) < 2 * len(drawn)


def table(*values: float) -> str:
    rows = "".join(f"<tr><th>r{n}</th><td>{v}</td></tr>" for n, v in enumerate(values))
    return f'<table class="dataframe"><thead><tr><th></th><th>mm</th></tr></thead>{rows}</table>'


def test_a_changed_value_of_a_table_is_marked() -> None:
    before, after = [1.0] * 30, [1.0] * 30
    after[17] = 2.5
    html = outputs({"text/html": table(*before)}, {"text/html": table(*after)})
    assert '<td class="changed"><del>1.0</del> <ins>2.5</ins></td>' in html
    assert html.count('class="changed"') == 1
    assert "1 of 30 values changed" in html
    assert re.findall(r"⋮ \d+ unchanged rows", html) == [
        "⋮ 16 unchanged rows",
        "⋮ 11 unchanged rows",
    ]


def test_rows_that_came_and_went_stand_where_they_are() -> None:
    html = outputs({"text/html": table(1, 2, 3)}, {"text/html": table(1, 2, 3, 4)})
    assert '<tr class="added"><th>r3</th><td>4</td></tr>' in html
    html = outputs({"text/html": table(1, 2, 3, 4)}, {"text/html": table(1, 2, 3)})
    assert '<tr class="removed"><th>r3</th><td>4</td></tr>' in html


def test_json_is_shown_by_path() -> None:
    def plot(y: int) -> dict[str, Any]:
        return {"application/vnd.plotly.v1+json": {"data": [{"y": [1, y]}], "layout": {}}}

    words_of = plain(outputs(plot(2), plot(3)))
    assert "data.0.y.1 2 3" in words_of


def test_a_progress_bar_is_shown_as_it_ends() -> None:
    def bar(word: str) -> bytes:
        return file(code("x", [stream(f"\r 10%\r 50%\r100% \x1b[31m{word}\x1b[0m\n", "stderr")]))

    html = made(diffed(bar("one"), bar("two")))
    assert "50%" not in html.partition("<main>")[2]
    assert "100%" in html


# Rich HTML


def test_html_stands_in_a_frame_that_is_made_when_it_is_asked_for() -> None:
    pytest.importorskip("nh3")
    html = outputs({"text/html": "<p>a</p>"}, {"text/html": "<p>b</p><script>x()</script>"})
    frames = [attributes for tag, attributes in tags(html) if tag == "iframe"]
    assert len(frames) == 2
    assert [frame["sandbox"] for frame in frames] == ["", ""]
    assert "<p>b</p>" in str(frames[1]["srcdoc"])
    assert all("script" not in str(frame["srcdoc"]).lower() for frame in frames)
    assert html.count("<template><iframe") == 2


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (
            "<p onclick=x() class=a id=b data-x=1 style='color:red'>t</p>",
            '<p style="color:red">t</p>',
        ),
        ("<a href='javascript:x'>t</a>", "<a>t</a>"),
        ("<a href='https://example.org'>t</a>", "<a>t</a>"),
        ("<img src='https://example.org/x.png' alt=a>", '<img alt="a">'),
        ("<p style='background:url(x)'>t</p>", "<p>t</p>"),
        ("<script>x</script><style>y</style>", None),
        ("<iframe src=x></iframe>", None),
        ("<form><input><button>t</button></form>", "t"),
        (
            f"<img src='data:image/png;base64,{PIXEL}'>",
            f'<img src="data:image/png;base64,{PIXEL}">',
        ),
        ("<img src='data:text/html,x'>t", "<img>t"),
        ("<svg><script>x</script></svg>", None),
        ("a\ud800b", "a?b"),
    ],
)
def test_html_is_cleaned(content: str, expected: str | None) -> None:
    pytest.importorskip("nh3")
    assert clean_html(content) == expected


@pytest.mark.parametrize(
    ("content", "framed"),
    [
        ("<table>" + "<tr><th>1<td>2\n" * 1000 + "</table>", True),
        ("<table>" + "<tr><th>1</th><td><b>2</b></td></tr>\n" * 1000 + "</table>", True),
        ("<p><b>a</b>" * 2000, True),
        ("".join(f"<p><b a={n}>a" for n in range(20_000)), False),
        ("".join(f"<b a={n}><!--</b>-->a<p>" for n in range(20_000)), False),
        ("".join(f"<b a={n}><xmp></b></xmp>a<p>" for n in range(20_000)), False),
        ("<div>" * 20_000 + "a" + "</div>" * 20_000, False),
    ],
)
def test_html_that_takes_quadratic_time_to_read_gets_no_frame(content: str, framed: bool) -> None:
    pytest.importorskip("nh3")
    assert (clean_html(content) is not None) is framed


def test_without_nh3_there_is_the_text_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "nh3", None)
    html = outputs(
        {"text/html": "<b>one</b>", "text/plain": "one"},
        {"text/html": "<b>two</b>", "text/plain": "two"},
    )
    assert "<iframe" not in html
    assert fold_frame("<b>x</b>", "t") == ""
    only = outputs({"text/html": "<b>one</b>"}, {"text/html": "<b>two</b>"})
    assert "<iframe" not in only
    assert "two" in plain(only)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("<p>a  b</p><div>c</div>", "a b\nc"),
        ("<script>x</script>a<style>y</style>", "a"),
        ("<table><tr><td>1</td><td>2</td></tr></table>", "1\t2"),
        ("<img alt='a cat'>", "a cat"),
        ("</script>a<b", "a<b"),
    ],
)
def test_the_words_of_html(content: str, expected: str) -> None:
    assert read_words(content) == expected


# Size


def test_a_page_is_hardly_larger_than_the_outputs_it_shows() -> None:
    noise = base64.b64encode(hashlib.shake_256(b"x").digest(150_000)).decode()
    paths = '<path d="M0 0L1 1" style="stroke:#123"/>' * 4000
    svg = f"<svg xmlns='http://www.w3.org/2000/svg'>{paths}</svg>"
    rows = table(*range(2000))

    def bundles(end: str) -> list[dict[str, Any]]:
        return [
            result({"image/png": PIXEL[:-8] + noise + end * 4}),
            result({"image/svg+xml": svg.replace("</svg>", f"<text>{end}</text></svg>")}),
            result({"text/html": f"{rows}<p>{end}</p>", "text/plain": f"{end}" * 5}),
            stream("\n".join(f"step {n}: loss {end}.{n}" for n in range(5000))),
        ]

    cells = [code(f"cell_{n} = {n}\n" * 20, [stream("unchanged\n" * 500)]) for n in range(300)]
    before, after = (file(*cells, code("x", bundles(end))) for end in "AB")
    shown = sum(len(json.dumps(bundles(end))) for end in "AB")
    assert len(made(diffed(before, after))) < 1.3 * shown + 100_000


# Conflicts


def conflict() -> tuple[nbvc.Notebook, nbvc.Notebook, nbvc.Notebook]:
    base = file(code("x = 1\ny = 2", id="a"), code("gone = 1", id="b"), minor=5)
    local = file(code("x = 1\ny = 20", id="a"), code("gone = 2", id="b"), minor=5)
    remote = file(code("x = 1\ny = <30>", id="a"), minor=5)
    return nbvc.read(base), nbvc.read(local), nbvc.read(remote)


def test_conflicts_of_a_merge_stand_in_three_columns() -> None:
    sides = conflict()
    merged = nbvc.merge(*sides)
    found = of_merge(merged, *sides)
    html = "".join(
        render_conflicts(
            "<a>.ipynb", found, "python", labels=("main", "<topic>"), decisions=merged.decisions
        )
    )
    assert [each.cell for each in found] == [0, 1]
    assert found[1].remote == ()
    tags(html)
    assert re.findall(r"<h4>(.*?)</h4>", html) == ["base", "main", "&lt;topic&gt;"] * 2
    assert "deleted" in plain(html)


def test_conflicts_in_a_notebook_stand_in_two() -> None:
    merged = nbvc.merge(*conflict()).notebook
    html = "".join(render_conflicts("a.ipynb", of_markers(nbvc.read(merged.to_bytes())), "python"))
    tags(html)
    assert re.findall(r"<h4>(.*?)</h4>", html) == ["local", "remote"] * 2
    assert "&lt;&lt;&lt;" not in html
    assert "".join(render_conflicts("a", [], "python")).count("No conflicts are left.") == 1


def test_odd_notebooks_make_pages() -> None:
    odd = notebook(
        {"cell_type": "<b>", "source": "x", "metadata": {}},
        code(
            "\ud800", [{"output_type": "odd"}, {"data": [1]}, {"output_type": "stream", "text": 3}]
        ),
        code("e", [{"output_type": "error", "traceback": "no list", "ename": 3}]),
    )
    tags(made(diffed(file(), json.dumps(odd).encode())))


@pytest.mark.parametrize(("share", "has_pillow"), [(None, False), (None, True), (0.5, False)])
def test_a_page_names_the_extra_that_compares_pixels(
    monkeypatch: pytest.MonkeyPatch, share: float | None, has_pillow: bool
) -> None:
    if not has_pillow:
        monkeypatch.setitem(sys.modules, "PIL", None)
    meaning = ImageMeaning(
        same=False,
        mime="image/jpeg",
        summary="the images differ",
        verdict="different",
        before_size=(1, 1),
        after_size=(1, 1),
        share=share,
    )
    shown = render_compared("image/jpeg", "AAAA", "AAAB", meaning, "k")
    assert shown is not None
    assert ("nbvc[images]" in shown) == (share is None and not has_pillow)
