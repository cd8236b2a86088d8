"""Valid notebooks in, valid notebooks out, whatever nbvc makes of them."""

from __future__ import annotations

import warnings

import nbformat
from hypothesis import given
from hypothesis import strategies as st

import nbvc
from nbvc.merging import OutputChoice, SourceChoice, Strategy, merge
from nbvc.merging.markers import Take, find, settle
from nbvc.merging.textual import fix_notebook
from nbvc.normalising import Policy
from nbvc.normalising.cleaning import clean
from nbvc.store.entries import OutputStore
from nbvc.store.files import store_stripped
from nbvc.store.home import Home
from nbvc.store.restoring import restore_outputs
from nbvc.workflow.picking import take_cell
from tests.generate.valid import Three, notebooks, threes


def validates(notebook: nbvc.Notebook) -> bool:
    """Ask nbformat, and its check of ids, without nbvc's own model in between."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        nbformat.validate(nbformat.from_dict(notebook.to_dict()))
    return True


@given(threes(), st.sampled_from(SourceChoice), st.sampled_from(OutputChoice), st.data())
def test_merged_and_resolved(
    three: Three, sources: SourceChoice, outputs: OutputChoice, data: st.DataObject
) -> None:
    merged = merge(*three, Strategy(sources, outputs)).notebook
    assert validates(merged)
    cells = []
    for cell in merged.cells:
        marked = find(cell)
        takes = [data.draw(st.sampled_from(Take)) for _ in range(marked.hunks if marked else 0)]
        settled = settle(cell, takes)
        cells += [settled] if settled is not None else []
    assert validates(merged.with_cells(cells))


@given(notebooks(), st.data())
def test_fixed_after_a_cut(one: nbvc.Notebook, data: st.DataObject) -> None:
    text = one.to_bytes()
    try:
        content, _ = fix_notebook(text[: data.draw(st.integers(1, len(text)))])
    except nbvc.NbvcError:
        return
    assert validates(nbvc.read(content))


@given(threes())
def test_patched(three: Three) -> None:
    patched = nbvc.patch(three.base, nbvc.diff(three.base, three.local))
    assert validates(patched)


@given(threes(), st.data())
def test_with_a_cell_of_another_version(three: Three, data: st.DataObject) -> None:
    if three.base.cells:
        at = data.draw(st.integers(0, len(three.base.cells) - 1))
        assert nbvc.read(take_cell(three.base, three.local, at)).problems() == ()


@given(threes(), st.booleans())
def test_cleaned_and_restored(three: Three, after_edit: bool) -> None:
    from tempfile import TemporaryDirectory

    content = three.base.to_bytes()
    cleaned = clean(three.base, Policy())
    assert validates(cleaned.after)
    with TemporaryDirectory() as folder:
        store = OutputStore(Home(folder))
        store_stripped(store, "a.ipynb", content, cleaned)
        now = clean(three.local, Policy()).after if after_edit else cleaned.after
        back = restore_outputs(store, "a.ipynb", now.to_bytes())
    assert validates(nbvc.read(back.content))
