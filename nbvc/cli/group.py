"""The group of all commands."""

from __future__ import annotations

import click

from nbvc.cli.settings.groups import LazyGroup

SECTIONS = {
    "Look": {
        "diff": "Show what changed between notebooks, by cell.",
        "show": "Print a notebook as readable text.",
        "status": "List changed notebooks: sources, outputs or noise only.",
        "report": "Report what changed: HTML page, PR comment and JSON.",
    },
    "History": {
        "log": "List the versions of a notebook and what each changed.",
        "blame": "Show the commit that last changed each cell or line.",
        "search": "Find the versions that contain a text, number or error.",
        "timeline": "Write an HTML page with a slider over all versions.",
        "checkpoint": "Save and restore snapshots of notebooks.",
    },
    "Commit and share": {
        "add": "Stage single cells.",
        "reset": "Unstage single cells.",
        "restore": "Restore single cells from the index or a version.",
        "commit": "Commit notebooks or single cells, and push.",
        "pull": "Fetch and merge the upstream branch, by cell.",
    },
    "Merge and repair": {
        "merge": "Merge three versions of a notebook, by cell.",
        "resolve": "List and resolve the conflicts in a notebook.",
        "fix": "Repair a notebook that contains conflict markers.",
        "patch": "Apply a diff to a notebook.",
    },
    "Outputs and noise": {
        "clean": "Remove outputs, execution counts and noise.",
        "check": "Report outputs, noise and secrets before a commit.",
        "outputs": "Manage stored outputs: list, show, restore, delete.",
        "refresh": "Clear git's 'modified' flag after a rerun.",
    },
    "Set up": {
        "install": "Set up git diff, log and merge for notebooks.",
        "uninstall": "Remove the setup of nbvc install.",
        "doctor": "Diagnose problems and suggest fixes.",
        "config": "Show the settings of a path, or the noise keys.",
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
    hint=" (see nbvc --help)",
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=(
        "Example: nbvc diff before.ipynb after.ipynb. In a repository, run nbvc install once so that "
        "git diff and git merge understand notebooks."
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
