"""Everything that reads a text of a notebook, as functions of a text and another one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import nbvc
from nbvc.diffing.policy import DiffPolicy, Mask
from tests.making import code, comparison, file, markdown

if TYPE_CHECKING:
    from collections.abc import Callable

    Place = Callable[[str, str], object]

ALL = DiffPolicy(masks=frozenset(Mask), rtol=1e-6)
_LANGUAGES = (
    "python",
    "r",
    "julia",
    "javascript",
    "c++",
    "java",
    "sql",
    "bash",
    "markdown",
    "latex",
)


def shown(mime: str, text: Any) -> dict[str, Any]:
    return {"output_type": "display_data", "metadata": {}, "data": {mime: text}}


OUTPUTS: dict[str, Callable[[str], dict[str, Any]]] = {
    "html": lambda text: shown("text/html", text),
    "table": lambda text: shown("text/html", f"<table><tr>{text}</table>"),
    "svg": lambda text: shown("image/svg+xml", f"<svg>{text}"),
    "plain": lambda text: shown("text/plain", text),
    "latex": lambda text: shown("text/latex", text),
    "json": lambda text: shown("application/json", {"a": text}),
    "json-text": lambda text: shown("application/vnd.vega.v5+json", text),
    "bytes": lambda text: shown("application/pdf", text),
    "image": lambda text: shown("image/png", text),
    "fallback": lambda text: {
        "output_type": "display_data",
        "metadata": {},
        "data": {"text/plain": f"{text} at 0x7fff", "text/html": "<b>"},
    },
    "stream": lambda text: {"output_type": "stream", "name": "stdout", "text": text},
    "error": lambda text: {
        "output_type": "error",
        "ename": "E",
        "evalue": text,
        "traceback": [text, "ipykernel_1"],
    },
}


def _output(make: Callable[[str], dict[str, Any]]) -> Place:
    def compare(before: str, after: str) -> object:
        from nbvc.diffing.meaning.comparing import compare_outputs

        return compare_outputs(make(before), make(after), ALL)

    return compare


def diff(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> nbvc.NotebookDiff:
    """Return the diff of two notebooks of these cells, both read from their files."""
    return nbvc.diff(nbvc.read(file(*before)), nbvc.read(file(*after)))


def _everywhere(before: str, after: str) -> nbvc.NotebookDiff:
    sides = [
        [code(text), markdown(text), *(code("f()", [make(text)]) for make in OUTPUTS.values())]
        for text in (before, after)
    ]
    return diff(*sides)


def _terminal(before: str, after: str) -> object:
    from nbvc.render.paint import Painter
    from nbvc.render.terminal import TerminalRenderer

    return list(TerminalRenderer(_everywhere(before, after), Painter(on=True)).lines())


def _page(before: str, after: str) -> object:
    from nbvc.render.html import report

    return "".join(report([comparison("a.ipynb", _everywhere(before, after))]))


def _comment(before: str, after: str) -> object:
    from nbvc.render.markdown import comment

    return comment([comparison("a.ipynb", _everywhere(before, after))])


def _unified(before: str, after: str) -> object:
    from nbvc.diffing.policy import DEFAULT_PARTS
    from nbvc.render.unified import render_unified

    found = _everywhere(before, after)
    assert found.before
    assert found.after
    return render_unified(found.before, found.after, DEFAULT_PARTS)


def _words(before: str, after: str) -> object:
    from nbvc.diffing.meaning.html import read_words

    return read_words(before), read_words(after)


def _merge(before: str, after: str) -> object:
    sides = [before, after, f"w{before[1:]}"]
    base, local, remote = (nbvc.read(file(code(text), markdown(text))) for text in sides)
    return nbvc.merge(base, local, remote)


def _fix(before: str, after: str) -> object:
    from nbvc.errors import NbvcError
    from nbvc.merging.textual import fix_notebook

    for text in (before, after, f'{{"cells": [{{"cell_type": "code", "source": "{before}'):
        try:
            fix_notebook(text.encode(errors="replace"))
        except NbvcError:
            pass
    return None


def _markers(before: str, after: str) -> object:
    from nbvc.merging.markers import parse

    return parse(before.split("\n")), parse(after.split("\n"), 10**9)


def _hunks(before: str, after: str) -> object:
    from nbvc.cli.callbacks.git_hunks import format_hunks

    lines = "\n".join(f'+  "{line}",\n {line}' for line in (before, *after.split("\n")))
    return format_hunks(f"diff --git a/a.ipynb b/a.ipynb\n{lines}".encode(errors="replace"))


def _notebook_text(before: str, after: str) -> object:
    from nbvc.errors import NbvcError

    for text in (before, f'{{"cells": [], "metadata": {{}}, "nbformat": 4, "a": {after}'):
        try:
            nbvc.read(text.encode(errors="replace"))
        except NbvcError:
            pass
    return None


def _lexer(language: str) -> Place:
    def colors(before: str, _: str) -> object:
        from nbvc.render.lexing import lex

        return [
            lex(before[start : start + 40_000], language) for start in range(0, len(before), 40_000)
        ]

    return colors


PLACES: dict[str, Place] = {
    **{name: _output(make) for name, make in OUTPUTS.items()},
    "words": _words,
    "code": lambda before, after: diff([code(before)], [code(after)]).to_dict(),
    "metadata": lambda before, after: diff(
        [code("a", metadata={"mine": before})], [code("a", metadata={"mine": after})]
    ).to_dict(),
    "terminal": _terminal,
    "page": _page,
    "comment": _comment,
    "unified": _unified,
    "merge": _merge,
    "fix": _fix,
    "markers": _markers,
    "hunks": _hunks,
    "notebook": _notebook_text,
    **{f"colors-{language}": _lexer(language) for language in _LANGUAGES},
}
"""What a text goes through, by name."""
