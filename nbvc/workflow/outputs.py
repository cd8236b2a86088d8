"""Restore outputs that were stripped into notebooks: as a person asks, or after git wrote them."""

from __future__ import annotations

import os

import msgspec

from nbvc.errors import GitError, NbvcError, NotebookError, WriteRefusedError
from nbvc.notebook.paired import may_be_paired
from nbvc.notebook.saving import read_stamped, save
from nbvc.store.entries import OutputStore
from nbvc.store.home import Home
from nbvc.store.restoring import Asked, Places, restored

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from nbvc.git.plumbing.repository import Repository
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


def put_back(
    store: OutputStore,
    name: str,
    path: str,
    places: Places,
    source: State | Asked,
    *,
    exactly: bool = False,
    writes: bool = True,
) -> PutBack:
    """Restore the outputs of a notebook's file, which the store has by this name.

    They come from a chosen state, or from the latest ones for whoever asks. `exactly`: only if the
    file is just as stripping left it. Raises `NbvcError`, `OSError`.
    """
    from nbvc.store.choosing import restored_from

    content, seen = read_stamped(path)
    if isinstance(source, Asked):
        found = restored(store, name, content, places, source)
    else:
        found = restored_from(store, source, content)
    changes = found.content != content and (found.exact or not exactly)
    if changes and writes:
        save(path, found.content, seen, keep_time=may_be_paired(path, content))
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
        self._written: dict[str, tuple[Repository, list[str]]] = {}

    def restore(self, path: str, state: str | None = None, *, dry_run: bool = False) -> PutBack:
        """Restore the outputs of a file, from the state of this name if there is one.

        Raises `NbvcError`, `OSError`.
        """
        home, name, repository = self._homes.home(path)
        store = self._stores.setdefault((home.folder, home.git_dir), OutputStore(home))
        places = Places.outside() if repository is None else Places.of(repository)
        source = Asked.BY_PERSON if state is None else find_state(store, state)[0]
        done = put_back(store, name, path, places, source, writes=not dry_run)
        if done.changes and not dry_run and repository is not None:
            self._written.setdefault(repository.top, (repository, []))[1].append(name)
        return done

    def refresh(self) -> None:
        """Let git see that files did not change, if a filter strips what came back."""
        from nbvc.git.actions.refreshing import refresh

        for repository, names in self._written.values():
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
    from nbvc.git.state.operation import operation
    from nbvc.git.state.written import git_wrote, mark_checkout, reapplied

    if hook in {"post-checkout", "post-commit"} and operation(repository) is not None:
        return PutBackByHook()
    if hook == "post-checkout" and in_commit:
        mark_checkout(repository)
        return PutBackByHook()
    store = OutputStore(Home.of(repository))
    if not store.has_any():
        return PutBackByHook()
    exactly, tracked = hook == "post-commit", list_filtered(repository)
    names = (
        reapplied(repository, tracked) if exactly else git_wrote(repository, tracked, hook, args)
    )
    done = [_put_back_by_hook(repository, store, name, exactly=exactly) for name in names]
    if names:
        refresh(repository)
    errors = [
        (name, error) for name, (_, error) in zip(names, done, strict=True) if error is not None
    ]
    return PutBackByHook(sum(changes for changes, _ in done), tuple(errors))


def list_filtered(repository: Repository) -> list[str]:
    """Return the tracked notebooks whose filter is nbvc's."""
    from nbvc.git.setup.attributes import filtered
    from nbvc.git.state.changes import tracked

    return filtered(repository, tracked(repository))


def _put_back_by_hook(
    repository: Repository, store: OutputStore, name: str, *, exactly: bool
) -> tuple[bool, NbvcError | None]:
    """Restore one notebook's outputs; return whether any came back, and what its user must know."""
    path = repository.path(name)
    if os.path.islink(path):
        return False, None
    places = Places.of(repository)
    try:
        done = put_back(store, name, path, places, Asked.BY_HOOK, exactly=exactly)
    except WriteRefusedError as error:
        return False, error
    except (NbvcError, OSError):
        return False, None  # A notebook in conflict, or none at all, is for its user to look at.
    return done.changes, check_damage(done)


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
