"""`nbvc refresh`: a rerun is not a change if the filter strips it, and new settings hold for it."""

from __future__ import annotations

import click

TYPE_CHECKING = False
if TYPE_CHECKING:
    from nbvc.git import Repository


@click.command("refresh", epilog="Example: nbvc refresh && git pull")
@click.argument("paths", metavar="[PATH]...", nargs=-1)
def command(paths: tuple[str, ...]) -> int:
    """Clear git's 'modified' flag after a rerun.

    After a rerun, git lists a notebook as modified because its size changed, and git pull refuses to
    overwrite it. This command clears the flag if the filtered content did not change. Nothing is
    staged and no file is changed. Without PATH, all notebooks of the repository are checked.

    It also updates the filter to the project's current settings. Settings that changed since the last
    nbvc install --filter or nbvc refresh, for example in a pull, take effect only then.
    """
    from nbvc.cli.naming.repositories import repository_at
    from nbvc.git.actions.refreshing import refresh
    from nbvc.render.escape import escape_line

    repository = repository_at(paths[0] if paths else ".")
    names = [repository.name(path) for path in paths] if paths else None
    code = _take_settings(repository)
    done = refresh(repository, names)
    for name in done:
        click.echo(f"{escape_line(name)}: no longer listed as modified")
    if not done:
        click.echo("Nothing to refresh.", err=True)
    return code


def _take_settings(repository: Repository) -> int:
    """Let the filter go by the settings as they are now; return the exit code."""
    from nbvc.cli.commands.install import look_for_unclean
    from nbvc.errors import NbvcError
    from nbvc.git import own_program
    from nbvc.render.escape import escape_line
    from nbvc.workflow.filter_setup import renew

    try:
        if renew(repository, own_program()):
            click.echo("Git's filter now goes by the project's settings as they are.")
            look_for_unclean(repository)
    except NbvcError as error:
        click.echo(f"nbvc: {escape_line(str(error))}; the filter stays as it was", err=True)
        return error.exit_code
    return 0
