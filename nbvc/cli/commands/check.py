"""`nbvc check`: say what `nbvc clean` would take away, or where secrets are, and fail."""

from __future__ import annotations

import sys

import click

from nbvc.cli.settings.cleaning import policy_options

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from nbvc.cli.commands.clean import Told
    from nbvc.cli.settings.cleaning import Overrides
    from nbvc.store.files import Done


@click.command("check", epilog="Example: nbvc check . --secrets")
@click.argument("paths", metavar="PATH...", nargs=-1, required=True)
@click.option("--secrets", is_flag=True, help="Look for secrets, in sources and in outputs.")
@click.option("--format", "format_", type=click.Choice(("terminal", "json")), default="terminal")
@policy_options
def command(paths: tuple[str, ...], *, secrets: bool, format_: str, overrides: Overrides) -> int:
    """Say what does not belong into version control: file, cell and reason. Nothing is changed.

    Exit code 1 where there is anything, 2 where a file can't be read. The options and the project's
    settings are those of nbvc clean. Conflicts that a merge left and nobody decided are told, too.
    With --secrets passwords, keys and tokens are looked for as well (it needs the extra
    nbvc[secrets]); what was found is named, not shown.
    """
    from nbvc.cli.commands.clean import Batch, choose, cleaned

    files, policy = choose(paths, overrides)
    if secrets:
        from nbvc.normalising.secrets import scanner

        scanner()  # says what is missing before anything is read
    as_json = format_ == "json"
    say = _entry if as_json else _lines
    done = cleaned(files, Batch(policy, write=False, say=say, secrets=secrets, conflicts=True))
    return (_as_json if as_json else _as_lines)(done)


def _lines(done: Done) -> str:
    """Return a line for everything that was found in a file."""
    from nbvc.render.escape import escaped_line

    path = escaped_line(done.path)
    said = []
    for finding in done.findings:
        place = "notebook" if finding.cell is None else f"cell {finding.cell + 1}"
        said.append(f"{path}: {place}: {escaped_line(finding.what)}")
    return "\n".join(said)


def _as_lines(done: Iterable[Told]) -> int:
    from nbvc.cli.commands.clean import tell

    total, unclean, failed = tell(done)
    _sum_up(total, unclean, failed)
    return 2 if failed else int(unclean > 0)


def _sum_up(total: int, unclean: int, failed: int) -> None:
    parts = [f"{total - unclean - failed} clean"]
    if unclean:
        parts.append(f"{unclean} not (nbvc clean mends that, but for conflicts and secrets)")
    if failed:
        parts.append(f"{failed} unreadable")
    print(f"{total} notebook{'s' * (total != 1)}: {', '.join(parts)}.", file=sys.stderr)


def _entry(done: Done) -> str:
    """Return what the JSON format says of a file."""
    from nbvc.render.json import as_json

    findings = [{"cell": one.cell, "what": one.what} for one in done.findings]
    return as_json({"path": done.path, "error": done.error or None, "findings": findings})


def _as_json(done: Iterable[Told]) -> int:
    from nbvc.render.json import json_list

    told = list(done)
    for line in json_list(text for text, _, _ in told):
        print(line)
    if any(error for _, error, _ in told):
        return 2
    return int(any(found for _, _, found in told))
