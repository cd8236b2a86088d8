"""Who commits: the name and the email address that git writes into commits."""

from __future__ import annotations

import os
import re
from enum import Enum

import msgspec

from nbvc.errors import GitError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from nbvc.git.plumbing.repository import Repository


class Reach(Enum):
    """For which repositories a setting is written."""

    REPOSITORY = "repository"
    USER = "user"


class Identity(msgspec.Struct, frozen=True):
    """A person as git names them."""

    name: str
    email: str


def find_identity(repository: Repository) -> Identity | None:
    """Return who would commit here, None if git was not told."""
    # A name that git guesses from the machine does not count.
    git = repository.git.with_settings("user.useConfigOnly=true")
    finished = git.ask("var", "GIT_COMMITTER_IDENT")
    found = re.match(r"(.*) <(.*)> \d+ [+-]\d+$", os.fsdecode(finished.stdout).strip())
    return Identity(found[1], found[2]) if finished.code == 0 and found else None


def write_identity(repository: Repository, identity: Identity, reach: Reach) -> None:
    """Write who commits into the settings of the repository or of the user. Raises `GitError`."""
    name, email = identity.name.strip(), identity.email.strip()
    if not name or re.search(r"[<>\n\0]", name):
        raise GitError("not a name that git can write", hint="type your name without < and >")
    if not re.fullmatch(r"[^<>\s\0]+@[^<>\s\0]+", email):
        raise GitError("not an email address", hint="it looks like ada@example.org")
    scope = "--global" if reach is Reach.USER else "--local"
    repository.git.run("config", scope, "user.name", name)
    repository.git.run("config", scope, "user.email", email)
