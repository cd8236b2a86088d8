"""The checkpoints behind a ref, oldest first, each read from git once.

What a commit says never changes: it is kept, in memory and as a line of a file in the common git
dir, and the chain is followed from the tip through what is kept. Git is asked for what is missing.
The files can go at any time, lines can be doubled or torn: they hold facts, and no state.
"""

from __future__ import annotations

import os

import msgspec

from nbvc.checkpoint.names import path_of
from nbvc.checkpoint.record import Checkpoint, make_checkpoint, parse_checkpoint
from nbvc.errors import GitError
from nbvc.git.plumbing.sharing import sharing_of
from nbvc.platform import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from nbvc.git.plumbing.objects import Objects
    from nbvc.git.plumbing.repository import Repository

_LOG = (
    *("log", "-z", "--no-show-signature", "--no-mailmap", "--no-decorate", "--no-notes"),
    *("--no-color", "--encoding=UTF-8", "--format=tformat:%H%n%P%n%an <%ae>%n%at%n%B"),
)


class _Fact(msgspec.Struct, frozen=True, array_like=True):
    """A checkpoint and the commit before it, empty for none."""

    parent: str
    checkpoint: Checkpoint


class _ReadChain(msgspec.Struct, frozen=True):
    """A chain as it was read for a tip."""

    tip: str
    checkpoints: tuple[Checkpoint, ...]


class Chains:
    """The chains of a repository, by ref (`machine/notebook`)."""

    __slots__ = ("_facts", "_known", "_objects", "_repository")

    def __init__(self, repository: Repository, objects: Objects) -> None:
        self._repository = repository
        self._objects = objects
        self._known: dict[str, _ReadChain] = {}
        self._facts: dict[str, dict[str, _Fact]] = {}

    def tip(self, ref: str, oid: str) -> Checkpoint:
        """Return the newest checkpoint of a ref that has this id. Raises `GitError`."""
        known = self._known.get(ref)
        if known is not None and known.tip == oid:
            return known.checkpoints[-1]
        found = self._objects.get(oid)
        if found is None or found.kind != "commit":
            raise GitError(f"the checkpoint {oid} is missing", hint="run git fsck")
        return _add_path(ref, parse_checkpoint(oid, found.content, ref.partition("/")[0]))

    def read(self, ref: str, oid: str) -> tuple[Checkpoint, ...]:
        """Return all checkpoints of a ref that has this id, oldest first. Raises `GitError`."""
        known = self._known.get(ref)
        if known is None or known.tip != oid:
            known = self._known[ref] = _ReadChain(oid, self._follow_chain(ref, oid))
        return known.checkpoints

    def note(self, ref: str, parent: str | None, checkpoint: Checkpoint) -> None:
        """Keep what is known of a checkpoint that was just made, on top of `parent`."""
        fact = _Fact(parent or "", checkpoint)
        if ref in self._facts:
            self._facts[ref][checkpoint.commit] = fact
        known = self._known.get(ref)
        if known is not None and known.tip == parent:
            chain = (*known.checkpoints, checkpoint)
            self._known[ref] = _ReadChain(checkpoint.commit, chain)
        self._append(ref, [fact])

    def forget(self, ref: str) -> None:
        """Drop all that is kept of a ref: what was deleted leaves no message behind either."""
        self._facts.pop(ref, None)
        self._known.pop(ref, None)
        try:
            os.unlink(self._get_path(ref))
        except OSError:
            pass

    def _follow_chain(self, ref: str, oid: str) -> tuple[Checkpoint, ...]:
        """Follow a chain down to its root, through what is kept and what git lists."""
        facts = self._facts.get(ref)
        if facts is None:
            facts = self._facts[ref] = self._read_facts(ref)
        chain = []
        while oid:
            fact = facts.get(oid)
            if fact is None:
                # What is kept last is most likely where the unknown part ends; if it isn't, ask on.
                told = self._read_log(ref, oid, next(reversed(facts), None))
                if oid not in told:
                    told = self._read_log(ref, oid, None)
                facts.update(told)
                self._append(ref, told.values())
                fact = told[oid]
            chain.append(fact.checkpoint)
            oid = fact.parent
        if len(facts) > 2 * len(chain) + 100:
            self._facts[ref] = {one.commit: facts[one.commit] for one in reversed(chain)}
            self._rewrite(ref)
        return tuple(reversed(chain))

    def _read_log(self, ref: str, oid: str, below: str | None) -> dict[str, _Fact]:
        """Return what git lists of the commits down from one, oldest first, `below` left out."""
        finished = self._repository.git.ask(*_LOG, oid, *([f"^{below}"] if below else []), "--")
        if finished.code and below:  # collected as garbage since
            return self._read_log(ref, oid, None)
        if finished.code:
            raise GitError(f"the checkpoints of {ref} can't be read", hint="run git fsck")
        machine = ref.partition("/")[0]
        found = []
        for record in finished.stdout.decode(errors="replace").split("\0")[:-1]:
            commit, parents, ident, seconds, body = record.split("\n", 4)
            checkpoint = _add_path(ref, make_checkpoint(commit, ident, int(seconds), body, machine))
            found.append(_Fact(parents.partition(" ")[0], checkpoint))
        return {fact.checkpoint.commit: fact for fact in reversed(found)}

    def _get_path(self, ref: str) -> str:
        return os.path.join(self._repository.common_dir, "nbvc", "checkpoints", ref)

    def _read_facts(self, ref: str) -> dict[str, _Fact]:
        try:
            with open(self._get_path(ref), "rb") as file:
                content = file.read()
        except OSError:
            return {}
        try:
            facts = msgspec.json.Decoder(_Fact).decode_lines(content)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return self._repair_facts(ref, content)
        return {fact.checkpoint.commit: fact for fact in facts}

    def _repair_facts(self, ref: str, content: bytes) -> dict[str, _Fact]:
        """Return what can be read of a file with torn lines, and write that instead."""
        facts = {}
        for line in content.split(b"\n"):
            try:
                fact = msgspec.json.decode(line, type=_Fact)
            except (msgspec.DecodeError, UnicodeDecodeError):
                continue
            facts[fact.checkpoint.commit] = fact
        self._facts[ref] = facts
        self._rewrite(ref)
        return facts

    def _append(self, ref: str, facts: Iterable[_Fact]) -> None:
        """Write facts down for the next process; no harm where that can't be done."""
        path = self._get_path(ref)
        try:
            content = msgspec.json.Encoder().encode_lines(list(facts))
            sharing = None if os.path.exists(path) else sharing_of(self._repository.git)
            if sharing is not None:
                sharing.make_folder(os.path.dirname(path))
            with open(path, "ab", buffering=0) as file:
                file.write(content)
            if sharing is not None:
                sharing.adjust(path)
        except (OSError, GitError, UnicodeEncodeError):
            return

    def _rewrite(self, ref: str) -> None:
        """Write a file anew without what is not needed any more."""
        path = self._get_path(ref)
        temporary = f"{path}.{os.urandom(4).hex()}"
        try:
            content = msgspec.json.Encoder().encode_lines(list(self._facts[ref].values()))
            with open(temporary, "xb") as file:
                file.write(content)
            sharing_of(self._repository.git).adjust(temporary)
            replace(temporary, path)
        except (OSError, GitError, UnicodeEncodeError):
            return


def _add_path(ref: str, checkpoint: Checkpoint) -> Checkpoint:
    """Return a checkpoint with a path, also one whose commit doesn't say it."""
    if checkpoint.path:
        return checkpoint
    path = path_of(ref.partition("/")[2]) or ""
    return msgspec.structs.replace(checkpoint, path=path)
