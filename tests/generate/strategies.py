"""Any notebook, any edit of one, and any way to write one down, for laws that hold for all."""

from __future__ import annotations

import copy
import json
from typing import Any, NamedTuple

from hypothesis import strategies as st

from nbvc.notebook.multiline import split_cell

Cell = dict[str, Any]
Pair = tuple[dict[str, Any], dict[str, Any]]

ODD = ("\r", "\r\n", "\u2028", "\x0c", "\x85", "\t", '\\u0041"', "é", "𝒳", "\x1b[31m", "</script>")
"""What ends lines, needs an escape, or looks like one."""

_WORDS = ("import os", "df.head()", "x = 1", "for row in rows:", "    print(row)", "# Title", "")
_NUMBERS = (-0.0, 0.0, 1.0, 1, 0, -1, 1e-9, 1e300, 0.1 + 0.2, 2**53 + 1, 10**30, True, False, None)
_KEYS = ("tags", "collapsed", "slideshow", "a b", "", "é", "cells", "vendor.io/key", "id")

texts = st.text(max_size=8) | st.sampled_from((*_WORDS, *ODD))
scalars = st.sampled_from(_NUMBERS) | st.integers() | st.floats(allow_nan=False) | texts
keys = st.sampled_from(_KEYS)
values = st.recursive(
    scalars.filter(lambda one: one not in (float("inf"), float("-inf"))),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3),
    max_leaves=5,
)
metadata = st.dictionaries(keys, values, max_size=2)
counts = st.none() | st.integers(0, 99)
names = st.sampled_from(("a", "b", "c1", "same", "same", "x-1_"))


def sources() -> st.SearchStrategy[str]:
    """Return lines of code with odd characters between and within them, and none at all."""
    lines = st.lists(st.sampled_from(_WORDS) | texts, max_size=5)
    joints = st.sampled_from(("\n", "\n", "\n", *ODD[:4]))
    return st.builds(lambda lines, joint: joint.join(lines), lines, joints)


_BUNDLES = st.fixed_dictionaries(
    {},
    optional={
        "text/plain": sources(),
        "text/html": sources(),
        "image/svg+xml": sources(),
        "image/png": st.binary(max_size=6).map(lambda some: some.hex() + "==\n"),
        "application/json": values,
        "application/vnd.plotly.v1+json": st.lists(texts, max_size=3) | values,
    },
)
_ERROR = {"ename": texts, "evalue": texts, "traceback": st.lists(sources(), max_size=2)}


def outputs() -> st.SearchStrategy[dict[str, Any]]:
    """Return an output of any of the four kinds."""
    shown = {"data": _BUNDLES, "metadata": metadata}
    stream = {"name": st.sampled_from(("stdout", "stderr")), "text": sources()}
    return st.one_of(
        _kind("stream", stream),
        _kind("display_data", shown),
        _kind("execute_result", {**shown, "execution_count": counts}),
        _kind("error", _ERROR),
    )


