"""Sharing checkpoints through a remote: each writer pushes its own refs, all fetch everybody's.

A ref of ours is pushed only over what we last pushed there (`--force-with-lease`, compare and
swap), since deleting rewrites a chain. Nothing but `refs/nbvc/` is ever pushed or fetched here.
Checkpoints hold outputs: ask before the first push.
"""

from __future__ import annotations

import os

import msgspec

from nbvc.checkpoint.creating import iterate_attempts
from nbvc.checkpoint.names import PREFIX, ref_part
from nbvc.errors import CheckpointError, make_visible
from nbvc.git.plumbing.command import make_failure
from nbvc.git.plumbing.refs import Refs, Swap, swap
from nbvc.git.plumbing.stored import StoredForms
from nbvc.git.state.remotes import NETWORK, find_remote, find_trouble, make_advice, talking_to

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from nbvc.checkpoint.base import StoreBase
    from nbvc.git.plumbing.process import Finished
    from nbvc.git.state.remotes import Remote

_PUSHED = "refs/nbvc/pushed/"
"""Below it, by remote, what we last pushed; the remote itself never sees these refs."""
_FETCHED = "refs/nbvc/fetched/"
"""Below it, by remote, what other clones have on that remote, as it was last fetched."""

_AGREED = "shareCheckpoints"
"""Set in git's section `nbvc` for all remotes, or in `nbvc.<remote>` for one."""


def is_agreed(store: StoreBase, remote_name: str) -> bool:
    """Return whether the user has agreed that checkpoints, with their outputs, go to a remote."""
    git = store.repository.git
    for key in (f"nbvc.{remote_name}.{_AGREED}", f"nbvc.{_AGREED}"):
        finished = git.ask("config", "--type=bool", "--get", key)
        if finished.code == 0:
            return finished.lines == ["true"]
    return False


def agree(store: StoreBase, remote_name: str) -> None:
    """Note in this clone's settings that checkpoints may go to a remote. Raises `GitError`."""
    key = f"nbvc.{remote_name}.{_AGREED}"
    store.repository.git.run("config", "--local", key, "true")


class PushedCheckpoints(msgspec.Struct, frozen=True):
    """What became of refs (`machine/notebook`) that were to be shared.

    `refused` are those that somebody else has written on the remote: nothing was overwritten.
    `withheld` are those of notebooks that git stores encrypted or in another form of a filter's: a
    checkpoint holds the file as it is.
    """

    remote: str
    url: str
    pushed: tuple[str, ...]
    unchanged: tuple[str, ...]
    refused: tuple[str, ...]
    withheld: tuple[str, ...] = ()


class Fetched(msgspec.Struct, frozen=True):
    """The refs (`machine/notebook`) of other writers that are new, changed, or deleted there.

    `counts` are the checkpoints of each updated ref that were not here before.
    """

    remote: str
    url: str
    updated: tuple[str, ...]
    deleted: tuple[str, ...] = ()
    counts: dict[str, int] = {}


def push(
    store: StoreBase, remote_name: str, paths: Iterable[str] = (), *, deadline: float = NETWORK
) -> PushedCheckpoints:
    """Push this clone's checkpoints, of some notebooks or of all.

    Raises `GitError` if the remote is unknown, unreachable or refuses us.
    """
    place = find_remote(store.repository, remote_name, pushing=True)
    parts = {ref_part(store.name(path)) for path in paths}
    own = _own_refs(store, parts)
    withheld = _find_withheld(store, own)
    own = {ref: oid for ref, oid in own.items() if ref not in withheld}
    memory = Refs(store.repository, f"{_PUSHED}{remote_name}/")
    before = {ref: memory.get(ref) for ref in own}
    # A chain whose last checkpoint was deleted has no ref any more, but was pushed once.
    known = {*own, *withheld}
    gone = {} if parts else {r: o for r, o in memory.below(store.writer).items() if r not in known}
    changed = [ref for ref, oid in own.items() if before[ref] != oid]
    if not changed and not gone:
        return PushedCheckpoints(remote_name, place.shown, (), tuple(own), (), withheld)
    leases = {**{ref: before[ref] for ref in changed}, **gone}
    finished = _push_refs(store, place, own, leases, deadline)
    done, refused = _read_verdicts(finished)
    if finished.code and not done and not refused:
        raise _make_error(place, finished, deadline)
    swap(
        store.repository,
        [Swap(f"{_PUSHED}{remote_name}/{ref}", leases[ref], own.get(ref)) for ref in done],
    )
    unchanged = tuple(ref for ref in own if ref not in leases)
    verdicts = (tuple(done), unchanged, tuple(refused), withheld)
    return PushedCheckpoints(remote_name, place.shown, *verdicts)


def _find_withheld(store: StoreBase, own: dict[str, str]) -> tuple[str, ...]:
    """Return the refs of notebooks that git stores in another form: what it hides would be seen.

    Git LFS hides nothing.
    """
    forms = StoredForms(store.repository)
    drivers = {ref: forms.find_driver(store.chains.tip(ref, oid).path) for ref, oid in own.items()}
    forms.close()
    return tuple(
        ref
        for ref, driver in drivers.items()
        if driver is not None and driver.is_stored and driver.name != "lfs"
    )


def _own_refs(store: StoreBase, parts: set[str]) -> dict[str, str]:
    """Return the refs of this clone, spare ones included, of some notebooks or of all."""
    return {
        ref: oid
        for folder in store.refs.folders()
        if folder.startswith(store.writer)
        for ref, oid in store.refs.below(folder).items()
        if not parts or ref.partition("/")[2] in parts
    }


