"""`nbvc show`: a notebook as readable text."""

from __future__ import annotations

import os

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
    """Print a notebook as readable text: sources, and outputs behind '#>'.

    NOTEBOOK is a file, or a version of one in git: COMMIT:PATH, or :PATH in the index.

    It is the text that unified diffs are made of. Execution counts, ids and other noise are left
    out unless asked for.

    With --changes it is what a diff that was made from NOTEBOOK changes, as nbvc diff prints it:
    a file that nbvc diff --format json wrote, or one in nbdime's format. - is stdin.
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
    from nbvc.notebook import read

    if os.path.isdir(path):
        raise click.UsageError(f"{path!r} is a folder: name one notebook in it.")
    from nbvc.cli.naming.inputs import read_named

    return read(read_named(path), name=path)
