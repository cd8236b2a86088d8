"""Comments for pull requests, looked at as the HTML that a GitHub Flavored renderer makes of them."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

import nbvc
from nbvc.render.escape import escape_line
from nbvc.render.markdown import MOST, comment, fence_lines
from tests.making import code, comparison, file, markdown, notebook, result, stream

if TYPE_CHECKING:
    from nbvc.workflow.compare import Comparison

HIT = "window.nbvcHit=1"
IMG = f'<img src=x onerror="{HIT}">'


def rendered(text: str) -> str:
    return str(MarkdownIt("gfm-like", {"html": True}).disable("linkify").render(text))


class _Elements(HTMLParser):
    """Which elements there are, and whether they are nested as they should be."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.names: set[str] = set()
        self.attributes: list[tuple[str, str | None]] = []
        self.wrong: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        self.attributes += attrs
        if tag not in ("br", "hr", "img"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)


def elements(text: str) -> _Elements:
    found = _Elements()
    found.feed(rendered(text))
    found.close()
    return found


def compared(before: bytes, after: bytes, name: str = "rain.ipynb") -> Comparison:
    return comparison(name, nbvc.diff(nbvc.read(before), nbvc.read(after)))


A = file(markdown("# Rain"), code("total = 1\nprint(total)", [stream("1\n")]), code("gone"))
B = file(
    markdown("# Rain"), code("total = 2\nprint(total)", [stream("2\n")]), code("new = 1\nx = 2")
)


def test_a_small_change_as_a_whole() -> None:
    assert comment([compared(A, B)], title="A..B", more="[more](https://example.org/)") == (
        "<!-- nbvc-report -->\n"
        "### A..B\n"
        "\n"
        "[more](https://example.org/)\n"
        "\n"
        "| notebook | what changed |\n"
        "|---|---|\n"
        "| `rain.ipynb` | 1 cell changed, 1 added, 1 removed, 1 unchanged |\n"
        "\n"
        "<details><summary><b>code cell 2</b> · source and outputs changed · "
        "<code>total = 2</code></summary>\n"
        "\n"
        "```diff\n"
        "-total = 1\n"
        "+total = 2\n"
        " print(total)\n"
        "```\n"
        "\n"
        "Output: 1 of 1 number changed\n"
        "\n"
        "```diff\n"
        "-1\n"
        "+2\n"
        "```\n"
        "\n"
        "</details>\n"
        "\n"
        "<details><summary><b>code cell 3</b> · removed · <code>gone</code></summary>\n"
        "\n"
        "```diff\n"
        "-gone\n"
        "```\n"
        "\n"
        "</details>\n"
        "\n"
        "<details><summary><b>code cell 3</b> · added · <code>new = 1</code></summary>\n"
        "\n"
        "```diff\n"
        "+new = 1\n"
        "+x = 2\n"
        "```\n"
        "\n"
        "</details>\n"
    )


def _forty(lines: int) -> Comparison:
    """A change of forty cells with source and output of so many lines each."""

    def cells(word: str) -> list[dict[str, Any]]:
        text = "\n".join(f"line {n} {word} = {n}" for n in range(lines))
        return [code(f"cell = {c}\n{text}", [stream(f"{c}\n{text}\n")]) for c in range(40)]

    return compared(file(*cells("old")), file(*cells("new")))


@pytest.mark.parametrize("lines", [1, 10, 60, 1000])
def test_forty_cells_stay_under_the_limit_and_render(lines: int) -> None:
    text = comment([_forty(lines)], more="[The page](https://example.org/page)")
    assert len(text) < MOST
    found = elements(text)
    assert found.wrong == []
    assert found.open == []
    assert {"table", "details", "summary", "pre", "code"} <= found.names
    shown = rendered(text).count("<summary>")
    assert shown == 40 if lines <= 10 else 0 < shown < 40
    assert ("omitted" in text) == (shown < 40)
    assert rendered(text).count('href="https://example.org/page"') == (2 if shown < 40 else 1)


@pytest.mark.parametrize("count", [2, 150, 3000])
def test_many_notebooks_stay_under_the_limit_and_are_closed(count: int) -> None:
    one = compared(A, B)
    found = [comparison(f"folder/{n}-{'x' * 60}.ipynb", one.diff) for n in range(count)]
    text = comment(found)
    assert len(text) < MOST
    assert elements(text).open == []
    assert elements(text).wrong == []
    assert f"{count} notebooks changed" in text


@pytest.mark.parametrize("most", range(900, 3000, 37))
def test_wherever_the_limit_cuts_everything_is_closed(most: int) -> None:
    found = [compared(A, B, name) for name in ("a.ipynb", "b.ipynb", "c.ipynb")]
    text = comment(found, most=most)
    assert len(text) < most
    assert elements(text).open == []
    assert elements(text).wrong == []


