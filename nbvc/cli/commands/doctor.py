"""`nbvc doctor`: what is wrong, and how to mend it."""

from __future__ import annotations

import click

from nbvc.cli.settings.options import color_options

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from nbvc.git.plumbing.repository import Repository
    from nbvc.git.setup.doctor import Finding
    from nbvc.render.paint import Painter


@click.command("doctor", epilog="Example: nbvc doctor")
@color_options
def command(color: str, theme: str) -> int:
    """Look at nbvc, git and the repository around, and say how to mend what is wrong.

    Nothing is changed. Exit code 1 where there is a problem.
    """
    from nbvc.cli.terminal.screen import painter, show
    from nbvc.git.setup.doctor import Level

    findings = [*_findings()]
    paint = painter(color, theme)
    show((line for finding in findings for line in _lines(finding, paint)), paged=False)
    return 1 if any(finding.level is Level.PROBLEM for finding in findings) else 0


def _findings() -> Iterator[Finding]:
    from nbvc import __version__
    from nbvc.cli.naming.repositories import find_git, repository_at
    from nbvc.errors import GitError
    from nbvc.git.plumbing.programs import own_program
    from nbvc.git.plumbing.repository import NoRepositoryError
    from nbvc.git.setup.doctor import Finding, Level, examined

    yield Finding(Level.GOOD, f"nbvc {__version__}: {shown_program()}")
    git, repository = find_git(), None
    try:
        repository = repository_at()
    except NoRepositoryError:
        yield Finding(Level.NOTE, "there is no repository here: only your own settings were seen")
    except GitError as error:
        yield Finding(Level.PROBLEM, error.message, error.hint or "")
    yield from examined(git, repository, own_program())
    if repository is not None:
        yield from _drift(repository)


def _drift(repository: Repository) -> Iterator[Finding]:
    """Find a filter that takes away something else than the project's settings say."""
    from nbvc.cli.commands.install import policy_words
    from nbvc.errors import NbvcError
    from nbvc.git.plumbing.filter_settings import filter_words
    from nbvc.git.setup.doctor import Finding, Level
    from nbvc.git.setup.install import Scope, Target, driver_values
    from nbvc.normalising.configuring import dropping_cells, from_words

    found = filter_words(driver_values(repository.git))
    if found is None:
        return
    if dropping := dropping_cells(from_words(found)):
        yield Finding(
            Level.PROBLEM,
            f"the filter was set up with {' and '.join(dropping)}, which it ignores: cells stay",
            "nbvc install --filter writes its settings anew",
        )
    try:
        wanted = policy_words(Target(repository.git, Scope.LOCAL, repository))
    except NbvcError as error:
        yield Finding(
            Level.PROBLEM, str(error), "correct that file; until then the filter stays as it is"
        )
        return
    if found == wanted:
        yield Finding(
            Level.GOOD, f"the filter takes away what the project says: {' '.join(found[1:])}"
        )
    else:
        yield Finding(
            Level.PROBLEM,
            f"the filter was set up with {' '.join(found)}, the project says {' '.join(wanted)}",
            "nbvc install --filter, then git add --renormalize '*.ipynb'",
        )


def shown_program() -> str:
    """Return where this nbvc is, and in which Python it runs."""
    import sys

    from nbvc.git.plumbing.programs import own_program

    version = ".".join(map(str, sys.version_info[:3]))
    return f"{own_program()[0]}, Python {version}"


def _lines(finding: Finding, paint: Painter) -> Iterator[str]:
    from nbvc.git.setup.doctor import Level
    from nbvc.render.escape import escaped_line
    from nbvc.render.paint import Colour

    mark, colour = {
        Level.GOOD: ("✓", Colour.GREEN),
        Level.NOTE: ("·", Colour.YELLOW),
        Level.PROBLEM: ("✗", Colour.RED),
    }[finding.level]
    yield f"{paint.colour(mark, colour)} {escaped_line(finding.what)}"
    if finding.mend:
        yield f"    → {escaped_line(finding.mend)}"
