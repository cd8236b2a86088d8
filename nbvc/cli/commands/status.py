"""`nbvc status`: which notebooks changed, and in what."""

from __future__ import annotations

from enum import Enum

import click
import msgspec

from nbvc.cli.settings.options import color_options
from nbvc.errors import GitError, NotebookError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from nbvc.cli.naming.inputs import Input, Pair
    from nbvc.diffing import NotebookDiff
    from nbvc.notebook import Notebook
    from nbvc.render.paint import Painter


class Extent(Enum):
    """How far a change of a notebook goes; the value is the word for people and programs."""

    SOURCES = "sources"
    OUTPUTS = "outputs only"
    METADATA = "metadata only"
    NOISE = "noise only"
    NOTHING = "renamed only"
    SAME = "same content"
    ADDED = "added"
    REMOVED = "removed"
    CONFLICT = "in conflict"
    UNTRACKED = "untracked"
    UNREADABLE = "no notebook"


class Entry(msgspec.Struct, frozen=True):
    """One changed notebook: where, in what, and how much of it."""

    section: str
    extent: Extent
    path: str
    old_path: str | None
    summary: str


_TITLES = {
    "staged": "Staged, which a commit would record:",
    "unstaged": "Changed since the last git add:",
    "untracked": "Not tracked by git:",
}


@click.command("status", epilog="Example: nbvc status analysis/")
@click.argument("paths", metavar="[PATHS]...", nargs=-1)
@click.option("--format", "format_", type=click.Choice(("terminal", "json")), default="terminal")
@color_options
def command(paths: tuple[str, ...], format_: str, color: str, theme: str) -> None:
    """List the notebooks that changed, and how far the change goes.

    It goes into their sources, only into their outputs, only into metadata, or only into counts,
    timings and other noise that tools write unasked.

    PATHS are files or folders to look at; without them it is the whole repository.
    """
    from nbvc.cli.terminal.screen import painter, show
    from nbvc.git.plumbing.repository import NoRepositoryError

    try:
        entries = [*_entries(paths)]
    except NoRepositoryError as error:
        raise NoRepositoryError(error.message, hint="git init makes one") from None
    if format_ == "json":
        from nbvc.render.json import as_json

        show([as_json([_for_programs(entry) for entry in entries])], paged=False)
        return
    show(_listing(_from_here(entries, paths), painter(color, theme)), paged=False)


def _from_here(entries: list[Entry], paths: Sequence[str]) -> list[Entry]:
    """Return entries with the paths by which they are named in the folder that we are in."""
    from nbvc.cli.naming.repositories import from_here, repository_at

    if not entries:
        return []
    repository = repository_at(paths[0] if paths else ".")
    return [
        msgspec.structs.replace(
            one,
            path=from_here(repository, one.path),
            old_path=one.old_path and from_here(repository, one.old_path),
        )
        for one in entries
    ]


def _entries(paths: Sequence[str]) -> Iterator[Entry]:
    from nbvc.cli.naming.revisions import compared

    for section, cached in (("staged", True), ("unstaged", False)):
        found = compared((), paths, cached=cached, untracked=not cached)
        try:
            for pair in found.pairs:
                # A file in conflict is listed once: what is staged of it are its sides.
                if not (cached and pair.note == "in conflict"):
                    yield _entry(pair, section)
        finally:
            found.close()


def _entry(pair: Pair, section: str) -> Entry:
    side = pair.after or pair.before
    assert side is not None
    renamed = pair.before is not None and pair.before.path != side.path
    old_path = pair.before.path if renamed and pair.before else None
    if pair.note == "untracked":
        return Entry("untracked", Extent.UNTRACKED, side.path, None, "")
    if pair.note == "in conflict":
        return Entry(section, Extent.CONFLICT, side.path, None, _to_do(pair))
    try:
        extent, summary = _judged(pair)
    except (NotebookError, GitError, OSError, RecursionError) as error:
        extent, summary = Extent.UNREADABLE, _reason(error)
    return Entry(section, extent, side.path, old_path, summary)


