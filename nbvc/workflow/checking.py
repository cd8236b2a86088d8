"""What is wrong with a notebook: noise, conflicts, secrets, the order and age of a run, errors."""

from __future__ import annotations

from contextlib import suppress
from functools import lru_cache

import msgspec

from nbvc.errors import NbvcError, StoredFormError
from nbvc.normalising.findings import Finding, find_invalid

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from nbvc.notebook.notebook import Notebook
    from nbvc.store.files import Done
    from nbvc.workflow.subjects import Subject

CONFLICT = "unresolved conflict"


class Searches(msgspec.Struct, frozen=True):
    """What to look for; `baseline` is a file that lists known secrets.

    `conflicts` are those of a merge, and with the format's schema.
    """

    noise: bool = True
    conflicts: bool = True
    secrets: bool = False
    baseline: str | None = None
    order: bool = False
    stale: bool = False
    errors: bool = False


def check(subject: Subject, searches: Searches) -> Done:
    """Look for everything in a notebook; an error is part of the result."""
    from nbvc.notebook.reading import read
    from nbvc.store.files import Done, make_failure

    try:
        notebook = read(subject.read(), name=subject.path)
        findings = tuple(_find(subject, notebook, searches))
    except StoredFormError as error:
        # What git stores encrypted or elsewhere is no matter of a check of what it stores.
        return Done(subject.path) if subject.in_git else make_failure(subject.path, error)
    except (NbvcError, OSError) as error:
        return make_failure(subject.path, error)
    return Done(subject.path, findings, changed=bool(findings))


def _find(subject: Subject, notebook: Notebook, searches: Searches) -> Iterator[Finding]:
    from nbvc.normalising import runs
    from nbvc.normalising.cleaning import clean

    if searches.noise:
        cleaned = clean(notebook, subject.policy)
        yield from cleaned.findings if cleaned.changed else ()
    if searches.conflicts:
        yield from find_conflicts(notebook)
        yield from find_invalid(notebook)
    if searches.order:
        yield from runs.find_disorder(notebook)
    if searches.stale:
        yield from _find_stale(subject, notebook)
    if searches.errors:
        yield from runs.find_errors(notebook)
    if searches.secrets:
        yield from _make_scanner(searches.baseline)(notebook)


@lru_cache(1)
def _make_scanner(baseline: str | None) -> Callable[[Notebook], Iterator[Finding]]:
    from nbvc.normalising.secrets import make_scanner

    return make_scanner(baseline)


def find_conflicts(notebook: Notebook) -> Iterator[Finding]:
    """Yield cells with conflicts that are not resolved.

    A merge of nbvc leaves a note beside its markers. Others are the author's text, as in a lesson
    about git, unless Python code does not parse because of them.
    """
    from nbvc.merging.gate import can_parse, is_python
    from nbvc.merging.markers import find, without_note

    if b"<<<<<<<" not in notebook.text:
        return
    for index, cell in enumerate(notebook.cells):
        if find(cell) is None:
            continue
        is_code = cell.cell_type == "code" and "%%" not in cell.source and is_python(notebook)
        if without_note(cell) is not cell or (is_code and not can_parse(cell.source)):
            yield Finding(index, CONFLICT, CONFLICT)


def _find_stale(subject: Subject, notebook: Notebook) -> Iterator[Finding]:
    from nbvc.normalising import runs

    found = {one.cell: one for one in runs.find_stale_counts(notebook)}
    former = None
    if subject.read_former is not None:
        with suppress(StoredFormError):
            former = subject.read_former()
    for one in _find_edited(former, notebook) if former else ():
        found.setdefault(one.cell, one)
    yield from found.values()


def _find_edited(former: bytes, notebook: Notebook) -> Iterator[Finding]:
    """Yield cells with other code than in the last commit, and the very same outputs of a run."""
    from nbvc.diffing.pairing import align
    from nbvc.errors import NotebookError
    from nbvc.normalising.runs import STALE, read_count
    from nbvc.notebook.reading import read
    from nbvc.store.choosing import is_same_code

    try:
        before = read(former)
    except NotebookError:
        return
    for link in align(before.cells, notebook.cells):
        if len(link.before) != 1 or len(link.after) != 1:
            continue
        old, new = before.cells[link.before[0]], notebook.cells[link.after[0]]
        is_run = new.cell_type == "code" == old.cell_type and bool(new.outputs)
        is_same_run = (old.outputs, read_count(old)) == (new.outputs, read_count(new))
        if is_run and is_same_run and not is_same_code(old.source, new.source):
            yield Finding(link.after[0], "outputs of the code before it was changed", STALE)
