"""Notebooks that grow in something else than the length of a text: items, depth, columns, images."""

from __future__ import annotations

import base64
import struct
import zlib
from typing import TYPE_CHECKING, Any

import nbvc
from tests.growth.places import ALL, diff, shown
from tests.making import code, comparison, file, stream

if TYPE_CHECKING:
    from collections.abc import Callable


def _compared(mime: str, before: Any, after: Any) -> object:
    from nbvc.diffing.meaning.comparing import compare_outputs

    return compare_outputs(shown(mime, before), shown(mime, after), ALL)


def _table(body: str) -> str:
    return f"<table>{body}</table>"


def _wide_table(n: int) -> object:
    cells = [f"<td>{number}</td>" for number in range(n)]
    return _compared(
        "text/html", _table("<tr>" + "".join(cells)), _table("<tr>" + "".join(cells[1:]))
    )


def _long_table(n: int) -> object:
    rows = [f"<tr><td>{number}</td><td>{number % 7}</td></tr>" for number in range(n)]
    return _compared("text/html", _table("".join(rows)), _table("".join(rows[5:] + rows[:5])))


def _ragged_table(n: int) -> object:
    sides = (f"<tr>{'<td>1</td>' * n}</tr>{f'<tr><td>{a}</td></tr>' * n}" for a in (1, 2))
    return _compared("text/html", *map(_table, sides))


def _many_headings(n: int) -> object:
    sides = (f"{'<tr><th>a</th></tr>' * n}<tr>{f'<td>{a}</td>' * n}</tr>" for a in (1, 2))
    return _compared("text/html", *map(_table, sides))


def _spans(n: int) -> object:
    sides = (f"<tr>{'<td colspan=1000 rowspan=1000>a' * n}{f'<tr><td>{a}' * n}" for a in (1, 2))
    return _compared("text/html", *map(_table, sides))


def _spans_of_tables(n: int) -> object:
    sides = (_table(f"<tr><td colspan=1000>{a}") * n for a in (1, 2))
    return _compared("text/html", *sides)


def _many_tables(n: int) -> object:
    return _compared(
        "text/html", *("".join(_table(f"<tr><td>{a + m}") for m in range(n)) for a in (1, 2))
    )


def _png(n: int) -> object:
    def made(level: int, width: int) -> str:
        def chunk(kind: bytes, body: bytes) -> bytes:
            return struct.pack(">I", len(body)) + kind + body + b"\0\0\0\0"

        head = struct.pack(">IIBBBBB", width, 1 << 20, 8, 6, 0, 0, 0)
        squeezed = zlib.compress(bytes(n * 500), level)
        parts = chunk(b"IHDR", head) + chunk(b"PLTE", b"") * n + chunk(b"IDAT", squeezed)
        return base64.b64encode(b"\x89PNG\r\n\x1a\n" + parts + chunk(b"IEND", b"")).decode()

    for width in (20, 1 << 30):
        _compared("image/png", made(9, width), made(8, width))
    return None


