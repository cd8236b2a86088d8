"""`nbvc patch`: a notebook and a diff to the other notebook."""

from __future__ import annotations

import click

from nbvc.cli.terminal.screen import write_content


@click.command("patch", epilog="Example: nbvc patch before.ipynb changes.json -o after.ipynb")
@click.argument("before", metavar="NOTEBOOK")
@click.argument("changes", metavar="DIFF")
@click.option("-o", "--output", metavar="FILE", help="Write to FILE instead of stdout.")
def command(before: str, changes: str, output: str | None) -> None:
    """Apply a diff to a notebook.

    DIFF is a file from nbvc diff --format json or in nbdime's format, or - for stdin. NOTEBOOK is not
    changed unless -o names it.
    """
    from nbvc.cli.naming.changes import read_changes
    from nbvc.diffing import patch
    from nbvc.notebook import read

    notebook = read(before)
    write_content(output, patch(notebook, read_changes(changes, notebook)).to_bytes())
