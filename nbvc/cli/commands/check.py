"""`nbvc check`: report what should not be committed, and fail."""

from __future__ import annotations

import os
import sys
from functools import partial

import click
import msgspec

from nbvc.cli.naming.inputs import Words, paths_behind_dashes, report_skipped
from nbvc.cli.naming.repositories import warn_of_settings
from nbvc.cli.settings.cleaning import policy_options
from nbvc.cli.settings.grouping import group_options

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from nbvc.cli.commands.clean import Line
    from nbvc.store.files import Done
    from nbvc.workflow.checking import Searches
    from nbvc.workflow.deciding import PathOverrides
    from nbvc.workflow.subjects import Subject, Subjects


def _make_searches(
    *, secrets: bool, secrets_only: bool, baseline: str | None, **others: bool
) -> Searches:
    """Return what to look for. Raises `NbvcError` if secrets cannot be looked for."""
    from nbvc.workflow.checking import Searches

    if secrets_only:
        return Searches(noise=False, conflicts=False, secrets=True, baseline=baseline)
    return Searches(secrets=secrets or baseline is not None, baseline=baseline, **others)


_search_options = group_options(
    "searches",
    _make_searches,
    click.option("--order", is_flag=True, help="Report cells that ran before a cell above them."),
    click.option("--stale", is_flag=True, help="Report outputs that are older than their code."),
    click.option("--errors", is_flag=True, help="Report outputs that are errors."),
    click.option("--secrets", is_flag=True, help="Report secrets anywhere in a notebook."),
    click.option("--secrets-only", is_flag=True, help="Report only secrets."),
    click.option(
        "--baseline", metavar="FILE", help="Skip secrets that detect-secrets' FILE lists."
    ),
)


class _Place(msgspec.Struct, frozen=True):
    """Where to look: at the index, at files as they are, or at stdin as a file of this name."""

    cached: bool
    raw: bool
    stdin_filename: str | None


_place_options = group_options(
    "place",
    _Place,
    click.option("--cached", "--staged", "cached", is_flag=True, help="Check what is staged."),
    click.option("--raw", is_flag=True, help="Check files as they are, without git's filter."),
    click.option("--stdin-filename", metavar="PATH", help="File name of stdin, for the settings."),
)


class _Shown(msgspec.Struct, frozen=True):
    """How findings are printed."""

    verbose: bool
    format_: str


_shown_options = group_options(
    "shown",
    _Shown,
    click.option("-v", "--verbose", is_flag=True, help="List every finding by cell."),
    click.option(
        "--format", "format_", type=click.Choice(("terminal", "json")), default="terminal"
    ),
)


@click.command("check", cls=Words, epilog="Example: nbvc check . --secrets")
@click.argument("words", metavar="[COMMIT] [[--] PATH]...", nargs=-1)
@_place_options
@_search_options
@_shown_options
@policy_options
def command(
    words: tuple[str, ...],
    *,
    place: _Place,
    searches: Searches,
    shown: _Shown,
    asked: PathOverrides,
) -> int:
    """Report outputs, noise and secrets before a commit.

    PATH is a file, a folder with all notebooks below it, or - for stdin. If git's filter is set up,
    files are checked as the filter would store them. With --cached, check staged notebooks; with
    COMMIT, check those of a commit. In both cases the settings come from the index or the commit, too.

    Outputs and noise are counted by kind. User names, conflicts and other findings are listed by cell.
    Options and settings are those of nbvc clean. Secrets are named, not shown. Finding secrets
    requires nbvc[secrets].

    Exit codes: 0 nothing found; 1 something found; 2 a file cannot be read.
    """
    if searches.secrets:
        from nbvc.normalising.secrets import make_scanner

        make_scanner(searches.baseline)  # says what is missing before anything is read
    chosen = _choose(words, place, asked)
    as_json = shown.format_ == "json"
    format_done = _format_entry if as_json else partial(_format_lines, verbose=shown.verbose)
    done = _check_each(chosen, searches, format_done)
    code = _as_json(done) if as_json else _as_lines(done, chosen.excluded)
    warn_of_settings()
    return code


