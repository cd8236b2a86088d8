"""Which notebooks the words of a command line name."""

from __future__ import annotations

import os

import click

from nbvc.errors import SelectionError
from nbvc.names import may_be_version

TYPE_CHECKING = False
if TYPE_CHECKING:
    from nbvc.workflow.compare import Pairs, Selection
    from nbvc.workflow.revisions import ChangedPairs


class Words(click.Command):
    """A command that keeps the words behind `--` apart: they are paths, whatever they look like."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Take the paths behind `--` away before click drops the difference."""
        if "--" in args:
            at = args.index("--")
            ctx.meta["nbvc.paths"] = tuple(args[at + 1 :])
            args = args[:at]
        return super().parse_args(ctx, args)


def paths_behind_dashes() -> tuple[str, ...] | None:
    """Return the words behind `--` of a command of the class `Words`, None without `--`."""
    paths: tuple[str, ...] | None = click.get_current_context().meta.get("nbvc.paths")
    return paths


def select_pairs(selection: Selection) -> Pairs:
    """Return the pairs that a selection means. Raises `SelectionError`, `GitError`."""
    from nbvc.workflow.selecting import select

    return select(selection, os.environ, report_skipped)


def select_changed(paths: tuple[str, ...]) -> ChangedPairs:
    """Return what changed in some files and folders. Raises as `select_pairs` does."""
    from nbvc.workflow import revisions

    return revisions.select_changed(paths, os.environ, report_skipped)


def read_version(spec: str) -> bytes:
    """Return the content of a version, given as `COMMIT:PATH`. Raises as `select_pairs` does."""
    from nbvc.workflow import revisions

    return revisions.read_version(spec, os.environ)


def read_named(spec: str) -> bytes:
    """Return the content of a file, or of the version that `COMMIT:PATH` or `:PATH` names.

    Raises `SelectionError`, `GitError`.
    """
    from nbvc.notebook.content import read_content

    if os.path.lexists(spec) or not may_be_version(spec):
        return read_content(spec)
    return read_version(spec)


def refuse_folder(path: str) -> None:
    """Raise `SelectionError` if a path is a folder."""
    if os.path.isdir(path):
        hint = "name a notebook in it"
        raise SelectionError("is a folder, not a notebook", where=path, hint=hint)


def report_skipped(path: str, reason: str) -> None:
    """Report a path that is skipped, and why."""
    from nbvc.cli.terminal.screen import notice

    notice(f"{path}: {reason}")
