"""`nbvc merge`: three notebooks in, one that opens out."""

from __future__ import annotations

import os
import sys

import click
import msgspec

from nbvc.cli.settings.grouping import group_options
from nbvc.cli.terminal.screen import notice_invalid, write_content
from nbvc.merging.model import OutputChoice, SourceChoice, Strategy

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from nbvc.merging.model import MergeResult


class _MergeView(msgspec.Struct, frozen=True):
    """What is written about a merge, and where: the notebook, or a page about the conflicts."""

    path: str | None
    as_page: bool
    in_browser: bool
    decisions: bool
    tool: str | None


def _make_view(
    *, output: str | None, format_: str, open_page: bool, decisions: bool, tool: str | None
) -> _MergeView:
    return _MergeView(output, open_page or format_ == "html", open_page, decisions, tool)


def _make_strategy(*, sources: str, favor: str | None, outputs: str) -> Strategy:
    if favor and sources != SourceChoice.CONFLICT.value:
        raise click.UsageError("-X and --sources both choose a side: give one of them")
    choice = _FAVORED[favor] if favor else SourceChoice(sources)
    return Strategy(choice, OutputChoice(outputs))


_FAVORED = {"ours": SourceChoice.LOCAL, "theirs": SourceChoice.REMOTE}


@click.command(
    "merge", epilog="Example: nbvc merge base.ipynb local.ipynb remote.ipynb -o merged.ipynb"
)
@click.argument("base", metavar="BASE")
@click.argument("local", metavar="LOCAL")
@click.argument("remote", metavar="REMOTE")
@group_options(
    "strategy",
    _make_strategy,
    click.option("--sources", type=click.Choice([choice.value for choice in SourceChoice]),
                 default=SourceChoice.CONFLICT.value,
                 help="Rule for lines that both sides changed."),
    click.option("-X", "--favor", type=click.Choice([*_FAVORED]),
                 help="Side to take in conflicts, like git's -X."),
    click.option("--outputs", type=click.Choice([choice.value for choice in OutputChoice]),
                 default=OutputChoice.OWNER.value,
                 help="Outputs to keep (owner: from the side that changed the source)."),
)  # fmt: skip
@group_options(
    "view",
    _make_view,
    click.option("-o", "--output", metavar="FILE",
                 help="Write to FILE instead of stdout."),
    click.option("--format", "format_", type=click.Choice(("notebook", "html")),
                 default="notebook",
                 help="html: a page about the conflicts, and what was decided, instead of the "
                 "notebook."),
    click.option("--open", "open_page", is_flag=True, help="Show the page in the browser."),
    click.option("--decisions", is_flag=True, help="Print each decision and its reason to stderr."),
    click.option("--tool", type=click.Choice(("nbdime",)),
                 help="Merge by hand in nbdime's page instead."),
)  # fmt: skip
def command(base: str, local: str, remote: str, *, strategy: Strategy, view: _MergeView) -> int:
    """Merge three versions of a notebook, by cell.

    Each version is a file, or a version in git: COMMIT:PATH, or :PATH for the index. BASE may be an
    empty file if both sides added the notebook. Conflicts are written into the sources of their cells,
    so the result stays a valid notebook.

    Exit codes: 0 success; 1 conflicts.
    """
    from msgspec.structs import replace

    from nbvc.workflow.conflicts import merge_in_style

    strategy = replace(strategy, local_label=local, remote_label=remote)
    contents = _read_content(base), _read_content(local), _read_content(remote)
    if view.tool is not None:
        return _merge_in_nbdime((base, local, remote), contents, view.path)
    content, result = merge_in_style(*contents, strategy, local, os.environ)
    if view.as_page:
        _write_page(result, contents, (local, remote), view)
    else:
        write_content(view.path, content)
        notice_invalid(view.path or "the result", content)
    _report_merge(result, decisions=view.decisions)
    return 1 if result.conflicts else 0


def _merge_in_nbdime(
    names: tuple[str, str, str], contents: tuple[bytes, bytes, bytes], output: str | None
) -> int:
    """Merge in nbdime's page, and write what was saved there; return the exit code."""
    from nbvc.cli.terminal.screen import notice
    from nbvc.workflow.nbdime import merge_by_hand

    base, local, remote = zip(names, contents, strict=True)
    code, saved = merge_by_hand(base, local, remote, os.environ)
    if saved is None:
        notice("nothing was saved in nbdime's page: nothing is written")
        return code or 1
    write_content(output, saved)
    notice_invalid(output or "the result", saved)
    return code


def _write_page(
    result: MergeResult,
    contents: tuple[bytes, bytes, bytes],
    names: tuple[str, str],
    view: _MergeView,
) -> None:
    """Write a page about a merge of these files (base, local, remote)."""
    from nbvc.cli.terminal.browser import write_document
    from nbvc.notebook import Notebook, read
    from nbvc.render.html.conflicts import of_merge, render_conflicts
    from nbvc.render.shown import language_of

    base, local, remote = (
        read(content) if content.strip() else Notebook.empty() for content in contents
    )
    found = of_merge(result, base, local, remote)
    language, decisions = language_of(local, remote), result.decisions
    page = "".join(render_conflicts(names[0], found, language, labels=names, decisions=decisions))
    write_document(page, view.path, in_browser=view.in_browser)


def _read_content(path: str) -> bytes:
    """Return the bytes of a notebook; what is wrong with them is reported with its name."""
    from nbvc.cli.naming.inputs import read_named
    from nbvc.notebook import read

    content = read_named(path)
    if content.strip():
        for cell in read(content, name=path).cells:
            cell.source  # noqa: B018 - raises for what is not a source
    return content


def _report_merge(result: MergeResult, *, decisions: bool) -> None:
    """Write to stderr what is left to decide, and with `decisions` what was decided."""
    if decisions:
        for item in result.decisions:
            cells = ", ".join(str(index + 1) for index in item.result)
            place = f"cell {cells}: " if cells else ""
            print(f"{place}{item.part.value}: {item.action.value}: {item.why}", file=sys.stderr)
    else:
        for line in list_advice(result):
            print(f"nbvc: {line}", file=sys.stderr)
    if result.conflicts:
        where = _name_cells([conflict.cell for conflict in result.conflicts])
        hint = "run `nbvc resolve FILE`"
        print(f"nbvc: conflicts in {where}: {hint}", file=sys.stderr)


def list_advice(result: MergeResult) -> list[str]:
    """Return what to check in a merged notebook: lines with words of both sides, lost outputs."""
    advice = []
    if result.joined_lines:
        where = _name_cells(result.joined_lines)
        advice.append(
            f"both sides changed one line in {where}, and both changes are in it: check it"
        )
    if result.reruns:
        where = _name_cells(result.reruns)
        advice.append(f"both sides have outputs of their own in {where}: run the notebook again")
    return advice


def _name_cells(indices: Sequence[int]) -> str:
    if len(indices) > _MOST:
        return f"{len(indices)} cells"
    return f"cell{'s' * (len(indices) > 1)} {', '.join(str(index + 1) for index in indices)}"


_MOST = 10
"""Longer lists of cells are counted."""