HOSTILE = [
    IMG,
    "``` ```` `````",
    "```\n</details>\n# heading",
    "~~~\n</details></code></pre>",
    "</summary></details><h1>out</h1>",
    "| a | b |\\|",
    "[x](javascript:alert(1)) ![y](http://evil.invalid/pixel.png)",
    "@everyone #1 http://evil.invalid/",
    "<!-- never closed",
    "\x1b[31mred\x1b[0m \u202e \ud800",
    "a\rb\u2028c",
    "`",
    "\\`|",
    "",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_fault_61_text_stays_text(text: str) -> None:
    def whole(edit: str) -> bytes:
        bundle = {"text/plain": text + edit, "text/html": text + edit, text + IMG: edit}
        error = {"output_type": "error", "ename": text, "evalue": edit, "traceback": [text]}
        cells = [
            code(f"{text}\n{edit}", [result(bundle), error], metadata={text: {text: edit}}),
            markdown(f"{text}{edit}", attachments={text + edit: {text: "AAAA"}}),
        ]
        kernel = {"name": text + edit, "language": text or "x"}
        return json.dumps(notebook(*cells, kernelspec=kernel)).encode()

    found = [
        comparison(text or "a", compared(whole("1"), whole("2")).diff, note=text),
        comparison(f"b{text}", None, problem=text),
    ]
    made = comment(found, title=text)
    made.encode()
    seen = elements(made)
    assert seen.open == []
    assert seen.wrong == []
    assert seen.names <= {
        *("table", "thead", "tbody", "tr", "th", "td", "details", "summary", "b", "code", "pre"),
        *("p", "h3", "ul", "li", "em", "strong"),
    }
    assert {name for name, _ in seen.attributes} <= {"class"}
    outside = re.sub(r"<(pre|code).*?</\1>", "", rendered(made), flags=re.DOTALL)
    assert "@everyone" not in outside
    assert "://evil" not in outside


@pytest.mark.parametrize(
    ("lines", "fence"),
    [([], "```"), (["a"], "```"), (["```"], "````"), (["x `````` y"], "```````")],
)
def test_a_fence_is_longer_than_what_it_holds(lines: list[str], fence: str) -> None:
    assert fence_lines(lines, "diff") == [f"{fence}diff", *lines, fence, ""]


def test_an_unchanged_comparison_says_so() -> None:
    assert "No notebook changed." in comment([])


def test_values_of_tables_are_named() -> None:
    def table(value: int) -> bytes:
        rows = "".join(f"<tr><th>{r}</th><td>{value if r == 3 else r}</td></tr>" for r in range(6))
        head = "<thead><tr><th></th><th>mm</th></tr></thead>"
        html = f'<table border="1" class="dataframe">{head}<tbody>{rows}</tbody></table>'
        return file(code("df", [result({"text/html": html, "text/plain": f"t {value}"})]))

    text = comment([compared(table(7), table(8))])
    assert "| `3 · mm` | `7` | `8` |" in text


LIVE = re.compile(
    r"[\w/.-]*#\d|\b[A-Za-z]+-\d|@\w|[!&%~$]\w|\b[0-9a-fA-F]{7,}|://\S|\bwww\.|:[\w+-]+:",
    re.IGNORECASE,
)
"""What GitHub and GitLab link, in a text of a page that is not code."""
REFERENCES = (
    *(
        "fixes #12",
        "other/project#12",
        "GH-9",
        "JIRA-4",
        "@octocat",
        "a/b@0123456",
        "0123456",
        "ab" * 20,
    ),
    *(
        "http://evil.invalid/x",
        "www.evil.invalid",
        "me@evil.invalid",
        "!12",
        "&1",
        "%m",
        "~label",
        "$7",
        ":+1:",
    ),
    *(
        "[x](y)",
        "![x](y)",
        "<img src=x>",
        "<!-- ",
        "-->",
        "&#35;12",
        "`",
        "``",
        "|",
        "\\\\",
        "\\\\#1",
        "**b**",
        "_i_",
    ),
    *(
        "# h",
        "- l",
        "1. l",
        "> q",
        "    code",
        "\n\n",
        "~~~",
        "```",
        "\u200b",
        "=",
        "---",
        "$x$",
        "[^1]: f",
    ),
)


class _Texts(HTMLParser):
    """The texts of a page that are not code, each as far as a comment or an element breaks it."""

    def __init__(self) -> None:
        super().__init__()
        self.code = 0
        self.live: list[str] = []
        self.all: list[str] = []

    def handle_starttag(self, tag: str, _: list[tuple[str, str | None]]) -> None:
        self.code += tag in ("code", "pre")

    def handle_endtag(self, tag: str) -> None:
        self.code -= tag in ("code", "pre")

    def handle_data(self, data: str) -> None:
        self.all.append(data)
        if not self.code:
            self.live += LIVE.findall(data)


WORDS = st.lists(st.sampled_from(REFERENCES), min_size=1, max_size=5).flatmap(
    lambda words: st.sampled_from([" ", ""]).map(lambda gap: gap.join(words))
)


@given(WORDS, WORDS)
@settings(max_examples=300, deadline=None)
def test_no_reference_is_live_and_each_text_is_there(one: str, other: str) -> None:
    def whole(word: str) -> bytes:
        error = {"output_type": "error", "ename": word, "evalue": one, "traceback": ["x"]}
        cell = code(f"{word}\n{one}", [error, result({"application/json": {one: word}})])
        cell["metadata"] = {other: word, "tags": [word]}
        return json.dumps(notebook(cell, markdown(word, attachments={one: {other: word}}))).encode()

    found = [
        comparison(one, compared(whole(one), whole(f"{other}.")).diff, note=other),
        comparison(f"b {other}", None, problem=one),
    ]
    made = comment(found, title=other)
    seen = elements(made)
    assert (seen.open, seen.wrong) == ([], [])
    assert not seen.names & {"a", "img", "h1", "h2", "hr", "blockquote", "ol", "em", "strong", "s"}
    texts = _Texts()
    texts.feed(rendered(made))
    texts.close()
    assert texts.live == []
    text = re.sub(r"\s+", " ", "".join(texts.all))
    for word in (one, other):
        assert re.sub(r"\s+", " ", escape_line(word)).strip() in text
