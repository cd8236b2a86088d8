"""`nbvc checkpoint create` and `restore`."""

from __future__ import annotations

import os

import click

from nbvc.cli.naming.inputs import refuse_folder
from nbvc.cli.naming.stores import format_time, name_checkpoint, store_at
from nbvc.errors import NbvcError
from nbvc.lazy import compile_lazily

TYPE_CHECKING = False
if TYPE_CHECKING:
    from nbvc.checkpoint.creating import Created
    from nbvc.workflow.restoring import RestoredCheckpoint

_DIGEST = compile_lazily("(?:[0-9a-fA-F]{64})?")


@click.command(
    "create", epilog='Example: nbvc checkpoint create analysis.ipynb -m "before the rewrite"'
)
@click.argument("paths", metavar="NOTEBOOK...", nargs=-1, required=True)
@click.option("-m", "--message", default="", help="Message of the checkpoint.")
def create(paths: tuple[str, ...], message: str) -> None:
    """Save notebooks as they are now.

    The checkpoint is an exact copy, with outputs. If a notebook has not changed since its latest
    checkpoint, no new one is created and the latest is printed. This also works during a merge or
    rebase, and before the first commit.
    """
    for path in paths:
        refuse_folder(path)
        if not os.path.exists(path):
            raise NbvcError("no such file", where=path)
        with store_at(path) as store:
            click.echo(_report_created(path, store.create(path, message)))


def _report_created(path: str, created: Created) -> str:
    from nbvc.render.escape import escape_line

    shown, checkpoint = escape_line(path), created.checkpoint
    if created.is_new:
        return f"Saved {shown} as {checkpoint.id}."
    return f"{shown} is the same as in the checkpoint {name_checkpoint(checkpoint)}: none was made."


@click.command("restore", epilog="Example: nbvc checkpoint restore analysis.ipynb latest")
@click.argument("path", metavar="NOTEBOOK")
@click.argument("which", metavar="CHECKPOINT")
@click.option(
    "--expect",
    "expected",
    metavar="DIGEST",
    help="Fail unless the file has this SHA-256 (empty: no file).",
)
@click.option("--raw", is_flag=True, help="Restore it even if it is not a notebook.")
def restore(path: str, which: str, expected: str | None, *, raw: bool) -> None:
    """Restore a notebook to a checkpoint.

    The file becomes an exact copy of the checkpoint. The current file is saved as a checkpoint first,
    so nothing is lost. A deleted notebook is restored, too. Close the notebook in Jupyter before, or
    reload it after.

    Programs can pass --expect with the SHA-256 of the file that they showed (sha256sum prints it). If
    the file has changed since, nothing is restored.

    Exit codes: 0 success; 3 the file differs from --expect.
    """
    if expected is not None and not _DIGEST.fullmatch(expected):
        raise click.UsageError(f"{expected!r} is not a SHA-256 digest of 64 hex digits")
    from nbvc.cli.terminal.screen import notice_invalid
    from nbvc.notebook.content import read_content
    from nbvc.workflow.restoring import restore_checkpoint

    refuse_folder(path)
    with store_at(path) as store:
        digest = None if expected is None else expected.lower()
        restored = restore_checkpoint(store, path, which, digest, raw=raw)
    for line in _report_restored(path, restored):
        click.echo(line)
    if not raw:
        notice_invalid(path, read_content(path))


def _report_restored(path: str, restored: RestoredCheckpoint) -> list[str]:
    from nbvc.render.escape import escape_line

    shown, checkpoint = escape_line(path), restored.checkpoint
    if restored.is_same:
        return [f"{shown} already matches {name_checkpoint(checkpoint)}: nothing to restore."]
    lines = [f"Restored {shown} to {name_checkpoint(checkpoint)} of {format_time(checkpoint)}."]
    if restored.before is not None:
        lines.append(f"What was there before is saved as {restored.before.id}.")
    return lines
