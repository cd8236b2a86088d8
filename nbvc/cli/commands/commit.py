"""`nbvc commit`: these notebooks and nothing else."""

from __future__ import annotations

import sys

import click

from nbvc.cli.settings.grouping import group_options
from nbvc.cli.settings.options import color_options
from nbvc.cli.settings.picking import choosing_options
from nbvc.cli.terminal.network import timeout_option
from nbvc.names import SUFFIX

TYPE_CHECKING = False
if TYPE_CHECKING:
    from nbvc.cli.settings.picking import Choosing
    from nbvc.cli.terminal.screen import Look
    from nbvc.git import Repository
    from nbvc.git.actions.outcome import CommitResult
    from nbvc.git.state.links import Links
    from nbvc.workflow.commit import CommitOrder
    from nbvc.workflow.push import PushOrder

_NOTHING, _USAGE, _REFUSED = 1, 2, 3


def _make_order(
    *, messages: tuple[str, ...], branch: str | None, clean: bool, force: bool, as_on_disk: bool
) -> CommitOrder:
    """Return what to commit and how, of no notebooks yet."""
    from nbvc.git.actions.outcome import CommitPolicy, Ignored, PartlyStaged
    from nbvc.normalising.policy import Outputs
    from nbvc.workflow.commit import CommitOrder, Unresolved

    return CommitOrder(
        (),
        "\n\n".join(messages),
        CommitPolicy(
            partly_staged=PartlyStaged.COMMIT_FILE if as_on_disk else PartlyStaged.ASK,
            ignored=Ignored.COMMIT if force else Ignored.REFUSE,
        ),
        branch=branch,
        outputs=Outputs.STRIP if clean else Outputs.KEEP,
        unresolved=Unresolved.COMMIT if as_on_disk else Unresolved.REFUSE,
    )


def _make_push(
    *, push: bool, set_upstream: bool, remote: str | None, timeout: float
) -> PushOrder | None:
    """Return where to push, None without --push. Raises `click.UsageError`."""
    from nbvc.workflow.push import PushOrder

    if not push and (remote or set_upstream):
        raise click.UsageError("--remote and --set-upstream require --push")
    return PushOrder((), remote, set_upstream, timeout) if push else None


@click.command("commit", epilog='Example: nbvc commit analysis.ipynb -m "Drop dry days" --push')
@click.argument("paths", metavar="PATH...", nargs=-1, required=True)
@group_options(
    "order",
    _make_order,
    click.option(
        "-m",
        "--message",
        "messages",
        multiple=True,
        required=True,
        help="Message; a second one is another paragraph.",
    ),
    click.option(
        "--branch",
        metavar="NAME",
        help="Switch to this branch first, or create it.",
    ),
    click.option("--clean", is_flag=True, help="Commit without outputs; the file keeps them."),
    click.option("-f", "--force", is_flag=True, help="Also commit ignored files."),
    click.option(
        "--as-on-disk",
        is_flag=True,
        help="Commit the file on disk even if another version is staged or conflicts are left.",
    ),
)
@group_options(
    "pushing",
    _make_push,
    click.option("--push", is_flag=True, help="Push the branch after the commit."),
    click.option("-u", "--set-upstream", is_flag=True,
                 help="Set the upstream of a new branch."),
    click.option("--remote", metavar="NAME", help="Push to this remote."),
    timeout_option,
)  # fmt: skip
@choosing_options
@color_options
def command(
    paths: tuple[str, ...],
    *,
    order: CommitOrder,
    pushing: PushOrder | None,
    choosing: Choosing,
    look: Look,
) -> int:
    """Commit notebooks or single cells, and push.

    Commit the notebooks as they are on disk and nothing else. With --patch or --cells, commit what is
    staged in them plus the changes that you choose. Other staged files stay staged. Notebooks may be
    untracked. After the conflicts of a merge, cherry-pick or revert are resolved, the commit finishes
    it, with everything that is staged.

    Hooks and signing work as git is set up. If a hook rejects the commit, nothing is changed. Outputs
    are committed unless nbvc's filter is set up or --clean is given. Notebooks with unresolved
    conflicts are rejected.

    --push never forces. If the remote has new commits, your commit stays in your repository: run nbvc
    pull, then push again. If there is nothing to commit, --push pushes earlier commits.

    Exit codes: 0 success; 1 nothing to commit or push; 2 invalid path or message; 3 rejected by git, a
    hook or the server.
    """
    from msgspec.structs import replace

    from nbvc.cli.naming.repositories import repository_at
    from nbvc.git.state.operation import FINISHED_BY_COMMIT, find_operation

    repository = repository_at(paths[0])
    names = tuple(dict.fromkeys(map(repository.name, paths)))
    order = replace(order, names=names)
    if choosing.is_given:
        order = _choose_contents(paths, order, choosing, look)
        if not order.names:
            reason = f": {choosing.reason}" if choosing.reason else ""
            click.echo(f"Nothing was committed{reason}.")
            return _NOTHING
    elif find_operation(repository) in FINISHED_BY_COMMIT and order.branch is None:
        order = replace(order, finishes_merge=True)
    made = _commit(repository, order)
    code = report_commit(repository, made)
    if pushing and code in (0, _NOTHING):
        return _push(repository, made, replace(pushing, names=order.names))
    return code