def _to_do(pair: Pair) -> str:
    """Return what helps with a file in conflict."""
    from nbvc.merging.markers import find

    if pair.after is None:
        return "git rm or git add says what becomes of it"
    try:
        marked = sum(find(cell) is not None for cell in _read(pair.after).cells)
    except (NotebookError, GitError, OSError, RecursionError):
        return "nbvc fix makes it a notebook that opens"
    if not marked:
        return "decided, once git add says so"
    return f"{marked} {'cell' if marked == 1 else 'cells'} to decide: nbvc resolve"


def _reason(error: Exception) -> str:
    if isinstance(error, NotebookError):
        return error.message
    return str(error)


def _judged(pair: Pair) -> tuple[Extent, str]:
    """Return how far a change goes, and its counts. Raises `NotebookError`, `GitError`."""
    if pair.after is None:
        return Extent.REMOVED, ""
    if pair.before is None:
        count = len(_read(pair.after).cells)
        return Extent.ADDED, f"{count} {'cell' if count == 1 else 'cells'}"
    old, new = pair.before.read(), pair.after.read()
    if old == new:
        renamed = pair.before.path != pair.after.path
        return (Extent.NOTHING if renamed else Extent.SAME), ""
    return _extent(_read(pair.before, old), _read(pair.after, new))


def _read(side: Input, content: bytes | None = None) -> Notebook:
    from nbvc.notebook import read

    return read(side.read() if content is None else content, name=side.path)


def _extent(old: Notebook, new: Notebook) -> tuple[Extent, str]:
    from nbvc.diffing import DiffPolicy, Part, diff
    from nbvc.render.terminal import summary

    parts = (
        (Extent.SOURCES, Part.SOURCES),
        (Extent.OUTPUTS, Part.OUTPUTS),
    )
    whole = diff(old, new)
    for extent, part in parts:
        if diff(old, new, DiffPolicy(frozenset((part,)))).changed:
            return extent, summary(whole).partition(" (")[0]
    if whole.changed:
        return Extent.METADATA, _of_metadata(whole)
    return Extent.NOISE, ""


def _of_metadata(found: NotebookDiff) -> str:
    from nbvc.render.terminal import summary

    return summary(found).partition(" (")[0] if found.cells_changed else "of the notebook"


def _for_programs(entry: Entry) -> dict[str, str | None]:
    """Return an entry as JSON has it."""
    return {
        "where": entry.section,
        "change": entry.extent.value,
        "path": entry.path,
        "old_path": entry.old_path,
        "summary": entry.summary,
    }


def _listing(entries: list[Entry], paint: Painter) -> Iterator[str]:
    if not entries:
        yield "No notebook changed."
    width = max((len(_named(entry)) for entry in entries), default=0)
    apart = False
    for section, title in _TITLES.items():
        chosen = [entry for entry in entries if entry.section == section]
        if chosen and apart:
            yield ""
        if chosen:
            yield paint.bold(title)
            apart = True
        for entry in chosen:
            yield _line(entry, min(width, 60), paint)


def _named(entry: Entry) -> str:
    from nbvc.render.escape import escaped_line

    path = escaped_line(entry.path)
    return f"{escaped_line(entry.old_path)} → {path}" if entry.old_path else path


def _line(entry: Entry, width: int, paint: Painter) -> str:
    from nbvc.render.escape import escaped_line

    if entry.extent is Extent.UNTRACKED:
        return f"  {_named(entry)}"
    word = f"{entry.extent.value:<13}"
    tail = paint.dim(escaped_line(entry.summary))
    return f"  {_coloured(entry.extent, word, paint)} {_named(entry):<{width}}  {tail}".rstrip()


def _coloured(extent: Extent, word: str, paint: Painter) -> str:
    from nbvc.render.paint import Colour

    colours = {
        Extent.SOURCES: Colour.YELLOW,
        Extent.OUTPUTS: Colour.BLUE,
        Extent.ADDED: Colour.GREEN,
        Extent.REMOVED: Colour.RED,
        Extent.CONFLICT: Colour.RED,
        Extent.UNREADABLE: Colour.RED,
    }
    return paint.colour(word, colours[extent]) if extent in colours else paint.dim(word)
