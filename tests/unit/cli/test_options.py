"""Options become values at the door."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click
import pytest

from nbvc.cli.settings.cleaning import policy_options
from nbvc.cli.settings.grouping import group_options
from nbvc.cli.settings.viewing import Format, Gate, View, view_options
from nbvc.diffing.policy import ALL_MASKS, DEFAULT_PARTS, DiffPolicy, Mask, Part
from nbvc.normalising.settings import lay_over
from nbvc.workflow.deciding import PathOverrides

if TYPE_CHECKING:
    from collections.abc import Callable


def value_of(options: Callable[[Any], Any], *words: str) -> Any:
    """The value that a command with these options gets for a line."""

    @click.command()
    @options
    def command(**values: Any) -> Any:
        (value,) = values.values()
        return value

    return command.main(list(words), standalone_mode=False)


def view_of(*words: str) -> View:
    view = value_of(view_options, *words)
    assert isinstance(view, View)
    return view


def test_each_group_is_one_argument_in_the_order_of_the_help() -> None:
    @click.command()
    @click.argument("path")
    @group_options(
        "sum_",
        lambda one, other: one + other,
        click.option("--one", type=int, default=1),
        click.option("--other", type=int),
    )
    @click.option("--alone", is_flag=True)
    @group_options("name", lambda word: word.upper(), click.option("--word"))
    def command(path: str, *, sum_: int, alone: bool, name: str) -> tuple[str, int, bool, str]:
        return path, sum_, alone, name

    words = ["p", "--other", "2", "--word", "x"]
    assert command.main(words, standalone_mode=False) == ("p", 3, False, "X")
    assert [one.name for one in command.params] == ["path", "one", "other", "alone", "word"]


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ((), Format.TERMINAL),
        (("--format", "json"), Format.JSON),
        (("--stat",), Format.STAT),
        (("--stat", "--name-only"), Format.NAMES),
        (("--stat", "--format", "html"), Format.STAT),
        (("--open",), Format.HTML),
        (("--open", "--stat"), Format.HTML),
    ],
)
def test_what_is_shown(words: tuple[str, ...], shown: Format) -> None:
    view = view_of(*words)
    assert view.format is shown
    assert view.is_document == (shown in (Format.HTML, Format.MARKDOWN))
    assert view.is_brief == (shown in (Format.STAT, Format.NAMES))
    assert view.for_programs == (shown in (Format.JSON, Format.NBDIME))


@pytest.mark.parametrize(
    ("words", "gate"),
    [
        ((), Gate.NOTHING),
        (("--exit-code",), Gate.ANY),
        (("--fail-on", "any"), Gate.ANY),
        (("--fail-on", "outputs"), Gate.OUTPUTS),
        (("--fail-on", "outputs", "--exit-code"), Gate.ANY),
    ],
)
def test_which_change_is_a_failure(words: tuple[str, ...], gate: Gate) -> None:
    assert view_of(*words).gate is gate


@pytest.mark.parametrize(
    ("words", "parts"),
    [
        ((), DEFAULT_PARTS),
        (("-s",), {Part.SOURCES}),
        (("-S",), DEFAULT_PARTS - {Part.SOURCES}),
        (("-s", "-o"), {Part.SOURCES, Part.OUTPUTS}),
        (("-d",), DEFAULT_PARTS | {Part.DETAILS}),
        (("-s", "-i"), {Part.SOURCES, Part.ID}),
        (("-d", "-M"), (DEFAULT_PARTS | {Part.DETAILS}) - {Part.METADATA}),
    ],
)
def test_what_counts(words: tuple[str, ...], parts: set[Part]) -> None:
    assert view_of(*words).asked.over(DiffPolicy()).parts == parts


def test_what_may_differ_in_outputs() -> None:
    asked = view_of("--rtol", "0.1", "--mask", "uuids", "--mask", "paths").asked
    policy = asked.over(DiffPolicy())
    assert (policy.rtol, policy.atol) == (0.1, 0)
    assert policy.masks == {Mask("uuids"), Mask("paths")}
    assert view_of("--mask", "all").asked.masks == ALL_MASKS


@pytest.mark.parametrize(
    "words", [("--open", "--format", "markdown"), ("--rtol", "-1"), ("--rtol", "nan"), ("-U", "-1")]
)
def test_what_cannot_be_is_refused_before_anything_is_read(words: tuple[str, ...]) -> None:
    with pytest.raises(click.UsageError):
        view_of(*words)


def test_settings_of_a_command_line_go_on_top_of_a_projects() -> None:
    line = ("--keep-output", "--keep-tag", "b", "--renumber-ids", "--extra-keys", "metadata.x")
    asked = value_of(policy_options, *line)
    assert isinstance(asked, PathOverrides)
    configured = {"outputs": "strip", "keep-tags": ["a"], "preset": "noise"}
    assert lay_over(configured, asked.clean) == {
        "outputs": "keep",
        "keep-tags": ["a", "b"],
        "preset": "noise",
        "ids": "number",
        "drop-notebook-metadata": ["x"],
    }
    assert lay_over(configured, value_of(policy_options).clean) == configured
    assert configured["keep-tags"] == ["a"]
