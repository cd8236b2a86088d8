"""Putting stripped results back, where they belong and nowhere else.

    stored       x = 1          → 1          now    x = 1          → 1        back
                 y = x + 1      → 2                 y = x + 2      →          its code changed
                 print(y)       → 2                 print(y)       →          code above it changed

A file that is just as stripping left it gets its old bytes back. In any other a cell gets the
results that it had when all code up to and including it was the same. The latest state that has the
cell decides: a cell that is empty there stays empty. Below a cell that failed, in the latest run that
is known, nothing comes back from earlier runs.

Results belong to one notebook: a path in one working tree. They follow a renamed one if its old path
does not exist any more, and its content, its cell ids or git say that it is the same notebook.
"""

from __future__ import annotations

import os
from enum import Enum

import msgspec

from nbvc.errors import NotebookError, RewriteRefusedError
from nbvc.notebook.jsontext import Raw, split_array
from nbvc.notebook.places import cell_places, read_members, splice, top_places
from nbvc.notebook.reading import read
from nbvc.store.keys import code_digests
from nbvc.store.logs import digest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from nbvc.git.plumbing.repository import Repository
    from nbvc.notebook.cell import Cell
    from nbvc.notebook.notebook import Notebook
    from nbvc.notebook.places import CellPlace, Span
    from nbvc.store.entries import OutputStore, State

LOOKED_INTO = 50
"""So many stored states are looked into, the latest first."""

_COUNTS = ("execution_count", "prompt_number")
_KEY = 20


class Asked(Enum):
    """Who wants results back: a person, or a hook, which must not undo what a person cleared."""

    BY_PERSON = "person"
    BY_HOOK = "hook"


class Restored(msgspec.Struct, frozen=True):
    """A file with results put back: its content, in how many cells, and how many still lack theirs.

    `exact` says that these are the very bytes from before stripping. `cleared` of the cells that
    lack results are empty in the latest state that has them. `damaged` is the name of a stored state
    that was needed and can't be read. `old_name` is the path that the notebook had when its results
    were stored, and `maybe` are notebooks that it may have been, if that is not certain.
    """

    content: bytes
    cells: int
    missing: int
    exact: bool = False
    cleared: int = 0
    damaged: str = ""
    old_name: str = ""
    maybe: tuple[str, ...] = ()


class Origins(msgspec.Struct, frozen=True):
    """The paths that a notebook may have had before, as git knows them.

    `is_final`: the notebook is committed, so that it had no others.
    """

    names: frozenset[str] = frozenset()
    is_final: bool = False


class Places(msgspec.Struct, frozen=True):
    """What is known of the working tree: whether a path exists, and where a notebook comes from."""

    exists: Callable[[str], bool]
    origins: Callable[[str], Origins]

    @classmethod
    def of(cls, repository: Repository) -> Places:
        """Return what is known in a repository."""

        def exists(name: str) -> bool:
            return os.path.lexists(repository.path(name))

        def find_origins(name: str) -> Origins:
            from nbvc.git.state.renames import old_names

            return Origins(*old_names(repository, name))

        return cls(exists, find_origins)

    @classmethod
    def outside(cls) -> Places:
        """Return what is known outside a repository, of absolute paths."""
        return cls(os.path.lexists, lambda _: Origins())


def restore_outputs(
    store: OutputStore,
    name: str,
    content: bytes,
    places: Places | None = None,
    asked: Asked = Asked.BY_PERSON,
) -> Restored:
    """Return a notebook with the results that were stripped from it.

    `name` is what it was stored by. Without `places` a renamed notebook is not looked for. Raises
    `NotebookError` for what is not a notebook.
    """
    states, old_name = store.of(name), ""
    if not states and places is not None:
        states, old_name, maybe = _find_renamed(store, name, content, places)
        if maybe:
            return Restored(content, 0, len(find_lacking(read(content))), maybe=maybe)
    found = _from_states(store, states[:LOOKED_INTO], content, asked)
    return msgspec.structs.replace(found, old_name=old_name)


def _from_states(
    store: OutputStore, states: Sequence[State], content: bytes, asked: Asked
) -> Restored:
    before = _find_exact(store, states, content, asked)
    if before is not None:
        return Restored(before, *_count_restored(content, before), exact=True)
    return _by_cell(store, states, content, asked)


