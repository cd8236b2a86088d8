"""`nbvc refresh`: a rerun is no change where the filter strips what it changed."""

from __future__ import annotations

import click


@click.command("refresh", epilog="Example: nbvc refresh && git pull")
@click.argument("paths", metavar="[PATH]...", nargs=-1)
def command(paths: tuple[str, ...]) -> int:
    """Let git see that notebooks did not change, where the filter strips what did.

    After a rerun git shows a notebook as modified by its size alone, and git pull refuses to touch
    it. Where the filter makes of it what git has already, this says so to git. Nothing is staged
    that was not, and no file changes. Without PATH all notebooks of the repository are looked at.
    """
    from nbvc.cli.naming.repositories import repository_at
    from nbvc.git.actions.refreshing import refresh
    from nbvc.render.escape import escaped_line

    repository = repository_at(paths[0] if paths else ".")
    names = [repository.name(path) for path in paths] if paths else None
    done = refresh(repository, names)
    for name in done:
        click.echo(f"{escaped_line(name)}: nothing that git keeps has changed")
    if not done:
        click.echo("Nothing to refresh.", err=True)
    return 0
