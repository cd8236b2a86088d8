"""Any valid notebook, and three versions of one, for laws about what the format's schema allows."""

from __future__ import annotations

import copy
from typing import Any, NamedTuple

from hypothesis import strategies as st

from nbvc.notebook import Notebook
from tests.generate import strategies as any_

_FIRST_WITH_IDS = 5

ids = st.text("abcdefgh-_0123456789", min_size=1, max_size=6)
names = st.sampled_from(("setup", "a b", "é"))
tags = st.lists(st.sampled_from(("a", "b", "hide-input", "parameters")), unique=True, max_size=3)
objects = st.dictionaries(any_.keys, any_.values, max_size=2)
bundles = st.fixed_dictionaries(
    {},
    optional={
        "text/plain": any_.sources(),
        "text/html": st.lists(any_.sources(), max_size=2),
        "image/png": st.just("iVBO"),
        "application/json": any_.values,
        "application/vnd.plotly.v1+json": any_.values,
    },
)
timings = st.fixed_dictionaries({}, optional={"iopub.status.busy": any_.texts, "shell": any_.texts})

_FREE: dict[str, Any] = {"slideshow": any_.values, "vendor": any_.values}
_NAMED: dict[str, Any] = {"name": names, "tags": tags, "jupyter": objects, **_FREE}
_METADATA: dict[str, Any] = {
    "code": {
        **_NAMED,
        "collapsed": st.booleans(),
        "scrolled": st.sampled_from((True, False, "auto")),
        "execution": timings,
    },
    # What is bound to a type in one kind of cell is free in another.
    "markdown": {**_NAMED, "collapsed": any_.values, "scrolled": any_.values, "format": objects},
    "raw": {**_NAMED, "format": st.sampled_from(("text/html", "")), "execution": any_.values},
}
_SHOWN = {"data": bundles, "metadata": objects}
outputs = st.one_of(
    st.fixed_dictionaries(
        {"output_type": st.just("stream"), "name": st.just("stdout"), "text": any_.sources()}
    ),
    st.fixed_dictionaries({"output_type": st.just("display_data"), **_SHOWN}),
    st.fixed_dictionaries(
        {"output_type": st.just("execute_result"), **_SHOWN, "execution_count": any_.counts}
    ),
    st.fixed_dictionaries(
        {
            "output_type": st.just("error"),
            "ename": any_.texts,
            "evalue": any_.texts,
            "traceback": st.lists(any_.texts, max_size=2),
        }
    ),
)
kernels = st.fixed_dictionaries(
    {"name": any_.texts, "display_name": any_.texts}, optional={"language": any_.values}
)
languages = st.fixed_dictionaries(
    {"name": any_.texts},
    optional={
        "codemirror_mode": any_.texts | objects,
        "file_extension": st.just(".py"),
        "version": any_.values,
    },
)
notebook_metadata = st.fixed_dictionaries(
    {},
    optional={
        "kernelspec": kernels,
        "language_info": languages,
        "title": any_.texts,
        "authors": st.lists(any_.values, max_size=2),
        "orig_nbformat": st.integers(1, 4),
        **_FREE,
    },
)


@st.composite
def cells(draw: st.DrawFn, kinds: tuple[str, ...] = ("code", "code", "markdown", "raw")) -> Any:
    """Return a valid cell with an id, which formats before 4.5 do without."""
    kind = draw(st.sampled_from(kinds))
    cell: dict[str, Any] = {
        "id": draw(ids),
        "cell_type": kind,
        "metadata": draw(st.fixed_dictionaries({}, optional=_METADATA[kind])),
        "source": draw(any_.sources()),
    }
    if kind == "code":
        cell["outputs"] = draw(st.lists(outputs, max_size=2))
        cell["execution_count"] = draw(any_.counts)
    elif draw(st.booleans()):
        cell["attachments"] = draw(st.dictionaries(st.just("a.png"), bundles, max_size=1))
    return cell


class Three(NamedTuple):
    """A valid notebook and what two sides made of it, each valid as well."""

    base: Notebook
    local: Notebook
    remote: Notebook


@st.composite
def threes(draw: st.DrawFn) -> Three:
    """Return a notebook and what up to four edits on each side made of it."""
    base: dict[str, Any] = {
        "cells": draw(st.lists(cells(), max_size=4)),
        "metadata": draw(notebook_metadata),
        "nbformat": 4,
        "nbformat_minor": draw(st.sampled_from((4, 5))),
    }
    sides = [copy.deepcopy(base) for _ in range(2)]
    for side in sides:
        for edit in draw(st.lists(st.sampled_from(_EDITS), max_size=4)):
            edit(draw, side)
    return Three(*(_as_format_wants(one) for one in (base, *sides)))


def notebooks() -> st.SearchStrategy[Notebook]:
    """Return a valid notebook of format 4.4 or 4.5."""
    return threes().map(lambda three: three.local)


def _as_format_wants(notebook: dict[str, Any]) -> Notebook:
    """Return the notebook with unique ids, or without any."""
    if notebook["nbformat_minor"] < _FIRST_WITH_IDS:
        cells = [{key: one[key] for key in one if key != "id"} for one in notebook["cells"]]
        return Notebook.from_dict({**notebook, "cells": cells})
    taken: set[str] = set()
    found = []
    for cell in notebook["cells"]:
        name = cell["id"]
        while name in taken:
            name += "x"
        taken.add(name)
        found.append({**cell, "id": name})
    return Notebook.from_dict({**notebook, "cells": found})


def _change(draw: st.DrawFn, notebook: dict[str, Any]) -> None:
    """Give a cell a member of a new cell of its type, or a part of its metadata."""
    if not notebook["cells"]:
        return
    cell = notebook["cells"][_index(draw, notebook)]
    new = draw(cells((cell["cell_type"],)))
    key = draw(st.sampled_from(sorted(new)))
    if key == "metadata":
        cell["metadata"] = {**cell["metadata"], **new["metadata"]}
    else:
        cell[key] = new[key]


def _retype(draw: st.DrawFn, notebook: dict[str, Any]) -> None:
    """Turn a cell into one of another type, with its source and what the new type allows."""
    if notebook["cells"]:
        at = _index(draw, notebook)
        notebook["cells"][at] = {**draw(cells()), "source": notebook["cells"][at]["source"]}


def _insert(draw: st.DrawFn, notebook: dict[str, Any]) -> None:
    notebook["cells"].insert(draw(st.integers(0, len(notebook["cells"]))), draw(cells()))


def _delete(draw: st.DrawFn, notebook: dict[str, Any]) -> None:
    if notebook["cells"]:
        del notebook["cells"][_index(draw, notebook)]


def _move(draw: st.DrawFn, notebook: dict[str, Any]) -> None:
    if notebook["cells"]:
        cell = notebook["cells"].pop(_index(draw, notebook))
        notebook["cells"].insert(draw(st.integers(0, len(notebook["cells"]))), cell)


def _top(draw: st.DrawFn, notebook: dict[str, Any]) -> None:
    notebook["metadata"] = draw(notebook_metadata)


def _upgrade(draw: st.DrawFn, notebook: dict[str, Any]) -> None:
    notebook["nbformat_minor"] = draw(st.just(5))


def _index(draw: st.DrawFn, notebook: dict[str, Any]) -> int:
    return draw(st.integers(0, len(notebook["cells"]) - 1))


_EDITS = (_change, _change, _change, _retype, _retype, _insert, _delete, _move, _top, _upgrade)
