"""Python and Markdown as tokens."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from nbvc.render.lexers import lex_markdown, lex_python
from nbvc.render.lexing import lex
from nbvc.render.paint import Painter

PYTHON_PARTS = (
    *("def f(x):", "class A:", "import a.b as c", "from . import x", "@deco", "#", "\n", " ", "\\"),
    *("'", '"', "'''", '"""', "f", "rb", "{", "}", "{{", "0x1F", "1.5e-3j", "1_0", ".", "é", "in"),
)
MARKDOWN_PARTS = (
    *(
        "# ",
        "## ",
        "```",
        "```py\n",
        "\n",
        "- [x] ",
        "1. ",
        "> ",
        "*",
        "**",
        "_",
        "__",
        "`",
        "[",
        "]",
    ),
    *("](", ")", "\\", "a", " ", "é"),
)


def tokens(text: str, language: str) -> list[tuple[str, str]]:
    """Return the last name of each kind, with the text; plain text is left out."""
    found = lex(text, language)
    assert found is not None
    return [(kind[-1], value) for kind, value in found if kind and kind != ("Operator",)]


@given(st.lists(st.sampled_from(PYTHON_PARTS)).map("".join) | st.text())
@example("'\\")
@example('"""a""\\')
def test_tokens_of_python_are_the_text(text: str) -> None:
    assert "".join(value for _, value in lex_python(text)) == text


@given(st.lists(st.sampled_from(MARKDOWN_PARTS)).map("".join) | st.text())
def test_tokens_of_markdown_are_the_text(text: str) -> None:
    assert "".join(value for _, value in lex_markdown(text)) == text


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("x = 1", [("Number", "1")]),
        ("def f(self): return None", [
            ("Keyword", "def"), ("Function", "f"), ("Builtin", "self"), ("Keyword", "return"),
            ("Constant", "None"),
        ]),
        ("class A: pass", [("Keyword", "class"), ("Class", "A"), ("Keyword", "pass")]),
        ("import a.b as c", [
            ("Keyword", "import"), ("Namespace", "a"), ("Namespace", "b"), ("Keyword", "as"),
            ("Namespace", "c"),
        ]),
        ("from . import x", [("Keyword", "from"), ("Keyword", "import")]),
        ("raise KeyError from e", [
            ("Keyword", "raise"), ("Exception", "KeyError"), ("Keyword", "from"),
        ]),
        ("a.print, a.list", []),
        ("not a in b", [("Word", "not"), ("Word", "in")]),
        ("@cache", [("Decorator", "@cache")]),
        ("a # b 'c'", [("Comment", "# b 'c'")]),
        ("'a' + rb'\\'' ", [("String", "'a'"), ("String", "rb'\\''")]),
        ('"""a\nb"""', [("String", '"""a\nb"""')]),
        ("'open\nx", [("String", "'open")]),
        ("f'{len(a)} {{b}}'", [
            ("String", "f'"), ("Interpol", "{"), ("Builtin", "len"), ("Interpol", "}"),
            ("String", " {{b}}'"),
        ]),
        ("0xFF 1_000 1e-3j .5", [
            ("Number", "0xFF"), ("Number", "1_000"), ("Number", "1e-3j"), ("Number", ".5"),
        ]),
    ],
)  # fmt: skip
def test_python(text: str, wanted: list[tuple[str, str]]) -> None:
    assert tokens(text, "python") == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("# a\n## b\n#c", [("Heading", "# a"), ("Subheading", "## b")]),
        ("- [x] a\n2. b", [("Keyword", "- [x] "), ("Keyword", "2. ")]),
        ("> a", [("Emph", "> a")]),
        ("a **b** *c* `d`", [("Strong", "**b**"), ("Emph", "*c*"), ("Backtick", "`d`")]),
        ("snake_case_name 2 * 3 * 4", []),
        ("[a](b)", [("Tag", "a"), ("Attribute", "b")]),
        ("```py\n# x\n```\n# y", [("Backtick", "```py\n# x\n```"), ("Heading", "# y")]),
        (
            "```\nopen",
            [
                ("Backtick", "```\n"),
            ],
        ),
        ("\\*a\\*", []),
    ],
)
def test_markdown(text: str, wanted: list[tuple[str, str]]) -> None:
    assert tokens(text, "markdown") == wanted


@pytest.mark.parametrize("dark", [True, False])
def test_each_line_of_a_token_has_its_own_color(*, dark: bool) -> None:
    lines = Painter(on=True, dark=dark).code("'''a\n\nb'''\nx = 1", "python")
    number = "94" if dark else "34"
    assert lines == [
        "\x1b[33m'''a\x1b[0m",
        "",
        "\x1b[33mb'''\x1b[0m",
        f"x = \x1b[{number}m1\x1b[0m",
    ]