def _kind(name: str, members: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({"output_type": st.just(name), **members})


def cells() -> st.SearchStrategy[Cell]:
    """Return a cell of any type, with ids and fields that nobody knows or without."""
    common = {"source": sources(), "metadata": metadata}
    rare = {"id": names, "vendor": values}
    files = st.dictionaries(st.sampled_from(("a.png", "é b.png")), _BUNDLES, max_size=2)
    ran = {"outputs": st.lists(outputs(), max_size=3), "execution_count": counts}
    return st.one_of(
        st.fixed_dictionaries({"cell_type": st.just("code"), **common, **ran}, optional=rare),
        st.fixed_dictionaries(
            {"cell_type": st.sampled_from(("markdown", "raw")), **common},
            optional={**rare, "attachments": files},
        ),
    )


def notebooks() -> st.SearchStrategy[dict[str, Any]]:
    """Return a notebook of format 4.0 to 4.5 as a dictionary, its text as strings."""
    return st.fixed_dictionaries(
        {
            "cells": st.lists(cells(), max_size=6),
            "metadata": metadata,
            "nbformat": st.just(4),
            "nbformat_minor": st.integers(0, 5),
        },
        optional={"vendor": values},
    )


@st.composite
def edited_pairs(draw: st.DrawFn) -> Pair:
    """Return a notebook and what up to six edits made of it."""
    before = draw(notebooks())
    after = copy.deepcopy(before)
    for edit in draw(st.lists(st.sampled_from(_EDITS), max_size=6)):
        edit(draw, after)
    return before, after


def _insert(draw: st.DrawFn, notebook: dict[str, Any]) -> None:
    at = draw(st.integers(0, len(notebook["cells"])))
    notebook["cells"].insert(at, draw(cells()))


def _delete(draw: st.DrawFn, notebook: dict[str, Any]) -> None:
    if notebook["cells"]:
        del notebook["cells"][_index(draw, notebook)]


def _copy(draw: st.DrawFn, notebook: dict[str, Any]) -> None:
    if notebook["cells"]:
        cell = copy.deepcopy(notebook["cells"][_index(draw, notebook)])
        notebook["cells"].insert(_index(draw, notebook), cell)


def _move(draw: st.DrawFn, notebook: dict[str, Any]) -> None:
    if notebook["cells"]:
        cell = notebook["cells"].pop(_index(draw, notebook))
        notebook["cells"].insert(draw(st.integers(0, len(notebook["cells"]))), cell)


def _split(draw: st.DrawFn, notebook: dict[str, Any]) -> None:
    if not notebook["cells"]:
        return
    at = _index(draw, notebook)
    cell = notebook["cells"][at]
    head, found, tail = cell["source"].partition("\n")
    if found:
        halves = [{**copy.deepcopy(cell), "source": half} for half in (head, tail)]
        halves[draw(st.integers(0, 1))].pop("id", None)
        notebook["cells"][at : at + 1] = halves


def _join(draw: st.DrawFn, notebook: dict[str, Any]) -> None:
    if len(notebook["cells"]) < 2:
        return
    at = draw(st.integers(0, len(notebook["cells"]) - 2))
    one, other = notebook["cells"][at : at + 2]
    joint = draw(st.sampled_from(("\n", "\n\n")))
    joined = {**copy.deepcopy(one), "source": joint.join((one["source"], other["source"]))}
    notebook["cells"][at : at + 2] = [joined]


def _change(draw: st.DrawFn, notebook: dict[str, Any]) -> None:
    """Give a cell a member of another cell, of its own type or not."""
    if not notebook["cells"]:
        return
    cell, new = notebook["cells"][_index(draw, notebook)], draw(cells())
    for key in draw(st.sets(st.sampled_from(sorted({*cell, *new} - {"cell_type"})), max_size=2)):
        if key not in new:
            cell.pop(key)
        elif key not in {"outputs", "execution_count"} or cell["cell_type"] == "code":
            cell[key] = new[key]


def _retype(draw: st.DrawFn, notebook: dict[str, Any]) -> None:
    if notebook["cells"]:
        at = _index(draw, notebook)
        notebook["cells"][at] = {**draw(cells()), "source": notebook["cells"][at]["source"]}


def _edit_line(draw: st.DrawFn, notebook: dict[str, Any]) -> None:
    if notebook["cells"]:
        cell = notebook["cells"][_index(draw, notebook)]
        lines = cell["source"].split("\n")
        lines[draw(st.integers(0, len(lines) - 1))] = draw(texts)
        cell["source"] = "\n".join(lines)


def _top(draw: st.DrawFn, notebook: dict[str, Any]) -> None:
    new = draw(notebooks())
    key = draw(st.sampled_from(("metadata", "nbformat_minor", "vendor")))
    if key in new:
        notebook[key] = new[key]
    else:
        notebook.pop(key, None)


def _index(draw: st.DrawFn, notebook: dict[str, Any]) -> int:
    return draw(st.integers(0, len(notebook["cells"]) - 1))


_EDITS = (
    *(_insert, _delete, _copy, _move, _split, _join),
    *(_change, _retype, _edit_line, _edit_line, _top),
)


class FileStyle(NamedTuple):
    """One way to write a notebook down."""

    indent: int | str | None
    separators: tuple[str, str]
    ascii: bool
    sort_keys: bool
    newline: str
    bom: bool
    final_newline: bool
    text_as_lines: bool


def styles() -> st.SearchStrategy[FileStyle]:
    """Return a way to write a notebook down, as some program does or could."""
    flags = [st.booleans()] * 2
    return st.builds(
        FileStyle,
        st.sampled_from((None, 0, 1, 2, 4, "\t")),
        st.sampled_from(((",", ": "), (", ", ": "), (",", ":"))),
        *flags,
        st.sampled_from(("\n", "\n", "\r\n")),
        *flags,
        st.booleans(),
    )


def serialise(notebook: dict[str, Any], style: FileStyle) -> bytes:
    """Return the bytes of a notebook's file in a style."""
    if style.text_as_lines:
        notebook = {**notebook, "cells": [split_cell(cell) for cell in notebook["cells"]]}
    text = json.dumps(
        notebook,
        indent=style.indent,
        separators=style.separators,
        ensure_ascii=style.ascii,
        sort_keys=style.sort_keys,
    )
    # A line end within a string is always escaped, so these are the file's own.
    text = text.replace("\n", style.newline) + style.newline * style.final_newline
    return text.encode("utf-8-sig" if style.bom else "utf-8")
