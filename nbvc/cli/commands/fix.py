"""`nbvc fix`: a file that git left full of markers, to a notebook that opens."""

from __future__ import annotations

import sys

import click

from nbvc.cli.naming.inputs import refuse_folder
from nbvc.errors import GitError, NotebookError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from nbvc.merging.model import MergeResult


@click.command("fix", epilog="Example: nbvc fix analysis.ipynb && nbvc resolve analysis.ipynb")
@click.argument("paths", metavar="FILE...", nargs=-1, required=True)
@click.option(
    "-o", "--output", metavar="FILE", help="Write to FILE instead of in place; - is stdout."
)
@click.option(
    "--text",
    is_flag=True,
    help="Use the file's markers even if git has the three versions.",
)
def command(paths: tuple[str, ...], output: str | None, text: bool) -> int:
    """Repair a notebook that contains conflict markers.

    If git still has the three versions of the file, they are merged by cell. Otherwise the markers in
    the file are read. A truncated file is read as far as possible. Conflicts are written into the
    sources of their cells. The current file is saved as a checkpoint first.

    Exit codes: 0 success; 1 unresolved conflicts; 2 a file cannot be repaired.
    """
    if output is not None and len(paths) > 1:
        raise click.UsageError("-o requires a single FILE")
    open_ = 0
    for path in paths:
        refuse_folder(path)
        open_ += _fix(path, output or path, text=text)
    return 1 if open_ else 0


def fix_file(path: str) -> int:
    """Make a notebook in place that opens; return how many conflicts are left. Raises `NbvcError`."""
    return _fix(path, path, text=False)


def _fix(path: str, target: str, *, text: bool) -> int:
    from nbvc.cli.naming.stores import replace_file
    from nbvc.cli.terminal.screen import notice_invalid, write_content
    from nbvc.merging.textual import can_open, has_markers

    content = _read_content(path)
    staged = None if text else _from_stages(path, content)
    if staged is None and content is None:
        raise NotebookError("no such file", where=path)
    if staged is None and not has_markers(content or b"") and can_open(content or b""):
        _refuse_invalid(path, content or b"")
        print(f"{path}: nothing to fix", file=sys.stderr)
        return 0
    fixed, result = staged or _from_text(content or b"", path)
    kept = ""
    if target == path:
        kept = replace_file(path, content, fixed, "Before nbvc fix")
    else:
        write_content(target, fixed)
    _report_fix(target, fixed, result, kept)
    notice_invalid(target, fixed)
    return len(result.conflicts) if result else 0


def _refuse_invalid(path: str, content: bytes) -> None:
    """Raise `NotebookError` for a notebook that opens and is invalid: this is not repaired."""
    from nbvc.notebook import read

    problems = read(content, name=path).problems()
    if problems:
        hint = f"nbvc check {path} lists all problems; nbvc fix repairs markers and cut-off files"
        raise NotebookError(f"not a valid notebook: {problems[0]}", where=path, hint=hint)


def _report_fix(target: str, fixed: bytes, result: MergeResult | None, kept: str) -> None:
    """Print what became of a file, and where it is as it was."""
    from nbvc.cli.naming.stores import report_kept
    from nbvc.notebook import read
    from nbvc.render.escape import escape_line
    from nbvc.render.words import count

    shown, cells = escape_line(target), len(read(fixed).cells)
    if result is None:
        what = f"{count(cells, 'cell')} could be read"
    elif result.conflicts:
        from shlex import quote

        conflicts = count(result.count_hunks(), "conflict")
        what = f"{conflicts}; run `nbvc resolve {escape_line(quote(target))}`"
    else:
        what = "no conflicts left"
    print(f"{shown}: fixed, {what}", file=sys.stderr)
    if result:
        from nbvc.cli.commands.merge import list_advice

        for line in list_advice(result):
            print(f"{shown}: {line}", file=sys.stderr)
    if kept:
        report_kept(target, kept)
    if result is None:
        _suggest_committed(target, cells)


def _suggest_committed(path: str, count: int) -> None:
    """Print how to get the notebook of the last commit if it has more cells than could be read."""
    from shlex import quote

    from nbvc.cli.naming.repositories import repository_at
    from nbvc.errors import NbvcError
    from nbvc.notebook import read
    from nbvc.render.escape import escape_line
    from nbvc.workflow.revisions import read_committed

    try:
        repository = repository_at(path)
        content = read_committed(repository, repository.name(path))
        cells = len(read(content).cells) if content else 0
    except NbvcError:
        return
    if cells > count:
        command = f"git restore {escape_line(quote(path))}"
        print(f"The last commit has {cells} cells: `{command}` goes back to it.", file=sys.stderr)


def _read_content(path: str) -> bytes | None:
    from nbvc.notebook.saving import read_stamped

    try:
        return read_stamped(path)[0]
    except FileNotFoundError:
        return None


def _from_text(content: bytes, path: str) -> tuple[bytes, MergeResult | None]:
    """Merge what the file's markers say, or repair a file that was cut."""
    from nbvc.merging.textual import fix_notebook

    return fix_notebook(content, path)


def _from_stages(path: str, content: bytes | None) -> tuple[bytes, MergeResult] | None:
    """Merge the versions in git's index, None if there are none or they cannot be read."""
    from nbvc.cli.naming.repositories import repository_at
    from nbvc.workflow.conflicts import merge_stages, read_stages

    try:
        repository = repository_at(path)
        stages = read_stages(repository, repository.name(path))
    except GitError:
        return None
    return merge_stages(stages, content, path)
