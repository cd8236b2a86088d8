"""Commits, trees and blobs, read through one long-lived `git cat-file --batch`.

    with Objects(repository) as objects:
        oid = objects.commit("HEAD~20")
        objects.at(oid, "work/analysis.ipynb")     → bytes, as git would write the file
        objects.get(f"{oid}:work/analysis.ipynb")  → the same as git stores it

GitPython reads objects the same way; importing it costs a hundred milliseconds, this none.
"""

from __future__ import annotations

import os
import re
from _thread import allocate_lock

import msgspec

from nbvc.errors import GitError, UnknownRefError, make_visible
from nbvc.git.plumbing.partial import fetch_missing
from nbvc.git.plumbing.stored import StoredForms
from nbvc.lazy import compile_lazily

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from typing_extensions import Self

    from nbvc.git.plumbing.conversation import Conversation
    from nbvc.git.plumbing.repository import Repository

_EMPTY_TREES = {
    "sha1": "4b825dc642cb6eb9a060e54bf8d69288fbee4904",
    "sha256": "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321",
}
_CONTROL = compile_lazily("[\x00-\x1f\x7f]")
REGULAR = 0o100000
"""The mode bits of a file, of any permission."""


_AHEAD = 16
"""So many objects are asked for before they are needed; few enough for no pipe to fill."""


class GitObject(msgspec.Struct, frozen=True):
    """An object: its id, kind ("commit", "tree", "blob", "tag") and content."""

    oid: str
    kind: str
    content: bytes


class Commit(msgspec.Struct, frozen=True):
    """A commit: its author as git writes them ("Ada <ada@example.org>"), the time and the message.

    `seconds` count since 1970.
    """

    oid: str
    author: str
    seconds: int
    message: str


_AUTHOR = compile_lazily(r"^author (.*) (\d+) [+-]\d{4}$", re.MULTILINE)


def parse_commit(oid: str, content: bytes) -> Commit:
    """Return the commit that an object holds; what it does not say is empty."""
    head, _, message = content.decode(errors="replace").partition("\n\n")
    found = _AUTHOR.search(head)
    author, seconds = (found[1], int(found[2])) if found else ("", 0)
    return Commit(oid, author, seconds, message)


class TreeEntry(msgspec.Struct, frozen=True):
    """A file in a tree: its path from the top, its mode, its object id."""

    name: str
    mode: int
    oid: str

    @property
    def is_file(self) -> bool:
        """Whether it is a regular file: no link, no submodule."""
        return is_file(self.mode)


def is_file(mode: int) -> bool:
    """Return whether a mode is that of a regular file."""
    return mode & 0o170000 == REGULAR


def empty_tree(repository: Repository) -> str:
    """Return the id of the tree without files, which git knows without storing it."""
    return _EMPTY_TREES[repository.hash_name]