def _find_exact(
    store: OutputStore, states: Sequence[State], content: bytes, asked: Asked
) -> bytes | None:
    """Return the bytes that stripping made this content of, None if no state is certain to be it."""
    stripped = digest(content).hex()
    newer: list[State] = []
    without = None
    for state in states:
        if state.entry is None:
            break
        if state.entry.stripped == stripped and not state.entry.is_cleared:
            before = store.content(state.entry)
            if before is None:
                break
            if _has_any(before):
                return None if _contradict(store, newer, before, asked) else before
            without = before if without is None else without
        newer.append(state)
    return without  # nothing but counts or metadata was stripped


def _has_any(content: bytes) -> bool:
    return any(cell.outputs for cell in read(content).cells if cell.cell_type == "code")


def _contradict(store: OutputStore, newer: Sequence[State], before: bytes, asked: Asked) -> bool:
    """Return whether a cell that has results is empty in a newer state, so that a hook leaves it so."""
    if asked is Asked.BY_PERSON or not newer:
        return False
    notebook = read(before)
    full = {key for index, key in code_digests(notebook) if notebook.cells[index].outputs}
    for state in newer:
        _, cells = _read_stored_cells(store, state, notebook)
        if any(key in full and cell is None for key, cell in cells.items()):
            return True
    return False


def _count_restored(content: bytes, before: bytes) -> tuple[int, int]:
    now, left = (len(find_lacking(read(one))) for one in (content, before))
    return max(now - left, 0), 0


def _by_cell(store: OutputStore, states: Sequence[State], content: bytes, asked: Asked) -> Restored:
    notebook = read(content)
    wanted = find_lacking(notebook)
    total, cleared, damaged = len(wanted), 0, ""
    for key in _not_run(notebook):
        wanted.pop(key, None)
    found: dict[int, tuple[CellPlace, Notebook]] = {}
    for state in states:
        if not wanted:
            break
        if state.entry is None or store.content(state.entry) is None:
            damaged = state.id
            break
        source, cells = _read_stored_cells(store, state, notebook)
        if asked is Asked.BY_PERSON and not any(cells.values()):
            continue
        for key, cell in cells.items():
            if key not in wanted:
                continue
            index = wanted.pop(key)
            if cell is None:
                cleared += 1
            else:
                found[index] = cell, source
    content = with_results(notebook, found) if found else content
    return Restored(content, len(found), total - len(found), cleared=cleared, damaged=damaged)


def _find_renamed(
    store: OutputStore, name: str, content: bytes, places: Places
) -> tuple[list[State], str, tuple[str, ...]]:
    """Return the states of the notebook that this one was before, its old name, and the doubtful ones.

    Its old path must not exist any more. Equal bytes or cell ids are enough, unless git knows better;
    equal code is enough if git takes the one for the other.
    """
    gone = [state for state in store.latest() if not places.exists(_get_path(state))]
    stripped = digest(content).hex()
    notebook = read(content)
    equal = [one for one in gone if _was_stripped_to(store, one, stripped)]
    alike = [one for one in gone if one in equal or _is_alike(store, one, notebook)]
    if not alike:
        return [], "", ()
    origins = places.origins(name)
    sure = [one for one in alike if _get_path(one) in origins.names]
    if not sure and not origins.is_final:
        sure = equal or [one for one in alike if _has_ids_of(store, one, notebook)]
    if len(sure) == 1 and sure[0].entry is not None:
        return store.with_owner(sure[0].owner), sure[0].entry.name, ()
    return [], "", tuple(one.id for one in sure or alike)


def _get_path(state: State) -> str:
    """Return the path that a state was stored by."""
    return state.entry.place if state.entry else ""


def _was_stripped_to(store: OutputStore, latest: State, stripped: str) -> bool:
    states = store.with_owner(latest.owner)[:LOOKED_INTO]
    return any(one.entry is not None and one.entry.stripped == stripped for one in states)


def _is_alike(store: OutputStore, state: State, notebook: Notebook) -> bool:
    """Return whether half of the code is the same, cell by cell."""
    from collections import Counter

    other = _read_stored(store, state)
    if other is None:
        return False
    ours, theirs = (
        Counter(cell.source for cell in one.cells if cell.cell_type == "code" and cell.source)
        for one in (notebook, other)
    )
    shared = sum((ours & theirs).values())
    return bool(shared) and 2 * shared >= max(sum(ours.values()), sum(theirs.values()))


