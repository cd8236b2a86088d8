"""`nbvc config`: show the settings that nbvc goes by."""

from __future__ import annotations

import os

import click

from nbvc.names import SUFFIX
from nbvc.platform import relative_path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from nbvc.diffing.nbdime_config import NbdimeSettings
    from nbvc.diffing.policy import DiffPolicy
    from nbvc.normalising.noise import Rule
    from nbvc.normalising.policy import Policy
    from nbvc.normalising.settings import Origin, Rules
    from nbvc.workflow.deciding import PathDecision


@click.command("config", epilog="Example: nbvc config analysis/rain.ipynb")
@click.argument("path", metavar="[PATH]", default=".")
@click.option("--noise", is_flag=True, help="List which keys are noise.")
@click.option("--format", "format_", type=click.Choice(("terminal", "json", "markdown")),
              default="terminal")  # fmt: skip
def command(path: str, *, noise: bool, format_: str) -> None:
    """Show the settings of a path, or the noise keys.

    Show the settings that apply to PATH and where each is set. PATH is a notebook or a folder. It does
    not have to exist.

    --noise lists each key that tools and people write into notebooks: its purpose, whether diffs
    ignore it, whether nbvc clean removes it, which tool writes it, and the source.
    """
    from nbvc.cli.terminal.screen import show

    if not noise:
        if format_ == "markdown":
            raise click.UsageError("--format markdown requires --noise")
        show(_show_settings(path, as_json=format_ == "json"))
        return
    from nbvc.normalising.noise import read_rules
    from nbvc.render.json import json_list

    if format_ == "json":
        show(json_list(_format_entry(rule) for rule in read_rules()))
    else:
        show(_format_page() if format_ == "markdown" else _format_lines())


def _show_settings(path: str, *, as_json: bool) -> Iterator[str]:
    """Yield what holds for a path, as JSON or for people."""
    from nbvc.render.json import as_json as encode
    from nbvc.workflow.deciding import Decider
    from nbvc.workflow.nbdime_config import find_nbdime_settings

    nbdime = find_nbdime_settings(os.environ)
    is_folder = os.path.isdir(path) or not path.endswith(SUFFIX)
    decider = Decider(below=nbdime.settings)
    decision = decider.decide(os.path.join(path, _ANY) if is_folder else path)
    found = _describe(path, decision, nbdime)
    if as_json:
        yield encode(found)
    else:
        yield from _settings_lines(found)


_ANY = "\N{HORIZONTAL ELLIPSIS}.ipynb"
"""Stands for a notebook in a folder: no project names one so in its patterns."""


def _describe(path: str, decision: PathDecision, nbdime: NbdimeSettings) -> dict[str, Any]:
    """Return what holds for a path, as the JSON format has it."""
    from nbvc.diffing.nbdime_config import put_below

    rules, excluding = decision.rules, decision.excluding
    diff = _describe_table(rules, "diff", _effective_diff(decision.diff))
    for key, value in put_below(nbdime.settings, rules.diff).items():
        if key not in rules.diff:
            diff[key] = {"value": value, "from": [_shorten(one) for one in nbdime.files]}
    return {
        "path": path,
        "files": [_shorten(one.label) for one in reversed(rules.files)],
        "excluded": decision.excluded,
        "excluded_by": excluding and excluding.text,
        "why": _name_place(decision.why),
        "clean": {
            "preset": {"value": "strip", "from": []},
            **_describe_table(rules, "clean", _effective_cleaning(decision.policy)),
        },
        "diff": diff,
    }


def _effective_cleaning(policy: Policy) -> dict[str, Any]:
    """Return what a preset decides, too."""
    return {key: getattr(policy, key).value for key in ("outputs", "counts", "ids")}


def _effective_diff(policy: DiffPolicy) -> dict[str, Any]:
    from nbvc.diffing.policy import Part

    masks = sorted([mask if isinstance(mask, str) else mask.value for mask in policy.masks])
    parts = [part.value for part in Part if part in policy.parts]
    return {"parts": parts, "masks": masks, "rtol": policy.rtol, "atol": policy.atol}


def _describe_table(rules: Rules, table: str, effective: dict[str, Any]) -> dict[str, Any]:
    """Return each setting of a table, and the places where it is written; none for a default."""
    preset = [*rules.find_origins(table, "preset")]
    found = {}
    for key, value in {**getattr(rules, table), **effective}.items():
        origins = [*rules.find_origins(table, key)] or preset
        found[key] = {"value": value, "from": [_name_place(one) for one in origins]}
    return found


def _name_place(origin: Origin | None) -> str | None:
    return None if origin is None else f"{_shorten(origin.label)}:{origin.line}"


def _shorten(path: str) -> str:
    """Return a path relative to the current folder, unless that is longer."""
    return min(relative_path(path), path, key=len)


def _settings_lines(found: dict[str, Any]) -> Iterator[str]:
    from nbvc.render.escape import escape_line
    from nbvc.render.json import as_json

    yield escape_line(found["path"])
    yield escape_line(
        f"  settings: {', on top of '.join(found['files']) or 'none, so defaults hold'}"
    )
    if found["excluded"]:
        yield escape_line(f"  excluded: by {found['excluded_by']!r} ({found['why']})")
    else:
        yield "  excluded: no"
    for table in ("clean", "diff"):
        yield f"  {table}:"
        settings = {f"{key} = {as_json(one['value'])}": one for key, one in found[table].items()}
        width = min(max(map(len, settings)), _WIDE)
        for text, one in settings.items():
            yield escape_line(f"    {text:<{width}}  {', '.join(one['from']) or 'default'}")


_WIDE = 60


def _format_lines() -> Iterator[str]:
    from nbvc.normalising.noise import read_rules

    level = None
    for rule in read_rules():
        if rule.level is not level:
            level = rule.level
            yield f"{level.value}:"
        ignored = "diff ignores" if rule.ignored else "diff shows"
        yield f"  {rule.kind.value:8}  {ignored:12}  {_describe_cleaning(rule):23}  {rule.keys}"


def _describe_cleaning(rule: Rule) -> str:
    if rule.removed:
        return "clean removes"
    return "clean removes defaults" if rule.drops_default else "clean keeps"


def _format_entry(rule: Rule) -> str:
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


def _format_page() -> Iterator[str]:
    """Yield the lines of docs/NOISE.md."""
    from nbvc.normalising.noise import read_rules

    yield from _HEAD.splitlines()
    level = None
    for rule in read_rules():
        if rule.level is not level:
            level = rule.level
            yield from ("", f"## {level.value.capitalize()}", "")
            yield "| key | kind | diff | clean | means absence | who writes it | source |"
            yield "|---|---|---|---|---|---|---|"
        ignored = "ignores" if rule.ignored else "shows"
        cleaning = _describe_cleaning(rule).removeprefix("clean ")
        cells = (f"`{rule.keys}`", rule.kind.value, ignored, cleaning, _format_defaults(rule))
        yield "| " + " | ".join([*cells, rule.writer, rule.source]) + " |"


def _format_defaults(rule: Rule) -> str:
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
