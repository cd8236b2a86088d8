"""Questions in a terminal, which are answered by a key and Enter, or in an editor."""

from __future__ import annotations

import os
import sys

import click


def read_line(question: str) -> str:
    """Ask for a line; the end of the input is `q`. Raises `click.Abort` on Ctrl-C."""
    try:
        sys.stdout.write(question)
        sys.stdout.flush()
        line = sys.stdin.readline()
    except KeyboardInterrupt:
        click.echo()
        raise click.Abort from None
    return line.strip() if line else "q"


def edit_text(text: str) -> str | None:
    """Open a text in the editor that git would use; return it if it was changed."""
    import tempfile

    from nbvc.git.state.pager import find_editor

    with tempfile.TemporaryDirectory(prefix="nbvc-") as folder:
        path = os.path.join(folder, "CELL.py")
        with open(path, "w", encoding="utf-8", newline="\n") as file:
            file.write(text if text.endswith("\n") else f"{text}\n")
        click.edit(filename=path, editor=find_editor(os.environ))
        with open(path, encoding="utf-8", newline="") as file:
            edited = file.read()
    if not text.endswith("\n"):
        edited = edited.removesuffix("\n")
    return None if edited == text else edited
