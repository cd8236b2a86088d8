"""The endpoints: who may call them, what they take, and what answers. The work is elsewhere.

Every handler asks for a user, asks the authorizer about the resource "nbvc", and takes changes by
POST with the server's protection against cross-site requests.
"""

from __future__ import annotations

import traceback
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from jupyter_server.auth.decorator import authorized
from jupyter_server.base.handlers import APIHandler
from tornado import web

from nbvc import __version__
from nbvc.git.messages import without_userinfo
from nbvc_jupyter import blaming, committing, comparing, conflicts, requests, restoring, versions
from nbvc_jupyter.encoding import encoded, squeezed
from nbvc_jupyter.refusals import RefusedError, described
from nbvc_jupyter.rooms import edited_together
from nbvc_jupyter.stopping import Stop

if TYPE_CHECKING:
    from collections.abc import Callable

    from nbvc_jupyter.site import Site

R = TypeVar("R")

RESOURCE = "nbvc"
"""What the authorizer is asked about."""
_MOST_VERSIONS = 10_000


class NbvcHandler(APIHandler):
    """A request to nbvc, answered in JSON."""

    auth_resource = RESOURCE

    def initialize(self, site: Site | None, missing: str) -> None:
        """Take what all requests share; None, and why, where there is no git."""
        self._site = site
        self._missing = missing
        self.stop = Stop()

    @property
    def site(self) -> Site:
        """What all requests share. Raises `RefusedError` where there is no git."""
        if self._site is None:
            raise RefusedError(503, "no-git", self._missing, hint="install git on the server")
        return self._site

    def on_connection_close(self) -> None:
        """Stop what nobody waits for any more."""
        self.stop.ask()
        super().on_connection_close()

    def asked(self, name: str, default: str | None = None) -> str:
        """Return a parameter of the query, as it was written. Raises `RefusedError`.

        Tornado's own way takes control characters and spaces out of what may be a file's name.
        """
        found = self.request.query_arguments.get(name)
        if not found:
            if default is None:
                raise RefusedError(400, "bad-request", f"the parameter {name} is missing")
            return default
        try:
            return found[-1].decode()
        except UnicodeDecodeError:
            raise RefusedError(400, "bad-request", f"{name} is not UTF-8") from None

    def taken(self, kind: type[R]) -> R:
        """Return the request's body. Raises `RefusedError`."""
        return requests.parsed(self.request.body, kind)

    async def look(self, task: Callable[[], Any]) -> None:
        """Answer with what a task finds, which changes nothing that git or the user sees."""
        self.site.contents.listen()
        self.answer(await self.site.work.look(lambda: _as_bytes(task()), self.stop))

    async def change(self, path: str, task: Callable[[], Any]) -> None:
        """Answer with what comes of a task that has to wait for its turn in the repository."""
        self.site.contents.listen()
        place = self.site.contents.place(path)
        key = await self.site.work.look(partial(self.site.queue, place), self.stop)
        self.answer(await self.site.work.change(key, lambda: _as_bytes(task()), self.stop))

    def answer(self, content: bytes) -> None:
        """Send JSON."""
        accepted = self.request.headers.get("Accept-Encoding", "")
        forwarded = "X-Forwarded-For" in self.request.headers
        address = "" if forwarded else str(self.request.remote_ip)
        smaller = squeezed(content, accepted, address)
        if smaller is not None:
            self.set_header("Content-Encoding", "gzip")
        self.set_header("Vary", "Accept-Encoding")
        self.set_header("Cache-Control", "no-store")
        self.finish(smaller if smaller is not None else content)

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Answer with what is wrong, in a sentence; never with a traceback."""
        exc_info = kwargs.get("exc_info")
        status, said = described(exc_info[1] if exc_info else None, status_code)
        if not 400 <= status < 600:
            status = 500
        self.set_status(status, said["reason"])
        self.set_header("Content-Type", "application/json")
        self.finish(encoded(said))

    def log_exception(self, typ: Any, value: Any, tb: Any) -> None:
        """Log what was not foreseen, without the secrets that a URL may hold."""
        status, said = described(value, 500)
        if status == 500 and said["reason"] == "unexpected":
            text = "".join(traceback.format_exception(typ, value, tb))
            self.log.error("nbvc: %s", without_userinfo(text))
        else:
            self.log.debug("nbvc: %s: %s", said["reason"], said["message"])


def _as_bytes(value: Any) -> bytes:
    return value if isinstance(value, bytes) else encoded(value)


class StatusHandler(NbvcHandler):
    """What the buttons need to know."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        """Answer with the repository's and the notebook's state."""
        if self._site is None:
            version = __version__
            said = {"version": version, "repository": None, "checkpoints": 0}
            self.answer(encoded({**said, "reason": self._missing}))
            return
        path = self.asked("path")
        await self.look(lambda: committing.status_of(self.site, path, self.stop))


class DigestHandler(NbvcHandler):
    """Whether a notebook has changed on the disk."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        """Answer with the digest of what is saved."""
        path = self.asked("path")

        def task() -> dict[str, Any]:
            place = self.site.contents.place(path)
            return {"digest": self.site.contents.digest(place)}

        await self.look(task)


class DiffHandler(NbvcHandler):
    """Comparing."""

    @web.authenticated
    @authorized("read")  # type: ignore[untyped-decorator]
    async def post(self) -> None:
        """Answer with both notebooks and the diff. It changes nothing: reading is enough."""
        request = self.taken(requests.DiffRequest)
        await self.look(lambda: comparing.compare(self.site, request, self.stop))


class CheckpointsHandler(NbvcHandler):
    """The checkpoints of a notebook."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        """Answer with all of them."""
        path = self.asked("path")
        await self.look(lambda: versions.checkpoints_of(self.site, path))

    @web.authenticated
    @authorized
    async def post(self) -> None:
        """Make one. Checkpoints swap refs among themselves and wait in no queue."""
        request = self.taken(requests.CheckpointRequest)
        await self.look(lambda: restoring.make_checkpoint(self.site, request))


class DeleteHandler(NbvcHandler):
    """Deleting a checkpoint."""

    @web.authenticated
    @authorized
    async def post(self) -> None:
        """Delete one."""
        request = self.taken(requests.DeleteRequest)
        await self.look(lambda: restoring.delete_checkpoint(self.site, request))


class VersionsHandler(NbvcHandler):
    """The history of a notebook."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        """Answer with its commits and checkpoints."""
        path = self.asked("path")
        limit = self.number("limit", 200, _MOST_VERSIONS)
        await self.look(lambda: versions.versions_of(self.site, path, limit, self.stop))

    def number(self, name: str, default: int, most: int) -> int:
        """Return a number from the query. Raises `RefusedError`."""
        return number(self.asked(name, str(default)), name, 1, most)


def number(text: str, name: str, least: int, most: int) -> int:
    """Return a number that stands in a query. Raises `RefusedError`."""
    if not text.isascii() or not text.isdigit() or not least <= int(text[:12]) <= most:
        raise RefusedError(400, "bad-request", f"{name} must be a number from {least} to {most}")
    return int(text)


class VersionHandler(NbvcHandler):
    """One version of a notebook."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        """Answer with the notebook as it was."""
        path, which = self.asked("path"), self.asked("id")
        kind, other = self.kind("kind"), self.asked("known_id", "")
        known = (self.kind("known_kind"), other) if other else None
        await self.look(lambda: versions.version_of(self.site, path, kind, which, self.stop, known))

    def kind(self, name: str) -> requests.Kind:
        """Return a kind of version from the query. Raises `RefusedError`."""
        try:
            return requests.Kind(self.asked(name))
        except ValueError:
            raise RefusedError(400, "bad-request", f"{name} must be commit or checkpoint") from None


class BlameHandler(NbvcHandler):
    """Who wrote a cell."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        """Answer with where its source and its outputs come from."""
        path = self.asked("path")
        cell = number(self.asked("cell"), "cell", 0, 1_000_000)
        await self.look(lambda: blaming.blame_of(self.site, path, cell, self.stop))


class CommitHandler(NbvcHandler):
    """Committing, and pushing."""

    @web.authenticated
    @authorized
    async def post(self) -> None:
        """Commit one notebook."""
        request = self.taken(requests.CommitRequest)
        await self.change(
            request.path, lambda: committing.commit_and_push(self.site, request, self.stop)
        )


class PushHandler(NbvcHandler):
    """Pushing alone."""

    @web.authenticated
    @authorized
    async def post(self) -> None:
        """Push the current branch."""
        request = self.taken(requests.PushRequest)
        await self.change(request.path, lambda: committing.push_only(self.site, request, self.stop))


class PullHandler(NbvcHandler):
    """Getting changes and merging them."""

    @web.authenticated
    @authorized
    async def post(self) -> None:
        """Fetch and merge."""
        request = self.taken(requests.PullRequest)
        async with edited_together(self.serverapp, request.path):
            await self.change(
                request.path, lambda: committing.get_and_merge(self.site, request, self.stop)
            )


class RestoreHandler(NbvcHandler):
    """Bringing back a version or a cell."""

    @web.authenticated
    @authorized
    async def post(self) -> None:
        """Restore."""
        request = self.taken(requests.RestoreRequest)
        async with edited_together(self.serverapp, request.path):
            await self.change(
                request.path, lambda: restoring.restore(self.site, request, self.stop)
            )


class ResolveOpenHandler(NbvcHandler):
    """Opening a notebook in conflict."""

    @web.authenticated
    @authorized("read")  # type: ignore[untyped-decorator]
    async def post(self) -> None:
        """Answer with the notebook and what is to be decided. It changes nothing."""
        request = self.taken(requests.ResolveOpenRequest)
        await self.look(lambda: conflicts.opened(self.site, request, self.stop))


class ResolveSaveHandler(NbvcHandler):
    """Saving a notebook whose conflicts were decided."""

    @web.authenticated
    @authorized
    async def post(self) -> None:
        """Save, and mark as resolved."""
        request = self.taken(requests.ResolveSaveRequest)
        async with edited_together(self.serverapp, request.path):
            await self.change(request.path, lambda: conflicts.saved(self.site, request, self.stop))


ROUTES: tuple[tuple[str, type[NbvcHandler]], ...] = (
    ("status", StatusHandler),
    ("digest", DigestHandler),
    ("diff", DiffHandler),
    ("checkpoints", CheckpointsHandler),
    ("checkpoints/delete", DeleteHandler),
    ("versions", VersionsHandler),
    ("version", VersionHandler),
    ("blame", BlameHandler),
    ("commit", CommitHandler),
    ("push", PushHandler),
    ("pull", PullHandler),
    ("restore", RestoreHandler),
    ("resolve/open", ResolveOpenHandler),
    ("resolve/save", ResolveSaveHandler),
)
"""Every endpoint, below `<base_url>nbvc/`."""


def routes(site: Site | None, missing: str) -> list[tuple[str, type[NbvcHandler], dict[str, Any]]]:
    """Return what tornado routes by; jupyter_server puts the base URL before it."""
    given = {"site": site, "missing": missing}
    return [(rf"/nbvc/{path}/?", handler, given) for path, handler in ROUTES]
