"""The options of commands that take some changes of a notebook and leave the others."""

from __future__ import annotations

import sys

import click

from nbvc.cli.settings.grouping import group_options

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from nbvc.cli.terminal.screen import Look
    from nbvc.workflow.picking import Offer, Picked


class Choosing:
    """Which changes a command line asks for."""

    def __init__(self, *, asks: bool, cells: str | None, sources: bool, outputs: bool) -> None:
        """Take the options. Raises `click.UsageError` for what goes together badly."""
        if asks and cells is not None:
            raise click.UsageError("--patch and --cells cannot be combined")
        if sources and outputs:
            raise click.UsageError("--sources and --outputs cannot be combined")
        if (sources or outputs) and cells is None:
            raise click.UsageError("--sources and --outputs require --cells")
        if asks and not sys.stdin.isatty():
            raise click.UsageError("--patch needs a terminal: name the cells with --cells")
        self.is_given = asks or cells is not None
        self.reason = "" if cells is None else "no named cell changed"
        """Why nothing was taken, if these are cells that were named."""
        self._cells = cells
        self._sources, self._outputs = not outputs, not sources

    def require(self, whole: str) -> None:
        """Raise `click.UsageError` if nothing says what to take; `whole` says what takes all."""
        if not self.is_given:
            raise click.UsageError(f"choose cells with --patch or --cells; {whole}")

    def choose(self, offers: Sequence[Offer], look: Look) -> list[tuple[Offer, Picked]]:
        """Return what is chosen of some notebooks. Raises `NbvcError`, `click.Abort`."""
        if self._cells is not None:
            from nbvc.workflow.picking import pick_cells

            if len(offers) > 1:
                raise click.UsageError("--cells requires one changed notebook: name it")
            parts = {"sources": self._sources, "outputs": self._outputs}
            picked = [(offer, pick_cells(offer, self._cells, **parts)) for offer in offers]
            return [(offer, one) for offer, one in picked if one.cells]
        from nbvc.cli.terminal.picking import ask_about

        return ask_about(offers, look.painter())


choosing_options = group_options(
    "choosing",
    Choosing,
    click.option("-p", "--patch", "asks", is_flag=True, help="Ask about each changed cell."),
    click.option(
        "--cells",
        "--cell",
        "cells",
        metavar="LIST",
        help="Cells by position, range or ID, such as 3,5-7,f3a1.",
    ),
    click.option("--sources", is_flag=True, help="With --cells: only their sources."),
    click.option("--outputs", is_flag=True, help="With --cells: only their outputs."),
)
