"""`nbvc resolve`: the conflicts in a notebook, listed and decided."""

from __future__ import annotations

import sys

import click
import msgspec

from nbvc.cli.naming.inputs import refuse_folder
from nbvc.cli.settings.grouping import group_options
from nbvc.cli.settings.options import color_options
from nbvc.cli.terminal.screen import make_look
from nbvc.merging.markers import Take, find_by_cell, settle
from nbvc.render.escape import escape_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from nbvc.cli.terminal.screen import Look
    from nbvc.git import Repository
    from nbvc.git.state.sides import ConflictSides
    from nbvc.merging.markers import Answer, Bases, Marked
    from nbvc.notebook import Cell, Notebook
    from nbvc.workflow.conflicts import Stages

    Takes = dict[tuple[int, int], Answer]


class _Way(msgspec.Struct, frozen=True):
    """How conflicts are shown: listed, as a page, on a page that asks; else it goes on or back."""

    listing: bool
    open_page: bool
    web: bool
    goes_on: bool
    goes_back: bool


class _Wish(msgspec.Struct, frozen=True):
    """What is decided without a question, in which cells, and where the result is written."""

    local: bool
    remote: bool
    both: bool
    cells: tuple[int, ...]
    output: str | None

    def __post_init__(self) -> None:
        """Refuse two sides: raises `UsageError`."""
        if len(self._taken) > 1:
            raise click.UsageError("--{} cannot be combined with --{}".format(*self._taken))

    @property
    def take(self) -> str | None:
        """What is taken of each conflict."""
        return next(iter(self._taken), None)

    @property
    def _taken(self) -> list[str]:
        return [name for name in ("local", "remote", "both") if getattr(self, name)]


@click.command("resolve", epilog="Example: nbvc resolve analysis.ipynb --cell 4 --remote")
@click.argument("path", metavar="[FILE]", required=False)
@group_options(
    "wish",
    _Wish,
    click.option("--local", is_flag=True, help="Take the local side."),
    click.option("--remote", is_flag=True, help="Take the remote side."),
    click.option("--both", is_flag=True, help="Take both sides, local first."),
    click.option(
        "--cell", "cells", type=int, multiple=True, metavar="N", help="Only cell N (from 1)."
    ),
    click.option(
        "-o", "--output", metavar="FILE", help="Write to FILE instead of in place; - is stdout."
    ),
)
@group_options(
    "way",
    _Way,
    click.option("--list", "listing", is_flag=True, help="Only list the conflicts."),
    click.option(
        "--open", "open_page", is_flag=True, help="Only show the conflicts in the browser."
    ),
    click.option("--web", is_flag=True, help="Resolve the conflicts on a page in the browser."),
    click.option(
        "--continue", "goes_on", is_flag=True, help="Finish the merge or continue the rebase."
    ),
    click.option(
        "--abort", "goes_back", is_flag=True, help="Go back to before the merge or rebase."
    ),
)
@color_options
def command(path: str | None, wish: _Wish, way: _Way, look: Look) -> int:
    """List and resolve the conflicts in a notebook.

    Without FILE, resolve all notebooks with conflicts. --local, --remote and --both resolve all
    conflicts, or only those of the cells given by --cell. In a terminal, without these options, both
    sides are shown and you choose. --web does the same on a page in the browser. The current file is
    saved as a checkpoint first. When no conflict is left, the notebook is staged, and --continue
    finishes the merge or rebase. --abort goes back, and saves notebooks that you edited as checkpoints.

    Exit codes: 0 success; 1 unresolved conflicts; 3 rejected by git or a hook.
    """
    if way.goes_on or way.goes_back:
        others = (path, wish.take, wish.cells, wish.output, way.listing, way.open_page, way.web)
        if any(others) or (way.goes_on and way.goes_back):
            name = "--continue" if way.goes_on else "--abort"
            raise click.UsageError(f"{name} cannot be combined with other arguments")
        return _continue() if way.goes_on else _abort()
    if path is None and (wish.cells or wish.output):
        raise click.UsageError("--cell and --output require FILE")
    paths = _list_open() if path is None else [path]
    if not paths:
        print("no conflicts")
    return max([_resolve_file(one, wish, way, look) for one in paths], default=0)


def resolve_file(path: str, *, web: bool) -> int:
    """Ask about the conflicts in a file; return the exit code."""
    way = _Way(listing=False, open_page=False, web=web, goes_on=False, goes_back=False)
    wish = _Wish(local=False, remote=False, both=False, cells=(), output=None)
    return _resolve_file(path, wish, way, make_look("auto", "auto"))


