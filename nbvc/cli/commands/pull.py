"""`nbvc pull`: what the branch follows, merged by cell."""

from __future__ import annotations

import click

from nbvc.cli.terminal.network import timeout_option
from nbvc.names import SUFFIX, list_some

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from nbvc.git import Repository
    from nbvc.git.actions.pull import PullResult
    from nbvc.workflow.pull import Pulled

_CONFLICTS, _REFUSED = 1, 3
_MOST = 5
"""So many paths are named in a line."""


@click.command("pull", epilog="Example: nbvc pull analysis.ipynb")
@click.argument("paths", metavar="[PATH]...", nargs=-1)
@click.option("--abort", is_flag=True, help="Abort a merge with conflicts.")
@timeout_option
def command(paths: tuple[str, ...], *, abort: bool, timeout: float) -> int:
    """Fetch and merge the upstream branch, by cell.

    Nothing needs to be set up for this. Uncommitted changes are kept. If the merge would overwrite
    some, nothing is merged. Uncommitted changes are carried over only for the notebooks given as PATH:
    each is saved as a checkpoint, then merged by cell with the upstream version, and stays
    uncommitted.

    With --abort, save each notebook that the merge changed as a checkpoint, then run git merge
    --abort.

    Exit codes: 0 success; 1 unresolved conflicts (run nbvc resolve); 3 rejected by git or the server.
    """
    from nbvc.cli.naming.repositories import repository_at
    from nbvc.cli.naming.stores import store_in
    from nbvc.cli.terminal.waiting import Waiting
    from nbvc.workflow.pull import pull_notebooks

    repository = repository_at(paths[0] if paths else ".")
    if abort:
        return _abort(repository, paths)
    names = {repository.name(path) for path in paths}
    with store_in(repository) as store, Waiting("pulling"):
        pulled = pull_notebooks(store, names, deadline=timeout)
    return _report_pull(repository, pulled, names)


def _abort(repository: Repository, paths: Sequence[str]) -> int:
    from nbvc.cli.naming.stores import store_in
    from nbvc.workflow.operating import abort_merge

    if paths:
        raise click.UsageError("--abort aborts the whole merge: omit PATH")
    with store_in(repository) as store:
        kept = abort_merge(store, repository)
    click.echo("The merge was aborted.")
    for one in kept:
        path = _format_names(repository, [one.path])
        click.echo(f"The previous content of {path} is saved as checkpoint {one.id}")
    return 0


def _report_pull(repository: Repository, pulled: Pulled, names: set[str]) -> int:
    """Print what became of a pull, and return the exit code."""
    from nbvc.cli.terminal.network import print_refusal, print_stderr
    from nbvc.git.actions.pull import PullOutcome
    from nbvc.render.escape import escape_line

    result = pulled.result
    for note in result.notes if result.succeeded else ():
        print_refusal(note, None)
    print_stderr("" if result.succeeded else _without_gits_own(result))
    if not result.succeeded:
        hint = _make_hint(repository, result, names)
        print_refusal(_format_message(repository, result), hint)
        if result.outcome is PullOutcome.CONFLICTS:
            for one in pulled.kept:
                path = _format_names(repository, [one.path])
                print_refusal(
                    f"{path} with its outputs, as it was before, is saved as {one.id}", None
                )
        return _CONFLICTS if result.outcome is PullOutcome.CONFLICTS else _REFUSED
    click.echo(f"{result.outcome.value.capitalize()}: {escape_line(result.message)}.")
    return _report_carried(repository, pulled)


def _without_gits_own(result: PullResult) -> str:
    """Return what drivers and hooks wrote; of conflicts git's own lines say nothing more."""
    from nbvc.git.actions.pull import PullOutcome

    return result.stderr if result.outcome is PullOutcome.CONFLICTS else ""


def _format_message(repository: Repository, result: PullResult) -> str:
    """Return the message, with the files that were in the way."""
    from nbvc.git.actions.pull import PullOutcome

    if result.outcome is not PullOutcome.DIRTY:
        return result.message
    return f"{result.message}: {_format_names(repository, result.names)}"


def _make_hint(repository: Repository, result: PullResult, names: set[str]) -> str | None:
    import shlex

    from nbvc.cli.commands.commit import name_way_on
    from nbvc.git.actions.pull import PullOutcome

    if result.outcome is PullOutcome.CONFLICTS:
        return f"{_describe_resolving(repository, result.names)}; nbvc pull --abort goes back"
    if result.outcome is PullOutcome.OPERATION_IN_PROGRESS:
        return name_way_on(repository) or result.hint
    missing = [name for name in result.names if name not in names and name.endswith(SUFFIX)]
    if result.outcome is PullOutcome.DIRTY and len(missing) == len(result.names):
        paths = shlex.join(map(repository.path_from_here, (*sorted(names), *missing)))
        return f"commit them first, or merge them as they are with nbvc pull {paths}"
    return result.hint


def _describe_resolving(repository: Repository, names: Sequence[str]) -> str:
    """Return how a merge with conflicts in these files goes on."""
    import shlex

    notebooks = [repository.path_from_here(name) for name in names if name.endswith(SUFFIX)]
    steps = [f"nbvc resolve {shlex.join(notebooks if len(notebooks) == 1 else ())}".rstrip()]
    steps = steps if notebooks else []
    if len(notebooks) < len(names):
        steps.append(f"edit and git add {'the other files' if steps else 'them'}")
    return f"{', '.join(steps)}, then nbvc resolve --continue"


def _format_names(repository: Repository, names: Sequence[str]) -> str:
    from nbvc.render.escape import escape_line

    return list_some([escape_line(repository.path_from_here(name)) for name in names], _MOST)


def _report_carried(repository: Repository, pulled: Pulled) -> int:
    """Print what became of changes that were not committed, and return the exit code."""
    from nbvc.cli.terminal.network import print_refusal

    for one in pulled.kept:
        path = _format_names(repository, [one.path])
        click.echo(f"{path} keeps your changes; as it was before, it is saved as {one.id}.")
    for name in pulled.left_out:
        path = _format_names(repository, [name])
        hint = "nbvc checkpoint restore restores them"
        print_refusal(
            f"{path} was pulled without your changes, which are in that checkpoint alone", hint
        )
    for name in pulled.undecided:
        path = _format_names(repository, [name])
        print_refusal(f"{path} has conflicts between your changes and what was pulled",
            f"nbvc resolve {path}")  # fmt: skip
    return _CONFLICTS if pulled.undecided or pulled.left_out else 0