def _choose(words: tuple[str, ...], place: _Place, asked: PathOverrides) -> Subjects:
    """Return the notebooks to check. Raises `click.UsageError`, `NbvcError`."""
    from nbvc.workflow.subjects import Choice, select, select_content

    paths = paths_behind_dashes()
    named = (*words, *(paths or ()))
    if "-" in named:
        if len(named) > 1 or place.cached:
            raise click.UsageError("'-' (stdin) cannot be combined with other paths")
        name = place.stdin_filename or "stdin.ipynb"
        return select_content(sys.stdin.buffer.read(), name, asked)
    if place.stdin_filename is not None:
        raise click.UsageError("--stdin-filename requires '-' for stdin")
    if not named and not place.cached:
        raise click.UsageError("missing argument PATH: name files, folders or a commit")
    choice = Choice(words, paths, place.cached, place.raw)
    return select(choice, asked, os.environ, report_skipped)


class _Batch(msgspec.Struct, frozen=True):
    """What a process needs to know to check notebooks."""

    searches: Searches
    format_done: Callable[[Done], str]

    def __call__(self, subjects: list[Subject]) -> list[Line]:
        """Check notebooks."""
        from nbvc.workflow.checking import check

        done = [check(subject, self.searches) for subject in subjects]
        return [(self.format_done(one), one.error, one.changed) for one in done]


def _check_each(
    chosen: Subjects, searches: Searches, format_done: Callable[[Done], str]
) -> Iterator[Line]:
    from nbvc.cli.terminal.waiting import with_progress
    from nbvc.store.files import Done
    from nbvc.workflow.cores import map_files

    for one in chosen.unreadable:
        done = Done(one.path, error=f"{one.path}: {one.problem}")
        yield format_done(done), done.error, False
    chosen.close()  # each process reads for itself
    try:
        results = map_files(_Batch(searches, format_done), chosen.subjects, os.environ)
        yield from with_progress(results, len(chosen.subjects), "checking")
    finally:
        chosen.close()


def _format_lines(done: Done, *, verbose: bool) -> str:
    """Return what was found in a file: noise by kind, anything else by cell."""
    from nbvc.normalising.rules import PERSON, count_kinds
    from nbvc.render.escape import escape_line

    path = escape_line(done.path)
    single = [one for one in done.findings if verbose or one.kind in _listed_kinds()]
    said = [f"{path}: {count_kinds(one for one in done.findings if one not in single)}"]
    if len(single) == len(done.findings):
        said = []
    for finding in single:
        place = "notebook" if finding.cell is None else f"cell {finding.cell + 1}"
        what = f"{PERSON}, {finding.what}" if finding.kind == PERSON else finding.what
        said.append(f"{path}: {place}: {escape_line(what)}")
    return "\n".join(said)


def _listed_kinds() -> set[str]:
    """Return the kinds of findings that are listed one by one."""
    from nbvc.normalising.findings import INVALID
    from nbvc.normalising.rules import PERSON
    from nbvc.normalising.runs import DISORDER, ERROR, STALE
    from nbvc.normalising.secrets import SECRET
    from nbvc.workflow.checking import CONFLICT

    return {CONFLICT, DISORDER, ERROR, INVALID, PERSON, SECRET, STALE}


def _as_lines(done: Iterable[Line], excluded: int) -> int:
    from nbvc.cli.commands.clean import count_notebooks, print_all

    total, unclean, failed = print_all(done)
    parts = [f"{total - unclean - failed} clean"]
    if unclean:
        parts.append(f"{unclean} not (`nbvc clean` removes outputs and noise)")
    if failed:
        parts.append(f"{failed} unreadable")
    print(count_notebooks(total, excluded, parts), file=sys.stderr)
    return 2 if failed else int(unclean > 0)


def _format_entry(done: Done) -> str:
    """Return what the JSON format says of a file."""
    from nbvc.render.json import as_json

    findings = [
        {"cell": one.cell, "what": one.what, "kind": one.kind, "count": one.count}
        for one in done.findings
    ]
    return as_json({"path": done.path, "error": done.error or None, "findings": findings})


def _as_json(done: Iterable[Line]) -> int:
    from nbvc.render.json import json_list

    lines = list(done)
    for line in json_list(text for text, _, _ in lines):
        print(line)
    if any(error for _, error, _ in lines):
        return 2
    return int(any(found for _, _, found in lines))