def _resolve_file(path: str, wish: _Wish, way: _Way, look: Look) -> int:
    """List the conflicts in a file, or decide them; return the exit code."""
    from nbvc.notebook import read
    from nbvc.notebook.saving import read_stamped

    take, cells, output = wish.take, wish.cells, wish.output
    refuse_folder(path)
    content, _ = read_stamped(path)
    if (by := _deleting_side(path)) is not None and output is None and not way.open_page:
        asks = _is_asking() and not way.listing
        return _resolve_deletion(path, content, by, None if way.listing else take, asks=asks)
    notebook = read(content, name=path)
    if way.open_page or way.web:
        return _decide_on_page(path, output) if way.web else _open(notebook, path, output)
    marked = find_by_cell(notebook)
    _check(cells, marked, len(notebook.cells))
    wanted = [index for index in marked if not cells or index + 1 in cells]
    if take is not None and not way.listing:
        takes: Takes = {(i, h): Take(take) for i in wanted for h in range(marked[i].hunks)}
    elif way.listing or not _is_asking():
        _list(path, {index: marked[index] for index in wanted})
        if wanted and not way.listing:
            print(_WAYS, file=sys.stderr)
        return 1 if wanted else 0
    else:
        takes = _ask(path, notebook, {index: marked[index] for index in wanted}, look)
    left = sum(found.hunks for found in marked.values()) - len(takes)
    if takes or not marked:
        settled = _settle_cells(notebook, marked, takes)
        if settled is not notebook:
            _write(output, path, content, settled)
    print(f"{path}: {len(takes)} resolved, {left} left", file=sys.stderr)
    if takes and not left and output is None:
        _finish_file(path)
    return 1 if left else 0


_WAYS = (
    "Resolve with --local, --remote or --both, with --web in the browser, or run it in a terminal."
)


def _is_asking() -> bool:
    """Return whether somebody is there who can answer."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def _deleting_side(path: str) -> str | None:
    """Return the side that deleted a notebook which the other side changed, None for neither."""
    unmerged = _find_unmerged(path)
    return unmerged[1].deleted_by if unmerged else None


def _ask_deletion(by: str, other: str) -> str | None:
    """Ask which side of a deletion stays; None for neither. Raises `click.Abort`."""
    from nbvc.cli.terminal.asking import read_line

    answer = read_line("[k]eep it, [d]elete it, or [q]uit? ").lower()
    return {"k": other, "d": by}.get(answer)


def _resolve_deletion(path: str, content: bytes, by: str, take: str | None, *, asks: bool) -> int:
    """Keep or delete a notebook that one side deleted, or list that conflict."""
    from nbvc.cli.naming.stores import store_at
    from nbvc.workflow.conflicts import delete_notebook

    other = "remote" if by == "local" else "local"
    _explain(path)
    print(f"{escape_text(path)}: {by} deleted the notebook, {other} changed it", file=sys.stderr)
    if take is None and asks:
        take = _ask_deletion(by, other)
    if take is None:
        print(f"Keep it with --{other}, delete it with --{by}.", file=sys.stderr)
        return 1
    if take != by:
        _finish_file(path)
        return 0
    with store_at(path) as store:
        kept = delete_notebook(store, store.repository.name(path), content)
        print(
            f"Deleted {escape_text(path)}. Its content is saved as checkpoint {kept.id}",
            file=sys.stderr,
        )
        _report_next_step(store.repository)
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
    print(f"{path}: {deciding.decided} resolved, {left} left", file=sys.stderr)
    if not left and output is None:
        _finish_file(path)
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
        return content, notebook, find_by_cell(notebook)

    def count_left(self) -> int:
        """Return how many conflicts are not decided."""
        return sum(found.hunks for found in self._read()[2].values())

    def draw(self, visit: str) -> str:
        """Return the page with what is left to decide."""
        from nbvc.cli.terminal.deciding import SideNames
        from nbvc.notebook.content import content_digest
        from nbvc.render.html.conflicts import of_markers, render_questions
        from nbvc.render.shown import language_of

        content, notebook, marked = self._read()
        names = SideNames(_name_sides(self.path, marked))
        labels = names.name(Take.LOCAL), names.name(Take.REMOTE)
        found = of_markers(notebook, _read_bases(self.path) if marked else None)
        language = language_of(notebook)
        pieces = render_questions(
            self.path, found, language, content_digest(content), visit=visit, labels=labels
        )
        return "".join(pieces)

    def answer(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Write what was decided, and return what is left."""
        from nbvc.workflow.restoring import check_seen

        content, notebook, marked = self._read()
        check_seen(content, str(asked["digest"]), "written")
        takes: Takes = {
            (int(one["cell"]), int(one["hunk"])): Take(one["take"]) for one in asked["takes"]
        }
        settled = _settle_cells(notebook, marked, takes)
        if settled is not notebook:
            _write(self.output, self.path, content, settled)
            self._written = self.output
            self.decided += len(takes)
        left = self.count_left()
        return {"left": left, "text": "Saved. No conflicts are left: you can close this page."}


def _write(output: str | None, path: str, before: bytes, settled: Notebook) -> None:
    """Write a resolved notebook: to another file, or in place after saving a checkpoint."""
    from nbvc.cli.naming.stores import replace_file, report_kept
    from nbvc.cli.terminal.screen import notice_invalid, write_content
    from nbvc.notebook import read
    from nbvc.notebook.validity import check_result

    content = settled.to_bytes()
    check_result(settled, (read(before),))
    notice_invalid(output or path, content)
    if output is not None:
        write_content(output, content)
        return
    report_kept(path, replace_file(path, before, content, "Before resolving"))


