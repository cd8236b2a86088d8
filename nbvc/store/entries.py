"""The states of notebooks as they were before something was stripped from them.

A state belongs to one notebook: a path in one working tree. It is the notebook in pieces, with its
large values between them. Values are records of their own, by content: a picture which stays the
same from run to run is kept once. The latest state of a notebook is the one with the highest number,
whatever the clock said.
"""

from __future__ import annotations

import os
import time

import msgspec

from nbvc.errors import GitError, NbvcError
from nbvc.store.logs import OWNER, STATE, VALUE, Log, digest, list_logs, read_log

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from nbvc.notebook.places import Span
    from nbvc.store.home import Home
    from nbvc.store.logs import Damage, Record

LARGE = 4096
"""Pieces of this many bytes and more are values of their own."""

VERSION = 2
_ID = 12
"""So many hexadecimal digits name a state for people."""


class Entry(msgspec.Struct, frozen=True, array_like=True):
    """One state of a notebook.

    `name` is its path from the top of the working tree, absolute outside a repository, and may be
    printed; `path` is the same in the bytes of the file system. `stored` is in nanoseconds;
    `stripped` is the digest of the file after stripping. There is one piece more than there are
    values. `tree` is the working tree, None if the state was stored by nbvc 0.1.

    `is_cleared`: nothing was stripped, since its user had cleared all outputs. Then the one piece
    holds the digests of its code, cell by cell.
    """

    version: int
    name: str
    stored: int
    stripped: str
    pieces: tuple[bytes, ...]
    values: tuple[bytes, ...]
    path: bytes = b""
    tree: str | None = None
    number: int = 0
    is_cleared: bool = False

    @property
    def place(self) -> str:
        """The path as the file system has it."""
        return os.fsdecode(self.path) if self.path else self.name


class State(msgspec.Struct, frozen=True):
    """A stored state: its name for people, and its entry, None if that is damaged."""

    id: str
    record: Record
    entry: Entry | None

    @property
    def age(self) -> tuple[int, int, str]:
        """What sorts states of one notebook: the number, then the clock of nbvc 0.1's."""
        return self.record.number, self.entry.stored if self.entry else 0, self.id

    @property
    def owner(self) -> bytes:
        """What stands for the notebook."""
        return self.record.owner


class StoreError(NbvcError):
    """The store can't be written; nothing was stripped."""


_ENTRY = msgspec.msgpack.Decoder(Entry)


