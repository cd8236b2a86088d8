"""Commits, for people: who, when, why."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from nbvc.git.plumbing.objects import Objects

_AUTHOR = re.compile(r"^author (.*) <.*> (\d+) [+-]\d{4}$", re.MULTILINE)


class CommitFacts(msgspec.Struct, frozen=True):
    """A commit's id, author, time (UTC, ISO 8601) and whole message."""

    id: str
    author: str
    time: str
    message: str

    @property
    def short(self) -> str:
        """The id as people write it."""
        return self.id[:10]

    @property
    def subject(self) -> str:
        """The first line of the message."""
        return self.message.partition("\n")[0]


def facts(objects: Objects, oid: str) -> CommitFacts:
    """Return what a commit says of itself."""
    found = objects.get(oid)
    content = found.content if found is not None and found.kind == "commit" else b""
    head, _, message = content.decode(errors="replace").partition("\n\n")
    author = _AUTHOR.search(head)
    name, seconds = (author[1], int(author[2])) if author else ("", 0)
    return CommitFacts(oid, name, iso(seconds), message.strip("\n"))


def iso(seconds: int) -> str:
    """Return a moment in UTC as ISO 8601."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))