def _push_refs(
    store: StoreBase,
    place: Remote,
    own: dict[str, str],
    leases: dict[str, str | None],
    deadline: float,
) -> Finished:
    """Push refs, each only over what it is thought to be."""
    expected = [f"--force-with-lease={PREFIX}{ref}:{old or ''}" for ref, old in leases.items()]
    specs = [f"{own.get(ref, '')}:{PREFIX}{ref}" for ref in leases]
    options = ("--porcelain", "--no-progress", "--no-follow-tags", *expected)
    git = talking_to(store.repository.acting, place)
    return git.ask("push", *options, "--", place.name, *specs, deadline=deadline)


def _read_verdicts(finished: Finished) -> tuple[list[str], list[str]]:
    """Return which refs the remote has taken, and which it has not."""
    done: list[str] = []
    refused: list[str] = []
    for line in finished.lines:
        parts = line.split("\t")
        if len(parts) == 3 and len(parts[0]) == 1:
            ref = parts[1].rpartition(":")[2].removeprefix(PREFIX)
            (refused if parts[0] == "!" else done).append(ref)
    return done, refused


def fetch(store: StoreBase, remote_name: str, *, deadline: float = NETWORK) -> Fetched:
    """Fetch the checkpoints of all other writers; this clone's own refs stay as they are.

    Raises `GitError` if the remote is unknown, unreachable or refuses us.
    """
    place = find_remote(store.repository, remote_name)
    copies = f"{_FETCHED}{remote_name}/"
    before = _list_refs(Refs(store.repository, copies))
    specs = (f"+{PREFIX}*:{copies}*", f"^{PREFIX}{store.writer}*")
    options = ("--no-tags", "--no-write-fetch-head", "--no-recurse-submodules", "--no-auto-gc")
    git = talking_to(store.repository.acting, place)
    args = ("fetch", "-q", "--prune", *options, "--", remote_name, *specs)
    finished = git.ask(*args, deadline=deadline)
    if finished.code:
        raise _make_error(place, finished, deadline)
    after = _list_refs(Refs(store.repository, copies))
    for _ in iterate_attempts(lambda: _list_refs(Refs(store.repository, PREFIX))):
        swaps = _take_over(store, before, after)
        if swap(store.repository, swaps):
            break
    else:
        raise CheckpointError("the checkpoints are locked by another program")
    refs = {one.ref.removeprefix(PREFIX): (one.old, one.new) for one in swaps}
    counts = {ref: _count_new(store, ref, old, new) for ref, (old, new) in refs.items() if new}
    deleted = sorted(ref for ref, (_, new) in refs.items() if not new)
    return Fetched(remote_name, place.shown, tuple(sorted(counts)), tuple(deleted), counts)


def _count_new(store: StoreBase, ref: str, old: str | None, new: str) -> int:
    """Return how many checkpoints a ref has that it did not have before."""
    known = {one.id for one in store.chains.read(ref, old)} if old else set()
    return sum(one.id not in known for one in store.chains.read(ref, new))


def _take_over(store: StoreBase, before: dict[str, str], after: dict[str, str]) -> list[Swap]:
    """Return the changes of our copies that follow what other writers changed on a remote.

    What was written on this machine may be ahead of the remote, as in a folder that was moved: it
    changes only if it is what came from the remote.
    """
    swaps = []
    for ref in {**before, **after}:
        here, new = store.refs.get(ref), after.get(ref)
        is_copy = here is None or here == before.get(ref)
        if here != new and (is_copy or (new is not None and not store.is_own(ref))):
            swaps.append(Swap(PREFIX + ref, here, new))
    return swaps


def is_deletable(store: StoreBase, ref: str) -> bool:
    """Return whether a checkpoint that is deleted from a ref (`machine/notebook`) stays deleted.

    The ref is this clone's, or it was written on this machine and no remote is known to have it:
    the next fetch would bring back any other.
    """
    return ref.startswith(store.writer) or (store.is_own(ref) and not _is_shared(store, ref))


def _is_shared(store: StoreBase, ref: str) -> bool:
    """Return whether a remote is known to have a ref (`machine/notebook`)."""
    return any(
        ref in refs for root in (_FETCHED, _PUSHED) for refs in _read_known(store, root).values()
    )


def find_outdated_remotes(store: StoreBase, path: str) -> list[str]:
    """Return the remotes that hold what was deleted here from a notebook's checkpoints since."""
    part = ref_part(store.name(path))
    return [
        remote_name
        for remote_name, refs in _read_known(store, _PUSHED).items()
        if any(
            ref.startswith(store.writer) and ref.endswith(f"/{part}") and store.refs.get(ref) != oid
            for ref, oid in refs.items()
        )
    ]


def _read_known(store: StoreBase, root: str) -> dict[str, dict[str, str]]:
    """Return what is below one of our memories: by remote, the refs (`machine/notebook`)."""
    listing = store.repository.git.run("for-each-ref", "--format=%(objectname) %(refname)", root)
    found: dict[str, dict[str, str]] = {}
    for line in os.fsdecode(listing).splitlines():
        oid, _, name = line.partition(" ")
        remote_name, machine, part = name.removeprefix(root).rsplit("/", 2)
        found.setdefault(remote_name, {})[f"{machine}/{part}"] = oid
    return found


def _list_refs(refs: Refs) -> dict[str, str]:
    return {ref: oid for folder in refs.folders() for ref, oid in refs.below(folder).items()}


def _make_error(place: Remote, finished: Finished, deadline: float) -> Exception:
    """Return the error for a push or fetch that came to nothing."""
    found = find_trouble(finished)
    if found is None:
        return make_failure(("push",), finished, deadline)
    message, hint = make_advice(found, place, deadline)
    return CheckpointError(message, where=make_visible(os.fsdecode(place.name)), hint=hint)