def _choose_contents(
    paths: tuple[str, ...], order: CommitOrder, choosing: Choosing, look: Look
) -> CommitOrder:
    """Return an order for the changes that are chosen, on top of what is staged."""
    from msgspec.structs import replace

    from nbvc.cli.naming.inputs import select_changed
    from nbvc.normalising.policy import Outputs
    from nbvc.workflow.picking import make_content, offer_staging

    if order.outputs is Outputs.STRIP:
        raise click.UsageError(
            "--clean cannot be combined with --patch or --cells: it is for whole notebooks"
        )
    chosen = choosing.choose(offer_staging(select_changed(paths)), look)
    contents = {offer.name: make_content(offer, picked) for offer, picked in chosen}
    return replace(order, names=tuple(contents), contents=contents)


def _commit(repository: Repository, order: CommitOrder) -> CommitResult:
    """Commit, and once more if a person confirms that the file is meant."""
    from msgspec.structs import replace

    from nbvc.cli.naming.stores import store_in
    from nbvc.cli.terminal.waiting import Waiting
    from nbvc.git.actions.outcome import CommitOutcome, PartlyStaged
    from nbvc.workflow.commit import commit_files

    with store_in(repository) as store:
        with Waiting("committing"):
            made = commit_files(repository, store, order)
        if made.outcome is CommitOutcome.PARTLY_STAGED and _is_meant(made):
            policy = replace(order.policy, partly_staged=PartlyStaged.COMMIT_FILE)
            with Waiting("committing"):
                made = commit_files(repository, store, replace(order, policy=policy))
    return made


def report_commit(repository: Repository, made: CommitResult) -> int:
    """Print what became of a commit, and return the exit code."""
    from msgspec.structs import replace

    _print_result(replace(made, hint=_make_hint(repository, made)))
    return _choose_code(made)


def _is_meant(made: CommitResult) -> bool:
    """Ask whether files are to be committed that are partly staged; nobody there means no."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return False
    click.echo(f"{made.message}.", err=True)
    return click.confirm("Commit it as it is on disk?", err=True)


def _make_hint(repository: Repository, made: CommitResult) -> str | None:
    """Return advice that names the commands and options of the command line."""
    import shlex

    from nbvc.git.actions.outcome import CommitOutcome

    if made.outcome is CommitOutcome.UNMERGED and made.names[0].endswith(SUFFIX):
        return f"nbvc resolve {shlex.join([repository.path_from_here(made.names[0])])}"
    return {
        CommitOutcome.PARTLY_STAGED: "git commit takes the staged one, --as-on-disk the file as it is",
        CommitOutcome.IGNORED: "--force commits it all the same",
        CommitOutcome.OPERATION_IN_PROGRESS: name_way_on(repository) or made.hint,
    }.get(made.outcome, made.hint)


def name_way_on(repository: Repository) -> str:
    """Return how the operation in progress goes on, "" for one that nbvc does not know."""
    from nbvc.git.state.operation import find_continuable

    running = find_continuable(repository)
    if running is None:
        return ""
    return f"nbvc resolve --continue goes on; git {running.value} --abort goes back"


def _choose_code(made: CommitResult) -> int:
    from nbvc.git.actions.outcome import CommitOutcome

    return {
        CommitOutcome.COMMITTED: 0,
        CommitOutcome.NOTHING_TO_COMMIT: _NOTHING,
        CommitOutcome.NO_FILE: _USAGE,
        CommitOutcome.NO_MESSAGE: _USAGE,
    }.get(made.outcome, _REFUSED)


def _print_result(made: CommitResult) -> None:
    """Print what became of a commit, and what hooks wrote."""
    from nbvc.cli.terminal.network import print_refusal, print_stderr
    from nbvc.render.escape import escape_line

    print_stderr(made.stderr)
    if not made.succeeded:
        print_refusal(made.message, made.hint)
        return
    where = f" on {escape_line(made.branch)}" if made.branch else ", on no branch"
    click.echo(f"{made.message[:1].upper()}{escape_line(made.message[1:])}{where}.")
    if made.edited:
        shown = ", ".join(map(escape_line, made.edited))
        click.echo(f"A hook edited {shown}.")


def _push(repository: Repository, made: CommitResult, order: PushOrder) -> int:
    from nbvc.cli.terminal.network import print_refusal, print_stderr
    from nbvc.cli.terminal.waiting import Waiting
    from nbvc.git.actions.push import PushOutcome
    from nbvc.render.escape import escape_line
    from nbvc.workflow.push import push_branch

    with Waiting("pushing"):
        done = push_branch(repository, order)
    pushed = done.result
    if not pushed.succeeded:
        # Of a rejected push git says at length what our line says.
        print_stderr("" if pushed.outcome is PushOutcome.REJECTED else pushed.stderr)
        hint = pushed.hint
        if pushed.outcome is PushOutcome.NO_UPSTREAM:
            hint = f"add --set-upstream, or run {pushed.hint}"
        print_refusal(f"not pushed: {pushed.message}", hint)
        return _REFUSED
    if pushed.outcome is PushOutcome.PUSHED:
        click.echo(f"Pushed {escape_line(pushed.branch or '')} to {escape_line(pushed.url or '')}.")
    else:
        click.echo(f"Nothing to push: {escape_line(pushed.message)}.")
    for what, url in _list_pages(done.links):
        click.echo(f"  {what + ':':13} {url}")
    return 0 if pushed.outcome is PushOutcome.PUSHED or made.succeeded else _NOTHING


def _list_pages(links: Links | None) -> list[tuple[str, str]]:
    """Return the pages of a commit on the web, by what they show."""
    if links is None:
        return []
    pages = (
        ("commit", links.commit),
        ("pull request", links.request),
        ("notebook", links.notebook),
    )
    return [(what, url) for what, url in pages if url]