def _has_ids_of(store: OutputStore, state: State, notebook: Notebook) -> bool:
    """Return whether half of the code cells have the ids that a tool drew for the stored ones."""
    other = _read_stored(store, state)
    if other is None:
        return False
    ours, theirs = (
        {cell.id for cell in one.cells if cell.cell_type == "code" and _is_drawn(cell.id)}
        for one in (notebook, other)
    )
    return bool(ours & theirs) and 2 * len(ours & theirs) >= max(len(ours), len(theirs))


def _is_drawn(id_: str | None) -> bool:
    """Return whether an id is more than a number, as normalising gives to every notebook alike."""
    return id_ is not None and not id_.isdigit()


def _read_stored(store: OutputStore, state: State) -> Notebook | None:
    """Return a stored state as a notebook, None if it can't be read, or none was stored."""
    if state.entry is None or state.entry.is_cleared:
        return None
    content = store.content(state.entry)
    try:
        return read(content) if content is not None else None
    except NotebookError:
        return None


def find_lacking(notebook: Notebook) -> dict[bytes, int]:
    """Return the code cells without outputs, by the digest of the code up to each."""
    return {
        key: index for index, key in code_digests(notebook) if not notebook.cells[index].outputs
    }


def _not_run(notebook: Notebook) -> list[bytes]:
    """Return the code cells below one that failed, by the digest of the code up to each."""
    keys: list[bytes] = []
    failed = False
    for index, key in code_digests(notebook):
        if failed:
            keys.append(key)
        failed = failed or _has_stopped(notebook.cells[index])
    return keys


def _has_stopped(cell: Cell) -> bool:
    """Return whether a run of all cells ended here."""
    if not any(type(one) is dict and one.get("output_type") == "error" for one in cell.outputs):
        return False
    tags = cell.metadata.get("tags")
    return not (type(tags) is list and "raises-exception" in tags)


def _read_stored_cells(
    store: OutputStore, state: State, like: Notebook
) -> tuple[Notebook, dict[bytes, CellPlace | None]]:
    """Return a stored state, and its cells by the digest of the code up to each.

    A cell without results is None.
    """
    if state.entry is not None and state.entry.is_cleared:
        keys = state.entry.pieces[0]
        return like, {keys[at : at + _KEY]: None for at in range(0, len(keys), _KEY)}
    notebook = _read_stored(store, state)
    if notebook is None or notebook.file_format[0] != like.file_format[0]:
        return like, {}
    try:
        places = cell_places(notebook, top_places(notebook.text))
    except RewriteRefusedError:
        return like, {}
    return notebook, {
        key: places[index] if has_results(places[index].fields.get("outputs")) else None
        for index, key in code_digests(notebook)
    }


def has_results(raw: Raw | None) -> bool:
    """Return whether the outputs of a cell, as text, are any."""
    return raw is not None and raw != Raw(b"[]") and bool(split_array(raw))


def with_results(notebook: Notebook, found: dict[int, tuple[CellPlace, Notebook]]) -> bytes:
    """Return the file with outputs and counts in these cells; nothing else of it is touched.

    Raises `RewriteRefusedError` if anything else would change, or the notebook would not be valid.
    """
    from nbvc.notebook.jsonedit import indent_json
    from nbvc.notebook.notebook import BOM
    from nbvc.notebook.validity import check_result

    places = cell_places(notebook, top_places(notebook.text))
    same_style = {id(source): source.style == notebook.style for _, source in found.values()}
    spans: list[Span] = []
    for index, (cell, source) in found.items():
        for key in ("outputs", *_COUNTS):
            if key in cell.fields and key in places[index].places:
                text = bytes(cell.fields[key])
                if not same_style[id(source)]:
                    text = indent_json(text, notebook.style, 3)
                spans.append((*places[index].places[key], text))
    text = splice(notebook.text, sorted(spans))
    again = read(text)
    if [read_members(cell).keys() for cell in again.cells] != [
        cell.fields.keys() for cell in places
    ]:
        raise RewriteRefusedError("outputs can't be restored without changing something else")
    check_result(again, (notebook, *(source for _, source in found.values())))
    return BOM + text if notebook.bom else text
