"""`nbvc clean`: take out of notebooks what doesn't belong into version control."""

from __future__ import annotations

import os
import sys
from functools import partial

import click
import msgspec

from nbvc.cli.settings.cleaning import policy_options

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from nbvc.store.files import Done, Job
    from nbvc.store.home import Home
    from nbvc.workflow.deciding import PathDecision, PathOverrides

_KEPT = "Removed outputs are stored on this machine: nbvc outputs restore PATH restores them."


Line = tuple[str, str, bool]
"""What there is to print about a file, the error that kept it as it was, and whether it is unclean."""


class Batch(msgspec.Struct, frozen=True):
    """What a process needs to know to clean files.

    `format_done` makes of each what there is to print, in the process that did it.
    """

    format_done: Callable[[Done], str]

    def __call__(self, jobs: list[tuple[Home | None, Job]]) -> list[Line]:
        """Clean files, each given with the home of its outputs; without one nothing is written."""
        from itertools import groupby

        from nbvc.store.entries import OutputStore
        from nbvc.store.files import clean_files

        lines: list[Line] = []
        for home, group in groupby(jobs, key=lambda job: job[0]):
            store = OutputStore(home) if home is not None else None
            done = clean_files((job for _, job in group), store)
            lines += [(self.format_done(one), one.error, one.changed) for one in done]
        return lines


@click.command("clean", epilog="Example: nbvc clean analysis/ --preset noise")
@click.argument("paths", metavar="PATH...", nargs=-1, required=True)
@click.option("--dry-run", is_flag=True, help="List what would be removed and change nothing.")
@click.option(
    "--diff",
    "as_diff",
    is_flag=True,
    help="Show a diff of what would be removed and change nothing.",
)
@click.option(
    "--force", is_flag=True, help="Also clean read-only files and links that leave the project."
)
@click.option(
    "--skip-filtered", is_flag=True, help="Skip notebooks that nbvc's filter cleans for git."
)
@click.option("--stdin-filename", metavar="PATH", help="File name of stdin, for the settings.")
@policy_options
def command(
    paths: tuple[str, ...],
    *,
    dry_run: bool,
    as_diff: bool,
    force: bool,
    skip_filtered: bool,
    stdin_filename: str | None,
    asked: PathOverrides,
) -> int:
    """Remove outputs, execution counts and noise.

    Nothing else in the file changes, not a single byte. Removed outputs are stored on this machine;
    nbvc outputs restore restores them. PATH is a file, a folder with all notebooks below it, or - for
    stdin to stdout. Each notebook uses the nearest [tool.nbvc.clean] settings. Notebooks that the
    settings exclude are skipped.
    """
    if "-" in paths:
        return _clean_stdin(paths, stdin_filename or "stdin.ipynb", asked)
    if stdin_filename is not None:
        raise click.UsageError("--stdin-filename requires '-' for stdin")
    chosen = _choose(paths, asked)
    if skip_filtered:
        chosen = _without_filtered(chosen)
    if as_diff:
        return _show(chosen)
    if not force:
        chosen = _refuse_links(chosen)
    format_done = partial(_format_line, "would clean" if dry_run else "cleaned")
    done = _clean_each(chosen, Batch(format_done), write=not dry_run, force=force)
    return _report_results(done, chosen.excluded, dry_run=dry_run)


class Chosen(msgspec.Struct, frozen=True):
    """The notebooks that paths mean, each with what holds for it, and how many are excluded.

    `refused` are those that are left as they are, each with the reason.
    """

    files: list[tuple[str, PathDecision]]
    excluded: int = 0
    refused: tuple[Line, ...] = ()


def _choose(paths: Sequence[str], asked: PathOverrides) -> Chosen:
    """Return the notebooks that paths mean. Raises `NbvcError`."""
    from nbvc.cli.naming.inputs import report_skipped
    from nbvc.workflow.subjects import decide_files

    decided = decide_files(paths, asked, os.environ, report_skipped)
    refused = [("", f"{one.path}: {one.problem}", False) for one in decided.unreadable]
    return Chosen(decided.files, decided.excluded, tuple(refused))


def _without_filtered(chosen: Chosen) -> Chosen:
    """Return what was chosen without what git's filter cleans, so that files keep their outputs."""
    from nbvc.cli.naming.repositories import repository_at
    from nbvc.errors import NoRepositoryError
    from nbvc.workflow.outputs import list_filtered

    try:
        repository = repository_at()
    except NoRepositoryError:
        return chosen
    filtered = {os.path.realpath(repository.path(name)) for name in list_filtered(repository)}
    files = [one for one in chosen.files if os.path.realpath(one[0]) not in filtered]
    skipped = len(chosen.files) - len(files)
    return Chosen(files, chosen.excluded + skipped, chosen.refused)