def _find_repository(path: str) -> Repository | None:
    """Return the repository if this file waits for a resolution in it."""
    from nbvc.cli.naming.repositories import repository_at
    from nbvc.errors import GitError
    from nbvc.workflow.conflicts import awaits_resolution

    try:
        repository = repository_at(path)
        return repository if awaits_resolution(repository, repository.name(path)) else None
    except GitError:
        return None


def _find_unmerged(path: str) -> tuple[Repository, Stages] | None:
    """Return the repository and the versions in its index if git waits for a resolution."""
    from nbvc.cli.naming.repositories import repository_at
    from nbvc.errors import GitError
    from nbvc.workflow.conflicts import read_stages

    try:
        repository = repository_at(path)
        stages = read_stages(repository, repository.name(path))
    except GitError:
        return None
    return (repository, stages) if stages.is_unmerged else None


def _explain(path: str) -> None:
    """Print which side is whose, unless git is in the middle of a merge."""
    from nbvc.git.state.sides import find_sides

    repository = _find_repository(path)
    known = find_sides(repository) if repository is not None else None
    if known is not None:
        print(f"local is {escape_text(known.local)}; remote is {escape_text(known.remote)}\n")


def _finish_file(path: str) -> None:
    """Stage a file that is resolved if it waits for that, and report how to go on."""
    from nbvc.workflow.conflicts import mark_resolved

    repository = _find_repository(path)
    if repository is None:
        return
    mark_resolved(repository, repository.name(path))
    print(f"Staged {escape_text(path)}.", file=sys.stderr)
    _report_next_step(repository)


def _report_next_step(repository: Repository) -> None:
    """Report which file is next, or how the operation of git goes on."""
    import shlex

    from nbvc.git.state.operation import find_continuable
    from nbvc.names import SUFFIX
    from nbvc.workflow.unresolved import find_open_files

    left = find_open_files(repository)
    if left:
        # Notebooks first: other files are not for nbvc.
        name = min(left, key=lambda name: not name.endswith(SUFFIX))
        shown = escape_text(shlex.quote(repository.path_from_here(name)))
        is_ours = name.endswith(SUFFIX)
        step = f"nbvc resolve {shown}" if is_ours else f"edit {shown} and git add it"
    elif find_continuable(repository) is not None:
        step = "nbvc resolve --continue"
    else:
        return
    print(f"Now: {step}.", file=sys.stderr)


def _continue() -> int:
    """Finish what git is in the middle of, or go on to where it stops next; return the exit code."""
    from nbvc.cli.commands.commit import report_commit
    from nbvc.cli.naming.repositories import repository_at
    from nbvc.git.state.operation import find_continuable, read_message
    from nbvc.workflow.operating import continue_operation

    repository = repository_at()
    if find_continuable(repository) is None:
        raise click.UsageError("no merge, rebase, cherry-pick or revert is in progress")
    return report_commit(repository, continue_operation(repository, read_message(repository)))


def _abort() -> int:
    """Go back to before what git is in the middle of; what was worked on is saved first."""
    from nbvc.cli.naming.repositories import repository_at
    from nbvc.cli.naming.stores import report_kept, store_in
    from nbvc.workflow.operating import abort_operation

    repository = repository_at()
    for kept in abort_operation(store_in(repository), repository):
        report_kept(repository.path_from_here(kept.path), kept.id)
    print("Aborted: the files are as they were before.", file=sys.stderr)
    return 0


def _list_open() -> list[str]:
    """Return the notebooks of the repository with conflicts. Raises `GitError`."""
    from nbvc.cli.naming.repositories import repository_at
    from nbvc.names import SUFFIX
    from nbvc.workflow.unresolved import find_open_files

    repository = repository_at()
    names = find_open_files(repository)
    return [repository.path_from_here(name) for name in names if name.endswith(SUFFIX)]


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
    chunks = found.conflicts
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


def _name_sides(path: str, marked: dict[int, Marked]) -> ConflictSides:
    """Return what the sides of a file are called: by git, else by the merge that left the conflicts."""
    from nbvc.git.state.sides import name_sides

    first = next(iter(marked.values()), None)
    local, remote = (first.local, first.remote) if first else ("local", "remote")
    return name_sides(_find_repository(path), local, remote)


def _ask(path: str, notebook: Notebook, marked: dict[int, Marked], look: Look) -> Takes:
    """Ask about one conflict after another. Raises `click.Abort`."""
    from nbvc.cli.terminal.deciding import ask_decisions

    bases = _read_bases(path) if marked else {}
    return ask_decisions(notebook, marked, _name_sides(path, marked), look.painter(), bases)


def _read_bases(path: str) -> Bases:
    """Return what the base has in place of conflicts, as far as git has it."""
    from nbvc.workflow.conflicts import find_bases

    unmerged = _find_unmerged(path)
    if unmerged is None:
        return {}
    repository, stages = unmerged
    return find_bases(stages, repository.name(path))


def _settle_cells(notebook: Notebook, marked: dict[int, Marked], takes: Takes) -> Notebook:
    """Return the notebook with what was decided; itself if that changes nothing."""
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
