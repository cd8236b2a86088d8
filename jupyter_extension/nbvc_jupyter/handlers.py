"""The endpoints: who may call them, and which task of a worker answers.

Every handler asks for a user, asks the authorizer about the resource "nbvc", and takes changes by
POST with the server's protection against cross-site requests. It reads neither body nor answer:
they may be large, and the whole server would wait.
"""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

import msgspec
from jupyter_server.auth.decorator import authorized
from jupyter_server.base.handlers import APIHandler
from tornado import web

from nbvc import __version__
from nbvc.errors import NbvcError, make_visible, without_userinfo
from nbvc.names import SUFFIX
from nbvc_jupyter.answers import OutsideRepository, Refused
from nbvc_jupyter.carrying import carry_trust
from nbvc_jupyter.encoding import encode_json, may_be_squeezed
from nbvc_jupyter.frames import FrameKind
from nbvc_jupyter.refusals import (
    FailedError,
    Refusal,
    RefusedError,
    describe_error,
    make_unexpected,
)
from nbvc_jupyter.rooms import edit_together
from nbvc_jupyter.work import Call, Wanted

if TYPE_CHECKING:
    from nbvc_jupyter.refusals import Reason
    from nbvc_jupyter.server import NbvcServer
    from nbvc_jupyter.workers import Answer

RESOURCE = "nbvc"
"""What the authorizer is asked about."""

_NAMES: dict[int, Reason] = {400: "bad-request", 403: "forbidden", 404: "not-found", 504: "timeout"}


