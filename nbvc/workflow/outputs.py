"""Restore outputs that were stripped into notebooks: as a person asks, or after git wrote them."""

from __future__ import annotations

import os

import msgspec

from nbvc.errors import GitError, NbvcError, NotebookError, WriteRefusedError
from nbvc.notebook.paired import may_be_paired
from nbvc.notebook.saving import draft_file, read_stamped, save_all
from nbvc.store.entries import OutputStore
from nbvc.store.home import Home
from nbvc.store.restoring import Asked, Places, restore_outputs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from nbvc.git.plumbing.repository import Repository
    from nbvc.notebook.saving import Draft
    from nbvc.store.entries import State
    from nbvc.store.restoring import Restored

_SHORTEST = 4
_LIST = "nbvc outputs list shows all states"


class PutBack(msgspec.Struct, frozen=True):
    """What came back into a notebook: its content before, and what is known of its outputs.

    `changes` says whether outputs came back, or would with a dry run. `is_lost`: its stored states
    may be in a damaged place of the store.
    """

    store: OutputStore
    name: str
    content: bytes
    found: Restored
    changes: bool
    is_lost: bool = False


class RestoreJob(msgspec.Struct, frozen=True):
    """A notebook's file whose outputs come back: from the latest states, or from a chosen one.

    `name` is the notebook's in the store. `exactly`: only if the file is just as stripping left it.
    """

    path: str
    store: OutputStore
    name: str
    places: Places
    source: State | Asked
    exactly: bool = False


class RestoreOutcome(msgspec.Struct, frozen=True):
    """What became of one file: what came back, or the error that kept it as it was."""

    done: PutBack | None = None
    error: NbvcError | OSError | None = None


def put_back(jobs: Iterable[RestoreJob], *, writes: bool = True) -> list[RestoreOutcome]:
    """Restore the outputs of files; all are on disk before the first file is replaced.

    Errors are part of the result. Raises `OSError`, with no file touched.
    """
    outcomes: list[RestoreOutcome] = []
    drafts: dict[int, Draft] = {}
    try:
        for job in jobs:
            outcomes.append(_prepare_file(job, drafts if writes else None, len(outcomes)))
        waiting, numbers = list(drafts.values()), list(drafts)
        drafts.clear()
        for number, error in zip(numbers, save_all(waiting), strict=True):
            if isinstance(error, (NbvcError, OSError)):
                outcomes[number] = RestoreOutcome(error=error)
    finally:
        for draft in drafts.values():
            draft.discard()
    return outcomes


def _prepare_file(job: RestoreJob, drafts: dict[int, Draft] | None, number: int) -> RestoreOutcome:
    """Find what comes back into a file, and write the result beside it."""
    try:
        content, seen = read_stamped(job.path)
        done = _find_outputs(job, content)
        if done.changes and drafts is not None:
            keep_time = may_be_paired(job.path, content)
            drafts[number] = draft_file(job.path, done.found.content, seen, keep_time=keep_time)
    except (NbvcError, OSError) as error:
        return RestoreOutcome(error=error)
    return RestoreOutcome(done)


def _find_outputs(job: RestoreJob, content: bytes) -> PutBack:
    from nbvc.store.choosing import restore_from

    store, name = job.store, job.name
    if isinstance(job.source, Asked):
        found = restore_outputs(store, name, content, job.places, job.source)
    else:
        found = restore_from(store, job.source, content)
    changes = found.content != content and (found.exact or not job.exactly)
    is_lost = found.missing and not found.cells and store.damages and not store.of(name)
    return PutBack(store, name, content, found, changes, bool(is_lost))


class Restorer:
    """Restores outputs into files that a person names, and lets git see that nothing else changed.

    Each store is read once.
    """

    def __init__(self, environ: Mapping[str, str]) -> None:
        from nbvc.workflow.places import OutputHomes

        self._homes = OutputHomes(environ)
        self._stores: dict[tuple[str, str], OutputStore] = {}

    def restore(
        self, paths: Sequence[str], state: str | None = None, *, dry_run: bool = False
    ) -> list[RestoreOutcome]:
        """Restore the outputs of files, from the state of this name if there is one.

        Raises `OSError`, with no file touched.
        """
        jobs: dict[int, RestoreJob] = {}
        outcomes: list[RestoreOutcome] = [RestoreOutcome()] * len(paths)
        for number, path in enumerate(paths):
            try:
                jobs[number] = self._make_job(path, state)
            except (NbvcError, OSError) as error:
                outcomes[number] = RestoreOutcome(error=error)
        for number, outcome in zip(jobs, put_back(jobs.values(), writes=not dry_run), strict=True):
            outcomes[number] = outcome
        return outcomes

    def _make_job(self, path: str, state: str | None) -> RestoreJob:
        home, name, repository = self._homes.home(path)
        store = self._stores.setdefault((home.folder, home.git_dir), OutputStore(home))
        places = Places.outside() if repository is None else Places.of(repository)
        source = Asked.BY_PERSON if state is None else find_state(store, state)[0]
        return RestoreJob(path, store, name, places, source)

    def refresh(self, written: Iterable[str]) -> None:
        """Let git see that files did not change, if a filter strips what came back."""
        from nbvc.git.actions.refreshing import refresh

        found: dict[str, tuple[Repository, list[str]]] = {}
        for path in written:
            _, name, repository = self._homes.home(path)
            if repository is not None:
                found.setdefault(repository.top, (repository, []))[1].append(name)
        for repository, names in found.values():
            try:
                refresh(repository, names)
            except GitError:
                continue


