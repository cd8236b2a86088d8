"""`nbvc checkpoint push` and `fetch`."""

from __future__ import annotations

import os
import sys

import click

from nbvc.cli.naming.stores import path_here, store_at
from nbvc.cli.terminal.network import timeout_option
from nbvc.errors import NbvcError, SelectionError
from nbvc.names import list_some

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from nbvc.checkpoint.sharing import PushedCheckpoints
    from nbvc.checkpoint.store import Store


_remote_option = click.option(
    "--remote", metavar="NAME", help="Remote (default: the branch's remote, or origin)."
)


@click.command("push", epilog="Example: nbvc checkpoint push --yes")
@click.argument("paths", metavar="[NOTEBOOK]...", nargs=-1)
@click.option("-y", "--yes", is_flag=True, help="Allow pushing outputs this time.")
@_remote_option
@timeout_option
def push(paths: tuple[str, ...], yes: bool, remote: str | None, timeout: float) -> None:
    """Share checkpoints through a remote.

    Checkpoints contain outputs, so nbvc asks for permission once per remote: git config
    nbvc.shareCheckpoints true gives it for all remotes. Only checkpoints are pushed, and those of
    others are never overwritten. Without NOTEBOOK, the checkpoints of all notebooks are pushed.

    Exit codes: 0 success; 3 rejected by git or the server.
    """
    from nbvc.checkpoint import sharing
    from nbvc.cli.terminal.waiting import Waiting
    from nbvc.git.state import remotes

    with _store(paths) as store:
        _check(store, paths)
        name = remote or remotes.usual_remote(store.repository)
        url = remotes.find_remote(store.repository, name, pushing=True).shown
        if not yes and not sharing.is_agreed(store, name):
            _ask(store, name, url)
        with Waiting(f"pushing to {url}"):
            pushed = sharing.push(store, name, paths, deadline=timeout)
        _report_push(store, pushed)


def _store(paths: Sequence[str]) -> Store:
    """Return the store to share. Raises `GitError` if it is outside of any repository."""
    from nbvc.checkpoint.base import StorePlace
    from nbvc.errors import CheckpointError

    store = store_at(paths[0] if paths else ".")
    if store.home is StorePlace.OUTSIDE:
        raise CheckpointError(
            "not in a git repository: these checkpoints stay on this machine",
            hint="run git init",
        )
    return store


def _check(store: Store, paths: Sequence[str]) -> None:
    """Refuse paths that never were notebooks. Raises `SelectionError`."""
    for path in paths:
        if not os.path.lexists(path) and not store.list(path):
            hint = f" (to name a remote, use --remote {path})" if "." not in path else ""
            raise SelectionError(f"no such file, and no checkpoint of it{hint}", where=path)


def _ask(store: Store, name: str, url: str) -> None:
    """Ask the user to agree, and note that. Raises `NbvcError` if that can't be or is declined."""
    from nbvc.checkpoint.sharing import agree

    what = f"checkpoints contain outputs, and everyone who can read {url} could see them"
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        hint = "agree with --yes, or for good with git config nbvc.shareCheckpoints true"
        raise NbvcError(f"nothing was pushed: {what}", hint=hint)
    click.echo(f"{what[0].upper()}{what[1:]}.", err=True)
    if not click.confirm(f"Share checkpoints through {name}, now and from now on?", err=True):
        raise NbvcError("nothing was pushed")
    agree(store, name)


def _report_push(store: Store, pushed: PushedCheckpoints) -> None:
    """Print what became of a push. Raises `CheckpointError` if the remote has not taken all."""
    from nbvc.errors import CheckpointError
    from nbvc.render.escape import escape_line

    url = escape_line(pushed.url)
    if pushed.pushed:
        click.echo(f"Pushed to {url}: checkpoints of {_name_notebooks(store, pushed.pushed)}.")
    elif pushed.unchanged:
        click.echo(f"Nothing to push: {url} has all of them already.")
    elif not pushed.refused and not pushed.withheld:
        click.echo("Nothing to push: there are no checkpoints.")
    if pushed.withheld:
        click.echo(
            f"Not pushed: checkpoints of {_name_notebooks(store, pushed.withheld)}. A filter stores "
            "these notebooks in another form, and checkpoints hold them as they are.",
            err=True,
        )
    if pushed.refused:
        raise CheckpointError(
            f"{pushed.url} holds other checkpoints of {_name_notebooks(store, pushed.refused)}, "
            "which somebody else has written: nothing was overwritten",
            hint="nbvc checkpoint fetch gets them",
        )


def _name_notebooks(store: Store, refs: Sequence[str]) -> str:
    """Return the notebooks that refs (`machine/notebook`) are of, for a sentence."""
    from nbvc.checkpoint.names import path_of
    from nbvc.render.escape import escape_line

    # Of a very long path the ref holds a part only, which is as good as any in a sentence.
    parts = sorted({ref.partition("/")[2] for ref in refs})
    names = [path_of(part) for part in parts]
    shown = [
        escape_line(path_here(store, name)) if name else part
        for name, part in zip(names, parts, strict=True)
    ]
    return list_some(shown, 5)


@click.command("fetch", epilog="Example: nbvc checkpoint fetch && nbvc checkpoint list")
@_remote_option
@timeout_option
def fetch(remote: str | None, timeout: float) -> None:
    """Fetch the checkpoints of others from a remote.

    Your own checkpoints, files and branches are not changed.
    """
    from nbvc.checkpoint import sharing
    from nbvc.cli.terminal.waiting import Waiting
    from nbvc.git.state import remotes
    from nbvc.render.escape import escape_line

    with _store(()) as store:
        name = remote or remotes.usual_remote(store.repository)
        with Waiting(f"fetching from {name}"):
            fetched = sharing.fetch(store, name, deadline=timeout)
        url = escape_line(fetched.url)
        if not fetched.updated and not fetched.deleted:
            click.echo(f"Nothing new on {url}.")
        for machine, refs in _group_by_machine(fetched.updated):
            number = sum(fetched.counts[ref] for ref in refs)
            what = f"{number} new checkpoint{'s' * (number != 1)} of" if number else "changes in"
            notebooks = _name_notebooks(store, refs)
            click.echo(f"From {machine}, on {url}: {what} {notebooks}.")
        for machine, refs in _group_by_machine(fetched.deleted):
            notebooks = _name_notebooks(store, refs)
            click.echo(f"From {machine}, on {url}: deleted the checkpoints of {notebooks}.")


def _group_by_machine(refs: Sequence[str]) -> Iterator[tuple[str, list[str]]]:
    """Yield the name of each machine with its refs (`machine/notebook`)."""
    from nbvc.render.escape import escape_line

    for writer in sorted({ref.partition("/")[0] for ref in refs}):
        found = [ref for ref in refs if ref.startswith(f"{writer}/")]
        yield escape_line(writer.rpartition("-")[0]), found
