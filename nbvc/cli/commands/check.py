"""`nbvc check`: report what `nbvc clean` would remove, and where secrets are, and fail."""

from __future__ import annotations

import sys
from functools import partial

import click

from nbvc.cli.settings.cleaning import policy_options

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from nbvc.cli.commands.clean import Told
    from nbvc.store.files import Done
    from nbvc.workflow.deciding import Asked


@click.command("check", epilog="Example: nbvc check . --secrets")
@click.argument("paths", metavar="PATH...", nargs=-1, required=True)
@click.option("--secrets", is_flag=True, help="Look for secrets, too, everywhere in a notebook.")
@click.option("--secrets-only", is_flag=True, help="Look for secrets, and for nothing else.")
@click.option("--baseline", metavar="FILE", help="Skip secrets that detect-secrets' FILE lists.")
@click.option("-v", "--verbose", is_flag=True, help="List everything that is found, by cell.")
@click.option("--format", "format_", type=click.Choice(("terminal", "json")), default="terminal")
@policy_options
def command(
    paths: tuple[str, ...],
    *,
    secrets: bool,
    secrets_only: bool,
    baseline: str | None,
    verbose: bool,
    format_: str,
    asked: Asked,
) -> int:
    """Report outputs, noise, user names, conflicts and secrets that should not be committed.

    Nothing is changed. Outputs and noise are counted by kind; user names, secrets, conflicts that
    are not resolved and what makes a notebook invalid are listed by cell. The options and the
    project's settings are those of nbvc clean. Secrets are named, not shown; looking for them needs
    the extra nbvc[secrets].

    Exit codes: 0 nothing found; 1 something found; 2 a file cannot be read.
    """
    from nbvc.cli.commands.clean import Batch, choose, cleaned

    chosen = choose(paths, asked)
    secrets = secrets or secrets_only or baseline is not None
    if secrets:
        from nbvc.normalising.secrets import scanner

        scanner(baseline)  # says what is missing before anything is read
    as_json = format_ == "json"
    work = Batch(
        write=False,
        say=_entry if as_json else partial(_lines, verbose=verbose),
        secrets=secrets,
        baseline=baseline,
        conflicts=not secrets_only,
        noise=not secrets_only,
    )
    done = cleaned(chosen, work)
    return _as_json(done) if as_json else _as_lines(done, chosen.excluded)


def _lines(done: Done, *, verbose: bool) -> str:
    """Return what was found in a file: noise by kind, anything else by cell."""
    from nbvc.cli.commands.clean import CONFLICT
    from nbvc.normalising.findings import INVALID
    from nbvc.normalising.rules import PERSON, count_kinds
    from nbvc.normalising.secrets import SECRET
    from nbvc.render.escape import escaped_line

    path = escaped_line(done.path)
    single = [
        one for one in done.findings if verbose or one.kind in {CONFLICT, INVALID, PERSON, SECRET}
    ]
    said = [f"{path}: {count_kinds(one for one in done.findings if one not in single)}"]
    if len(single) == len(done.findings):
        said = []
    for finding in single:
        place = "notebook" if finding.cell is None else f"cell {finding.cell + 1}"
        what = f"{PERSON}, {finding.what}" if finding.kind == PERSON else finding.what
        said.append(f"{path}: {place}: {escaped_line(what)}")
    return "\n".join(said)


def _as_lines(done: Iterable[Told], excluded: int) -> int:
    from nbvc.cli.commands.clean import tell

    total, unclean, failed = tell(done)
    _sum_up(total, unclean, failed, excluded)
    return 2 if failed else int(unclean > 0)


def _sum_up(total: int, unclean: int, failed: int, excluded: int) -> None:
    from nbvc.cli.commands.clean import count_notebooks

    parts = [f"{total - unclean - failed} clean"]
    if unclean:
        parts.append(f"{unclean} not (`nbvc clean` removes all but conflicts and secrets)")
    if failed:
        parts.append(f"{failed} unreadable")
    print(count_notebooks(total, excluded, parts), file=sys.stderr)


def _entry(done: Done) -> str:
    """Return what the JSON format says of a file."""
    from nbvc.render.json import as_json

    findings = [
        {"cell": one.cell, "what": one.what, "kind": one.kind, "count": one.count}
        for one in done.findings
    ]
    return as_json({"path": done.path, "error": done.error or None, "findings": findings})


def _as_json(done: Iterable[Told]) -> int:
    from nbvc.render.json import json_list

    told = list(done)
    for line in json_list(text for text, _, _ in told):
        print(line)
    if any(error for _, error, _ in told):
        return 2
    return int(any(found for _, _, found in told))
