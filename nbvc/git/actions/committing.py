"""How a commit is made: of files as they are there, or of other content for them."""

from __future__ import annotations

import os

import msgspec

from nbvc.errors import make_visible
from nbvc.git.actions.obstacles import format_names
from nbvc.git.actions.outcome import CommitOutcome, CommitResult, Ignored
from nbvc.git.plumbing.command import make_failure
from nbvc.git.plumbing.messages import clean_lines, find_gist, hint_for
from nbvc.git.setup.hooks import has_hook
from nbvc.git.state.index import (
    IndexLockedError,
    announce,
    index_path,
    is_being_written,
    read_modes,
    run_unlocked,
    store_content,
    withdraw,
)
from nbvc.git.state.status import FileState, make_pathspec

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from nbvc.git.actions.outcome import CommitPolicy
    from nbvc.git.plumbing.process import Finished
    from nbvc.git.plumbing.repository import Repository
    from nbvc.git.state.status import FileStates

_HOOKS = ("pre-commit", "prepare-commit-msg", "commit-msg")
# A name that git has guessed from the machine's is nobody's: the error says how to set one.
_OPTIONS = ("-c", "user.useConfigOnly=true")
_SIGNS = (
    *((sign, CommitOutcome.NO_IDENTITY) for sign in (
        "Please tell me who you are", "auto-detection is disabled", "empty ident name",
        "unable to auto-detect email",
    )),
    ("failed to sign", CommitOutcome.SIGNING_FAILED),
    ("sign the data", CommitOutcome.SIGNING_FAILED),
    ("failed to write commit object", CommitOutcome.SIGNING_FAILED),
    (".lock': File exists", CommitOutcome.LOCKED),
    ("aborted by hook", CommitOutcome.HOOK_REFUSED),
)  # fmt: skip


def of_files(
    repository: Repository,
    names: Sequence[str],
    message: str,
    found: FileStates,
    policy: CommitPolicy,
) -> CommitResult:
    """Commit files as they are on disk, as git's filters have them."""
    new = [name for name in names if found.of(name) in {FileState.UNTRACKED, FileState.IGNORED}]
    announced = None
    if new:
        ignored = policy.ignored is Ignored.COMMIT
        announced = announce(repository, new, ignored=ignored, patience=policy.patience)
    before = _on_disk(repository, names)
    args = ("commit", "--only", "--quiet", "-F", "-", "--", *map(make_pathspec, names))
    result = None
    try:
        result = run_commit(repository, names, args, message, policy)
    finally:
        if announced is not None and (result is None or not result.succeeded):
            try:
                withdraw(repository, announced, patience=policy.patience)
            except IndexLockedError:
                # The git that was stopped has left its lock: the result's hint names it.
                if result is None or result.outcome is not CommitOutcome.TIMEOUT:
                    raise
    return _report_edits(
        repository, before, result, lambda: _take_over_edits(repository, names, policy)
    )


def run_commit(
    repository: Repository,
    names: Sequence[str],
    args: Sequence[str],
    message: str,
    policy: CommitPolicy,
) -> CommitResult:
    """Run `git commit` and return what became of it. Raises `IndexLockedError`."""
    return _make_result(repository, names, _run_git(repository, args, message, policy), policy)


def _report_edits(
    repository: Repository,
    before: Mapping[str, bytes],
    result: CommitResult,
    update_index: Callable[[], Iterable[str]],
) -> CommitResult:
    """Return the result with the files that a hook edited.

    `before` has the files on disk before the commit. `update_index` is called if there is a commit,
    and returns the files that were edited in it. A hook that refused the commit wants its edits to be
    committed.
    """
    now = _on_disk(repository, before)
    on_disk = [name for name, content in now.items() if content != before[name]]
    if result.succeeded:
        edited = tuple(sorted({*update_index(), *on_disk}))
        return msgspec.structs.replace(result, edited=edited)
    if result.outcome is not CommitOutcome.HOOK_REFUSED or not on_disk:
        return result
    message = f"a hook changed {format_names(on_disk)}, and refused the commit"
    hint = "look at that, and commit again"
    return msgspec.structs.replace(result, message=message, hint=hint, edited=tuple(on_disk))