def _refuse_links(chosen: Chosen) -> Chosen:
    """Return what was chosen without links that lead out of their project."""
    from nbvc.workflow.finding import leads_out

    out = [path for path, _ in chosen.files if leads_out(path)]
    text = "the link leads out of the project (clean the file itself, or use --force)"
    return Chosen(
        [(path, decision) for path, decision in chosen.files if path not in out],
        chosen.excluded,
        (*chosen.refused, *(("", f"{path}: {text}", False) for path in out)),
    )


def _clean_stdin(paths: Sequence[str], name: str, asked: PathOverrides) -> int:
    from nbvc.normalising import normalise
    from nbvc.notebook import read
    from nbvc.workflow.deciding import Decider

    if len(paths) > 1:
        raise click.UsageError("'-' (stdin) cannot be combined with other paths")
    decision = Decider(asked).decide(name)
    content = sys.stdin.buffer.read()
    if not decision.excluded:
        content = normalise(read(content, name="stdin"), decision.policy).to_bytes()
    sys.stdout.buffer.write(content)
    sys.stdout.buffer.flush()
    return 0


def _clean_each(chosen: Chosen, work: Batch, *, write: bool, force: bool) -> Iterator[Line]:
    """Yield what becomes of each file, the refused ones first."""
    from nbvc.cli.terminal.waiting import with_progress
    from nbvc.store.files import Job
    from nbvc.workflow.cores import map_files
    from nbvc.workflow.places import OutputHomes

    places = OutputHomes(os.environ)
    homes: dict[tuple[str, str], Home] = {}
    jobs: list[tuple[Home | None, Job]] = []
    for path, decision in chosen.files:
        if write:
            home, name, _ = places.home(path)
            home = homes.setdefault((home.folder, home.git_dir), home)
            jobs.append((home, Job(path, name, decision.policy, force)))
        else:
            jobs.append((None, Job(path, "", decision.policy)))
    yield from chosen.refused
    label = "cleaning" if write else "checking"
    yield from with_progress(map_files(work, jobs, os.environ), len(jobs), label)
    if write:
        _tidy(homes.values())


def _tidy(homes: Iterable[Home]) -> None:
    from nbvc.store.collecting import collect_sometimes
    from nbvc.store.entries import OutputStore

    for home in homes:
        collect_sometimes(OutputStore(home))


def _report_results(done: Iterator[Line], excluded: int, *, dry_run: bool) -> int:
    total, changed, failed = print_all(done)
    _sum_up(total, changed, failed, excluded, dry_run=dry_run)
    return 2 if failed else 0


def print_all(done: Iterable[Line]) -> tuple[int, int, int]:
    """Print what there is to say of each file; return how many there are, unclean and in error."""
    from nbvc.render.escape import escape_line

    total = unclean = failed = 0
    for text, error, found in done:
        total += 1
        unclean += found
        failed += bool(error)
        if error:
            print(f"nbvc: {escape_line(error)}", file=sys.stderr)
        elif text:
            print(text)
    return total, unclean, failed


def _format_line(verb: str, done: Done) -> str:
    from nbvc.render.escape import escape_line

    return f"{verb} {escape_line(done.path)}: {summarize_removed(done)}" if done.changed else ""


def _sum_up(total: int, changed: int, failed: int, excluded: int, *, dry_run: bool) -> None:
    clean = total - changed - failed
    parts = [f"{changed} {'to clean' if dry_run else 'cleaned'}", f"{clean} clean already"]
    if failed:
        parts.append(f"{failed} left as {'it was' if failed == 1 else 'they were'}")
    print(count_notebooks(total, excluded, parts), file=sys.stderr)
    if changed and not dry_run:
        print(_KEPT, file=sys.stderr)


def count_notebooks(total: int, excluded: int, parts: list[str]) -> str:
    """Return the line that ends a run over notebooks."""
    noun = "notebook" if total + excluded == 1 else "notebooks"
    if excluded:
        parts = [*parts, f"{excluded} excluded"]
    return f"{total + excluded} {noun}: {', '.join(parts)}."


def summarize_removed(done: Done) -> str:
    """Return what goes from a file, by kind: `12 outputs, 3 timings, 1 user name`."""
    from nbvc.normalising.rules import count_kinds

    return count_kinds(done.findings)


def _show(chosen: Chosen) -> int:
    """Show the difference that cleaning would make."""
    from nbvc.cli.terminal.screen import show
    from nbvc.diffing.policy import Part
    from nbvc.normalising import normalise
    from nbvc.notebook import read
    from nbvc.render.unified import render_unified

    def lines() -> Iterator[str]:
        for path, decision in chosen.files:
            before = read(path)
            after = normalise(before, decision.policy)
            if after is not before:
                yield from render_unified(before, after, frozenset(Part), names=(path, path))

    show(lines())
    return 0
