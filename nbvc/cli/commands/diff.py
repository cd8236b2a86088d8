"""`nbvc diff`: what changed between notebooks."""

from __future__ import annotations

import os

import click
import msgspec

from nbvc.cli.settings.options import (
    FORMATS,
    PAGES,
    color_options,
    meaning_options,
    part_options,
    policy_of,
)
from nbvc.cli.terminal.screen import notice, wants_colour, write_lines
from nbvc.diffing import DiffPolicy, Part, diff
from nbvc.errors import GitError, NotebookError
from nbvc.notebook import Notebook, read
from nbvc.render.escape import escaped_line

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from typing import Any, TypeVar

    from nbvc.cli.naming.inputs import Comparison, Input, Pair
    from nbvc.diffing import NotebookDiff

    Command = TypeVar("Command", bound=Callable[..., Any])

_WRITTEN = (".html", ".json", ".md", ".txt", ".diff", ".patch")
"""Endings of files that a diff may be written to."""


class Words(click.Command):
    """A command that tells what stands behind `--`, which is a path whatever it looks like."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Take the paths behind `--` away before click drops the difference."""
        if "--" in args:
            at = args.index("--")
            ctx.meta["nbvc.paths"] = args[at + 1 :]
            args = args[:at]
        return super().parse_args(ctx, args)


def view_options(command: Command) -> Command:
    """Add the options for how a diff is shown, which `compare` takes."""
    for option in reversed((
        click.option("--format", "format_", type=click.Choice(FORMATS), default="terminal",
                     help="json is for programs, unified and nbdime for tools that read those, "
                     "html is one page, and markdown a comment for a pull request."),
        click.option("--stat", is_flag=True,
                     help="One line for every notebook: how many cells changed."),
        click.option("--name-only", is_flag=True, help="Only the names of notebooks that changed."),
        click.option("-U", "--unified", "context", type=click.IntRange(0), default=3, metavar="N",
                     help="Lines of context around a change (3)."),
        click.option("--exit-code", is_flag=True, help="Exit with 1 where anything changed."),
        click.option("--fail-on", type=click.Choice(("sources", "outputs", "any")),
                     help="Exit with 1 where sources, outputs or anything at all changed."),
        click.option("--output", metavar="FILE", help="Write to FILE instead of to stdout."),
        click.option("--open", "open_page", is_flag=True,
                     help="Show the changes as a page in the browser."),
        click.option("--no-pager", is_flag=True, help="Write to the terminal without a pager."),
        meaning_options,
        part_options,
        color_options,
    )):  # fmt: skip
        command = option(command)
    return command


@click.command("diff", cls=Words, epilog="Example: nbvc diff main... -- analysis.ipynb")
@click.argument("words", metavar="[BEFORE] [AFTER] [[--] PATHS]...", nargs=-1)
@click.option("--cached", "--staged", "cached", is_flag=True, help="Compare with the index.")
@click.option("--untracked", is_flag=True, help="Show files that git doesn't know, too.")
@view_options
def command(**options: Any) -> int:
    """Show what changed between notebooks, by cell.

    Without arguments: what you changed since the last git add, and with --cached what a commit
    would record. With one commit: since then. With two, or a range A..B: from the first to the
    second; A...B starts where B left A. PATHS are files or folders to look at.

    Two files or folders are compared with each other, without git; a file and a folder compare the
    file with every notebook in it. COMMIT:PATH is a file in a commit. Where a name is both a file
    and a commit it is the file; behind -- there are only paths.

    Counts, ids, timings and what else tools write unasked are no change unless asked for: -d shows
    them, -i shows ids. -s, -o, -a and -m show only that part, and -S, -O, -A and -M leave it out.
    """
    from nbvc.cli.naming.inputs import comparison

    paths = click.get_current_context().meta.get("nbvc.paths")
    asked = {name: options[name] for name in ("cached", "untracked")}
    if options["only_outputs"] and paths is None:
        _refuse_file_of_other_commands(options["words"])
    return compare(comparison(options["words"], paths, **asked), options)


def _refuse_file_of_other_commands(words: Sequence[str]) -> None:
    """Explain `-o FILE`, which is where nbvc's other commands write to; here -o is nbdime's."""
    last = words[-1] if words else ""
    if os.path.splitext(last)[1] in _WRITTEN and (len(words) > 2 or not os.path.lexists(last)):
        raise click.UsageError(f"-o shows only outputs; --output {last} writes to that file.")