def _run_git(
    repository: Repository, args: Sequence[str], message: str, policy: CommitPolicy
) -> Finished:
    stdin = message.encode(errors="surrogateescape")
    limits = {"deadline": policy.deadline, "patience": policy.patience}
    return run_unlocked(repository, *_OPTIONS, *args, stdin=stdin, **limits)


def _make_result(
    repository: Repository, names: Sequence[str], finished: Finished, policy: CommitPolicy
) -> CommitResult:
    """Return what became of a commit, for what git said of it."""
    stderr = clean_lines(finished.stderr)
    if finished.code == 0:
        oid = repository.git.line("rev-parse", "HEAD")
        message = " ".join(
            ["committed", *([format_names(names)] if names else []), f"as {oid[:10]}"]
        )
        return CommitResult(
            CommitOutcome.COMMITTED, message, oid=oid, names=tuple(names), stderr=stderr
        )
    outcome = find_outcome(repository, finished)
    said = find_gist(finished.stderr) or f"it ended with exit code {finished.code} and said nothing"
    message = {
        CommitOutcome.HOOK_REFUSED: f"a hook refused the commit: {said}",
        CommitOutcome.TIMEOUT: f"the commit took longer than {policy.deadline:g} seconds",
        CommitOutcome.SIGNING_FAILED: f"the commit could not be signed: {said}",
        CommitOutcome.NO_IDENTITY: "git does not know who you are",
    }.get(outcome, f"git commit: {said}")
    hint = hint_for(finished.stderr)
    if outcome is CommitOutcome.TIMEOUT and is_being_written(repository):
        # Windows can't ask a program without a console to end, and git leaves its lock behind.
        lock = f"{index_path(repository)}.lock"
        hint = f"if no other git is at work, delete {make_visible(lock)}"
    return CommitResult(outcome, message, hint, names=tuple(names), stderr=stderr)


def find_outcome(repository: Repository, finished: Finished) -> CommitOutcome:
    """Return what became of a git command that commits and failed."""
    if finished.timed_out:
        return CommitOutcome.TIMEOUT
    said = finished.stderr.decode(errors="replace")
    for sign, outcome in _SIGNS:
        if sign in said:
            return outcome
    if finished.code == 1 and has_hook(repository, *_HOOKS):
        return CommitOutcome.HOOK_REFUSED
    return CommitOutcome.FAILED


def _on_disk(repository: Repository, names: Iterable[str]) -> dict[str, bytes]:
    """Return a digest of each file's content, empty for none."""
    import hashlib

    digests = {}
    for name in names:
        try:
            with open(repository.path(name), "rb") as file:
                digests[name] = hashlib.sha256(file.read()).digest()
        except OSError:
            digests[name] = b""
    return digests


def _take_over_edits(
    repository: Repository, names: Sequence[str], policy: CommitPolicy
) -> tuple[str, ...]:
    """Return the files that a hook has edited in the commit; the index takes that over.

    `git commit --only` leaves the index with what lay on disk before, and the hook's edit would
    show as staged to be taken back.
    """
    specs = [make_pathspec(name) for name in names]
    options = ("--cached", "--name-only", "-z", "HEAD", "--")
    listing = repository.git.run("diff-index", *options, *specs)
    edited = tuple(os.fsdecode(name) for name in listing.split(b"\0") if name)
    if edited:
        args = ("reset", "--quiet", "--", *map(make_pathspec, edited))
        run_unlocked(repository, *args, deadline=60, patience=policy.patience)
    return edited


