"""`nbvc install`: git set up for notebooks."""

from __future__ import annotations

import os

import click

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any, TypeVar

    from nbvc.git import Repository
    from nbvc.git.setup.install import Installed, InstallTarget, Owner

    Command = TypeVar("Command", bound=Callable[..., Any])


def scope_options(command: Command) -> Command:
    """Add --local, --global and --in-repo."""
    for option in (
        click.option("--in-repo", "shared", is_flag=True,
                     help="Use the committed .gitattributes instead of .git/info."),
        click.option("--global", "everywhere", is_flag=True,
                     help="All repositories of this user."),
        click.option("--local", "here", is_flag=True,
                     help="This repository (default)."),
    ):  # fmt: skip
        command = option(command)
    return command


def make_target(here: bool, everywhere: bool, shared: bool) -> InstallTarget:
    """Return what the options mean. Raises `GitError`, and `click.UsageError` where they clash."""
    from nbvc.cli.naming.repositories import find_git, repository_at
    from nbvc.errors import GitError, NoRepositoryError
    from nbvc.git.setup.install import InstallTarget, Scope

    if everywhere and (here or shared):
        raise click.UsageError("--global cannot be combined with --local or --in-repo")
    try:
        repository = repository_at()
    except NoRepositoryError as error:
        if everywhere:
            return InstallTarget(find_git(), Scope.GLOBAL)
        raise NoRepositoryError(
            error.message, hint="run it in a repository, or use --global"
        ) from error
    except GitError:
        if everywhere:
            return InstallTarget(find_git(), Scope.GLOBAL)
        raise
    scope = Scope.GLOBAL if everywhere else Scope.LOCAL
    return InstallTarget(repository.git, scope, repository, shared)


@click.command("install", epilog="Example: nbvc install --global")
@scope_options
@click.option("--cache", is_flag=True, help="Cache the texts of commits for a faster git log -p.")
@click.option(
    "--filter",
    "filtered",
    is_flag=True,
    help="Keep outputs, execution counts and noise out of git.",
)
@click.option(
    "--hooks", is_flag=True, help="With --filter: restore outputs after checkout, merge and rebase."
)
@click.option("--strongest", is_flag=True, help="With --filter: replace the project's own filters.")
@click.option("--preset", metavar="PRESET", help="What the filter strips (see nbvc clean).")
def command(
    *,
    cache: bool,
    filtered: bool,
    hooks: bool,
    strongest: bool,
    preset: str | None,
    **scope: bool,
) -> None:
    """Set up git diff, log and merge for notebooks.

    This writes the drivers diff.nbvc and merge.nbvc into git's config and one line into an attributes
    file: .git/info/attributes for this clone, .gitattributes with --in-repo, or your own with
    --global. git diff, log, show, blame and merge then understand notebooks. It is safe to run twice.
    nbvc uninstall removes the setup; nbvc doctor checks it.

    With --filter, git stores notebooks without outputs, and your files keep theirs. Stripped outputs
    are stored on this machine. Notebooks that git writes, as in a checkout or merge, have no outputs:
    nbvc outputs restore restores them, and --hooks does so after checkout, merge and rebase.

    [tool.nbvc.clean] in pyproject.toml controls what is stripped. The settings are copied into git's
    config: run nbvc refresh after changing them. Other filters named in .gitattributes stay in
    force; --strongest replaces those that strip notebooks.
    """
    from nbvc.git import own_program
    from nbvc.git.setup.install import install

    wanted = make_target(**scope)
    if (hooks or preset or strongest) and not filtered:
        raise click.UsageError("--hooks, --preset and --strongest require --filter")
    if strongest and (scope["everywhere"] or scope["shared"]):
        raise click.UsageError("--strongest cannot be combined with --global or --in-repo")
    if hooks and wanted.repository is None:
        raise click.UsageError("--hooks requires a repository: run it there")
    if hooks and wanted.repository is not None:
        from nbvc.git.setup.hooks import check_hooks

        check_hooks(wanted.repository)
    policy = _choose_policy(wanted, preset) if filtered else None
    done = install(wanted, own_program(), cache=cache, policy=policy, strongest=strongest)
    for line in _report_installed(wanted, done):
        click.echo(line)
    if hooks:
        _set_hooks(wanted)
    if done.settings or done.attributes:
        undo = " --global" if scope["everywhere"] else ""
        has_drivers = any(name.startswith("diff.") for name in done.settings)
        now = ["git diff, git log -p and git merge understand notebooks"] * has_drivers
        now += ["git stores notebooks without outputs"] * filtered
        for what in now:
            click.echo(f"Now {what}.")
        click.echo(f"To remove the setup: nbvc uninstall{undo}.")
    if filtered:
        _advise(wanted, "stash or reset" if hooks else "checkout, merge or stash")