class OutputStore:
    """What was stripped, in a folder of its own that is made when something is put into it."""

    __slots__ = ("_damages", "_held", "_later", "_latest", "_log", "_states", "_values", "home")

    def __init__(self, home: Home) -> None:
        """Use a home; its folder need not exist."""
        self.home = home
        self._log: Log | None = None
        self._states: dict[bytes, list[Record]] | None = None
        self._values: dict[bytes, list[Record]] = {}
        self._damages: list[Damage] = []
        self._later = False
        self._held: set[str] = set()
        self._latest: list[State] | None = None

    @property
    def folder(self) -> str:
        """Where the logs are."""
        return self.home.folder

    def put(self, name: str, before: bytes, after: bytes, spans: Sequence[Span]) -> None:
        """Keep a notebook as it was before these spans of it were replaced.

        A crash of this process loses nothing from then on; `sync` is for a crash of the machine.
        Spans count from the first byte of `before`. Raises `StoreError`.
        """
        try:
            pieces, values = self._cut_pieces(before, spans)
            self._add(name, digest(after).hex(), pieces, values)
        except (OSError, GitError) as error:
            raise self._make_error(error) from None

    def put_cleared(self, name: str, content: bytes, keys: Iterable[bytes]) -> None:
        """Keep that the user cleared a notebook; `keys` are the digests of its code.

        Raises `StoreError`.
        """
        try:
            self._add(name, digest(content).hex(), (b"".join(keys),), (), is_cleared=True)
        except (OSError, GitError) as error:
            raise self._make_error(error) from None

    def _cut_pieces(
        self, before: bytes, spans: Sequence[Span]
    ) -> tuple[tuple[bytes, ...], tuple[bytes, ...]]:
        """Cut a notebook into pieces, and keep its values."""
        pieces: list[bytes] = []
        values: list[bytes] = []
        position = 0
        for start, end, _ in spans:
            if end - start >= LARGE:
                pieces.append(before[position:start])
                values.append(self._store_value(before[start:end]))
                position = end
        pieces.append(before[position:])
        return tuple(pieces), tuple(values)

    def _add(
        self,
        name: str,
        stripped: str,
        pieces: tuple[bytes, ...],
        values: tuple[bytes, ...],
        *,
        is_cleared: bool = False,
    ) -> None:
        tree = self.home.name_tree()
        owner = _make_owner(tree, name)
        key = owner + digest(stripped.encode(), *pieces, *values)[:-OWNER]
        known = self._read().setdefault(owner, [])
        last = max(known, key=lambda record: record.number, default=None)
        if last is not None and last.key == key and self._has_record(last) and entry_of(last):
            return
        number = last.number + 1 if last is not None else 1
        path = os.fsencode(name)
        entry = Entry(
            *(VERSION, _make_printable(name), time.time_ns(), stripped, pieces, values),
            *(path, tree, number, is_cleared),
        )
        self._latest = None
        known.append(self._open_log().append(STATE, key, msgspec.msgpack.encode(entry), number))

    def _store_value(self, text: bytes) -> bytes:
        """Return the name of a value, which is in the store from now on."""
        name = digest(text)
        self._read()
        known = self._values.setdefault(name, [])
        if not any(self._has_record(record) and record.content() == text for record in known):
            known.append(self._open_log().append(VALUE, name, text))
        return name

    def _open_log(self) -> Log:
        if self._log is None:
            self._log = Log(self.folder, self.home.sharing())
        return self._log

    def _has_record(self, record: Record) -> bool:
        """Return whether a record that was read earlier is still there, and keep it from now on.

        Whoever collects meanwhile leaves a log unchanged that was touched since.
        """
        if record.path not in self._held:
            try:
                os.utime(record.path)
            except OSError:
                return False
            self._held.add(record.path)
        return record.is_there()

    def sync(self, others: Iterable[str] = ()) -> None:
        """Make all that was put last, and other files with it. Raises `StoreError`."""
        from nbvc.notebook.saving import sync_files

        own = self._log.close() if self._log is not None else None
        try:
            sync_files([*([own] if own else []), *others])
        except OSError as error:
            raise self._make_error(error) from None

    def of(self, name: str) -> list[State]:
        """Return all states of a notebook of this working tree, the latest first.

        States that nbvc 0.1 stored belong to it as well, if there is no other working tree.
        """
        tree = self.home.tree()
        found = [] if tree is None else self._states_of(_make_owner(tree, name))
        if self.home.is_only_tree:
            found += self.list_unclear(name)
        return found

    def list_unclear(self, name: str) -> list[State]:
        """Return states of a notebook of that name, of which nobody knows in which working tree."""
        found = self._states_of(digest(name.encode(errors="surrogateescape"))[:OWNER])
        return [
            state
            for state in found
            if state.entry is None or state.entry.name == _make_printable(name)
        ]

    def _states_of(self, owner: bytes) -> list[State]:
        return _read_states(self._read().get(owner, ()))

    def all(self) -> list[State]:
        """Return all states of all notebooks, the latest of each notebook first."""
        return [state for owner in self._read() for state in self._states_of(owner)]

    def find(self, id_: str) -> list[State]:
        """Return the states whose names begin so."""
        return [state for state in self.all() if state.id.startswith(id_.lower())]

    def latest(self) -> list[State]:
        """Return the latest state with outputs of each notebook in this working tree."""
        if self._latest is None:
            tree = self.home.tree()
            trees = {
                *(() if tree is None else (tree,)),
                *((None,) if self.home.is_only_tree else ()),
            }
            found = map(_latest_with_outputs, self._read().values())
            self._latest = [one for one in found if one and one.entry and one.entry.tree in trees]
        return self._latest

    def records(self, owners: Iterable[bytes]) -> list[Record]:
        """Return where the states of these notebooks are, and the values that no other state needs."""
        chosen = frozenset(owners)
        states = self._read()
        found = [record for owner in chosen for record in states.get(owner, ())]
        kept = {
            name
            for state in self.all()
            if state.owner not in chosen
            for name in _list_values(state)
        }
        gone = {
            name
            for owner in chosen
            for state in self._states_of(owner)
            for name in _list_values(state)
        }
        return [*found, *(one for name in gone - kept for one in self._values.get(name, ()))]

    def with_owner(self, owner: bytes) -> list[State]:
        """Return all states of a notebook, given by what stands for it, the latest first."""
        return self._states_of(owner)

    def has_any(self) -> bool:
        """Return whether anything is stored."""
        return bool(self._read())

    def has_states(self, name: str) -> bool:
        """Return whether a notebook of this working tree has states."""
        tree = self.home.tree()
        known = self._read()
        return (tree is not None and _make_owner(tree, name) in known) or (
            digest(name.encode(errors="surrogateescape"))[:OWNER] in known
        )

    @property
    def is_later(self) -> bool:
        """Whether a later nbvc has stored something, of which nothing is known here."""
        records = (record for known in self._read().values() for record in known)
        return self._later or any(is_of_later(record) for record in records)

    @property
    def damages(self) -> list[Damage]:
        """The places of the store that can't be read, and of which nobody knows whose they are."""
        self._read()
        return self._damages

    def content(self, entry: Entry) -> bytes | None:
        """Return the notebook as it was, None if a value of it is gone or damaged."""
        parts = [entry.pieces[0]]
        for name, piece in zip(entry.values, entry.pieces[1:], strict=True):
            found = (record.content() for record in self._values.get(name, ()))
            value = next((text for text in found if text is not None), None)
            if value is None:
                return None
            parts += (value, piece)
        return b"".join(parts)

    def size(self, entry: Entry) -> int:
        """Return the bytes that an entry holds or leads to (of those some may be shared)."""
        known = (self._values.get(name, ())[:1] for name in entry.values)
        return sum(map(len, entry.pieces)) + sum(one.length for found in known for one in found)

    def _read(self) -> dict[bytes, list[Record]]:
        """Return the states by what stands for the notebook; logs are read once."""
        if self._states is None:
            self._states = {}
            for path in list_logs(self.folder):
                content = read_log(path)
                self._damages += content.damages
                self._later = self._later or content.is_later
                for record in content.records:
                    if record.kind == VALUE:
                        self._values.setdefault(record.key, []).append(record)
                    elif record.kind == STATE:
                        self._states.setdefault(record.owner, []).append(record)
        return self._states

    def _make_error(self, error: OSError | GitError) -> StoreError:
        reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
        return StoreError(
            f"what is stripped can't be stored: {reason}",
            where=self.folder,
            hint="nothing was stripped",
        )