def compare(found: Comparison, options: dict[str, Any]) -> int:
    """Show pairs of notebooks as the view options ask, close them, and return the exit code."""
    from nbvc.cli.terminal.screen import show

    if options["open_page"] or (options["format_"] in PAGES and not _is_short(options)):
        from nbvc.cli.terminal.pages import write_page

        return write_page(found, policy_of(options), options)
    job = _Job(options, policy_of(options))
    try:
        if len(found.pairs) > 1 and options["format_"] == "nbdime":
            raise click.UsageError("--format nbdime speaks of two notebooks, and here are more.")
        paged = not options["no_pager"] and options["format_"] in ("terminal", "unified")
        if options["output"]:
            write_lines(options["output"], job.lines(found))
        else:
            show(job.lines(found), paged=paged)
    finally:
        found.close()
    return job.failed or (1 if job.fails else 0)


def _is_short(options: dict[str, Any]) -> bool:
    return bool(options["stat"] or options["name_only"])


class _Job:
    """One run of the command: what to show, whether anything changed, and what failed."""

    def __init__(self, options: dict[str, Any], policy: DiffPolicy) -> None:
        self.options = options
        self.policy = policy
        self.changed = False
        self.touched: frozenset[Part] = frozenset()
        self.failed = 0
        self.notice: Callable[[str], None] = notice
        self.notices: list[str] = []

    @property
    def fails(self) -> bool:
        """Whether something changed that the exit code is asked to tell."""
        asked = self.options["fail_on"]
        if asked in (None, "any"):
            return self.changed and bool(asked or self.options["exit_code"])
        return Part(asked) in self.touched or (self.changed and self.options["exit_code"])

    def lines(self, found: Comparison) -> Iterator[str]:
        if self.options["format_"] == "json" and not self._short and found.many:
            from nbvc.render.json import json_list

            yield from json_list(line for lines in self._pairs(found) for line in lines)
            return
        apart = False
        for lines in self._pairs(found):
            for line in lines:
                if apart and not self._short:
                    yield ""
                apart = False
                yield line
            apart = True

    def _pairs(self, found: Comparison) -> Iterator[Iterable[str]]:
        """Yield the lines of each pair; many pairs are compared on several cores."""
        from nbvc.cli.terminal.abreast import abreast, workers

        count = len(found.pairs)
        processes = workers(count)
        if processes == 1:
            found.expect(range(count))
            yield from map(self.compare, found.pairs)
            return
        found.close()  # each process reads for itself
        color = "always" if wants_colour(self.options["color"]) else "never"
        work = _Elsewhere({**self.options, "color": color}, self.policy, found.pairs)
        yield from map(self._unpacked, abreast(work, count, processes, found.expect))

    def _unpacked(self, packed: bytes) -> list[str]:
        """Return a pair's lines, after the notices about it."""
        lines, said, changed, touched, failed = msgspec.msgpack.decode(packed)
        self.changed |= changed
        self.touched |= frozenset(map(Part, touched))
        self.failed = failed or self.failed
        for text in said:
            self.notice(text.decode("utf-8", "surrogatepass"))
        return [line.decode("utf-8", "surrogatepass") for line in lines]

    @property
    def _short(self) -> bool:
        return _is_short(self.options)

    @property
    def _for_people(self) -> bool:
        return self._short or self.options["format_"] in ("terminal", "unified")

    def compare(self, pair: Pair) -> Iterator[str]:
        """Yield what to print for one pair; one that fails keeps no other from being shown."""
        try:
            contents = [side.read() if side else None for side in (pair.before, pair.after)]
        except (OSError, GitError) as error:
            self.failed = 3 if isinstance(error, GitError) else 2
            self.notice(reason(error))
            return
        if self._for_people and not pair.note and contents[0] == contents[1]:
            return
        try:
            found = self._compared(pair, contents)
        except (NotebookError, RecursionError) as error:
            yield from self._raw(pair, contents, error)
            return
        if found.changed or pair.before is None or pair.after is None or pair.note:
            self.changed = True
        elif self._for_people:
            return
        if self.options["fail_on"]:
            from nbvc.render.changes import touched

            self.touched |= touched(found)
        for side in (found.before, found.after):
            for warning in side.warnings if side else ():
                self.notice(f"{side.name if side else ''}: {warning}")
        yield from self._rendered(pair, found)

    def _compared(self, pair: Pair, contents: list[bytes | None]) -> NotebookDiff:
        old, new = (
            read_side(side, content, for_people=self._for_people)
            for side, content in zip((pair.before, pair.after), contents, strict=True)
        )
        return diff(old, new, self.policy)

    def _rendered(self, pair: Pair, found: NotebookDiff) -> Iterator[str]:
        options = self.options
        if options["name_only"]:
            yield escaped_line(_path(pair))
        elif options["stat"]:
            from nbvc.render.terminal import counts_said

            note = f"{pair.note}, " if pair.note else ""
            yield escaped_line(f"{paths_of(pair)} | {note}{counts_said(found)}")
        elif options["format_"] == "terminal":
            yield from self._for_a_terminal(pair, found)
        elif options["format_"] == "unified":
            from nbvc.render.unified import unified

            assert found.before is not None
            assert found.after is not None
            names, context = _header(pair), options["context"]
            yield from unified(
                found.before, found.after, self.policy.parts, context=context, names=names
            )
        else:
            from nbvc.render.json import as_json

            nbdime = options["format_"] == "nbdime"
            yield as_json(found.to_nbdime() if nbdime else found.to_dict())

    def _for_a_terminal(self, pair: Pair, found: NotebookDiff) -> Iterator[str]:
        from nbvc.cli.terminal.screen import painter
        from nbvc.render.terminal import TerminalRenderer

        paint = painter(self.options["color"], self.options["theme"])
        if pair.note:
            yield paint.bold(paint.names(escaped_line(f"{paths_of(pair)}: {pair.note}")))
        yield from TerminalRenderer(found, paint, self.options["context"]).lines()

    def _raw(self, pair: Pair, contents: list[bytes | None], error: Exception) -> Iterator[str]:
        """Compare files as plain text where one of them is no notebook."""
        if not self._for_people:
            self.failed = 2
            self.notice(reason(error))
            return
        self.changed = True
        self.touched |= {Part.SOURCES, Part.OUTPUTS}
        self.notice(f"{reason(error)}; compared as plain text")
        if self._short:
            only = self.options["name_only"]
            yield escaped_line(_path(pair) if only else f"{paths_of(pair)} | not a notebook")
            return
        from nbvc.render.unified import unified_lines

        old, new = map(_raw_lines, contents)
        yield from unified_lines(old, new, _header(pair), self.options["context"])


