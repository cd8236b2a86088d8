"""`nbvc resolve`: the conflicts in a notebook, listed and decided."""

from __future__ import annotations

import sys

import click

from nbvc.cli.naming.inputs import refuse_folder
from nbvc.merging.markers import Take, find, settle
from nbvc.render.escape import escape_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from nbvc.git import Repository
    from nbvc.merging.markers import Marked
    from nbvc.notebook import Cell, Notebook

    Takes = dict[tuple[int, int], Take]

_ANSWERS = {"l": Take.LOCAL, "r": Take.REMOTE, "b": Take.BOTH}
_QUESTION = "[l]ocal [r]emote [b]oth [s]kip [u]ndo [q]uit [?]"
_HELP = """\
l  take the local side, which has <     b  take both, local first
r  take the remote side, which has >    s  skip, and leave this conflict as it is
u  back to the conflict before          q  save the conflicts resolved so far and quit
Ctrl-C leaves the file as it was."""


@click.command("resolve", epilog="Example: nbvc resolve analysis.ipynb --cell 4 --remote")
@click.argument("path", metavar="FILE")
@click.option("--local", "take", flag_value="local", help="Take the local side.")
@click.option("--remote", "take", flag_value="remote", help="Take the remote side.")
@click.option("--both", "take", flag_value="both", help="Take both sides, local first.")
@click.option("--cell", "cells", type=int, multiple=True, metavar="N", help="Only cell N (from 1).")
@click.option("--list", "listing", is_flag=True, help="Only list the conflicts.")
@click.option(
    "-o", "--output", metavar="FILE", help="Write to FILE instead of in place; - is stdout."
)
@click.option("--open", "open_page", is_flag=True, help="Only show the conflicts in the browser.")
@click.option("--web", is_flag=True, help="Resolve the conflicts on a page in the browser.")
def command(
    path: str,
    take: str | None,
    cells: tuple[int, ...],
    listing: bool,
    output: str | None,
    open_page: bool,
    web: bool,
) -> int:
    """List and resolve the conflicts in a notebook.

    --local, --remote and --both resolve all conflicts, or only those of the cells given by --cell. In
    a terminal, without these options, both sides are shown and you choose. --web does the same on a
    page in the browser. The current file is saved as a checkpoint first.

    Exit codes: 0 success; 1 unresolved conflicts.
    """
    from nbvc.notebook import read
    from nbvc.notebook.saving import read_stamped

    refuse_folder(path)
    content, _ = read_stamped(path)
    if (by := _deleting_side(path)) is not None and output is None and not open_page:
        return _resolve_deletion(path, content, by, None if listing else take)
    notebook = read(content, name=path)
    if open_page or web:
        return _decide_on_page(path, output) if web else _open(notebook, path, output)
    marked = {i: found for i, cell in enumerate(notebook.cells) if (found := find(cell))}
    _check(cells, marked, len(notebook.cells))
    wanted = [index for index in marked if not cells or index + 1 in cells]
    if take is not None and not listing:
        takes = {(i, h): Take(take) for i in wanted for h in range(marked[i].hunks)}
    elif listing or not (sys.stdin.isatty() and sys.stdout.isatty()):
        _list(path, {index: marked[index] for index in wanted})
        return 1 if wanted else 0
    else:
        if wanted:
            _explain(path)
        takes = _ask({index: marked[index] for index in wanted})
    left = sum(found.hunks for found in marked.values()) - len(takes)
    if takes or not marked:
        settled = _settle_cells(notebook, marked, takes)
        if settled is not notebook:
            _write(output, path, content, settled)
    print(f"{path}: {len(takes)} decided, {left} left", file=sys.stderr)
    if takes and not left and output is None:
        _say_what_next(path)
    return 1 if left else 0


def _deleting_side(path: str) -> str | None:
    """Return the side that deleted a notebook which the other side changed, None for neither."""
    from nbvc.workflow.conflicts import read_stages

    repository = _find_repository(path)
    return read_stages(repository, repository.name(path)).deleted_by if repository else None


