"""`nbvc checkpoint create` and `restore`."""

from __future__ import annotations

import os

import click

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
@click.option("-m", "--message", default="", help="What to remember it by.")
def create(paths: tuple[str, ...], message: str) -> None:
    """Save notebooks as they are now, byte for byte, outputs and all.

    Where a notebook has not changed since its latest checkpoint, none is made and that one is
    named. Works in the middle of a merge or rebase, too, and before the first commit.
    """
    for path in paths:
        _refuse_folder(path)
        if not os.path.exists(path):
            raise NbvcError("there is no such file", where=path)
        with store_at(path) as store:
            click.echo(_report_created(path, store.create(path, message)))


def _refuse_folder(path: str) -> None:
    if os.path.isdir(path):
        raise click.UsageError(f"{path!r} is a folder; name the notebooks in it.")


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
    help="Refuse where the file is another than the one with this SHA-256; empty for no file.",
)
@click.option("--raw", is_flag=True, help="Restore it even if it is not a notebook.")
def restore(path: str, which: str, expected: str | None, *, raw: bool) -> None:
    """Write a checkpoint back over the notebook, as it was, byte for byte.

    What is in the file now becomes a checkpoint first, so that nothing is lost. A notebook that was
    deleted comes back. Close it in Jupyter before, or reload it after.

    Programs that showed the file to somebody say with --expect what they showed (sha256sum prints
    it): where the file has changed since, nothing is restored, and the exit code is 3.
    """
    if expected is not None and not _DIGEST.fullmatch(expected):
        raise click.UsageError(f"{expected!r} is no SHA-256 digest of 64 hex digits.")
    from nbvc.cli.terminal.screen import notice_invalid
    from nbvc.notebook.content import read_content
    from nbvc.workflow.restoring import restore_checkpoint

    _refuse_folder(path)
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
        return [f"{shown} is what {name_checkpoint(checkpoint)} holds: nothing to restore."]
    lines = [f"Restored {shown} to {name_checkpoint(checkpoint)} of {format_time(checkpoint)}."]
    if restored.before is not None:
        lines.append(f"What was there before is saved as {restored.before.id}.")
    return lines
