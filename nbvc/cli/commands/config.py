"""`nbvc config`: show the settings that nbvc goes by."""

from __future__ import annotations

import click

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from nbvc.normalising.noise import Rule


@click.command("config", epilog="Example: nbvc config --noise")
@click.option("--noise", is_flag=True, required=True, help="List which keys are noise.")
@click.option("--format", "format_", type=click.Choice(("terminal", "json", "markdown")),
              default="terminal")  # fmt: skip
def command(*, noise: bool, format_: str) -> None:
    """Show what nbvc knows of the keys that tools and people write into notebooks.

    --noise lists each key, what it is for, whether diffs ignore it, whether nbvc clean removes it,
    who writes it, and the source of that.
    """
    from nbvc.cli.terminal.screen import show
    from nbvc.normalising.noise import rules
    from nbvc.render.json import json_list

    del noise
    if format_ == "json":
        show(json_list(_entry(rule) for rule in rules()))
    else:
        show(_page() if format_ == "markdown" else _lines())


def _lines() -> Iterator[str]:
    from nbvc.normalising.noise import rules

    level = None
    for rule in rules():
        if rule.level is not level:
            level = rule.level
            yield f"{level.value}:"
        ignored = "diff ignores" if rule.ignored else "diff shows"
        yield f"  {rule.kind.value:8}  {ignored:12}  {_cleaning(rule):23}  {rule.keys}"


def _cleaning(rule: Rule) -> str:
    if rule.removed:
        return "clean removes"
    return "clean removes defaults" if rule.drops_default else "clean keeps"


def _entry(rule: Rule) -> str:
    from nbvc.normalising.metadata import name_path
    from nbvc.render.json import as_json

    return as_json(
        {
            "level": rule.level.value,
            "kind": rule.kind.value,
            "keys": [name_path(path) for path in rule.paths],
            "defaults": [*rule.defaults],
            "ignored": rule.ignored,
            "removed": rule.removed,
            "drops_default": rule.drops_default,
            "writer": rule.writer,
            "source": rule.source,
        }
    )


def _page() -> Iterator[str]:
    """Yield the lines of docs/NOISE.md."""
    from nbvc.normalising.noise import rules

    yield from _HEAD.splitlines()
    level = None
    for rule in rules():
        if rule.level is not level:
            level = rule.level
            yield from ("", f"## {level.value.capitalize()}", "")
            yield "| key | kind | diff | clean | means absence | who writes it | source |"
            yield "|---|---|---|---|---|---|---|"
        ignored = "ignores" if rule.ignored else "shows"
        cleaning = _cleaning(rule).removeprefix("clean ")
        cells = (f"`{rule.keys}`", rule.kind.value, ignored, cleaning, _defaults(rule))
        yield "| " + " | ".join([*cells, rule.writer, rule.source]) + " |"


def _defaults(rule: Rule) -> str:
    import json

    return ", ".join([f"`{json.dumps(value)}`" for value in rule.defaults])


_HEAD = """# Noise

<!-- Made by `nbvc config --noise --format markdown` from nbvc/normalising/noise.txt. -->

What tools write into notebooks unasked, and what people set. `nbvc config --noise` prints this table;
[CLEAN.md](CLEAN.md) explains how a project changes it.

| kind | what it is | diff | clean |
|---|---|---|---|
| setting | a person chose it | shows it | keeps it |
| trace | a tool wrote it unasked | ignores it | removes it |
| timing | when something ran, and how long | ignores it | removes it |
| person | data about a person | ignores it | removes it, with any preset |
| view | how the notebook looked on one screen | ignores it | removes it |
| identity | an ID of a tool, by which cells are paired | ignores it | keeps it |
| data | what outputs show | ignores it | removes it with the outputs, keeps it with them |
| language | the language of the code | compares it without case, version and place | keeps it |
| count | an execution count | ignores it | sets it to null |

The longest path decides. `*` is any key, and quotes hold a key with dots. A value that means absence
makes no difference, and `"$language"` is the language of the notebook. An object that is empty once its
noise is removed is removed, too.

Sources: *nbf* is nbformat's format description, *jl-api* JupyterLab's ICodeCellMetadata and
ICodeCellJupyterMetadata. *seen* means public notebooks, or the code of the tool itself."""
