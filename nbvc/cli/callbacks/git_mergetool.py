"""`nbvc git-mergetool`: what `git mergetool` calls for a notebook in conflict."""

from __future__ import annotations

import click


@click.command("git-mergetool", hidden=True)
@click.argument("merged", metavar="$MERGED")
@click.argument("backup", metavar="$BACKUP")
@click.option("--web", is_flag=True, help="Ask on a page in the browser.")
def command(merged: str, backup: str, web: bool) -> int:
    """Merge a notebook by cell if git has not, and ask about its conflicts.

    When conflicts are left, git puts the backup back: it gets what was decided so far.
    """
    import shutil

    from nbvc.cli.commands import fix, resolve

    code = 1
    try:
        fix.fix_file(merged)
        code = resolve.resolve_file(merged, web=web)
    finally:
        if code:
            shutil.copyfile(merged, backup)
    return code
