"""`nbvc commit`: these notebooks and nothing else."""

from __future__ import annotations

import os
import sys

import click

from nbvc.cli.terminal.network import timeout_option
from nbvc.errors import NotebookError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from nbvc.git.actions.commit import CommitPolicy, CommitResult
    from nbvc.git.actions.push import PushResult
    from nbvc.git.plumbing.repository import Repository

_NOTHING, _USAGE, _REFUSED = 1, 2, 3


@click.command("commit", epilog='Example: nbvc commit analysis.ipynb -m "Drop dry days" --push')
@click.argument("paths", metavar="PATH...", nargs=-1, required=True)
@click.option("-m", "--message", "messages", multiple=True, required=True,
              help="The message; a second one is another paragraph.")  # fmt: skip
@click.option("--branch", metavar="NAME", help="Make a branch here first, and switch to it.")
@click.option("--clean", is_flag=True, help="Commit without outputs; the files keep theirs.")
@click.option("--push", is_flag=True, help="Push the branch after that.")
@click.option("-u", "--set-upstream", is_flag=True, help="Let a new branch follow the remote's.")
@click.option("--remote", metavar="NAME", help="Push to this remote.")
@click.option("-f", "--force", is_flag=True, help="Commit what .gitignore leaves out, too.")
@click.option("--as-on-disk", is_flag=True,
              help="Commit a file as it is, also where another version of it is staged, or "
              "conflicts are left in it.")  # fmt: skip
@timeout_option
def command(paths: tuple[str, ...], messages: tuple[str, ...], **options: Any) -> int:
    """Commit these notebooks as they are on the disk, and nothing else.

    What else is staged stays staged. Notebooks may be new to git. Hooks run and commits are signed
    as git is set up; where a hook refuses, all is as before. Outputs are kept, unless nbvc's filter
    is installed or --clean leaves them out of the commit. A notebook in which a merge left conflicts
    is refused until they are decided.

    --push never forces. Where the remote has commits that you lack, the commit stays in your
    repository and nbvc pull merges them. With nothing to commit, --push pushes what was committed
    before.

    Exit code 0 where all is done, 1 with nothing to commit or push, 2 for a path or message that
    can't be, 3 where git, a hook or the server refused.
    """
    from nbvc.cli.naming.repositories import repository_at

    if not options["push"] and (options["remote"] or options["set_upstream"]):
        raise click.UsageError("--remote and --set-upstream are about --push.")
    repository = repository_at(paths[0])
    names = [*dict.fromkeys(map(repository.name, paths))]
    made = _committed(repository, names, "\n\n".join(messages), options)
    _tell_commit(made)
    code = _code(made)
    if options["push"] and code in (0, _NOTHING):
        return _push(repository, made, names, options)
    return code


def _committed(
    repository: Repository, names: Sequence[str], message: str, options: dict[str, Any]
) -> CommitResult:
    """Commit, and once more where a person says that the file is meant."""
    from nbvc.cli.terminal.waiting import Waiting
    from nbvc.git.actions.commit import CommitOutcome, commit

    if not options["as_on_disk"] and (refused := _undecided(repository, names)):
        return refused
    contents = _clean(repository, names) if options["clean"] else None
    renamed = _renamed(repository, names)

    def attempt(*, as_on_disk: bool) -> CommitResult:
        policy = _policy(force=options["force"], as_on_disk=as_on_disk)
        with Waiting("committing"):
            return commit(
                repository,
                names,
                message,
                policy=policy,
                branch=options["branch"],
                contents=contents,
                renamed=renamed,
            )

    made = attempt(as_on_disk=options["as_on_disk"])
    if made.outcome is CommitOutcome.PARTLY_STAGED and _is_meant(made):
        made = attempt(as_on_disk=True)
    return _hinted(made)


def _renamed(repository: Repository, names: Sequence[str]) -> dict[str, str]:
    """Return the old names of notebooks that were renamed since the last commit."""
    from nbvc.cli.naming.stores import store_in
    from nbvc.git.state.changes import SUFFIX
    from nbvc.history import History

    found = {}
    with store_in(repository) as store:
        for name in names:
            if name.endswith(SUFFIX) and not os.path.islink(repository.path(name)):
                history = History(repository, name, store, objects=store.objects)
                found[name] = history.renamed_from()
    return {name: old for name, old in found.items() if old is not None and old not in names}


def _undecided(repository: Repository, names: Sequence[str]) -> CommitResult | None:
    """Refuse notebooks in which a merge left conflicts, None where there are none."""
    from nbvc.cli.naming.repositories import from_here
    from nbvc.git.actions.outcome import CommitOutcome, refusal
    from nbvc.git.plumbing.programs import quoted

    left = [name for name in names if _has_conflicts(repository.path(name))]
    if not left:
        return None
    paths = [from_here(repository, name) for name in left]
    text = f"not committed: nobody has decided the conflicts in {', '.join(paths)}"
    return refusal(CommitOutcome.UNMERGED, text, f"nbvc resolve {quoted(paths[:1])}", *left)


def _has_conflicts(path: str) -> bool:
    from nbvc.merge.markers import undecided

    try:
        with open(path, "rb") as file:
            return bool(undecided(file.read()))
    except (NotebookError, OSError):  # Of a file that can't be read git says what is to be said.
        return False