class PutBackByHook(msgspec.Struct, frozen=True):
    """How many notebooks got outputs back, and the errors of others by name."""

    count: int = 0
    errors: tuple[tuple[str, NbvcError], ...] = ()


def put_back_after(
    repository: Repository, hook: str, args: Sequence[str], *, in_commit: bool
) -> PutBackByHook:
    """Restore outputs into the notebooks that git wrote before it called a hook with arguments.

    In any other file it was its user who cleared the outputs. `in_commit` says that git is making a
    commit. A checkout or a commit may be a step of a rebase, which goes on with the index that it
    has in memory: then nothing is done. Raises `GitError`.
    """
    from nbvc.git.actions.refreshing import refresh
    from nbvc.git.state.operation import find_operation
    from nbvc.git.state.written import find_reapplied, find_written, mark_checkout

    if hook in {"post-checkout", "post-commit"} and find_operation(repository) is not None:
        return PutBackByHook()
    if hook == "post-checkout" and in_commit:
        mark_checkout(repository)
        return PutBackByHook()
    store = OutputStore(Home.of(repository))
    if not store.has_any():
        return PutBackByHook()
    tracked = list_filtered(repository)
    names = dict.fromkeys(find_written(repository, tracked, hook, args), False)
    if hook == "post-commit":
        names |= dict.fromkeys(find_reapplied(repository, tracked), True)
    jobs = [
        RestoreJob(path, store, name, Places.of(repository), Asked.BY_HOOK, exactly)
        for name, exactly in names.items()
        if not os.path.islink(path := repository.path(name))
    ]
    outcomes = put_back(jobs)
    if names:
        refresh(repository)
    errors = [
        (job.name, error)
        for job, outcome in zip(jobs, outcomes, strict=True)
        if (error := _find_problem(outcome)) is not None
    ]
    count = sum(outcome.done is not None and outcome.done.changes for outcome in outcomes)
    return PutBackByHook(count, tuple(errors))


def list_filtered(repository: Repository) -> list[str]:
    """Return the tracked notebooks whose filter is nbvc's."""
    from nbvc.git.setup.attributes import find_filtered
    from nbvc.git.state.changes import list_tracked

    return find_filtered(repository, list_tracked(repository))


def _find_problem(outcome: RestoreOutcome) -> NbvcError | None:
    """Return what the user of a notebook must know of a hook's work on it."""
    if outcome.done is not None:
        return check_damage(outcome.done)
    # Any other notebook, in conflict or none at all, is for its user to look at.
    return outcome.error if isinstance(outcome.error, WriteRefusedError) else None


def check_damage(done: PutBack) -> NotebookError | None:
    """Return the error if stored outputs of a notebook cannot be read, None if all can."""
    if done.found.damaged:
        return NotebookError(
            f"the stored state {done.found.damaged} is damaged",
            hint="nbvc outputs list shows the others, --from takes one of them",
        )
    if done.is_lost:
        return NotebookError("nothing can be found of it: the store is damaged")
    return None


def find_state(store: OutputStore, word: str) -> tuple[State, bytes]:
    """Return a state by its name or the beginning of it, and the notebook as it was.

    Raises `NbvcError`.
    """
    if len(word) < _SHORTEST:
        raise NbvcError("the name of a state has at least four characters", where=word, hint=_LIST)
    found = store.find(word)
    if len(found) > 1:
        names = ", ".join(state.id for state in found)
        raise NbvcError(f"more than one stored state is called so: {names}", where=word)
    if not found:
        damaged = ": the store is damaged" if store.damages else ""
        raise NbvcError(f"unknown stored state{damaged}", where=word, hint=_LIST)
    (state,) = found
    content = None if state.entry is None else store.content(state.entry)
    if content is None:
        raise NbvcError("this stored state is damaged", where=state.id, hint=_LIST)
    return state, content


def bring_outputs_back(repository: Repository, name: str, content: bytes) -> bytes:
    """Return a version of a notebook with the outputs that the filter kept out of git.

    Without them its cells would have no outputs, though they were run. `name` is its path from the
    top. Without a filter, or if it is not a notebook, the content stays as it is.
    """
    from nbvc.git.setup.attributes import find_filtered

    home = Home.of(repository)
    if not os.path.isdir(home.folder) or not find_filtered(repository, [name]):
        return content
    try:
        return restore_outputs(OutputStore(home), name, content).content
    except NotebookError:
        return content
