"""`nbvc patch`: a notebook and a diff to the other notebook."""

from __future__ import annotations

import sys

import click

from nbvc.cli.terminal.screen import write_content
from nbvc.errors import PatchError


@click.command("patch", epilog="Example: nbvc patch before.ipynb changes.json -o after.ipynb")
@click.argument("before", metavar="NOTEBOOK")
@click.argument("changes", metavar="DIFF")
@click.option(
    "-o", "--output", metavar="FILE", help="Write to FILE instead of to stdout, which - is, too."
)
def command(before: str, changes: str, output: str | None) -> None:
    """Apply a diff that `nbvc diff --format json` made.

    NOTEBOOK is not changed (unless -o names it). DIFF may be - for stdin.
    """
    from nbvc.diffing import NotebookDiff, patch
    from nbvc.notebook import read

    result = patch(read(before), NotebookDiff.from_dict(_json(changes))).to_bytes()
    write_content(output, result)


def _json(path: str) -> dict[str, object]:
    import json

    try:
        if path == "-":
            return dict(json.load(sys.stdin))
        with open(path, encoding="utf-8") as file:
            return dict(json.load(file))
    except (ValueError, TypeError) as error:
        raise PatchError(f"this is no diff of nbvc: {error}", where=path) from None