def _make_owner(tree: str, name: str) -> bytes:
    """Return what stands for a notebook in a state's key."""
    return digest(tree.encode(), b"\0", os.fsencode(name))[:OWNER]


def _make_printable(name: str) -> str:
    """Return a path as it can be stored and printed, even if its bytes are not UTF-8."""
    return name.encode(errors="surrogateescape").decode(errors="backslashreplace")


def _list_values(state: State) -> tuple[bytes, ...]:
    return state.entry.values if state.entry is not None else ()


def entry_of(record: Record) -> Entry | None:
    """Read a state, None if it is damaged, gone, or a later nbvc's."""
    state = _read_state(record)
    return state.entry if state else None


def is_of_later(record: Record) -> bool:
    """Return whether a state was written by a later nbvc."""
    return _read_state(record) is None and os.path.exists(record.path)


def _read_state(record: Record) -> State | None:
    """Read a state, None if its log is gone, or if a later nbvc wrote it."""
    content = record.content()
    if content is None and not os.path.exists(record.path):
        return None
    try:
        entry = _ENTRY.decode(content or b"")
    except msgspec.MsgspecError:
        return State(_make_id(record, content), record, None)
    if entry.version > VERSION:
        return None
    is_whole = len(entry.pieces) == len(entry.values) + 1 and _is_meant(record, entry)
    return State(_make_id(record, content), record, entry if is_whole else None)


def _make_id(record: Record, content: bytes | None) -> str:
    return (record.check or digest(content or b"")).hex()[:_ID]


def _is_meant(record: Record, entry: Entry) -> bool:
    """Return whether a state is what its key says; of nbvc 0.1's nothing else proves it."""
    if record.check is not None:
        return True
    named = digest(entry.name.encode())[:OWNER] == record.owner or "\\x" in entry.name
    return named and record.key[OWNER:] == digest(*entry.pieces, *entry.values)[:-OWNER]


def _read_states(found: Iterable[Record]) -> list[State]:
    """Read states, the latest first; those of a later nbvc are left out, and none comes twice."""
    states = {state.id: state for record in found if (state := _read_state(record)) is not None}
    return sorted(states.values(), key=lambda state: state.age, reverse=True)


def _latest_with_outputs(records: Iterable[Record]) -> State | None:
    """Return the latest state with outputs; older ones are not read."""
    from itertools import groupby

    def number(record: Record) -> int:
        return record.number

    newest = sorted(records, key=number, reverse=True)
    for _, group in groupby(newest, number):
        for state in _read_states(group):
            if state.entry is not None and not state.entry.is_cleared:
                return state
    return None
