"""Who wrote a cell, and who made its outputs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nbvc_jupyter.refusals import RefusedError

if TYPE_CHECKING:
    from nbvc_jupyter.site import Site
    from nbvc_jupyter.stopping import Stop


def blame_of(site: Site, path: str, cell: int, stop: Stop) -> dict[str, Any]:
    """Return where a cell's source and outputs come from. Raises `NbvcError`."""
    place = site.contents.place(path)
    site.repository(place, stop)
    raise RefusedError(501, "not-available", f"this nbvc can't say who wrote cell {cell + 1} yet")
