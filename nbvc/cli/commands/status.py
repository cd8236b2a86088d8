"""`nbvc status`: which notebooks changed, and in what."""

from __future__ import annotations

import os

import click
import msgspec

from nbvc.cli.naming.inputs import select_changed
from nbvc.cli.naming.repositories import warn_of_settings
from nbvc.cli.settings.options import color_options
from nbvc.errors import NoRepositoryError
from nbvc.render.extent import Extent, judge
from nbvc.workflow.compare import Pair, compare

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from nbvc.cli.terminal.screen import Look
    from nbvc.git import Repository
    from nbvc.render.paint import Painter
    from nbvc.workflow.compare import Comparison, Pairs


class StatusLine(msgspec.Struct, frozen=True):
    """One changed notebook: where, in what, and how much of it."""

    section: str
    extent: Extent
    path: str
    old_path: str | None
    summary: str


_CONFLICT = "in conflict"
_TITLES = {
    "staged": "Staged, which a commit would record:",
    "unstaged": "Changed since the last git add:",
    "untracked": "Untracked:",
}


@click.command("status", epilog="Example: nbvc status analysis/")
@click.argument("paths", metavar="[PATHS]...", nargs=-1)
@click.option("--format", "format_", type=click.Choice(("terminal", "json")), default="terminal")
@color_options
def command(paths: tuple[str, ...], format_: str, look: Look) -> None:
    """List changed notebooks: sources, outputs or noise only.

    Each notebook is listed with the extent of its change: sources, outputs only, metadata only, or
    only execution counts, timings and other noise.

    PATHS are files or folders. Without PATHS, the whole repository is listed.
    """
    from nbvc.cli.terminal.screen import show

    try:
        changed = select_changed(paths)
    except NoRepositoryError as error:
        raise NoRepositoryError(error.message, hint="run git init") from None
    entries = [
        *_make_entries("staged", changed.staged),
        *_make_entries("unstaged", changed.unstaged),
    ]
    if format_ == "json":
        from nbvc.render.json import as_json

        show([as_json([_for_programs(entry) for entry in entries])], paged=False)
        return
    from_here = _name_from_here(entries, changed.repository)
    show(_format_listing(from_here, look.painter()), paged=False)
    _report_operation(changed.repository)
    warn_of_settings(paths[0] if paths else ".")


def _report_operation(repository: Repository) -> None:
    """Print which operation of git is in progress, and how it goes on."""
    from nbvc.git.state.operation import find_continuable

    running = find_continuable(repository)
    if running is not None:
        click.echo(f"\nA {running.value} is in progress:")
        click.echo("  nbvc resolve --continue  go on when no conflict is left")
        click.echo("  nbvc resolve --abort     go back, with what you edited saved as checkpoints")


def _name_from_here(entries: list[StatusLine], repository: Repository) -> list[StatusLine]:
    """Return entries with the paths by which they are named in the folder that we are in."""
    return [
        msgspec.structs.replace(
            one,
            path=repository.path_from_here(one.path),
            old_path=one.old_path and repository.path_from_here(one.old_path),
        )
        for one in entries
    ]


def _make_entries(section: str, found: Pairs) -> Iterator[StatusLine]:
    """Yield the entries of a section; many notebooks are compared on several cores."""
    count = len(found.pairs)
    if not count:
        found.close()
        return
    from nbvc.workflow.cores import count_processes, share_work

    make = _EntryMaker(section, found.pairs)
    try:
        if (processes := count_processes(count)) > 1:
            import pickle

            found.close()  # each process reads for itself
            done = share_work(make, count, processes, found.expect, environ=os.environ)
            entries = map(pickle.loads, done)
        else:
            found.expect(range(count))
            entries = map(make.entry, range(count))
        yield from filter(None, entries)
    finally:
        found.close()


