"""A page that answers: served on this machine alone, to whoever has its address, until it is closed.

The address has a secret in it. Requests under another host name, or from another site's page, are
refused, and so is everything but the page and what it posts.
"""

from __future__ import annotations

import http.server
import secrets
import sys
import threading
from http import HTTPStatus

import click

from nbvc.errors import NbvcError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    Draw = Callable[[str], str]
    Answer = Callable[[dict[str, Any]], dict[str, Any]]

_MOST = 16 * 1024 * 1024
"""Bytes that a page may post at once."""
_PATIENCE = 2.0
"""Seconds after a page is closed in which it may be loaded again."""
_HEADERS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class PageServer:
    """Serves one page. `draw` returns its markup for a visit, `answer` what a posted object gets.

    A visit is one page in a tab. It leaves with its own name: a page that was loaded again leaves after
    the new one is there. One thing is drawn or answered at a time.
    """

    def __init__(self, draw: Draw, answer: Answer) -> None:
        """Take an address of this machine. Raises `OSError` if there is none."""
        self._draw, self._answer = draw, answer
        self._turn = threading.Lock()
        self.visits: set[str] = set()
        self.path = f"/{secrets.token_urlsafe(24)}/"
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self._server.daemon_threads = True
        self._server.page = self  # type: ignore[attr-defined]
        port = self._server.server_address[1]
        self.hosts = (f"127.0.0.1:{port}", f"localhost:{port}")
        self.address = f"http://{self.hosts[0]}{self.path}"
        self._closing: threading.Timer | None = None
        self._closed = threading.Event()

    def run(self) -> None:
        """Serve until the page is closed. Raises `KeyboardInterrupt` on Ctrl+C."""
        thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        thread.start()
        try:
            while not self._closed.wait(0.5):
                pass
        finally:
            self._server.shutdown()
            self._server.server_close()

    def visit(self) -> str:
        """Return the page for one more visit. Raises `NbvcError`."""
        with self._turn:
            visit = secrets.token_hex(8)
            self.visits.add(visit)
            self._stay()
            return self._draw(visit)

    def answer(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Return what a posted object gets. Raises `NbvcError`, `ValueError`, `KeyError`, `OSError`."""
        with self._turn:
            return self._answer(asked)

    @property
    def is_closing(self) -> bool:
        """Whether all is over soon."""
        return self._closing is not None

    def _stay(self) -> None:
        if self._closing is not None:
            self._closing.cancel()
            self._closing = None

    def leave(self, visit: str) -> None:
        """Note that a page was closed: if none is left, and none is loaded soon, all is over."""
        self.visits.discard(visit)
        if self.visits:
            return
        self._stay()
        self._closing = threading.Timer(_PATIENCE, self._closed.set)
        self._closing.daemon = True
        self._closing.start()


class _Handler(http.server.BaseHTTPRequestHandler):
    """Answers requests for the page of its server."""

    server_version = "nbvc"
    sys_version = ""

    @property
    def page(self) -> PageServer:
        """The page that is served."""
        found: PageServer = self.server.page  # type: ignore[attr-defined]
        return found

    def do_GET(self) -> None:
        """Send the page."""
        if not self._is_welcome(self.page.path):
            return
        try:
            content = self.page.visit().encode(errors="backslashreplace")
        except (NbvcError, OSError, click.ClickException) as error:
            self._send(HTTPStatus.CONFLICT, str(error).encode(), "text/plain")
            return
        self._send(HTTPStatus.OK, content, "text/html")

    def do_POST(self) -> None:
        """Answer what the page posts."""
        leaves = self.path == f"{self.page.path}leave"
        if not self._is_welcome(self.path if leaves else f"{self.page.path}answer", posts=True):
            return
        size = self.headers.get("Content-Length", "")
        if not size.isdigit() or int(size) > _MOST:
            self._refuse(HTTPStatus.BAD_REQUEST)
            return
        import json

        try:
            asked = _parse(self.rfile.read(int(size)))
            if leaves:
                self.page.leave(str(asked["visit"]))
            answer = {} if leaves else self.page.answer(asked)
        except (ValueError, LookupError, TypeError):
            self._refuse(HTTPStatus.BAD_REQUEST)
            return
        except (NbvcError, OSError, click.ClickException) as error:
            answer = {"error": str(error)}
        self._send(HTTPStatus.OK, json.dumps(answer).encode(), "application/json")

    def _is_welcome(self, path: str, *, posts: bool = False) -> bool:
        """Return whether a request is for us and from us; refuse it if it is not."""
        hosts = self.page.hosts
        own = self.headers.get("Host") in hosts
        origin = self.headers.get("Origin")
        ours = origin in {f"http://{host}" for host in hosts} or (origin is None and not posts)
        secret = secrets.compare_digest(self.path.encode(), path.encode())
        inside = self.path.startswith(self.page.path)
        if own and ours and secret and inside:
            return True
        self._refuse(HTTPStatus.FORBIDDEN if inside else HTTPStatus.NOT_FOUND)
        return False

    def _refuse(self, status: HTTPStatus) -> None:
        self._send(status, status.phrase.encode(), "text/plain")

    def _send(self, status: HTTPStatus, content: bytes, kind: str) -> None:
        self.send_response(status)
        for name, value in _HEADERS.items():
            self.send_header(name, value)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Keep quiet: the terminal is the user's."""


def _parse(content: bytes) -> dict[str, Any]:
    """Return a posted object. Raises `ValueError`, `TypeError`."""
    import json

    asked = json.loads(content)
    if type(asked) is not dict:
        raise TypeError("not an object")
    return asked


def show_page(draw: Draw, answer: Answer) -> None:
    """Serve a page in the browser until it is closed. Raises `KeyboardInterrupt` on Ctrl+C."""
    import webbrowser

    server = PageServer(draw, answer)
    print(
        f"Open {server.address} if no browser opens; Ctrl+C ends it.", file=sys.stderr, flush=True
    )
    webbrowser.open(server.address)
    server.run()
