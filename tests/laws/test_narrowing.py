"""What holds for every choice of changes, on notebooks that a script edited."""

from __future__ import annotations

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from nbvc import Notebook, diff, patch
from nbvc.diffing.narrowing import WHOLE, Portion, can_divide, count_hunks, narrow
from nbvc.diffing.values import Change
from nbvc.notebook.validity import find_problems
from tests.generate.planted import ID_MODES, plant

pairs = st.builds(
    lambda seed, ids: tuple(map(Notebook.from_dict, plant(seed, ids, 8)[:2])),
    st.integers(0, 10_000),
    st.sampled_from(ID_MODES),
)


def everything(count: int) -> dict[int, Portion]:
    return dict.fromkeys(range(count), WHOLE)


@given(pairs)
def test_all_changes_give_the_other_notebook_and_none_the_first(
    two: tuple[Notebook, Notebook],
) -> None:
    before, after = two
    whole = diff(before, after)
    assert narrow(whole, everything(len(whole.cells)), notebook=True).after == after
    nothing = narrow(whole, {}).after
    assert nothing is not None
    assert nothing.to_bytes() == before.to_bytes()


@settings(max_examples=60)
@given(pairs, st.data())
def test_a_choice_keeps_the_bytes_of_what_it_leaves(
    two: tuple[Notebook, Notebook], data: st.DataObject
) -> None:
    """Also in the layout of another tool, and in format 3."""
    indent = data.draw(st.sampled_from((None, 1, 4)))
    is_old = data.draw(st.booleans())
    before, after = (lay_out(one, indent, is_old=is_old) for one in two)
    whole = diff(before, after)
    chosen = {number: WHOLE for number in range(len(whole.cells)) if data.draw(st.booleans())}
    made = narrow(whole, chosen).after
    assert made is not None
    assert made.file_format == before.file_format
    left = [at for n, entry in enumerate(whole.cells) if n not in chosen for at in entry.before]
    content, position = made.to_bytes(), 0
    for at in sorted(left):
        text = before.cells[at].text
        position = content.index(text, position) + len(text)


def lay_out(notebook: Notebook, indent: int | None, *, is_old: bool) -> Notebook:
    """Return a notebook as another tool writes it, or with its cells as format 3 has them."""
    value = notebook.to_dict()
    if is_old:
        cells = [
            {
                "cell_type": cell["cell_type"],
                "metadata": {},
                "input" if cell["cell_type"] == "code" else "source": cell["source"],
                **({"outputs": [], "language": "python"} if cell["cell_type"] == "code" else {}),
            }
            for cell in value["cells"]
        ]
        sheets = [{"cells": cells, "metadata": {}}]
        value = {"metadata": {}, "nbformat": 3, "nbformat_minor": 0, "worksheets": sheets}
    return Notebook.from_bytes(json.dumps(value, indent=indent).encode())


@settings(max_examples=60)
@given(pairs, st.data())
def test_a_choice_is_a_whole_diff_and_leaves_the_rest(
    two: tuple[Notebook, Notebook], data: st.DataObject
) -> None:
    before, after = two
    whole = diff(before, after)
    chosen: dict[int, Portion] = {}
    for number, entry in enumerate(whole.cells):
        if not data.draw(st.booleans()):
            continue
        chosen[number] = WHOLE
        if can_divide(entry) and data.draw(st.booleans()):
            hunks = data.draw(st.sets(st.integers(0, 3))) & {*range(count_hunks(entry))}
            chosen[number] = Portion(
                frozenset(hunks), outputs=data.draw(st.booleans()), rest=data.draw(st.booleans())
            )
    made = narrow(whole, chosen)
    assert made.after is not None
    assert patch(before, made) == made.after
    assert not find_problems(made.after)
    assert Notebook.from_dict(made.after.to_dict()) == made.after
    # What was not chosen keeps its text and its order.
    left = [at for n, entry in enumerate(whole.cells) if n not in chosen for at in entry.before]
    texts = [cell.text for cell in made.after.cells]
    places = [texts.index(before.cells[at].text) for at in sorted(left)]
    assert places == sorted(places)
    # The rest of the way leads to the other notebook.
    rest = diff(made.after, after)
    assert narrow(rest, everything(len(rest.cells)), notebook=True).after == after


@settings(max_examples=40)
@given(pairs)
def test_parts_of_a_cell_put_together_are_the_cell(two: tuple[Notebook, Notebook]) -> None:
    whole = diff(*two)
    for number, entry in enumerate(whole.cells):
        if entry.change is not Change.MODIFIED or not can_divide(entry):
            continue
        (new,) = entry.get_cells()[1]
        every = Portion(frozenset(range(count_hunks(entry))))
        made = narrow(whole, {number: every}, notebook=True)
        assert made.after is not None
        (at,) = next(one.after for one in made.cells if one.before == entry.before)
        assert made.after.cells[at].to_dict() == new.to_dict()