def _resolve_deletion(path: str, content: bytes, by: str, take: str | None) -> int:
    """Keep or delete a notebook that one side deleted, or list that conflict."""
    from nbvc.cli.naming.stores import store_at
    from nbvc.workflow.conflicts import delete_notebook

    other = "remote" if by == "local" else "local"
    _explain(path)
    print(f"{escape_text(path)}: {by} deleted the notebook, {other} changed it", file=sys.stderr)
    if take is None:
        print(f"Keep it with --{other}, delete it with --{by}.", file=sys.stderr)
        return 1
    if take != by:
        _say_what_next(path)
        return 0
    with store_at(path) as store:
        kept = delete_notebook(store, store.repository.name(path), content)
    print(f"Deleted; {escape_text(path)} as it was is the checkpoint {kept.id}", file=sys.stderr)
    return 0


def _open(notebook: Notebook, path: str, output: str | None) -> int:
    """Show the conflicts of a notebook in a browser; return the exit code, 1 if there are any."""
    from nbvc.cli.terminal.browser import write_document
    from nbvc.render.html.conflicts import of_markers, render_conflicts
    from nbvc.render.shown import language_of

    found = of_markers(notebook)
    page = "".join(render_conflicts(path, found, language_of(notebook)))
    write_document(page, output, in_browser=True)
    return 1 if found else 0


def _decide_on_page(path: str, output: str | None) -> int:
    """Serve a page on which the conflicts are decided, until it is closed; return the exit code."""
    from nbvc.cli.terminal.serving import show_page

    deciding = _Deciding(path, output)
    left = deciding.count_left()
    if left:
        try:
            show_page(deciding.draw, deciding.answer)
        except KeyboardInterrupt:
            print(file=sys.stderr)
        left = deciding.count_left()
    print(f"{path}: {deciding.decided} decided, {left} left", file=sys.stderr)
    if not left and output is None:
        _say_what_next(path)
    return 1 if left else 0


