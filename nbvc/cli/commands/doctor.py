"""`nbvc doctor`: what is wrong, and how to fix it."""

from __future__ import annotations

import click

from nbvc.cli.settings.options import color_options

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from nbvc.cli.terminal.screen import Look
    from nbvc.git import Repository
    from nbvc.git.setup.doctor import Diagnosis
    from nbvc.render.paint import Painter


@click.command("doctor", epilog="Example: nbvc doctor")
@color_options
def command(look: Look) -> int:
    """Diagnose problems and suggest fixes.

    Check nbvc, git and the current repository. Nothing is changed.

    Exit codes: 0 no problems; 1 problems found.
    """
    from nbvc.cli.terminal.screen import show
    from nbvc.git.setup.doctor import Severity

    findings = [*_find_problems()]
    paint = look.painter()
    show((line for finding in findings for line in _format_finding(finding, paint)), paged=False)
    return 1 if any(finding.level is Severity.PROBLEM for finding in findings) else 0


def _find_problems() -> Iterator[Diagnosis]:
    from nbvc import __version__
    from nbvc.cli.naming.repositories import find_git, repository_at
    from nbvc.errors import GitError, NoRepositoryError
    from nbvc.git import own_program
    from nbvc.git.setup.doctor import Diagnosis, Severity, examine_setup

    yield Diagnosis(Severity.GOOD, f"nbvc {__version__}: {describe_program()}")
    git, repository = find_git(), None
    try:
        repository = repository_at()
    except NoRepositoryError:
        yield Diagnosis(
            Severity.NOTE, "there is no repository here: only your own settings were seen"
        )
    except GitError as error:
        yield Diagnosis(Severity.PROBLEM, error.message, error.hint or "")
    yield from examine_setup(git, repository, own_program())
    if repository is not None:
        yield from _drift(repository)
        yield from _find_invalid(repository)
    yield from _describe_nbdime()


def _describe_nbdime() -> Iterator[Diagnosis]:
    """Name nbdime's settings, which hold for diffs here as well."""
    import os

    from nbvc.errors import NbvcError
    from nbvc.git.setup.doctor import Diagnosis, Severity
    from nbvc.workflow.nbdime_config import find_nbdime_settings

    try:
        found = find_nbdime_settings(os.environ)
    except (NbvcError, OSError) as error:
        yield Diagnosis(Severity.PROBLEM, str(error), "correct that file; until then it is ignored")
        return
    if found.settings:
        what = ", ".join(found.settings)
        yield Diagnosis(
            Severity.NOTE,
            f"nbdime's settings hold below [tool.nbvc.diff] ({what}): {', '.join(found.files)}",
            "nbvc config shows them; [tool.nbvc.diff] in pyproject.toml replaces them",
        )
    if found.unknown:
        yield Diagnosis(
            Severity.NOTE,
            f"nbvc has no setting for what nbdime ignores at {', '.join(found.unknown)}",
        )


def _find_invalid(repository: Repository) -> Iterator[Diagnosis]:
    """Find notebooks that the format's schema does not allow; Jupyter may refuse to save them."""
    from nbvc.git.setup.doctor import Diagnosis, Severity
    from nbvc.names import count_rest
    from nbvc.workflow.validity import list_invalid

    found = list(list_invalid(repository))
    if found:
        name, problem = found[0]
        more = f" ({count_rest(len(found) - 1)})" if len(found) > 1 else ""
        yield Diagnosis(
            Severity.NOTE,
            f"{name}: not a valid notebook: {problem.line}{more}",
            "nbvc check FILE lists all that is not valid",
        )


def _drift(repository: Repository) -> Iterator[Diagnosis]:
    """Find a filter that goes by other settings than the project's."""
    from nbvc.errors import NbvcError
    from nbvc.git.setup.doctor import Diagnosis, Severity
    from nbvc.git.setup.install import has_own_filter
    from nbvc.normalising.configuring import CLEAN_FORM
    from nbvc.workflow.filter_setup import describe_changed
    from nbvc.workflow.filter_table import has_table, read_table

    if not has_own_filter(repository):
        return
    again = "nbvc install --filter, then git add --renormalize '*.ipynb'"
    if not has_table(repository.common_dir):
        yield Diagnosis(Severity.PROBLEM, "the filter was set up by an older nbvc", again)
        return
    try:
        table = read_table(repository.common_dir)
    except NbvcError as error:
        yield Diagnosis(Severity.PROBLEM, f"{error.where}: {error.message}", error.hint or again)
        return
    if table.clean_form != CLEAN_FORM:
        yield Diagnosis(Severity.PROBLEM, "the filter was set up by another version of nbvc", again)
    elif table.preset:
        what = f"the filter uses --preset {table.preset}, not the project's settings"
        yield Diagnosis(Severity.PROBLEM, what, again)
    elif changed := describe_changed(repository):
        yield Diagnosis(
            Severity.PROBLEM, changed, "nbvc refresh, then git add --renormalize '*.ipynb'"
        )
    else:
        files = ", ".join(sorted(table.built_from)) or "no settings: the preset is strip"
        yield Diagnosis(Severity.GOOD, f"the filter goes by the project's settings ({files})")


def describe_program() -> str:
    """Return where this nbvc is, and in which Python it runs."""
    import sys

    from nbvc.git import own_program

    version = ".".join(map(str, sys.version_info[:3]))
    return f"{own_program()[0]}, Python {version}"


def _format_finding(finding: Diagnosis, paint: Painter) -> Iterator[str]:
    from nbvc.git.setup.doctor import Severity
    from nbvc.render.escape import escape_line
    from nbvc.render.paint import Colour

    mark, colour = {
        Severity.GOOD: ("✓", Colour.GREEN),
        Severity.NOTE: ("·", Colour.YELLOW),
        Severity.PROBLEM: ("✗", Colour.RED),
    }[finding.level]
    yield f"{paint.colour(mark, colour)} {escape_line(finding.what)}"
    if finding.fix:
        yield f"    → {escape_line(finding.fix)}"