class _EntryMaker(msgspec.Struct, frozen=True):
    """Makes the entries of some pairs, here or in another process."""

    section: str
    pairs: Sequence[Pair]

    def entry(self, number: int) -> StatusLine | None:
        """Return the entry of a pair, None if another one stands for the file."""
        pair = self.pairs[number]
        # A file in conflict is listed once: what is staged of it are its sides.
        if self.section == "staged" and pair.note == _CONFLICT:
            return None
        return _make_entry(pair, self.section)

    def __call__(self, number: int) -> bytes:
        """Return the entry of a pair for the process that asked for it."""
        import pickle

        return pickle.dumps(self.entry(number))


def _make_entry(pair: Pair, section: str) -> StatusLine:
    side = pair.after or pair.before
    assert side is not None
    if pair.note == "untracked":
        return StatusLine("untracked", Extent.UNTRACKED, side.path, None, "")
    if pair.after is None:
        extent = Extent.CONFLICT if pair.note == _CONFLICT else Extent.REMOVED
        to_do = "resolve it with git rm or git add" if extent is Extent.CONFLICT else ""
        return StatusLine(section, extent, side.path, None, to_do)
    if pair.note == _CONFLICT:
        one = compare(Pair(None, pair.after, policy=pair.policy))
        return StatusLine(section, Extent.CONFLICT, side.path, None, _suggest_command(one))
    old_path = pair.before.path if pair.before and pair.before.path != side.path else None
    one = compare(pair)
    if one.diff and one.diff.after and b"<<<<<<<" in one.diff.after.to_bytes():
        from nbvc.merging.markers import find_unresolved

        if find_unresolved(one.diff.after):  # whatever git takes the file for
            return StatusLine(section, Extent.CONFLICT, side.path, old_path, _suggest_command(one))
    extent, summary = judge(one)
    return StatusLine(section, extent, side.path, old_path, summary)


def _suggest_command(one: Comparison) -> str:
    """Return what helps with a file in conflict."""
    from nbvc.merging.markers import find_by_cell
    from nbvc.render.words import count

    if one.diff is None or one.diff.after is None:
        return "not a valid notebook: nbvc fix"
    conflicts = sum(marked.hunks for marked in find_by_cell(one.diff.after).values())
    return f"{count(conflicts, 'conflict')}: nbvc resolve" if conflicts else "resolved; run git add"


def _for_programs(entry: StatusLine) -> dict[str, str | None]:
    """Return an entry as JSON has it."""
    return {
        "where": entry.section,
        "change": entry.extent.value,
        "path": entry.path,
        "old_path": entry.old_path,
        "summary": entry.summary,
    }


def _format_listing(entries: list[StatusLine], paint: Painter) -> Iterator[str]:
    if not entries:
        yield "No notebook changed."
    width = max((len(_format_name(entry)) for entry in entries), default=0)
    apart = False
    for section, title in _TITLES.items():
        chosen = [entry for entry in entries if entry.section == section]
        if chosen and apart:
            yield ""
        if chosen:
            yield paint.bold(title)
            apart = True
        for entry in chosen:
            yield _format_line(entry, min(width, 60), paint)


def _format_name(entry: StatusLine) -> str:
    from nbvc.render.escape import escape_line

    path = escape_line(entry.path)
    return f"{escape_line(entry.old_path)} → {path}" if entry.old_path else path


def _format_line(entry: StatusLine, width: int, paint: Painter) -> str:
    from nbvc.render.escape import escape_line

    if entry.extent is Extent.UNTRACKED:
        return f"  {_format_name(entry)}"
    word = f"{entry.extent.value:<13}"
    tail = paint.dim(escape_line(entry.summary))
    return f"  {_color_word(entry.extent, word, paint)} {_format_name(entry):<{width}}  {tail}".rstrip()


def _color_word(extent: Extent, word: str, paint: Painter) -> str:
    from nbvc.render.paint import Colour

    colours = {
        Extent.SOURCES: Colour.YELLOW,
        Extent.OUTPUTS: Colour.BLUE,
        Extent.ADDED: Colour.GREEN,
        Extent.REMOVED: Colour.RED,
        Extent.CONFLICT: Colour.RED,
        Extent.UNREADABLE: Colour.RED,
        Extent.UNAVAILABLE: Colour.RED,
    }
    return paint.colour(word, colours[extent]) if extent in colours else paint.dim(word)
