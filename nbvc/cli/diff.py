"""`nbvc diff`: what changed between notebooks."""

from __future__ import annotations

import sys

import click

from nbvc.cli.options import FORMATS, color_options, part_options, policy_of
from nbvc.diff import DiffPolicy, diff
from nbvc.errors import NbvcError, NotebookError
from nbvc.notebook import Notebook, read

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from nbvc.cli.inputs import Pair
    from nbvc.diff import NotebookDiff


@click.command("diff", epilog="Example: nbvc diff template.ipynb submissions/ --stat")
@click.argument("before", metavar="BEFORE")
@click.argument("after", metavar="AFTER")
@click.option("--format", "format_", type=click.Choice(FORMATS), default="terminal")
@click.option("--stat", is_flag=True, help="One line for every notebook: how many cells changed.")
@click.option("--name-only", is_flag=True, help="Only the names of notebooks that changed.")
@click.option("-U", "--unified", "context", type=click.IntRange(0), default=3, metavar="N",
              help="Lines of context around a change (3).")  # fmt: skip
@click.option("--exit-code", is_flag=True, help="Exit with 1 where anything changed.")
@click.option("--no-pager", is_flag=True, help="Write to the terminal without a pager.")
@part_options
@color_options
def command(**options: Any) -> int:
    """Show what changed between two notebooks, by cell.

    BEFORE and AFTER are files, or folders whose notebooks are compared by name; a file and a
    folder compare the file with every notebook in the folder.

    Counts, ids, timings and what else tools write unasked are no change unless asked for: -d shows
    them, -i shows ids. -s, -o, -a and -m show only that part, and -S, -O, -A and -M leave it out.
    """
    from nbvc.cli.inputs import pairs

    job = _Job(options, policy_of(options))
    found = pairs(options["before"], options["after"])
    if len(found) > 1 and options["format_"] == "nbdime":
        raise click.UsageError("--format nbdime speaks of two notebooks, not of folders.")
    from nbvc.cli.screen import show

    paged = not options["no_pager"] and options["format_"] in ("terminal", "unified")
    show(job.lines(found), paged=paged)
    return 1 if options["exit_code"] and job.changed else 0


class _Job:
    """One run of the command: what to show, and whether anything changed."""

    def __init__(self, options: dict[str, Any], policy: DiffPolicy) -> None:
        self.options = options
        self.policy = policy
        self.changed = False

    def lines(self, found: list[Pair]) -> Iterator[str]:
        if self.options["format_"] == "json" and not self._short and len(found) != 1:
            yield from self._json_list(found)
            return
        apart = False
        for pair in found:
            for line in self._pair(*pair):
                if apart and not self._short:
                    yield ""
                apart = False
                yield line
            apart = True

    @property
    def _short(self) -> bool:
        return bool(self.options["stat"] or self.options["name_only"])

    def _json_list(self, found: list[Pair]) -> Iterator[str]:
        for index, pair in enumerate(found):
            opening = "[" if not index else ","
            for line in self._pair(*pair):
                yield f"{opening}{line}"
        yield "]" if found else "[]"

    def _pair(self, before: str | None, after: str | None) -> Iterator[str]:
        try:
            old, new = _read(before), _read(after)
        except NotebookError as error:
            yield from self._raw(before, after, error)
            return
        found = diff(old, new, self.policy)
        if found.changed or before is None or after is None:
            self.changed = True
        elif self.options["format_"] in ("terminal", "unified") or self._short:
            return
        for name in (old, new):
            for warning in name.warnings:
                _notice(f"{name.name}: {warning}")
        yield from self._rendered(found)

    def _rendered(self, found: NotebookDiff) -> Iterator[str]:
        options = self.options
        if options["name_only"]:
            yield _name(found)
        elif options["stat"]:
            from nbvc.render.terminal import summary

            yield f"{_names(found)} | {summary(found)}"
        elif options["format_"] == "terminal":
            from nbvc.cli.screen import painter
            from nbvc.render.terminal import TerminalRenderer

            paint = painter(options["color"], options["theme"])
            yield from TerminalRenderer(found, paint, options["context"]).lines()
        else:
            yield from _for_programs(found, options["format_"], options["context"])

    def _raw(self, before: str | None, after: str | None, error: NbvcError) -> Iterator[str]:
        """Compare files as plain text where one of them is no notebook."""
        if self.options["format_"] in ("json", "nbdime"):
            raise error
        old, new = _raw_lines(before), _raw_lines(after)
        if old == new:
            return
        self.changed = True
        _notice(f"{error}; compared as plain text")
        if self._short:
            yield after or before or ""
            return
        from nbvc.render.unified import unified_lines

        names = before or "/dev/null", after or "/dev/null"
        yield from unified_lines(old, new, names, self.options["context"])


def _read(path: str | None) -> Notebook:
    """Read a side of the diff; what isn't there, or is /dev/null, is an empty notebook."""
    import os

    if path is None or path == os.devnull:
        return Notebook.from_dict(
            {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, name=os.devnull
        )
    return read(path)


def _raw_lines(path: str | None) -> list[str]:
    from nbvc.render.escape import escaped

    if path is None:
        return []
    with open(path, "rb") as file:
        text = file.read().decode(errors="backslashreplace")
    return escaped(text).removesuffix("\n").split("\n") if text else []


def _name(found: NotebookDiff) -> str:
    from nbvc.render.escape import escaped_line

    before, after = _both_names(found)
    return escaped_line(before if after == "/dev/null" else after)


def _names(found: NotebookDiff) -> str:
    from nbvc.render.escape import escaped_line

    before, after = map(escaped_line, _both_names(found))
    return before if before == after else f"{before} → {after}"


def _both_names(found: NotebookDiff) -> tuple[str, str]:
    names = [side.name if side else "" for side in (found.before, found.after)]
    return names[0], names[1]


def _for_programs(found: NotebookDiff, format_: str, context: int) -> Iterator[str]:
    if format_ == "unified":
        from nbvc.render.unified import unified

        assert found.before is not None
        assert found.after is not None
        yield from unified(found.before, found.after, found.policy.parts, context=context)
        return
    from nbvc.render.json import as_json

    yield as_json(found.to_nbdime() if format_ == "nbdime" else found.to_dict())


def _notice(message: str) -> None:
    from nbvc.render.escape import escaped_line

    sys.stdout.flush()
    print(f"nbvc: {escaped_line(message)}", file=sys.stderr)
