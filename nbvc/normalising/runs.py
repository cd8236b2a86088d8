"""What a notebook's counts and outputs show of its run: order, age of outputs, errors."""

from __future__ import annotations

from nbvc.normalising.findings import Finding

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from nbvc.notebook.cell import Cell
    from nbvc.notebook.notebook import Notebook

DISORDER = "execution count out of order"
STALE = "outdated output"
ERROR = "error output"


def find_disorder(notebook: Notebook) -> Iterator[Finding]:
    """Yield code cells that ran before a cell above them: not from top to bottom in one go."""
    last: int | None = None
    for index, cell in enumerate(notebook.cells):
        count = read_count(cell)
        if count is None:
            continue
        if last is not None and count <= last:
            yield Finding(
                index, f"ran as In [{count}], below a cell that ran as In [{last}]", DISORDER
            )
        last = count


def find_stale_counts(notebook: Notebook) -> Iterator[Finding]:
    """Yield code cells whose outputs are not of the run that their execution count names.

    Colab and others reset the execution count of a cell when it is edited, and keep its outputs.
    """
    counts = [read_count(cell) for cell in notebook.cells]
    has_run = any(count is not None for count in counts)
    for index, (cell, count) in enumerate(zip(notebook.cells, counts, strict=True)):
        if cell.cell_type != "code" or not cell.outputs:
            continue
        named = [output.get("execution_count") for output in cell.outputs if type(output) is dict]
        others = [one for one in named if type(one) is int and one != count]
        if others:
            now = "without an execution count" if count is None else f"In [{count}]"
            yield Finding(index, f"output of In [{others[0]}] in a cell {now}", STALE)
        elif count is None and has_run:
            yield Finding(index, "outputs in a cell without an execution count", STALE)


def find_errors(notebook: Notebook) -> Iterator[Finding]:
    """Yield code cells that ended with an error."""
    for index, cell in enumerate(notebook.cells):
        for output in cell.outputs if cell.cell_type == "code" else ():
            if type(output) is dict and output.get("output_type") in ("error", "pyerr"):
                name = output.get("ename")
                yield Finding(
                    index, f"error output: {name if type(name) is str else 'error'}", ERROR
                )


def read_count(cell: Cell) -> int | None:
    """Return the execution count of a code cell, None if it has none."""
    if cell.cell_type != "code":
        return None
    found = cell.value("execution_count", cell.value("prompt_number"))
    return found if type(found) is int else None