class _Elsewhere(msgspec.Struct, frozen=True):
    """What another process needs to compare some of the pairs."""

    options: dict[str, Any]
    policy: DiffPolicy
    pairs: tuple[Pair, ...]

    def __call__(self, number: int) -> bytes:
        """Compare a pair; return everything there is to say about it."""
        job = _Job(self.options, self.policy)
        job.notice = job.notices.append
        lines = [line.encode("utf-8", "surrogatepass") for line in job.compare(self.pairs[number])]
        said = [text.encode("utf-8", "surrogatepass") for text in job.notices]
        touched = [part.value for part in job.touched]
        return msgspec.msgpack.encode((lines, said, job.changed, touched, job.failed))


def read_side(side: Input | None, content: bytes | None, *, for_people: bool) -> Notebook:
    """Read a side of the diff; what isn't there, or is /dev/null, is an empty notebook."""
    import os

    if side is None or content is None or side.path == os.devnull:
        return Notebook.from_dict(
            {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, name=os.devnull
        )
    return read(content, name=side.label if for_people else side.spec)


def _raw_lines(content: bytes | None) -> list[str]:
    from nbvc.render.escape import escaped

    text = (content or b"").decode(errors="backslashreplace")
    return escaped(text).removesuffix("\n").split("\n") if text else []


def _path(pair: Pair) -> str:
    """Return the one path to call a pair by."""
    side = pair.before if _is_nothing(pair.after) else pair.after
    return side.path if side else ""


def _is_nothing(side: Input | None) -> bool:
    return side is None or side.path == "/dev/null"


def paths_of(pair: Pair) -> str:
    """Return the path of a pair, or both where they differ."""
    if _is_nothing(pair.before) or _is_nothing(pair.after):
        return _path(pair)
    before, after = (side.path for side in (pair.before, pair.after) if side)
    return before if before == after else f"{before} → {after}"


def _header(pair: Pair) -> tuple[str, str]:
    """Return the two names at the top of a unified diff; git's tools know a file by a/ and b/."""
    before, after = (
        f"{prefix if pair.in_git else ''}{side.path}" if side else "/dev/null"
        for prefix, side in (("a/", pair.before), ("b/", pair.after))
    )
    return before, after


def reason(error: Exception) -> str:
    """Return what is wrong with a notebook, or with reading it, on one line."""
    if isinstance(error, RecursionError):
        return "a notebook is nested too deeply"
    if isinstance(error, OSError):
        return f"{error.filename}: {error.strerror}"
    return str(error)