def _deep_json(n: int) -> object:
    depth, wide = min(n // 100, 200), list(range(n))
    sides: list[Any] = [wide, [*wide[1:], 0]]
    for _ in range(depth):
        sides = [[side] for side in sides]
    return diff(*([code("f()", [shown("application/json", side)])] for side in sides)).to_dict()


def _many_keys(n: int) -> object:
    sides = ({f"k{number}": number // a for number in range(n)} for a in (1, 2))
    return _compared("application/json", *sides)


def _stream_pieces(n: int) -> object:
    pieces = [stream(f"{number}\n") for number in range(n)]
    return diff([code("f()", pieces)], [code("f()", pieces[1:])]).to_dict()


def _stream_names(n: int) -> object:
    sides = ([stream("a\n", f"{a}{number}") for number in range(n)] for a in "xy")
    return diff(*([code("f()", side)] for side in sides)).to_dict()


def _changed_lines(n: int) -> nbvc.NotebookDiff:
    lines = [f"line {number} = {number}" for number in range(n)]
    others = [f"{line}1" if number % 12 == 0 else line for number, line in enumerate(lines)]
    return diff([code("\n".join(lines))], [code("\n".join(others))])


def _page_of_lines(n: int) -> object:
    from nbvc.render.html import report

    return "".join(report([comparison("a.ipynb", _changed_lines(n))]))


def _unified_lines(n: int) -> object:
    from nbvc.diffing.policy import DEFAULT_PARTS
    from nbvc.render.unified import render_unified

    found = _changed_lines(n)
    assert found.before
    assert found.after
    return render_unified(found.before, found.after, DEFAULT_PARTS)


def _own_masks(n: int) -> object:
    from nbvc.diffing.meaning.masks import mask_text

    patterns = ("a*a*a*b", "*a*b", "a*b", "*b*")
    return [mask_text(text * n, (one,)) for one in patterns for text in ("a", "a b ")]


def _exclude_patterns(n: int) -> object:
    from nbvc.normalising.patterns import Pattern, find_excluding

    path = "/".join(["a" * (n // 4)] * 4)
    patterns = ("*a" * 20 + "b", "**/" * 20 + "b", "[!b]*" * 20 + "b")
    return find_excluding(tuple(Pattern(text, "") for text in patterns), path)


def _one_against_many(n: int) -> object:
    return _compared("text/plain", "a\nb", "\n".join(f"{number % 7} a" for number in range(n)))


def _different_lines(n: int) -> object:
    return _compared(
        "text/plain", *("\n".join(f"{number}{a}" for number in range(n)) for a in ("a", "b"))
    )


def _shuffled_lines(n: int) -> object:
    sides = ([f"{number * step % n}x" for number in range(n)] for step in (1, 7919))
    return _compared("text/plain", *map("\n".join, sides))


def _cursor(n: int) -> object:
    """Spaces that fill a line up to where the cursor is cost as much as letters."""
    from nbvc.diffing.meaning.folding import fold_text

    return fold_text("\n" * n + "a" * n + "\x1b[Ax" * n)


def _duplicate_keys(n: int) -> object:
    keys = ",".join(f'"k{number}":1' for number in range(n))
    from nbvc.notebook.duplicates import duplicate_keys

    return duplicate_keys(f'{{"k0":2,{keys}}}'.encode())


def _attachments(n: int) -> object:
    names = [f"a{number}.png" for number in range(n)]

    def cell(value: str) -> dict[str, Any]:
        source = " ".join(f"![](attachment:{name})" for name in names)
        held = {name: {"image/png": value} for name in names}
        return {"cell_type": "markdown", "metadata": {}, "source": source, "attachments": held}

    base, local, remote = (nbvc.read(file(cell(value))) for value in ("QQ==", "Qg==", "Qw=="))
    return nbvc.merge(base, local, remote)


def _equal_cells(n: int) -> object:
    """Cells that are all alike, between others of which each side moved one."""
    cells = [
        {"cell_type": "code", "metadata": {}, "outputs": [], "source": source}
        for number in range(n)
        for source in ("", f"value_{number} = compute({number})")
    ]
    local = [cells[0], *cells[2:8], cells[1], *cells[8:]]
    remote = [*cells[:-8], cells[-1], *cells[-8:-1]]
    three = [nbvc.read(file(*side)) for side in (cells, local, remote)]
    return nbvc.merge(three[0], three[1], three[2])


def _deletions_by_turns(n: int) -> object:
    lines = [f"value_{number} = compute({number})" for number in range(n)]
    texts = map("\n".join, (lines, lines[::2], lines[1::2]))
    cells = ({"cell_type": "markdown", "metadata": {}, "source": text} for text in texts)
    three = [nbvc.read(file(cell)) for cell in cells]
    return nbvc.merge(three[0], three[1], three[2])


def _open_brackets(n: int) -> object:
    from nbvc.merging.lenient import parse_leniently

    return parse_leniently("[" * n + "}" * n)


def _long_markers(n: int) -> object:
    from nbvc.errors import NbvcError
    from nbvc.merging.textual import sides_of

    try:
        sides_of(("<" * n + " a\n" + "<x\n" * n).encode())
    except NbvcError:
        pass
    return None


SERIES: dict[str, tuple[Callable[[int], object], int]] = {
    "wide-table": (_wide_table, 20_000),
    "equal-cells": (_equal_cells, 2_000),
    "deletions-by-turns": (_deletions_by_turns, 10_000),
    "long-table": (_long_table, 10_000),
    "ragged-table": (_ragged_table, 10_000),
    "many-headings": (_many_headings, 10_000),
    "spans": (_spans, 10_000),
    "spans-of-tables": (_spans_of_tables, 10_000),
    "many-tables": (_many_tables, 5_000),
    "png": (_png, 20_000),
    "deep-json": (_deep_json, 20_000),
    "many-keys": (_many_keys, 20_000),
    "stream-pieces": (_stream_pieces, 5_000),
    "stream-names": (_stream_names, 5_000),
    "page-of-lines": (_page_of_lines, 10_000),
    "unified-lines": (_unified_lines, 10_000),
    "one-against-many": (_one_against_many, 100_000),
    "different-lines": (_different_lines, 20_000),
    "shuffled-lines": (_shuffled_lines, 20_000),
    "cursor": (_cursor, 20_000),
    "duplicate-keys": (_duplicate_keys, 20_000),
    "attachments": (_attachments, 500),
    "open-brackets": (_open_brackets, 50_000),
    "long-markers": (_long_markers, 50_000),
    "exclude-patterns": (_exclude_patterns, 20_000),
    "own-masks": (_own_masks, 50_000),
}
"""What grows, and a size at which it takes a moment."""