def _advise(wanted: InstallTarget, when: str) -> None:
    """Print what to do if outputs are missing, and list notebooks that git stores with outputs."""
    click.echo("If git lists a notebook as modified after a rerun, run nbvc refresh.")
    click.echo(
        f"If git wrote a notebook without outputs, as in a {when}, run nbvc outputs restore."
    )
    if wanted.repository is not None:
        look_for_unclean(wanted.repository)


def _choose_policy(wanted: InstallTarget, preset: str | None) -> list[str]:
    """Return the words of the filter; in one repository they name a table, which is written."""
    from nbvc.workflow.filter_setup import accept, global_words
    from nbvc.workflow.filter_table import TABLE

    if wanted.scope.value == "global" or wanted.repository is None:
        return global_words(preset)
    accept(wanted.repository, preset)
    return [TABLE]


def _set_hooks(wanted: InstallTarget) -> None:
    from nbvc.git import own_program
    from nbvc.git.setup.hooks import install_hooks

    assert wanted.repository is not None
    for path in install_hooks(wanted.repository, own_program()):
        click.echo(f"  hook {show_path(path)}")


_QUESTION = "Stage them without outputs now, with all changes you made? The files are not changed."


def look_for_unclean(repository: Repository) -> None:
    """List committed notebooks that the filter would strip, and offer to stage them stripped."""
    import sys

    from nbvc.workflow.filtered import find_unclean

    names = find_unclean(repository)
    if not names:
        return
    count = f"{len(names)} notebook{'s' * (len(names) != 1)}"
    click.echo(f"Committed with outputs or noise: {count}, such as {show_path(names[0])}.")
    advice = "git add --renormalize '*.ipynb' && git commit -m 'Notebooks without outputs'"
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        click.echo(
            f"To commit them without outputs, commit your other changes first, then run: {advice}"
        )
    elif click.confirm(_QUESTION, err=True):
        repository.git.storing.run(
            "add", "--renormalize", "--", *(f":(top,literal){n}" for n in names)
        )
        click.echo("Staged. Run git commit to record it.")


def _report_installed(wanted: InstallTarget, done: Installed) -> Iterator[str]:
    place = place_of(wanted)
    if done.settings or done.attributes:
        yield f"nbvc is set up for {place}:"
    else:
        yield f"nbvc was set up for {place} already."
    if done.settings:
        scope = "your git settings" if wanted.repository is None else "git's settings"
        yield f"  {scope}: {', '.join(_name_sections(done.settings))}"
    for path, lines in done.attributes:
        yield f"  {show_path(path)}: {', '.join(map(show_path, lines))}"
    for owner in done.replaced:
        yield f"  instead of {name_owner(owner)}, which is left where it is"
    for owner in done.kept:
        yield f"  {name_owner(owner)} goes on as before"
    yield from _report_others(done)
    for owner, name in done.stronger:
        yield f"  but {name_owner(owner)} is stronger, as for {show_path(name)}: nbvc is not used there"
    if done.hunks:
        place = show_path(done.hunks)
        yield f"  git add -p shows the lines of the file: interactive.diffFilter is {place}"


def _name_sections(settings: Iterable[str]) -> list[str]:
    """Return settings by the driver or tool that they are for: `diff.nbvc`, `merge.nbvc`."""
    parts = (name.rpartition(".") for name in settings)
    return list(dict.fromkeys(head if "." in head else f"{head}.{key}" for head, _, key in parts))


def _report_others(done: Installed) -> Iterator[str]:
    """Yield which filters hold instead of nbvc's, and how nbvc's can take the place of a stripper's."""
    tools = [other for owner, other in done.others if owner.driver != "-"]
    for owner, other in done.others:
        where = ", ".join(f"{show_path(folder)}/" if folder else "./" for folder in other.folders)
        yield f"  {name_owner(owner)} stays in force in {where}"
    if tools and not any(other.stores for other in tools):
        yield "  To use nbvc's filter there: nbvc install --filter --strongest"


def place_of(wanted: InstallTarget) -> str:
    """Return for which repositories something is done, for people."""
    if wanted.repository is None or wanted.scope.value == "global":
        return "all your repositories"
    return show_path(wanted.repository.top)


def name_owner(owner: Owner) -> str:
    """Return another driver as people know it."""
    name = f"{owner.role}={owner.driver}" if owner.driver != "-" else f"-{owner.role}"
    of = f" of {owner.tool}" if owner.tool else ""
    where = f" ({show_path(owner.where)})" if owner.where else ""
    return show_path(name) + of + where


def show_path(path: str) -> str:
    """Return a path safe to print, relative where it is below."""
    from nbvc.platform import cut_folder
    from nbvc.render.escape import escape_line

    return escape_line(cut_folder(path, os.getcwd()) or path)