class _Deciding:
    """A notebook whose conflicts are decided on a page; each answer is written at once."""

    def __init__(self, path: str, output: str | None) -> None:
        self.path = path
        self.output = output
        self.decided = 0
        self._written: str | None = None

    def _read(self) -> tuple[bytes, Notebook, dict[int, Marked]]:
        from nbvc.notebook import read
        from nbvc.notebook.saving import read_stamped

        path = self._written or self.path
        content, _ = read_stamped(path)
        notebook = read(content, name=path)
        marked = {i: found for i, cell in enumerate(notebook.cells) if (found := find(cell))}
        return content, notebook, marked

    def count_left(self) -> int:
        """Return how many conflicts are not decided."""
        return sum(found.hunks for found in self._read()[2].values())

    def draw(self) -> str:
        """Return the page with what is left to decide."""
        from nbvc.notebook.content import content_digest
        from nbvc.render.html.conflicts import of_markers, render_questions
        from nbvc.render.shown import language_of

        content, notebook, marked = self._read()
        first = next(iter(marked.values()), None)
        labels = _label_sides(first)
        found, language = of_markers(notebook), language_of(notebook)
        pieces = render_questions(
            self.path, found, language, content_digest(content), labels=labels
        )
        return "".join(pieces)

    def answer(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Write what was decided, and return what is left."""
        from nbvc.workflow.restoring import check_seen

        content, notebook, marked = self._read()
        check_seen(content, str(asked["digest"]), "written")
        takes = {(int(one["cell"]), int(one["hunk"])): Take(one["take"]) for one in asked["takes"]}
        settled = _settle_cells(notebook, marked, takes)
        if settled is not notebook:
            _write(self.output, self.path, content, settled)
            self._written = self.output
            self.decided += len(takes)
        left = self.count_left()
        return {"left": left, "text": "Saved. No conflicts are left: you can close this page."}


def _label_sides(marked: Marked | None) -> tuple[str, str]:
    """Return the names of the sides: what git or the merge calls them."""
    if marked is None:
        return "local", "remote"
    names = (("local", marked.local), ("remote", marked.remote))
    local, remote = (side if said == side else f"{side} ({said})" for side, said in names)
    return local, remote


def _write(output: str | None, path: str, before: bytes, settled: Notebook) -> None:
    """Write a resolved notebook: to another file, or in place after saving a checkpoint."""
    from nbvc.cli.naming.stores import replace_file
    from nbvc.cli.terminal.screen import notice_invalid, write_content
    from nbvc.notebook import read
    from nbvc.notebook.validity import check_result

    content = settled.to_bytes()
    check_result(settled, (read(before),))
    notice_invalid(output or path, content)
    if output is not None:
        write_content(output, content)
        return
    kept = replace_file(path, before, content, "Before resolving")
    print(f"{escape_text(path)} as it was is the checkpoint {kept}", file=sys.stderr)


def _find_repository(path: str) -> Repository | None:
    """Return the repository if git waits for a resolution of this file."""
    from nbvc.cli.naming.repositories import repository_at
    from nbvc.errors import GitError
    from nbvc.workflow.conflicts import read_stages

    try:
        repository = repository_at(path)
        stages = read_stages(repository, repository.name(path))
    except GitError:
        return None
    return repository if stages.is_unmerged else None


def _explain(path: str) -> None:
    """Say which side is whose, where git is in the middle of something else than a merge."""
    from nbvc.git.state.sides import find_sides

    repository = _find_repository(path)
    known = find_sides(repository) if repository is not None else None
    if known is not None:
        print(f"local is {escape_text(known.local)}; remote is {escape_text(known.remote)}\n")


def _say_what_next(path: str) -> None:
    import shlex

    from nbvc.git.state.sides import next_step

    repository = _find_repository(path)
    if repository is None:
        return
    step = next_step(repository)
    more = f", and {step}" if step else ""
    print(f"Now: git add {escape_text(shlex.join([path]))}{more}.", file=sys.stderr)


def _check(cells: Sequence[int], marked: dict[int, Marked], count: int) -> None:
    for number in cells:
        if not 1 <= number <= count:
            raise click.UsageError(f"no such cell: {number} (the notebook has {count} cells)")
        if number - 1 not in marked:
            raise click.UsageError(f"cell {number} has no conflict")


def _list(path: str, marked: dict[int, Marked]) -> None:
    if not marked:
        print(f"{escape_text(path)}: no conflicts")
        return
    _explain(path)
    for index, found in marked.items():
        for line in _format_conflict(index, found, range(found.hunks)):
            print(line)


def _format_conflict(index: int, found: Marked, hunks: Sequence[int]) -> list[str]:
    """Return a cell's conflicts as text: both sides, each line with its side's sign."""
    lines = []
    chunks = [chunk for chunk in found.chunks if chunk.remote is not None]
    for hunk in hunks:
        chunk = chunks[hunk]
        of = f", conflict {hunk + 1} of {len(chunks)}" if len(chunks) > 1 else ""
        lines.append(f"cell {index + 1}{of}")
        sides = (
            ("<", "local", found.local, chunk.lines),
            (">", "remote", found.remote, chunk.remote or []),
        )
        for sign, side, label, text in sides:
            name = side if label == side else f"{side}, {escape_text(label)}"
            gone = " deleted the cell" if found.deleted_by == side else ""
            lines.append(f"{sign} {name}{gone}:")
            lines += [f"{sign}   {escape_text(line)}" for line in text]
        lines.append("")
    return lines


def _ask(marked: dict[int, Marked]) -> Takes:
    """Ask about one conflict after another; undo goes back to the one before."""
    places = [(index, hunk) for index, found in marked.items() for hunk in range(found.hunks)]
    takes: Takes = {}
    at = 0
    while at < len(places):
        index, hunk = places[at]
        print("\n".join(_format_conflict(index, marked[index], [hunk])))
        answer = _answer(len(takes))
        if answer in _ANSWERS:
            takes[index, hunk] = _ANSWERS[answer]
        elif answer == "u":
            at = max(0, at - 1)
            takes.pop(places[at], None)
            continue
        elif answer == "q":
            break
        elif answer != "s":
            print(_HELP)
            continue
        at += 1
    return takes


def _answer(decided: int) -> str:
    """Ask once. Raises `click.Abort` where somebody wants to be out of it."""
    try:
        answer = click.prompt(_QUESTION, default="s", show_default=False)
    except click.Abort:
        lost = f", {decided} of them resolved: q would have saved them" if decided else ""
        print(f"\nThe conflicts are left as they were{lost}.", file=sys.stderr)
        raise
    return str(answer).strip().lower()[:1]


def _settle_cells(notebook: Notebook, marked: dict[int, Marked], takes: Takes) -> Notebook:
    """Return the notebook with what was decided; itself where that changes nothing."""
    cells: list[Cell] = []
    for index, cell in enumerate(notebook.cells):
        hunks = marked[index].hunks if index in marked else 0
        settled = settle(cell, [takes.get((index, hunk)) for hunk in range(hunks)])
        if settled is not None:
            cells.append(settled)
    same = len(cells) == len(notebook.cells) and all(
        new is old for new, old in zip(cells, notebook.cells, strict=True)
    )
    return notebook if same else notebook.with_cells(cells)
