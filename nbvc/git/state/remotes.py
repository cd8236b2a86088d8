"""Remotes: which there are, which may be talked to, and what went wrong on the way.

Only transports that are known to be harmless are used: `ext::` runs any program, and a host that
starts with a dash is an option. Passwords in URLs are for git alone.
"""

from __future__ import annotations

import os
from enum import Enum

import msgspec

from nbvc.errors import GitError, make_visible, without_userinfo
from nbvc.lazy import compile_lazily

TYPE_CHECKING = False
if TYPE_CHECKING:
    from nbvc.git.plumbing.command import Git
    from nbvc.git.plumbing.process import Finished
    from nbvc.git.plumbing.repository import Repository

NETWORK = 120.0
"""Seconds for a command that talks to a server."""

_TRANSPORTS = ("file", "git", "http", "https", "ssh")
_HELPER = compile_lazily(r"[A-Za-z0-9+.-]+::")
_SCHEME = compile_lazily(r"([A-Za-z][A-Za-z0-9+.-]*)://(?:[^/@]*@)?([^/]*)")
_SSH_LIKE = compile_lazily(r"(?:[^/@:]+@)?(\[[^\]]+\]|[^/:\[]+):")
_STALLED_BYTES, _STALLED_SECONDS = 100, 30
"""A transfer slower than this for so long has stalled."""


class RemoteRefusedError(GitError):
    """A remote that doesn't exist, or whose URL nbvc won't use."""


class Trouble(Enum):
    """Why a server was of no use."""

    AUTHENTICATION = "authentication"
    UNREACHABLE = "unreachable"
    TIMEOUT = "timeout"


_SIGNS = (
    *((sign, Trouble.AUTHENTICATION) for sign in (
        "Authentication failed", "could not read Username", "could not read Password",
        "terminal prompts disabled", "Permission denied", "returned error: 401",
        "returned error: 403", "Host key verification failed", "Invalid username or",
        "Access denied", "HTTP Basic: Access denied",
    )),
    *((sign, Trouble.TIMEOUT) for sign in (
        "Operation too slow", "timed out", "Timeout was reached",
    )),
    *((sign, Trouble.UNREACHABLE) for sign in (
        "Could not resolve", "unable to access", "Connection refused", "Connection reset",
        "Network is unreachable", "No route to host", "Failed to connect", "Couldn't connect",
        "unable to connect",
        "does not appear to be a git repository", "Could not read from remote repository",
        "not found", "the remote end hung up", "unable to look up", "early EOF",
        "unexpected disconnect", "transport '", "not a git repository",
    )),
)  # fmt: skip
"""What git and its transports say, the first that fits counts."""


class Remote(msgspec.Struct, frozen=True):
    """A remote: its name and its URL, which may hold a password."""

    name: str
    url: str

    @property
    def shown(self) -> str:
        """The URL for people."""
        return make_visible(without_userinfo(self.url))

    @property
    def is_ssh(self) -> bool:
        """Whether ssh is the way to it."""
        return self.url.startswith("ssh://") or (
            "://" not in self.url and bool(_SSH_LIKE.match(self.url))
        )


def remote_names(repository: Repository) -> tuple[str, ...]:
    """Return the names of all remotes."""
    return tuple(os.fsdecode(repository.git.run("remote")).split())


def usual_remote(repository: Repository) -> str:
    """Return the remote that the user means without naming one.

    It is the one that the current branch follows, else "origin", else the only one. Raises
    `RemoteRefusedError` if there is none, or no telling which.
    """
    from nbvc.git.state.branch import branch_here

    names = remote_names(repository)
    branch = branch_here(repository)
    upstream = branch.upstream.remote if branch and branch.upstream else None
    for name in (upstream, "origin"):
        if name in names and name is not None:
            return name
    if len(names) == 1:
        return names[0]
    if not names:
        raise RemoteRefusedError("no remote", hint="run git remote add origin URL")
    several = make_visible(", ".join(names))
    raise RemoteRefusedError(f"there are several remotes: {several}", hint="name one of them")


def find_remote(repository: Repository, name: str, *, pushing: bool = False) -> Remote:
    """Return a remote by its name. Raises `RemoteRefusedError`."""
    if name.startswith("-") or not name:
        raise RemoteRefusedError(f"{make_visible(name)!r} is not the name of a remote")
    options = ("--push",) if pushing else ()
    finished = repository.git.ask("remote", "get-url", *options, name)
    if finished.code or not finished.stdout.strip():
        raise RemoteRefusedError(f"unknown remote {make_visible(name)!r}", hint="run git remote -v")
    url = finished.lines[0]
    check_url(url)
    return Remote(name, url)


def check_url(url: str) -> None:
    """Refuse a URL that would run a program or set an option. Raises `RemoteRefusedError`."""
    shown = make_visible(without_userinfo(url))
    scheme = _SCHEME.match(url)
    ssh = _SSH_LIKE.match(url)
    if _HELPER.match(url) or (scheme and scheme[1].lower() not in _TRANSPORTS):
        allowed = ", ".join(_TRANSPORTS)
        raise RemoteRefusedError(f"the URL {shown} is not one of {allowed}: nbvc won't use it")
    host = scheme[2] if scheme else ssh[1] if ssh else ""
    user = url.partition("://")[2] if scheme else url
    if host.startswith("-") or user.startswith("-"):
        raise RemoteRefusedError(f"the URL {shown} holds an option: nbvc won't use it")


def talking_to(repository: Repository, remote_: Remote) -> Git:
    """Return git, set up to talk to a remote without ever waiting for a person."""
    git = repository.git
    allowed = git.environ.get("GIT_ALLOW_PROTOCOL", ":".join(_TRANSPORTS)).split(":")
    safe = ":".join(one for one in allowed if one not in {"ext", "fd"})
    variables = {"GIT_ALLOW_PROTOCOL": safe}
    if remote_.is_ssh and (command := _ssh_command(git)):
        variables["GIT_SSH_COMMAND"] = command
    return git.with_environ(variables).with_settings(
        f"http.lowSpeedLimit={_STALLED_BYTES}", f"http.lowSpeedTime={_STALLED_SECONDS}"
    )


def _ssh_command(git: Git) -> str | None:
    """Return the user's way to call OpenSSH, told not to ask; None for another program."""
    command = git.environ.get("GIT_SSH_COMMAND")
    if command is None:
        finished = git.ask("config", "--get", "core.sshCommand")
        command = finished.lines[0] if finished.code == 0 and finished.lines else None
    if command is None:
        if git.environ.get("GIT_SSH"):
            return None
        command = "ssh"
    program = os.path.basename(command.split()[0]) if command.split() else ""
    return f"{command} -oBatchMode=yes" if program.startswith("ssh") else None


def find_trouble(finished: Finished) -> Trouble | None:
    """Return what kept a command from its server, None if it was something else."""
    if finished.timed_out:
        return Trouble.TIMEOUT
    said = finished.stderr.decode(errors="replace")
    for sign, found in _SIGNS:
        if sign in said:
            return found
    return None


def make_advice(found: Trouble, remote_: Remote, deadline: float) -> tuple[str, str]:
    """Return what is wrong with a server, and what to do, for people."""
    if found is Trouble.AUTHENTICATION:
        return (
            f"{remote_.shown} did not accept who you are",
            "set up a credential helper or an ssh key; nbvc never asks for a password",
        )
    if found is Trouble.TIMEOUT:
        return (
            f"{remote_.shown} gave no answer within {deadline:g} seconds",
            "nothing local was changed; try again later",
        )
    return f"{remote_.shown} can't be reached", f"check it with git ls-remote {remote_.name}"
