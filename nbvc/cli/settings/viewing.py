"""How comparisons and histories are shown, and where that goes: one value of the options for it."""

from __future__ import annotations

import sys
from enum import Enum

import click
import msgspec

from nbvc.cli.settings.grouping import group_options
from nbvc.cli.settings.options import (
    COLOR_OPTIONS,
    MEANING_OPTIONS,
    PART_OPTIONS,
    make_overrides,
)
from nbvc.cli.terminal.screen import Look, make_look

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from nbvc.diffing.policy import DiffOverrides


class Format(Enum):
    """What a comparison is shown as."""

    TERMINAL = "terminal"
    UNIFIED = "unified"
    JSON = "json"
    NBDIME = "nbdime"
    HTML = "html"
    MARKDOWN = "markdown"
    STAT = "stat"
    NAMES = "names"


_DOCUMENTS = (Format.HTML, Format.MARKDOWN)
_FOR_PROGRAMS = (Format.JSON, Format.NBDIME)
_BRIEF = (Format.STAT, Format.NAMES)


class Gate(Enum):
    """Which changes end a command with exit code 1."""

    NOTHING = "nothing"
    SOURCES = "sources"
    OUTPUTS = "outputs"
    ANY = "any"


class View(msgspec.Struct, frozen=True):
    """What counts as a change, how it is shown, where that goes, and which change is a failure.

    `context` is in lines. `path` is the file to write, None for stdout.
    """

    asked: DiffOverrides
    format: Format
    gate: Gate = Gate.NOTHING
    context: int = 3
    look: Look = Look(on=False, dark=False)
    path: str | None = None
    in_browser: bool = False
    paged: bool = False
    in_columns: bool = False

    @property
    def is_document(self) -> bool:
        """Whether all comparisons become one document."""
        return self.format in _DOCUMENTS

    @property
    def is_brief(self) -> bool:
        """Whether a notebook gets one line."""
        return self.format in _BRIEF

    @property
    def for_programs(self) -> bool:
        """Whether it is not for people."""
        return self.format in _FOR_PROGRAMS


class HistoryView(msgspec.Struct, frozen=True):
    """How an answer about a history is printed: as JSON, or for people."""

    as_json: bool
    paged: bool
    look: Look


def _make_view(
    *,
    output: str | None,
    open_page: bool,
    no_pager: bool,
    context: int,
    side_by_side: bool,
    **options: Any,
) -> View:
    """Return what the options ask for. Raises `click.UsageError`."""
    shown = _choose_format(options.pop("format_"), options.pop("stat"), options.pop("name_only"))
    if open_page and shown is Format.MARKDOWN:
        raise click.UsageError("--open cannot be combined with --format markdown")
    shown = Format.HTML if open_page else shown
    if shown is Format.HTML and not output and not open_page and sys.stdout.isatty():
        raise click.UsageError("--format html needs --open or --output FILE")
    gate = choose_gate(options.pop("fail_on"), exit_code=options.pop("exit_code"))
    look = make_look(options.pop("color"), options.pop("theme"))
    paged = not no_pager and shown in (Format.TERMINAL, Format.UNIFIED, *_BRIEF)
    if side_by_side and shown is not Format.TERMINAL:
        raise click.UsageError(
            "--side-by-side requires the terminal format: pages have a button for it"
        )
    asked = make_overrides(**options)
    return View(asked, shown, gate, context, look, output, open_page, paged, side_by_side)


def _choose_format(name: str, stat: bool, name_only: bool) -> Format:
    if stat or name_only:
        return Format.NAMES if name_only else Format.STAT
    return Format(name)


def choose_gate(fail_on: str | None, *, exit_code: bool = False) -> Gate:
    """Return which changes are failures; --exit-code asks for all of them."""
    return Gate.ANY if exit_code else Gate(fail_on or "nothing")


FAIL_ON = click.option("--fail-on", type=click.Choice(("sources", "outputs", "any")),
                       help="Exit with 1 if sources, outputs or anything at all changed."
)  # fmt: skip
_NO_PAGER = click.option("--no-pager", is_flag=True, help="Write to the terminal without a pager.")
_FORMATS = [one.value for one in Format if one not in _BRIEF]

view_options = group_options(
    "view",
    _make_view,
    click.option("--format", "format_", type=click.Choice(_FORMATS), default="terminal",
                 help="json is for programs, unified and nbdime for tools that read those, "
                 "html is one page, and markdown a comment for a pull request."),
    click.option("--stat", is_flag=True,
                 help="Print one line per notebook: how many cells changed."),
    click.option("--name-only", is_flag=True, help="Print only the names of changed notebooks."),
    click.option("-U", "--unified", "context", type=click.IntRange(0), default=3, metavar="N",
                 help="Lines of context around a change (3)."),
    click.option("-y", "--side-by-side", is_flag=True, help="Show both sides in two columns."),
    click.option("--exit-code", is_flag=True, help="Exit with 1 if anything changed."),
    FAIL_ON,
    click.option("--output", metavar="FILE", help="Write to FILE instead of stdout."),
    click.option("--open", "open_page", is_flag=True,
                 help="Show the changes as a page in the browser."),
    _NO_PAGER,
    *MEANING_OPTIONS,
    *PART_OPTIONS,
    *COLOR_OPTIONS,
)  # fmt: skip
"""The options for how a comparison is shown."""


no_reruns_option = click.option(
    "--no-reruns", is_flag=True, help="Skip versions that changed only outputs and noise."
)
"""The option of commands that list versions."""


def _make_history_view(*, format_: str, no_pager: bool, color: str, theme: str) -> HistoryView:
    return HistoryView(format_ == "json", not no_pager, make_look(color, theme))


history_view_options = group_options(
    "view",
    _make_history_view,
    click.option("--format", "format_", type=click.Choice(("terminal", "json")),
                 default="terminal"),
    _NO_PAGER,
    *COLOR_OPTIONS,
)  # fmt: skip
"""The options for how an answer about a history is printed."""