class NbvcHandler(APIHandler):
    """A request to nbvc, answered in JSON."""

    auth_resource = RESOURCE

    def initialize(self, server: NbvcServer | None, missing: str) -> None:
        """Take what all requests share; None, and why, if there is no git."""
        self._server = server
        self.missing = missing
        self.wanted = Wanted()

    @property
    def server(self) -> NbvcServer:
        """What all requests share. Raises `RefusedError` if there is no git."""
        if self._server is None:
            raise RefusedError(503, "no-git", self.missing, hint="install git on the server")
        self._server.manager.listen()
        return self._server

    def on_connection_close(self) -> None:
        """Stop what nobody waits for any more."""
        self.wanted.give_up()
        super().on_connection_close()

    def call(self, name: str, *, packed: bool = True) -> Call:
        """Return this request as a task for a worker. Raises `RefusedError`.

        Tornado's own way to read a query takes control characters and spaces out of what may be the
        name of a file.
        """
        query = {}
        for key, values in self.request.query_arguments.items():
            try:
                query[key] = values[-1].decode()
            except UnicodeDecodeError:
                raise RefusedError(
                    400, "bad-request", f"{make_visible(key)} is not UTF-8"
                ) from None
        accepted = self.request.headers.get("Accept-Encoding", "")
        forwarded = "X-Forwarded-For" in self.request.headers
        address = "" if forwarded else str(self.request.remote_ip)
        return Call(name, query, self.request.body, packed and may_be_squeezed(accepted, address))

    async def look(self, name: str) -> None:
        """Answer with what a task finds, which changes nothing that git or the user sees."""
        await self.answer(await self.server.work.look(self.call(name), self.wanted))

    async def keep(self, name: str) -> None:
        """Answer with what a task does to checkpoints. They swap refs and wait in no queue."""
        await self.answer(await self.server.work.keep(self.call(name), self.wanted))

    async def change(self, name: str, *, writes_notebook: bool = False) -> None:
        """Answer with what comes of a task that has to wait for its turn in the repository.

        If the task `writes_notebook`, those who have it open together get what changed as edits,
        before the answer. A hook of a commit may write it, too.
        """
        work = self.server.work
        found = await work.look(self.call("queue", packed=False), self.wanted)
        place = msgspec.json.decode(found.content)
        is_open = writes_notebook and place["path"].endswith(SUFFIX)
        room = edit_together(self.serverapp, place["path"]) if is_open else nullcontext()
        async with carry_trust(self.serverapp, place["path"]), room:
            answer = await work.change(place["key"], self.call(name), self.wanted)
        await self.answer(answer)

    async def answer(self, answer: Answer) -> None:
        """Send JSON, part by part: the loop does something else in between."""
        if answer.kind is FrameKind.PACKED:
            self.set_header("Content-Encoding", "gzip")
        self.set_header("Vary", "Accept-Encoding")
        self.set_header("Cache-Control", "no-store")
        self.set_header("Content-Length", str(answer.size))
        for part in answer.parts:
            self.write(part)
            await self.flush()
        self.finish()

    def compute_etag(self) -> None:
        """Leave the answer alone: tornado would read all of it for a digest."""

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Answer with what is wrong, in a sentence; never with a traceback."""
        exc_info = kwargs.get("exc_info")
        refusal = _make_refusal(exc_info[1] if exc_info else None, status_code)
        status = refusal.status if 400 <= refusal.status < 600 else 500
        self.set_status(status, refusal.reason)
        self.set_header("Content-Type", "application/json")
        self.finish(encode_json(Refused(refusal.message, refusal.hint, refusal.reason)))

    def log_exception(self, typ: Any, value: Any, tb: Any) -> None:
        """Log what was not foreseen, without the secrets that a URL may hold."""
        refusal = _make_refusal(value, 500)
        if refusal.reason != "unexpected":
            self.log.debug("nbvc: %s: %s", refusal.reason, refusal.message)
        elif isinstance(value, FailedError):
            self.log.error("nbvc: %s", without_userinfo(value.text))
        else:
            import traceback

            text = "".join(traceback.format_exception(typ, value, tb))
            self.log.error("nbvc: %s", without_userinfo(text))


def _make_refusal(error: BaseException | None, status: int) -> Refusal:
    """Return the status and the answer for an error."""
    if isinstance(error, NbvcError):
        return describe_error(error)
    if isinstance(error, web.HTTPError):
        said = error.log_message
        if said and error.args:
            said = said % error.args
        message = make_visible(said or error.reason or "the request was refused")
        reason = _NAMES.get(error.status_code, "http")
        return Refusal(error.status_code, without_userinfo(message), None, reason)
    if error is None:
        return Refusal(status, "the request failed", None, "http")
    return make_unexpected(error.kind if isinstance(error, FailedError) else type(error).__name__)


def _get(task: str) -> Any:
    """Return a method that answers with what a task finds."""

    @web.authenticated
    @authorized
    async def get(self: NbvcHandler) -> None:
        await self.look(task)

    return get


def _post(act: Any, task: str, **options: bool) -> Any:
    """Return a method that answers with what a task does, as `NbvcHandler.keep` or `change`."""

    @web.authenticated
    @authorized
    async def post(self: NbvcHandler) -> None:
        await act(self, task, **options)

    return post


def _post_to_read(task: str) -> Any:
    """Return a method for a request whose body is large, but which changes nothing."""

    @web.authenticated
    @authorized("read")  # type: ignore[untyped-decorator]
    async def post(self: NbvcHandler) -> None:
        await self.look(task)

    return post


@web.authenticated
@authorized
async def _get_status(self: NbvcHandler) -> None:
    """Answer with the state of the repository and the notebook, also without git."""
    if self.missing:
        self.finish(encode_json(OutsideRepository(__version__, 0, None, self.missing)))
        return
    await self.look("status")


_KEEP, _CHANGE = NbvcHandler.keep, NbvcHandler.change
_ENDPOINTS: dict[str, dict[str, Any]] = {
    "status": {"get": _get_status},
    "digest": {"get": _get("digest")},
    "diff": {"post": _post_to_read("diff")},
    "marks": {"get": _get("marks")},
    "checkpoints": {"get": _get("checkpoints"), "post": _post(_KEEP, "checkpoints/make")},
    "checkpoints/delete": {"post": _post(_KEEP, "checkpoints/delete")},
    "checkpoints/edit": {"post": _post(_KEEP, "checkpoints/edit")},
    "versions": {"get": _get("versions")},
    "versions/changes": {"post": _post_to_read("versions/changes")},
    "versions/cell": {"get": _get("versions/cell")},
    "versions/deleted": {"get": _get("versions/deleted")},
    "version": {"get": _get("version")},
    "blame": {"get": _get("blame")},
    "commit": {"post": _post(_CHANGE, "commit")},
    "push": {"post": _post(_CHANGE, "push")},
    "pull": {"post": _post(_CHANGE, "pull", writes_notebook=True)},
    "abort": {"post": _post(_CHANGE, "abort", writes_notebook=True)},
    "restore": {"post": _post(_CHANGE, "restore", writes_notebook=True)},
    "project": {"get": _get("project")},
    "project/commit": {"post": _post(_CHANGE, "project/commit")},
    "project/push": {"post": _post(_CHANGE, "project/push")},
    "project/pull": {"post": _post(_CHANGE, "project/pull", writes_notebook=True)},
    "project/cells": {"post": _post_to_read("project/cells")},
    "project/cells/unstage": {"post": _post(_CHANGE, "project/cells/unstage")},
    "project/cells/discard": {
        "post": _post(_CHANGE, "project/cells/discard", writes_notebook=True)
    },
    "project/discard": {"post": _post(_CHANGE, "project/discard", writes_notebook=True)},
    "project/undo": {"post": _post(_CHANGE, "project/undo", writes_notebook=True)},
    "project/begin": {"post": _post(_CHANGE, "project/begin")},
    "project/identity": {"post": _post(_CHANGE, "project/identity")},
    "project/remote": {"post": _post(_CHANGE, "project/remote")},
    "project/branches": {"get": _get("project/branches")},
    "project/switch": {"post": _post(_CHANGE, "project/switch", writes_notebook=True)},
    "project/continue": {"post": _post(_CHANGE, "project/continue", writes_notebook=True)},
    "project/skip": {"post": _post(_CHANGE, "project/skip", writes_notebook=True)},
    "project/abort": {"post": _post(_CHANGE, "project/abort", writes_notebook=True)},
    "text/diff": {"get": _get("text/diff")},
    "text/conflict": {"get": _get("text/conflict")},
    "text/settle": {"post": _post(_CHANGE, "text/settle")},
    "resolve/open": {"post": _post_to_read("resolve/open")},
    "merge": {"post": _post_to_read("merge")},
    "resolve/save": {"post": _post(_CHANGE, "resolve/save", writes_notebook=True)},
}
ROUTES: tuple[tuple[str, type[NbvcHandler]], ...] = tuple(
    (path, type(f"Nbvc:{path}", (NbvcHandler,), methods)) for path, methods in _ENDPOINTS.items()
)
"""Every endpoint, below `<base_url>nbvc/`."""


def make_routes(
    server: NbvcServer | None, missing: str
) -> list[tuple[str, type[NbvcHandler], dict[str, Any]]]:
    """Return what tornado routes by; jupyter_server puts the base URL before it."""
    given = {"server": server, "missing": missing}
    return [(rf"/nbvc/{path}/?", handler, given) for path, handler in ROUTES]
