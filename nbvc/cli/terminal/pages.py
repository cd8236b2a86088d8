"""Comparisons as one document: a page or Markdown, to a file, to stdout, or into a browser."""

from __future__ import annotations

import sys

import click

from nbvc.cli.commands.diff import paths_of, read_side, reason
from nbvc.cli.terminal.screen import notice, write_lines
from nbvc.diffing import Part, diff
from nbvc.errors import GitError, NotebookError
from nbvc.notebook import Notebook
from nbvc.render.changes import touched
from nbvc.render.html.notebooks import Compared

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from nbvc.cli.naming.inputs import Comparison, Pair
    from nbvc.diffing import DiffPolicy
    from nbvc.merging import MergeResult


_NO_CELLS = {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


class Collected:
    """All notebooks of a comparison that changed, and what that means for the exit code."""

    def __init__(self, policy: DiffPolicy) -> None:
        self.policy = policy
        self.notebooks: list[Compared] = []
        self.touched: frozenset[Part] = frozenset()
        self.failed = 0

    def add(self, pair: Pair) -> None:
        """Compare one pair.

        A side that can't be had is told on stderr; one that is no notebook is compared as text.
        """
        try:
            contents = [side.read() if side else None for side in (pair.before, pair.after)]
        except (OSError, GitError) as error:
            self.failed = 3 if isinstance(error, GitError) else 2
            notice(reason(error))
            return
        if contents[0] == contents[1] and not pair.note:
            return
        try:
            self._compare(pair, contents)
        except (NotebookError, RecursionError) as error:
            texts = [(content or b"").decode(errors="backslashreplace") for content in contents]
            self.touched |= {Part.SOURCES, Part.OUTPUTS}
            self.notebooks.append(
                Compared(paths_of(pair), None, pair.note, reason(error), (texts[0], texts[1]))
            )

    def _compare(self, pair: Pair, contents: list[bytes | None]) -> None:
        old, new = (
            read_side(side, content, for_people=True)
            for side, content in zip((pair.before, pair.after), contents, strict=True)
        )
        found = diff(old, new, self.policy)
        whole = pair.before is None or pair.after is None
        if not found.changed and not whole and not pair.note:
            return
        self.touched |= touched(found)
        note = pair.note or (("added" if pair.before is None else "removed") if whole else "")
        self.notebooks.append(Compared(paths_of(pair), found, note))

    def fails(self, asked: str | None) -> bool:
        """Tell whether something changed that a gate is to stop."""
        if asked == "any":
            return bool(self.notebooks)
        return asked is not None and Part(asked) in self.touched


def collect(found: Comparison, policy: DiffPolicy) -> Collected:
    """Compare all pairs, and close them."""
    from nbvc.cli.terminal.waiting import Waiting

    collected = Collected(policy)
    try:
        with Waiting(f"comparing {len(found.pairs)} notebooks"):
            for pair in found.pairs:
                collected.add(pair)
    finally:
        found.close()
    return collected


def write_page(found: Comparison, policy: DiffPolicy, options: dict[str, Any]) -> int:
    """Write a comparison as the view options ask, and return the exit code."""
    path = options["output"]
    markdown = options["format_"] == "markdown"
    if not path and not options["open_page"] and not markdown and sys.stdout.isatty():
        found.close()
        raise click.UsageError("A page is for a browser: add --open, or --output FILE.")
    if markdown and options["open_page"]:
        found.close()
        raise click.UsageError("--open shows a page, and --format markdown makes none.")
    collected = collect(found, policy)
    document = as_markdown(collected) if markdown else as_page(collected)
    if options["open_page"]:
        show_page(document, path)
    else:
        write_lines(path or "-", (piece.removesuffix("\n") for piece in document))
    changed = options["exit_code"] and collected.notebooks
    return collected.failed or (1 if changed or collected.fails(options["fail_on"]) else 0)


def as_page(collected: Collected, title: str = "", subtitle: str = "") -> Iterator[str]:
    """Yield a page about what was compared, by line or more."""
    from nbvc.render.html.report import report

    yield "".join(report(collected.notebooks, title, subtitle))


def as_markdown(collected: Collected, title: str = "", more: str = "") -> Iterator[str]:
    """Yield a comment about what was compared; `more` says where the whole report is."""
    from nbvc.render.markdown import comment

    yield comment(collected.notebooks, title=title, more=more)


def write_conflicts(
    result: MergeResult,
    contents: tuple[bytes, bytes, bytes],
    names: tuple[str, str],
    path: str | None,
    open_page: bool,
) -> None:
    """Write a page about a merge of these files (base, local, remote)."""
    from nbvc.notebook import read
    from nbvc.render.html.conflicts import conflicts, of_merge
    from nbvc.render.terminal import language_in

    base, local, remote = (
        read(content) if content.strip() else Notebook.from_dict(_NO_CELLS) for content in contents
    )
    found = of_merge(result, base, local, remote)
    document = conflicts(
        names[0], found, language_in(local, remote), labels=names, decisions=result.decisions
    )
    whole = iter(["".join(document)])
    if open_page:
        show_page(whole, path)
    else:
        write_lines(path or "-", (piece.removesuffix("\n") for piece in whole))


def open_conflicts(notebook: Notebook, name: str, path: str | None) -> int:
    """Show the conflicts that stand in a notebook in a browser, and return how many there are."""
    from nbvc.render.html.conflicts import conflicts, of_markers
    from nbvc.render.terminal import language_in

    found = of_markers(notebook)
    show_page(iter(["".join(conflicts(name, found, language_in(notebook)))]), path)
    return len(found)


def show_page(document: Iterator[str], path: str | None) -> None:
    """Write a page to a file, its own temporary one if none is named, and show it in a browser."""
    import os

    if path is None or path == "-":
        from tempfile import mkstemp

        handle, path = mkstemp(".html", "nbvc-")
        os.close(handle)
    write_lines(path, (piece.removesuffix("\n") for piece in document))
    open_in_browser(path)


def open_in_browser(path: str) -> None:
    """Show a file in a browser, or say that there is none."""
    import os
    import webbrowser
    from urllib.request import pathname2url

    address = f"file://{pathname2url(os.path.abspath(path))}"
    if not webbrowser.open(address):
        notice(f"no browser could be started; the page is {path}")
