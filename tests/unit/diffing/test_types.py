"""A cell that becomes another type, and what it loses by that."""

from __future__ import annotations

import nbvc
from nbvc.diffing import Change, DiffPolicy, Part
from tests.making import code, markdown, notebook, stream

BEFORE = notebook(code("rows = load()", [stream("42 rows")]))
AFTER = notebook(markdown("rows = load()"))


def test_outputs_that_go_with_the_type_are_removed_outputs() -> None:
    one, other = (nbvc.Notebook.from_dict(value) for value in (BEFORE, AFTER))
    for old, new, change in ((one, other, "removed"), (other, one, "added")):
        found = nbvc.diff(old, new, DiffPolicy(frozenset({Part.OUTPUTS})))
        (cell,) = found.cells
        assert cell.change is Change.MODIFIED
        assert [output.change.value for output in cell.parts.outputs] == [change]
        assert not cell.other
        assert nbvc.patch(old, found) == new
