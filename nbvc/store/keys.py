"""What makes a stored result that of a cell: all code up to and including the cell."""

from __future__ import annotations

from nbvc.store.logs import digest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from nbvc.notebook.notebook import Notebook


def code_digests(notebook: Notebook) -> Iterator[tuple[int, bytes]]:
    """Yield each code cell that has code: its index, and a digest of all code up to it."""
    above = b""
    for index, cell in enumerate(notebook.cells):
        if cell.cell_type == "code" and cell.source.strip():
            above = digest(above, cell.source.encode(errors="surrogatepass"))
            yield index, above
