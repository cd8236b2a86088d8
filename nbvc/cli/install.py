"""`nbvc install`: git set up for notebooks."""

from __future__ import annotations

import os

import click

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any, TypeVar

    from nbvc.git.install import Installed, Owner, Target

    Command = TypeVar("Command", bound=Callable[..., Any])


def scope_options(command: Command) -> Command:
    """Add --local, --global and --in-repo."""
    for option in (
        click.option("--in-repo", "shared", is_flag=True,
                     help="In .gitattributes, which is committed, instead of .git/info."),
        click.option("--global", "everywhere", is_flag=True,
                     help="For all repositories of this user."),
        click.option("--local", "here", is_flag=True,
                     help="For the repository around, which is the default."),
    ):  # fmt: skip
        command = option(command)
    return command


def target(here: bool, everywhere: bool, shared: bool) -> Target:
    """Return what the options mean. Raises `GitError`, and `click.UsageError` where they clash."""
    from nbvc.cli.repositories import find_git, repository_at
    from nbvc.errors import GitError
    from nbvc.git.install import Scope, Target
    from nbvc.git.repository import NoRepositoryError

    if everywhere and (here or shared):
        raise click.UsageError("--global goes with neither --local nor --in-repo.")
    try:
        repository = repository_at()
    except NoRepositoryError as error:
        if everywhere:
            return Target(find_git(), Scope.GLOBAL)
        raise NoRepositoryError(
            error.message, hint="go into a repository, or use --global for all of them"
        ) from error
    except GitError:
        if everywhere:
            return Target(find_git(), Scope.GLOBAL)
        raise
    scope = Scope.GLOBAL if everywhere else Scope.LOCAL
    return Target(repository.git, scope, repository, shared)


@click.command("install", epilog="Example: nbvc install --global")
@scope_options
@click.option(
    "--cache", is_flag=True, help="Let git keep the texts of commits, for a faster git log -p."
)
def command(here: bool, everywhere: bool, shared: bool, cache: bool) -> None:
    """Set git up, so that git diff, log, show, blame and merge understand notebooks.

    It writes the drivers `diff.nbvc` and `merge.nbvc` into git's settings, and one line into an
    attributes file: .git/info/attributes, which is this clone's alone, or with --in-repo
    .gitattributes, or with --global your own for all repositories. `nbvc uninstall` undoes it,
    `nbvc doctor` says whether all is well. Doing it twice does no harm.
    """
    from nbvc.cli.program import program
    from nbvc.git.install import install

    wanted = target(here, everywhere, shared)
    done = install(wanted, program(), cache=cache)
    for line in _said(wanted, done):
        click.echo(line)


def _said(wanted: Target, done: Installed) -> Iterator[str]:
    place = place_of(wanted)
    if done.settings or done.attributes:
        yield f"nbvc is set up for {place}:"
    else:
        yield f"nbvc was set up for {place} already; nothing was changed."
    if done.settings:
        scope = "your git settings" if wanted.repository is None else "git's settings"
        yield f"  {scope}: {', '.join(done.settings)}"
    if done.attributes:
        yield f"  {shown(done.attributes)}: *.ipynb diff=nbvc merge=nbvc"
    for owner in done.replaced:
        yield f"  instead of {named(owner)}, which is left where it is"
    for owner in done.kept:
        yield f"  {named(owner)} goes on as before"
    for owner, name in done.stronger:
        yield f"  but {named(owner)} is stronger, as for {shown(name)}: nbvc is not used there"
    if done.hunks:
        yield f"  git add -p shows the lines of the file: interactive.diffFilter is {shown(done.hunks)}"
    if done.settings or done.attributes:
        yield "Now git diff, git log -p and git merge understand notebooks. nbvc uninstall undoes it."


def place_of(wanted: Target) -> str:
    """Return for which repositories something is done, for people."""
    if wanted.repository is None or wanted.scope.value == "global":
        return "all your repositories"
    return shown(wanted.repository.top)


def named(owner: Owner) -> str:
    """Return another driver as people know it."""
    name = f"{owner.role}={owner.driver}" if owner.driver != "-" else f"-{owner.role}"
    of = f" of {owner.tool}" if owner.tool else ""
    where = f" ({shown(owner.where)})" if owner.where else ""
    return shown(name) + of + where


def shown(path: str) -> str:
    """Return a path safe to print, relative where it lies below."""
    from nbvc.render.escape import escaped_line

    here = os.getcwd().rstrip("/") + "/"
    return escaped_line(path.removeprefix(here))
