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
        raise click.UsageError("--remote and --set-upstream are about --push.")
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
        help="The message; a second one is another paragraph.",
    ),
    click.option(
        "--branch",
        metavar="NAME",
        help="Switch to this branch first, or create it.",
    ),
    click.option("--clean", is_flag=True, help="Commit what nbvc clean would leave; files stay."),
    click.option("-f", "--force", is_flag=True, help="Commit what .gitignore leaves out, too."),
    click.option(
        "--as-on-disk",
        is_flag=True,
        help="Commit a file as it is, also where another version of it is staged, or "
        "conflicts are left in it.",
    ),
)
@group_options(
    "pushing",
    _make_push,
    click.option("--push", is_flag=True, help="Push the branch after that."),
    click.option("-u", "--set-upstream", is_flag=True,
                 help="Let a new branch follow the remote's."),
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
    """Commit these notebooks as they are on the disk, and nothing else.

    With --patch or --cells it is what is staged of them and the changes that you choose.

    What else is staged stays staged. Notebooks may be new to git. Hooks run and commits are signed
    as git is set up; where a hook refuses, all is as before. Outputs are kept, unless nbvc's filter
    is installed or --clean leaves them out of the commit. A notebook in which a merge left conflicts
    is refused until they are resolved.

    --push never forces. Where the remote has commits that you lack, the commit stays in your
    repository and nbvc pull merges them. With nothing to commit, --push pushes what was committed
    before.

    Exit code 0 where all is done, 1 with nothing to commit or push, 2 for a path or message that
    can't be, 3 where git, a hook or the server refused.
    """
    from msgspec.structs import replace

    from nbvc.cli.naming.repositories import repository_at

    repository = repository_at(paths[0])
    names = tuple(dict.fromkeys(map(repository.name, paths)))
    order = replace(order, names=names)
    if choosing.is_given:
        order = _choose_contents(paths, order, choosing, look)
        if not order.names:
            click.echo("Nothing was committed.")
            return _NOTHING
    made = _commit(repository, order)
    _tell_commit(made)
    code = _choose_code(made)
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
            "--clean is about whole notebooks: it does not go with --patch or --cells."
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
    return replace(made, hint=_make_hint(repository, made))


def _is_meant(made: CommitResult) -> bool:
    """Ask whether files are to be committed that are partly staged; nobody there means no."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return False
    click.echo(f"{made.message}.", err=True)
    return click.confirm("Commit it as it is on the disk?", err=True)


def _make_hint(repository: Repository, made: CommitResult) -> str | None:
    """Return advice that names the commands and options of the command line."""
    import shlex

    from nbvc.git.actions.outcome import CommitOutcome

    if made.outcome is CommitOutcome.UNMERGED and made.names[0].endswith(SUFFIX):
        return f"nbvc resolve {shlex.join([repository.path_from_here(made.names[0])])}"
    return {
        CommitOutcome.PARTLY_STAGED: "git commit takes the staged one, --as-on-disk the file as it is",
        CommitOutcome.IGNORED: "--force commits it all the same",
    }.get(made.outcome, made.hint)


def _choose_code(made: CommitResult) -> int:
    from nbvc.git.actions.outcome import CommitOutcome

    return {
        CommitOutcome.COMMITTED: 0,
        CommitOutcome.NOTHING_TO_COMMIT: _NOTHING,
        CommitOutcome.NO_FILE: _USAGE,
        CommitOutcome.NO_MESSAGE: _USAGE,
    }.get(made.outcome, _REFUSED)


def _tell_commit(made: CommitResult) -> None:
    """Say what became of a commit, and what hooks wrote."""
    from nbvc.cli.terminal.network import say, say_stderr
    from nbvc.render.escape import escape_line

    say_stderr(made.stderr)
    if not made.succeeded:
        say(made.message, made.hint)
        return
    where = f" on {escape_line(made.branch)}" if made.branch else ", on no branch"
    click.echo(f"{made.message[:1].upper()}{escape_line(made.message[1:])}{where}.")
    if made.edited:
        shown = ", ".join(map(escape_line, made.edited))
        click.echo(f"A hook edited {shown}.")


def _push(repository: Repository, made: CommitResult, order: PushOrder) -> int:
    from nbvc.cli.terminal.network import say, say_stderr
    from nbvc.cli.terminal.waiting import Waiting
    from nbvc.git.actions.push import PushOutcome
    from nbvc.render.escape import escape_line
    from nbvc.workflow.push import push_branch

    with Waiting("pushing"):
        done = push_branch(repository, order)
    pushed = done.result
    if not pushed.succeeded:
        # Of a rejected push git says at length what our line says.
        say_stderr("" if pushed.outcome is PushOutcome.REJECTED else pushed.stderr)
        hint = pushed.hint
        if pushed.outcome is PushOutcome.NO_UPSTREAM:
            hint = f"--set-upstream makes one: {pushed.hint}"
        say(f"not pushed: {pushed.message}", hint)
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