class Objects:
    """The objects of a repository. Threads may share one."""

    __slots__ = ("_asked", "_conversation", "_expected", "_lock", "_repository", "_stored")

    def __init__(self, repository: Repository) -> None:
        self._repository = repository
        self._conversation: Conversation | None = None
        self._lock = allocate_lock()
        self._expected: list[str] = []
        self._asked: list[str] = []
        self._stored = StoredForms(repository)

    def __reduce__(self) -> tuple[type[Objects], tuple[Repository]]:
        """Let another process read the same objects, by a git of its own."""
        return Objects, (self._repository,)

    def expect(self, oids: Iterable[str]) -> None:
        """Announce what will be asked for, in this order, so that git unpacks it meanwhile.

        A hint: whatever is asked for then, in whatever order, is answered.
        """
        wanted = [*oids]
        self.fetch(wanted)
        with self._lock:
            self._expected = wanted[::-1]
            if self._expected:
                self._start_conversation().widen()

    def fetch(self, oids: Iterable[str]) -> None:
        """Fetch those of these objects that a partial clone lacks, all at once.

        Asked for one by one, each would be a connection of its own. No error if that fails: the
        object that is missing then is named when it is read.
        """
        fetch_missing(self._repository, oids)

    def get(self, name: str) -> GitObject | None:
        """Return the object that git finds under a name such as an id, None if there is none.

        Names come from users: they go to git's stdin, if no name is an option.
        """
        if "\n" in name:
            return self._get_by_id(name)
        with self._lock:
            conversation = self._start_conversation()
            try:
                self._ask(conversation, name)
                return _read_answer(conversation)
            except BaseException:
                # Left in the middle, such as by Ctrl-C: the rest would answer the next question.
                conversation.close()
                raise

    def blob(self, oid: str, name: str | None) -> bytes:
        """Return the file that git would write for a blob under a name, from the top.

        Without a name it is the blob as it is: checkpoints go through no filter. Raises `GitError` if
        the repository lacks it, and `StoredFormError` if what a filter stores cannot be read.
        """
        found = self.get(oid)
        if found is None or found.kind != "blob":
            raise GitError(f"the file content {oid} is missing", hint="run git fsck")
        return found.content if name is None else self._stored.read(oid, name, found.content)

    def at(self, commit: str, name: str, *, filters: bool = True) -> bytes | None:
        """Return the file that git would write for a version, None if there is no such file.

        "" stands for the index, and ":2" for a side of a conflict in it. Without `filters` no program
        runs, and it is what git stores. Raises `StoredFormError` if what a filter stores cannot be
        read.
        """
        found = self.get(f"{commit}:{name}")
        if found is None or found.kind != "blob":
            return None
        return self._stored.read(found.oid, name, found.content) if filters else found.content

    def commit(self, revision: str) -> str:
        """Return the commit that a revision means, as an id. Raises `UnknownRefError`."""
        check_revision(revision)
        found = self.get(f"{revision}^{{commit}}")
        if found is None:
            shown = make_visible(revision)
            raise UnknownRefError(f"unknown commit {shown!r}", hint="run git log --all")
        return found.oid

    def read_commit(self, revision: str) -> Commit:
        """Return the commit that a revision means. Raises `UnknownRefError`."""
        oid = self.commit(revision)
        found = self.get(oid)
        return parse_commit(oid, b"" if found is None else found.content)

    def head(self) -> str | None:
        """Return the current commit, None before the first one."""
        found = self.get("HEAD^{commit}")
        return found.oid if found else None

    def files(self, commit: str) -> list[TreeEntry]:
        """Return all files of a commit or tree, links and submodules included."""
        listing = self._repository.git.run("ls-tree", "-r", "-z", "--full-tree", commit)
        return [_parse_entry(line) for line in listing.split(b"\0") if line]

    def _start_conversation(self) -> Conversation:
        if self._conversation is None or self._conversation.over:
            self._conversation = self._repository.git.talk("cat-file", "--batch")
            self._asked.clear()
        return self._conversation

    def _ask(self, conversation: Conversation, name: str) -> None:
        """See to it that the next answer is about `name`, and that git knows what comes then."""
        while self._asked and self._asked[0] != name:
            self._asked.pop(0)
            _read_answer(conversation)
        questions = [] if self._asked else [name]
        self._asked = self._asked[1:]
        if self._expected[-1:] == [name]:
            self._expected.pop()
        if len(self._asked) <= _AHEAD // 2:  # Several at a time, since each time wakes git.
            while len(self._asked) < _AHEAD and self._expected:
                self._asked.append(self._expected.pop())
                questions.append(self._asked[-1])
        if questions:
            conversation.send(b"".join(os.fsencode(one) + b"\n" for one in questions))

    def _get_by_id(self, name: str) -> GitObject | None:
        """Get what a name with a line end in it means, which can't be asked in one line."""
        finished = self._repository.git.ask("rev-parse", "--verify", "-q", "--end-of-options", name)
        oid = finished.stdout.strip().decode()
        return self.get(oid) if finished.code == 0 and oid else None

    def close(self) -> None:
        """End the git process; asking again starts another."""
        with self._lock:
            if self._conversation is not None:
                self._conversation.close()
                self._conversation = None
        self._stored.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _read_answer(conversation: Conversation) -> GitObject | None:
    """Return what git says to the oldest question that is still open."""
    oid, _, rest = conversation.receive_line().partition(b" ")
    kind, _, size = rest.rpartition(b" ")
    if not size.isdigit() or not kind.isalpha():
        return None
    content = conversation.receive(int(size))
    conversation.receive(1)
    return GitObject(oid.decode(), kind.decode(), content)


def _parse_entry(line: bytes) -> TreeEntry:
    about, _, name = line.partition(b"\t")
    mode, _, oid = about.split(b" ")
    return TreeEntry(os.fsdecode(name), int(mode, 8), oid.decode())


def check_revision(revision: str) -> None:
    """Refuse what is not a revision but an option, or can't be one. Raises `UnknownRefError`."""
    if not revision or revision.startswith("-") or _CONTROL.search(revision):
        raise UnknownRefError(f"{make_visible(revision)!r} is not the name of a commit")


def merge_base(repository: Repository, one: str, other: str) -> str:
    """Return the best common ancestor of two commits, given by their ids. Raises `GitError`."""
    finished = repository.git.ask("merge-base", one, other)
    if finished.code:
        raise GitError(f"{one[:10]} and {other[:10]} have no common ancestor")
    return finished.stdout.split()[0].decode()
