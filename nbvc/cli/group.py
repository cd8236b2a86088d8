"""The group of all commands."""

from __future__ import annotations

import click

from nbvc.cli.settings.groups import LazyGroup

COMMANDS = {
    "add": "Stage some cells of notebooks.",
    "blame": "Show the commit that last changed each cell, or each line.",
    "check": "Report outputs, noise and secrets that should not be committed.",
    "checkpoint": "Save points of notebooks: make, list, compare, restore, share.",
    "clean": "Remove outputs, execution counts and noise from notebooks.",
    "commit": "Commit some notebooks and nothing else, and push.",
    "config": "Show the settings of a path, or which keys are noise.",
    "diff": "Show what changed between notebooks, by cell.",
    "doctor": "Find what is wrong with nbvc in git here, and say how to mend it.",
    "fix": "Make a file full of git's conflict markers a notebook that opens.",
    "install": "Set git up, so that git diff, log and merge understand notebooks.",
    "log": "List the versions of a notebook, and what each changed in cells.",
    "merge": "Merge three notebooks, by cell.",
    "outputs": "Manage stored outputs: list, show, restore, delete.",
    "patch": "Apply a diff to a notebook.",
    "pull": "Fetch what the branch follows, and merge it, notebooks by cell.",
    "report": "What a range of commits changed, as a page, a comment and JSON for CI.",
    "refresh": "Let git see that a rerun changed nothing that it keeps.",
    "reset": "Take some cells of notebooks out of the index.",
    "resolve": "List the conflicts in a notebook, and decide them.",
    "restore": "Put cells of a notebook back as they were in a version.",
    "search": "Find the versions of a notebook that a text appeared in.",
    "show": "Print a notebook as readable text.",
    "status": "List the notebooks that changed: sources, outputs only, noise only.",
    "timeline": "Write a page that replays a notebook: a slider over all versions.",
    "uninstall": "Undo nbvc install.",
}

PLACES = {
    **{name: (f"nbvc.cli.commands.{name}", "command") for name in COMMANDS},
    "git-merge-driver": ("nbvc.cli.callbacks.git_merge_driver", "command"),
}


def _print_version(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted:
        from nbvc import __version__

        click.echo(f"nbvc {__version__}")
        ctx.exit()


@click.command(
    cls=LazyGroup,
    summaries=COMMANDS,
    places=PLACES,
    hint=" See 'nbvc --help'.",
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=(
        "Example: nbvc diff before.ipynb after.ipynb; in a repository, nbvc install once, "
        "and git diff and git merge understand notebooks."
    ),
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_version,
    help="Print the version and exit.",
)
def nbvc() -> None:
    """Version control that understands Jupyter notebooks."""