def _policy(*, force: bool, as_on_disk: bool) -> CommitPolicy:
    from nbvc.git.actions.commit import CommitPolicy, Ignored, PartlyStaged

    return CommitPolicy(
        partly_staged=PartlyStaged.COMMIT_FILE if as_on_disk else PartlyStaged.ASK,
        ignored=Ignored.COMMIT if force else Ignored.REFUSE,
    )


def _is_meant(made: CommitResult) -> bool:
    """Ask whether files are to be committed that are partly staged; nobody there means no."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return False
    click.echo(f"{made.message}.", err=True)
    return click.confirm("Commit it as it is on the disk?", err=True)


def _hinted(made: CommitResult) -> CommitResult:
    """Let the advice name the options of this command."""
    from msgspec.structs import replace

    from nbvc.git.actions.commit import CommitOutcome

    hint = {
        CommitOutcome.PARTLY_STAGED: "git commit takes the staged one, --as-on-disk the file as it is",
        CommitOutcome.IGNORED: "--force commits it all the same",
    }.get(made.outcome, made.hint)
    return replace(made, hint=hint)


def _clean(repository: Repository, names: Sequence[str]) -> dict[str, bytes]:
    """Return notebooks as `nbvc clean` would make them; what goes is stored before.

    Raises `NbvcError`, `OSError`.
    """
    from nbvc.cli.settings.cleaning import store_for
    from nbvc.cli.settings.configuration import configuration
    from nbvc.normalise.cleaning import clean
    from nbvc.normalise.configuring import configured
    from nbvc.notebook import read
    from nbvc.notebook.content import read_content
    from nbvc.store.files import spans_in_file

    project = configuration(os.path.dirname(repository.path(names[0])))
    policy = configured(project.clean, project.path)
    store = store_for(repository.path(names[0]), {})[0]
    contents = {}
    for name in names:
        content = read_content(repository.path(name))
        cleaned = clean(read(content, name=name), policy)
        contents[name] = cleaned.after.to_bytes()
        if cleaned.changed:
            store.put(name, content, contents[name], spans_in_file(cleaned))
    store.sync()
    return contents


def _code(made: CommitResult) -> int:
    from nbvc.git.actions.commit import CommitOutcome

    return {
        CommitOutcome.COMMITTED: 0,
        CommitOutcome.NOTHING_TO_COMMIT: _NOTHING,
        CommitOutcome.NO_FILE: _USAGE,
        CommitOutcome.NO_MESSAGE: _USAGE,
    }.get(made.outcome, _REFUSED)


def _tell_commit(made: CommitResult) -> None:
    """Say what became of a commit, and what hooks wrote."""
    from nbvc.cli.terminal.network import say, say_stderr
    from nbvc.render.escape import escaped_line

    say_stderr(made.stderr)
    if not made.succeeded:
        say(made.message, made.hint)
        return
    where = f" on {escaped_line(made.branch)}" if made.branch else ", on no branch"
    click.echo(f"{made.message[:1].upper()}{escaped_line(made.message[1:])}{where}.")
    if made.edited:
        shown = ", ".join(map(escaped_line, made.edited))
        click.echo(f"A hook edited {shown}.")


def _push(
    repository: Repository, made: CommitResult, names: Sequence[str], options: dict[str, Any]
) -> int:
    from nbvc.cli.terminal.network import say, say_stderr
    from nbvc.cli.terminal.waiting import Waiting
    from nbvc.git.actions.push import PushOutcome, Upstream, push
    from nbvc.render.escape import escaped_line

    upstream = Upstream.SET if options["set_upstream"] else Upstream.REQUIRE
    with Waiting("pushing"):
        pushed = push(
            repository, to=options["remote"], upstream=upstream, deadline=options["timeout"]
        )
    if not pushed.succeeded:
        # Of a rejected push git says at length what our line says.
        say_stderr("" if pushed.outcome is PushOutcome.REJECTED else pushed.stderr)
        hint = pushed.hint
        if pushed.outcome is PushOutcome.NO_UPSTREAM:
            hint = f"--set-upstream makes one: {pushed.hint}"
        say(f"not pushed: {pushed.message}", hint)
        return _REFUSED
    if pushed.outcome is PushOutcome.PUSHED:
        click.echo(
            f"Pushed {escaped_line(pushed.branch or '')} to {escaped_line(pushed.url or '')}."
        )
    else:
        click.echo(f"Nothing to push: {escaped_line(pushed.message)}.")
    for line in _pages(repository, pushed, made, names):
        click.echo(line)
    return 0 if pushed.outcome is PushOutcome.PUSHED or made.succeeded else _NOTHING


def _pages(
    repository: Repository, pushed: PushResult, made: CommitResult, names: Sequence[str]
) -> list[str]:
    """Return the pages of a commit on the web, where the host is known."""
    from nbvc.git.state.links import links

    oid = made.oid or repository.git.line("rev-parse", "HEAD")
    found = links(pushed.url or "", oid, pushed.branch, names[0] if len(names) == 1 else None)
    if found is None:
        return []
    pages = (
        ("commit", found.commit),
        ("pull request", found.request),
        ("notebook", found.notebook),
    )
    return [f"  {what + ':':13} {url}" for what, url in pages if url]