def of_contents(
    repository: Repository,
    contents: Mapping[str, bytes | None],
    names: Sequence[str],
    message: str,
    policy: CommitPolicy,
) -> CommitResult:
    """Commit other content for files than what is on disk, which is left alone; None deletes.

    `names` are files that are committed as they are on disk. The commit is made from an index of
    its own: HEAD's, with these files. Hooks see that one.
    """
    private = os.path.join(repository.git_dir, f"nbvc-index-{os.urandom(4).hex()}")
    aside = msgspec.structs.replace(
        repository, git=repository.git.with_environ({"GIT_INDEX_FILE": private})
    )
    try:
        blobs = {
            name: None if content is None else store_content(aside, name, content)
            for name, content in contents.items()
        }
        every = (*contents, *names)
        if not _stage_aside(aside, blobs, names, policy):
            text = f"nothing to commit: {format_names(every)} has not changed since the last commit"
            return CommitResult(CommitOutcome.NOTHING_TO_COMMIT, text, names=every)
        blobs |= _read_staged(aside, names)
        before = _on_disk(repository, every)
        args = ("commit", "--quiet", "-F", "-")
        result = run_commit(aside, every, args, message, policy)
    finally:
        for path in (private, f"{private}.lock"):
            if os.path.exists(path):
                os.unlink(path)
    return _report_edits(
        repository, before, result, lambda: _update_index(repository, blobs, policy)
    )


def _stage_aside(
    aside: Repository,
    blobs: Mapping[str, str | None],
    names: Sequence[str],
    policy: CommitPolicy,
) -> bool:
    """Fill an index with HEAD, other blobs for some files, and `names` as they are on disk.

    Return whether that is a change.
    """
    git = aside.git
    born = git.ask("rev-parse", "--verify", "--quiet", "HEAD").code == 0
    git.run("read-tree", "HEAD" if born else "--empty")
    modes = read_modes(aside, [name for name, blob in blobs.items() if blob is not None])
    lines = [
        _format_deleted(aside, name)
        if blob is None
        else f"{modes[name]} {blob}\t".encode() + os.fsencode(name) + b"\0"
        for name, blob in blobs.items()
    ]
    git.run("update-index", "--add", "-z", "--index-info", stdin=b"".join(lines))
    if names:
        options = ["--all", *(["--force"] if policy.ignored is Ignored.COMMIT else [])]
        git.run("add", *options, "--", *map(make_pathspec, names))
    return not born or git.ask("diff-index", "--cached", "--quiet", "HEAD").code != 0


def _read_staged(repository: Repository, names: Sequence[str]) -> dict[str, str | None]:
    """Return the blobs of files in the index, None for a file that is not in it."""
    found: dict[str, str | None] = dict.fromkeys(names)
    if names:
        listing = repository.git.literal.run("ls-files", "--stage", "-z", "--", *names)
        for line in filter(None, listing.split(b"\0")):
            about, _, name = line.partition(b"\t")
            found[os.fsdecode(name)] = about.split(b" ")[1].decode()
    return found


def _format_deleted(repository: Repository, name: str) -> bytes:
    """Return the line of `update-index --index-info` that takes a file out of the index."""
    zeros = b"0" * (64 if repository.hash_name == "sha256" else 40)
    return b"0 " + zeros + b"\t" + os.fsencode(name) + b"\0"


def _update_index(
    repository: Repository, blobs: Mapping[str, str | None], policy: CommitPolicy
) -> tuple[str, ...]:
    """Let the user's index have what was committed; return the files that a hook has edited."""
    git = repository.git
    listing = git.literal.run("ls-tree", "-z", "--full-tree", "HEAD", "--", *blobs)
    gone = b"".join(
        _format_deleted(repository, name) for name, blob in blobs.items() if blob is None
    )
    args = ("update-index", "--add", "-z", "--index-info")
    finished = run_unlocked(
        repository, *args, stdin=gone + listing, deadline=60, patience=policy.patience
    )
    if finished.code:
        raise make_failure(args, finished)
    committed = {}
    for line in filter(None, listing.split(b"\0")):
        about, _, name = line.partition(b"\t")
        committed[os.fsdecode(name)] = about.split(b" ")[2].decode()
    return tuple(name for name, blob in blobs.items() if committed.get(name) != blob)
