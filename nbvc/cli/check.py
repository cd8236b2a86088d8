"""`nbvc check`: say what `nbvc clean` would take away, or where secrets are, and fail."""

from __future__ import annotations

import sys

import click

from nbvc.cli.cleaning import chosen, policy_options

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

    from nbvc.store.files import Done


@click.command("check", epilog="Example: nbvc check . --secrets")
@click.argument("paths", metavar="PATH...", nargs=-1, required=True)
@click.option("--secrets", is_flag=True, help="Look for secrets, in sources and in outputs.")
@click.option("--format", "format_", type=click.Choice(("terminal", "json")), default="terminal")
@policy_options
def command(paths: tuple[str, ...], *, secrets: bool, format_: str, **options: Any) -> int:
    """Say what does not belong into version control: file, cell and reason. Nothing is changed.

    Exit code 1 where there is anything, 2 where a file can't be read. The options and the project's
    settings are those of nbvc clean. With --secrets passwords, keys and tokens are looked for as
    well (it needs the extra nbvc[secrets]); what was found is named, not shown.
    """
    from nbvc.cli.clean import cleaned

    files, policy = chosen(paths, options)
    done = cleaned(files, policy, write=False)
    if secrets:
        done = _with_secrets(done)
    tell = _as_json if format_ == "json" else _as_lines
    return tell(done)


def _with_secrets(done: Iterable[Done]) -> Iterator[Done]:
    from msgspec.structs import replace

    from nbvc.normalise.secrets import scanner
    from nbvc.notebook import read

    find = scanner()
    for one in done:
        if not one.error:
            found = tuple(find(read(one.path)))
            yield replace(one, findings=(*one.findings, *found))
        else:
            yield one


def _as_lines(done: Iterable[Done]) -> int:
    from nbvc.render.escape import escaped_line

    total = unclean = failed = 0
    for one in done:
        total += 1
        unclean += bool(one.findings)
        failed += bool(one.error)
        if one.error:
            print(f"nbvc: {escaped_line(one.error)}", file=sys.stderr)
        for finding in one.findings:
            place = "notebook" if finding.cell is None else f"cell {finding.cell + 1}"
            click.echo(f"{escaped_line(one.path)}: {place}: {escaped_line(finding.what)}")
    _sum_up(total, unclean, failed)
    return 2 if failed else int(unclean > 0)


def _sum_up(total: int, unclean: int, failed: int) -> None:
    parts = [f"{total - unclean - failed} clean"]
    if unclean:
        parts.append(f"{unclean} not (nbvc clean mends that; secrets are for you to take out)")
    if failed:
        parts.append(f"{failed} unreadable")
    print(f"{total} notebook{'s' * (total != 1)}: {', '.join(parts)}.", file=sys.stderr)


def _as_json(done: Iterable[Done]) -> int:
    from nbvc.render.json import as_json

    found = list(done)
    click.echo(
        as_json(
            [
                {
                    "path": one.path,
                    "error": one.error or None,
                    "findings": [{"cell": each.cell, "what": each.what} for each in one.findings],
                }
                for one in found
            ]
        )
    )
    if any(one.error for one in found):
        return 2
    return int(any(one.findings for one in found))
