"""The group of all commands."""

from __future__ import annotations

import click

from nbvc.cli.settings.groups import LazyGroup

SECTIONS = {
    "Look": {
        "diff": "Show what changed between notebooks, by cell.",
        "show": "Print a notebook as readable text.",
        "status": "List changed notebooks: sources, outputs or noise only.",
        "report": "Report what a range of commits changed, for CI.",
    },
    "History": {
        "log": "List the versions of a notebook, and what each changed.",
        "blame": "Show the commit that last changed each cell or line.",
        "search": "Find the versions in which a text appeared.",
        "timeline": "Write a page with a slider over all versions.",
        "checkpoint": "Save points: make, list, compare, restore, share.",
    },
    "Commit and share": {
        "add": "Stage single cells.",
        "reset": "Take single cells out of the index.",
        "restore": "Put single cells back as they were in a version.",
        "commit": "Commit notebooks or single cells, and push.",
        "pull": "Fetch what the branch follows, and merge it by cell.",
    },
    "Merge and repair": {
        "merge": "Merge three notebooks, by cell.",
        "resolve": "List the conflicts in a notebook, and decide them.",
        "fix": "Make a file full of git's conflict markers open again.",
        "patch": "Apply a diff to a notebook.",
    },
    "Outputs and noise": {
        "clean": "Remove outputs, counts and noise from notebooks.",
        "check": "Report outputs, noise and secrets before a commit.",
        "outputs": "List, show, restore and delete stored outputs.",
        "refresh": "Let git see that a rerun changed nothing that it keeps.",
    },
    "Set up": {
        "install": "Let git diff, log and merge understand notebooks.",
        "uninstall": "Undo nbvc install.",
        "doctor": "Find what is wrong here, and say how to fix it.",
        "config": "Show the settings of a path, or which keys are noise.",
    },
}
COMMANDS = {name: text for section in SECTIONS.values() for name, text in section.items()}

PLACES = {
    **{name: (f"nbvc.cli.commands.{name}", "command") for name in COMMANDS},
    "git-merge-driver": ("nbvc.cli.callbacks.git_merge_driver", "command"),
    "git-mergetool": ("nbvc.cli.callbacks.git_mergetool", "command"),
}


def _print_version(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted:
        from nbvc import __version__

        click.echo(f"nbvc {__version__}")
        ctx.exit()


@click.command(
    cls=LazyGroup,
    sections=SECTIONS,
    places=PLACES,
    hint=" See 'nbvc --help'.",
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=(
        "Example: nbvc diff before.ipynb after.ipynb; in a repository, nbvc install once, "
        "and git diff and git merge understand notebooks."
    ),
)
@click.option(
    "-V",
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_version,
    help="Print the version and exit.",
)
def nbvc() -> None:
    """Version control that understands Jupyter notebooks."""
