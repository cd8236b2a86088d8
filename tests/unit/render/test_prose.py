"""Markdown and formulas as elements."""

from __future__ import annotations

import time
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nbvc.render.html.formulas import render_formula
from nbvc.render.html.prose import render_prose


def _draw(source: str) -> str:
    shown = render_prose(source)
    assert shown is not None
    return shown.removeprefix('<div class="prose">').removesuffix("</div>")


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("# Rain *falls*", "<h1>Rain <em>falls</em></h1>"),
        ("## C# and F# ##", "<h2>C# and F#</h2>"),
        ("a **b** `c*` ~~d~~", "<p>a <b>b</b> <code>c*</code> <s>d</s></p>"),
        ("snake_case_name costs $5 and $6", "<p>snake_case_name costs $5 and $6</p>"),
        ("- a\n  - b\n- c", "<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>"),
        ("1. a\n2. b\n\n- c", "<ol><li>a</li><li>b</li></ol><ul><li>c</li></ul>"),
        ("> a\n> b", "<blockquote><p>a\nb</p></blockquote>"),
        ("a\n***\nb", "<p>a</p><hr><p>b</p>"),
        ("|a|\n|-|\n|1|", "<table><tr><th>a</th></tr><tr><td>1</td></tr></table>"),
        ("```\n<b>\n```", "<pre>&lt;b&gt;</pre>"),
        ("[x](javascript:y) ![z](http://w)", '<p><u title="javascript:y">x</u> <em>[image: z]</em></p>'),
        ("<script>x</script>", "<p>&lt;script&gt;x&lt;/script&gt;</p>"),
        ("$x$", "<p><math><mi>x</mi></math></p>"),
        ("$$\nx\n$$\ny", '<math display="block"><mi>x</mi></math><p>y</p>'),
    ],
)  # fmt: skip
def test_blocks_and_lines(source: str, shown: str) -> None:
    assert _draw(source) == shown


@pytest.mark.parametrize(
    ("formula", "shown"),
    [
        (r"\frac{a}{2}", "<mfrac><mrow><mi>a</mi></mrow><mrow><mn>2</mn></mrow></mfrac>"),
        ("x_i^2", "<msubsup><mi>x</mi><mi>i</mi><mn>2</mn></msubsup>"),
        ("x^2_i", "<msubsup><mi>x</mi><mi>i</mi><mn>2</mn></msubsup>"),
        (r"a\_b", "<mi>a</mi><mo>_</mo><mi>b</mi>"),
        (r"\sum_i", "<munder><mo>∑</mo><mi>i</mi></munder>"),
        (r"\sqrt[3]{x}", "<mroot><mrow><mi>x</mi></mrow><mrow><mn>3</mn></mrow></mroot>"),
        (r"\text{if } x", "<mtext>if </mtext><mi>x</mi>"),
        (r"\mathbb{R}", "<mi>ℝ</mi>"),
        (r"\unknown", "<mtext>\\unknown</mtext>"),
        (r"\left( x \right.", "<mrow><mo>(</mo><mi>x</mi><mo></mo></mrow>"),
        (
            r"\begin{cases} 1 & a \\ 0 \end{cases}",
            (
                "<mrow><mo>{</mo><mtable><mtr><mtd><mn>1</mn></mtd><mtd><mi>a</mi></mtd></mtr>"
                "<mtr><mtd><mn>0</mn></mtd></mtr></mtable></mrow>"
            ),
        ),
    ],
)
def test_formulas(formula: str, shown: str) -> None:
    assert render_formula(formula) == f"<math>{shown}</math>"


_ATTRIBUTES = {"class", "display", "title", "style", "width", "accent", "linethickness"}


class _Checker(HTMLParser):
    """Fails if elements are not nested, or if there are any that are not known."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert {name for name, _ in attrs} <= {
            "class",
            "display",
            "title",
            "style",
            "width",
            "accent",
            "linethickness",
        }
        if tag != "hr":
            self.opened.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.opened.pop() == tag


_SIGNS = "* ** _ ` ``` $ $$ # | |-| [a]( ](b) ![ ) <b> \\ { } ^ & ] x \u202e ' \""
_COMMANDS = "frac left right begin{cases} end{cases} sqrt[ text{"
_PARTS = [*_SIGNS.split(), *(f"\\{name}" for name in (*_COMMANDS.split(), *_SIGNS.split()))]
_BLANKS = ["\n", "\n\n", "# ", "- ", "1. ", "> ", " ", "    "]


@given(st.lists(st.sampled_from([*_PARTS, *_BLANKS]), max_size=40).map("".join))
def test_any_text_becomes_elements_that_are_nested(source: str) -> None:
    for shown in (_draw(source), render_formula(source)):
        checker = _Checker()
        checker.feed(shown)
        checker.close()
        assert checker.opened == []


@pytest.mark.parametrize(
    "piece",
    [*_PARTS, *_BLANKS, "* ", "~~", "> - ", "\n- ", "\n> ", "\n|", "\n$$", "\n```", "$x", "-", "["],
)
def test_time_grows_with_the_length(piece: str) -> None:
    for shown in (render_prose, render_formula):
        start = time.process_time()
        shown(piece * (3_900 // len(piece)) + "x")
        assert time.process_time() - start < 1
