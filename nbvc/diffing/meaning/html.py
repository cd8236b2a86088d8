"""HTML outputs: tables by cell, and the rest by what it says."""

from __future__ import annotations

import re

from nbvc.diffing.meaning.markup import (
    Comment,
    End,
    Raw,
    Tag,
    Text,
    number_names,
    scan,
    squeeze_spaces,
    unescape_text,
)
from nbvc.diffing.meaning.masks import bar_timings
from nbvc.diffing.meaning.model import BytesMeaning, Meaning, TableChange, TableMeaning, TextMeaning
from nbvc.diffing.meaning.tables import split_tables
from nbvc.diffing.meaning.tabular import compare_tables, summarize_tables
from nbvc.diffing.meaning.text import compare_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from nbvc.diffing.meaning.markup import Token
    from nbvc.diffing.meaning.tables import Table
    from nbvc.diffing.policy import DiffPolicy

_LONGEST = 3_000_000
_BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "br",
        "dd",
        "details",
        "div",
        "dl",
        "dt",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "li",
        "main",
        "nav",
        "ol",
        "option",
        "p",
        "pre",
        "section",
        "summary",
        "table",
        "td",
        "th",
        "tr",
        "ul",
    ]
)


_SILENT = frozenset(("head", "template"))


def compare_html(before: str, after: str, policy: DiffPolicy) -> Meaning:
    """Compare two HTML texts: as tables if both have some, else as text."""
    if max(len(before), len(after)) > _LONGEST:
        return BytesMeaning(same=False, summary="the HTML differs, and is too long to look into")
    olds, news = (number_names(scan(html)) for html in (before, after))
    if olds == news:
        return TextMeaning(same=True, summary="shows the same")
    (tables, rest), (others, other_rest) = split_tables(olds), split_tables(news)
    if tables and others and all(table.regular for table in (*tables, *others)):
        return _compare_tables(tables, others, (rest, other_rest), policy)
    return compare_text(write_tokens(olds), write_tokens(news), policy)


def _compare_tables(
    olds: list[Table],
    news: list[Table],
    around: tuple[list[Token], list[Token]],
    policy: DiffPolicy,
) -> TableMeaning:
    both = min(len(olds), len(news))
    changes = [
        compare_tables(olds[place], news[place], (place, place), policy) for place in range(both)
    ]
    # The tags around may differ in spaces and in the rules of a style alone.
    old, new = (write_tokens([t for t in side if not _is_style(t)]) for side in around)
    outside = not compare_text(old, new, policy).same
    restyled = [[t for t in side if _is_style(t)] for side in around]
    if restyled[0] != restyled[1] and changes:
        changes[0] = _mark_styled(changes[0])
    if any(one.corner != other.corner for one, other in zip(olds, news, strict=False)):
        outside = True
    changes += [TableChange(before=n, after=None) for n in range(both, len(olds))]
    changes += [TableChange(before=None, after=n) for n in range(both, len(news))]
    return summarize_tables(changes, policy, around=outside)


def _is_style(token: Token) -> bool:
    return isinstance(token, Raw) and token.name == "style"


def _mark_styled(change: TableChange) -> TableChange:
    import msgspec

    return msgspec.structs.replace(change, styled=True)


def write_tokens(tokens: list[Token]) -> str:
    """Return tokens as text to compare: what is read, line by line, then tags and scripts."""
    read: list[str] = []
    beside: list[str] = []
    for token in tokens:
        if isinstance(token, Text):
            read.append(token.text)
        elif isinstance(token, Raw):
            beside += [squeeze_spaces(line) for line in token.text.split("\n") if line.strip()]
        elif not isinstance(token, Comment):
            if token.name in _BLOCKS:
                read.append("\n")
            if isinstance(token, Tag):
                pairs = "".join(f' {key}="{value}"' for key, value in token.attributes)
                beside.append(f"<{token.name}{pairs}>")
    lines = (squeeze_spaces(line) for line in "".join(read).split("\n"))
    return bar_timings("\n".join([*filter(None, lines), *beside]))


def read_words(markup: str) -> str:
    """Return what a page of this HTML lets people read, without empty lines.

    A tab is before each cell of a table, and an image is its alternative text.
    """
    read: list[str] = []
    silent = 0
    for token in scan(markup[:_LONGEST]):
        if isinstance(token, Text):
            read.append("" if silent else token.text)
        elif isinstance(token, Raw):
            read.append(
                unescape_text(token.text) if token.name == "textarea" and not silent else ""
            )
        elif isinstance(token, (Tag, End)):
            if token.name in _SILENT:
                silent = max(0, silent + (1 if isinstance(token, Tag) else -1))
            elif token.name in ("td", "th"):
                read.append("\t" if isinstance(token, Tag) else "")
            elif token.name in _BLOCKS:
                read.append("\n")
            elif isinstance(token, Tag) and token.name == "img" and not silent:
                read.append(token.get("alt") or "")
    lines = (re.sub(r"[^\S\t]+", " ", line).strip() for line in "".join(read).split("\n"))
    return "\n".join(line for line in lines if line)
