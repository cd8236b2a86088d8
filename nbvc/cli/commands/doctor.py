"""`nbvc doctor`: what is wrong, and how to mend it."""

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
    """Look at nbvc, git and the repository around, and say how to mend what is wrong.

    Nothing is changed. Exit code 1 where there is a problem.
    """
    from nbvc.cli.terminal.screen import show
    from nbvc.git.setup.doctor import Severity

    findings = [*_findings()]
    paint = look.painter()
    show((line for finding in findings for line in _lines(finding, paint)), paged=False)
    return 1 if any(finding.level is Severity.PROBLEM for finding in findings) else 0


def _findings() -> Iterator[Diagnosis]:
    from nbvc import __version__
    from nbvc.cli.naming.repositories import find_git, repository_at
    from nbvc.errors import GitError, NoRepositoryError
    from nbvc.git import own_program
    from nbvc.git.setup.doctor import Diagnosis, Severity, examined

    yield Diagnosis(Severity.GOOD, f"nbvc {__version__}: {shown_program()}")
    git, repository = find_git(), None
    try:
        repository = repository_at()
    except NoRepositoryError:
        yield Diagnosis(
            Severity.NOTE, "there is no repository here: only your own settings were seen"
        )
    except GitError as error:
        yield Diagnosis(Severity.PROBLEM, error.message, error.hint or "")
    yield from examined(git, repository, own_program())
    if repository is not None:
        yield from _drift(repository)


def _drift(repository: Repository) -> Iterator[Diagnosis]:
    """Find a filter that takes away something else than the project's settings say."""
    from nbvc.errors import NbvcError
    from nbvc.git.setup.doctor import Diagnosis, Severity
    from nbvc.git.setup.install import installed_filter
    from nbvc.normalising.configuring import dropping_cells, from_words
    from nbvc.workflow.deciding import filter_words_of

    found = installed_filter(repository.git)
    if found is None:
        return
    if dropping := dropping_cells(from_words(found)):
        yield Diagnosis(
            Severity.PROBLEM,
            f"the filter was set up with {' and '.join(dropping)}, which it ignores: cells stay",
            "nbvc install --filter writes its settings anew",
        )
    try:
        wanted = filter_words_of(repository.top)
    except NbvcError as error:
        yield Diagnosis(
            Severity.PROBLEM, str(error), "correct that file; until then the filter stays as it is"
        )
        return
    if found == wanted:
        yield Diagnosis(
            Severity.GOOD, f"the filter takes away what the project says: {' '.join(found[1:])}"
        )
    else:
        yield Diagnosis(
            Severity.PROBLEM,
            f"the filter was set up with {' '.join(found)}, the project says {' '.join(wanted)}",
            "nbvc install --filter, then git add --renormalize '*.ipynb'",
        )


def shown_program() -> str:
    """Return where this nbvc is, and in which Python it runs."""
    import sys

    from nbvc.git import own_program

    version = ".".join(map(str, sys.version_info[:3]))
    return f"{own_program()[0]}, Python {version}"


def _lines(finding: Diagnosis, paint: Painter) -> Iterator[str]:
    from nbvc.git.setup.doctor import Severity
    from nbvc.render.escape import escaped_line
    from nbvc.render.paint import Colour

    mark, colour = {
        Severity.GOOD: ("✓", Colour.GREEN),
        Severity.NOTE: ("·", Colour.YELLOW),
        Severity.PROBLEM: ("✗", Colour.RED),
    }[finding.level]
    yield f"{paint.colour(mark, colour)} {escaped_line(finding.what)}"
    if finding.mend:
        yield f"    → {escaped_line(finding.mend)}"
