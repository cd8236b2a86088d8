"""`nbvc show`: a notebook as readable text."""

from __future__ import annotations

import click

from nbvc.cli.settings.options import color_options, part_options

TYPE_CHECKING = False
if TYPE_CHECKING:
    from nbvc.cli.terminal.screen import Look
    from nbvc.diffing import DiffPolicy
    from nbvc.notebook import Notebook


@click.command("show", epilog="Example: nbvc show HEAD~3:analysis.ipynb | less")
@click.argument("path", metavar="NOTEBOOK")
@click.option("--changes", metavar="DIFF", help="Show what a diff changes in it instead.")
@click.option("--no-pager", is_flag=True, help="Write to the terminal without a pager.")
@part_options
@color_options
def command(
    path: str, *, changes: str | None, no_pager: bool, policy: DiffPolicy, look: Look
) -> None:
    """Print a notebook as readable text.

    Outputs follow their cell's source, each line behind '#>'. This is the text that unified diffs are
    made of. Execution counts, IDs and other noise are hidden by default.

    NOTEBOOK is a file, or a version in git: COMMIT:PATH, or :PATH for the index.

    With --changes, print what a diff of NOTEBOOK changes, as nbvc diff does. DIFF is a file from nbvc
    diff --format json or in nbdime's format, or - for stdin.
    """
    from nbvc.cli.terminal.screen import show
    from nbvc.render.readable import format_notebook

    notebook = _read(path)
    if changes is None:
        show(format_notebook(notebook, policy.parts), paged=not no_pager)
        return
    from nbvc.cli.naming.changes import read_changes
    from nbvc.diffing import diff, patch
    from nbvc.render.terminal import TerminalRenderer

    found = diff(notebook, patch(notebook, read_changes(changes, notebook)), policy)
    show(TerminalRenderer(found, look.painter()).lines(), paged=not no_pager)


def _read(path: str) -> Notebook:
    from nbvc.cli.naming.inputs import read_named, refuse_folder
    from nbvc.notebook import read

    refuse_folder(path)

    return read(read_named(path), name=path)
