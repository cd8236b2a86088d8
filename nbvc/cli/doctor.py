"""`nbvc doctor`: what is wrong, and how to mend it."""

from __future__ import annotations

import click

from nbvc.cli.options import color_options

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from nbvc.git.doctor import Finding
    from nbvc.render.paint import Painter


@click.command("doctor", epilog="Example: nbvc doctor")
@color_options
def command(color: str, theme: str) -> int:
    """Look at nbvc, git and the repository around, and say how to mend what is wrong.

    Nothing is changed. Exit code 1 where there is a problem.
    """
    from nbvc.cli.screen import painter, show
    from nbvc.git.doctor import Level

    findings = [*_findings()]
    paint = painter(color, theme)
    show((line for finding in findings for line in _lines(finding, paint)), paged=False)
    return 1 if any(finding.level is Level.PROBLEM for finding in findings) else 0


def _findings() -> Iterator[Finding]:
    from nbvc import __version__
    from nbvc.cli.program import program
    from nbvc.cli.repositories import find_git, repository_at
    from nbvc.errors import GitError
    from nbvc.git.doctor import Finding, Level, examined
    from nbvc.git.repository import NoRepositoryError

    yield Finding(Level.GOOD, f"nbvc {__version__}: {shown_program()}")
    git, repository = find_git(), None
    try:
        repository = repository_at()
    except NoRepositoryError:
        yield Finding(Level.NOTE, "there is no repository here: only your own settings were seen")
    except GitError as error:
        yield Finding(Level.PROBLEM, error.message, error.hint or "")
    yield from examined(git, repository, program())


def shown_program() -> str:
    """Return where this nbvc is, and in which Python it runs."""
    import sys

    from nbvc.cli.program import program

    version = ".".join(map(str, sys.version_info[:3]))
    return f"{program()[0]}, Python {version}"


def _lines(finding: Finding, paint: Painter) -> Iterator[str]:
    from nbvc.git.doctor import Level
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
