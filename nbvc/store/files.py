"""Cleaning files: what goes is stored, then files are replaced, each wholly or not at all."""

from __future__ import annotations

import msgspec

from nbvc.errors import NbvcError
from nbvc.normalising.cleaning import clean
from nbvc.notebook.notebook import BOM
from nbvc.notebook.paired import may_be_paired
from nbvc.notebook.reading import read
from nbvc.notebook.saving import draft_file, read_stamped

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from nbvc.normalising.cleaning import Cleaned
    from nbvc.normalising.findings import Finding
    from nbvc.normalising.policy import Policy
    from nbvc.notebook.places import Span
    from nbvc.notebook.saving import Draft
    from nbvc.store.entries import OutputStore


class Job(msgspec.Struct, frozen=True):
    """A file to clean: where it is, what is removed, and the name by which its outputs are stored.

    A read-only file is refused unless `force` is set.
    """

    path: str
    name: str
    policy: Policy
    force: bool = False


class Done(msgspec.Struct, frozen=True):
    """What became of one file: what goes from it, or the error that kept it as it was."""

    path: str
    findings: tuple[Finding, ...] = ()
    changed: bool = False
    error: str = ""


def spans_in_file(cleaned: Cleaned) -> list[Span]:
    """Return the spans of a cleaning, counted from the first byte of the file."""
    shift = len(BOM) if cleaned.before.bom else 0
    return [(start + shift, end + shift, new) for start, end, new in cleaned.spans]


def store_stripped(store: OutputStore, name: str, content: bytes, cleaned: Cleaned) -> bytes:
    """Store what a cleaning removes from a file; return the rest, to be written after `store.sync`.

    Raises `StoreError`.
    """
    after = cleaned.after.to_bytes()
    store.put(name, content, after, spans_in_file(cleaned))
    return after


def strip_content(
    content: bytes, policy: Policy, store: OutputStore | None = None, name: str = ""
) -> bytes:
    """Return a notebook's file as cleaning leaves it; with a store, what is removed is stored.

    `name` is the notebook's in the store. Raises `NotebookError`, `StoreError`.
    """
    cleaned = clean(read(content, name=name), policy)
    if not cleaned.changed:
        return content
    if store is None:
        return cleaned.after.to_bytes()
    return store_stripped(store, name, content, cleaned)


def clean_files(jobs: Iterable[Job], store: OutputStore | None) -> list[Done]:
    """Clean files; without a store nothing is written, only found.

    Everything that goes is in the store and on disk before the first file is replaced.
    Errors are part of the result. Raises `StoreError`, with no file touched.
    """
    done: list[Done] = []
    drafts: list[tuple[int, Draft]] = []
    try:
        for job in jobs:
            done.append(_prepare_file(job, store, drafts, len(done)))
        if drafts and store is not None:
            store.sync(draft.temporary for _, draft in drafts)
        while drafts:
            index, draft = drafts.pop()
            try:
                draft.publish()
            except (NbvcError, OSError) as error:
                done[index] = make_failure(done[index].path, error)
    finally:
        for _, draft in drafts:
            draft.discard()
    return done


def _prepare_file(
    job: Job,
    store: OutputStore | None,
    drafts: list[tuple[int, Draft]],
    index: int,
) -> Done:
    """Read and clean one file, store what goes, and write the result beside it."""
    try:
        content, seen = read_stamped(job.path)
        cleaned = clean(read(content, name=job.path), job.policy)
        if not cleaned.changed:
            return Done(job.path)
        if store is not None:
            after = store_stripped(store, job.name, content, cleaned)
            keep_time = may_be_paired(job.path, content)
            draft = draft_file(job.path, after, seen, keep_time=keep_time, force=job.force)
            drafts.append((index, draft))
    except (NbvcError, OSError) as error:
        return make_failure(job.path, error)
    return Done(job.path, cleaned.findings, changed=True)


def make_failure(path: str, error: Exception) -> Done:
    """Return the result for a file that cannot be read or written."""
    if isinstance(error, OSError):
        return Done(path, error=f"{path}: {error.strerror or error}")
    if isinstance(error, NbvcError) and not error.where:
        error.where = path
    return Done(path, error=str(error))
