"""JupyterLab and Notebook as a user starts them, each in a world of its own."""

from __future__ import annotations

import contextlib
import importlib.metadata
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

from tests.conftest import _GIT_CONFIG, ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

EXTENSION = ROOT / "jupyter_extension"
# A bundle from somewhere else can be tried; asked before a test can hide the variable.
BUNDLE = Path(os.environ.get("NBVC_BUNDLE") or EXTENSION / "nbvc_jupyter" / "labextension")
_SOON = 60.0
# Asked before a test can hide the variable.
_CHROMIUM = os.environ.get("NBVC_CHROMIUM")
# The Python of another environment whose Jupyter is tried, with the extension installed there.
_JUPYTER = os.environ.get("NBVC_JUPYTER")

# What else may be installed and is on only where it is asked for: extensions of the page, and the
# server's half of each.
_TOGETHER = {
    "@jupyter/collaboration-extension": "jupyter_server_ydoc",
    "@jupyter/docprovider-extension": "jupyter_server_ydoc",
}
_OTHERS = {"nbdime-jupyterlab": "nbdime"}


class App(Enum):
    """What is started; the value is its module."""

    LAB = "jupyterlab"
    NOTEBOOK = "notebook"


def is_installed() -> bool:
    """Tell whether the extension is installed where Jupyter is, as users have it."""
    if _JUPYTER:
        return True
    try:
        importlib.metadata.distribution("nbvc-jupyter")
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


def _from_here() -> list[str]:
    """Return what a server imports from this checkout: nothing where it has its own."""
    if _JUPYTER:
        return []
    return [str(ROOT)] if is_installed() else [str(ROOT), str(EXTENSION)]


class Server:
    """A server that runs, and the folder that it serves."""

    def __init__(
        self, app: App, folder: Path, *, collaboration: bool = False, others: bool = False
    ) -> None:
        self.app = app
        self.root = folder / "root"
        self.token = secrets.token_hex(16)
        self.log = folder / "server.log"
        self._folder = folder
        self._off = {} if collaboration else dict(_TOGETHER)
        self._off |= {} if others else _OTHERS
        self._port = _free_port()
        self.root.mkdir(parents=True)
        self._settle()
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                self._command(),
                cwd=self.root,
                env=self.environ,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    @property
    def url(self) -> str:
        """Where it is, with a slash at the end; not at the root of the host, as on a hub."""
        return f"http://127.0.0.1:{self._port}/user/ada/"

    @property
    def environ(self) -> dict[str, str]:
        """A home folder and Jupyter's folders of its own."""
        home = self._folder / "home"
        jupyter = {
            f"JUPYTER_{name}_DIR": str(self._folder / name.lower())
            for name in ("CONFIG", "DATA", "RUNTIME")
        }
        return {
            **{name: value for name, value in os.environ.items() if not name.startswith("GIT_")},
            **jupyter,
            "HOME": str(home),
            "XDG_DATA_HOME": str(home / ".local" / "share"),
            "XDG_CONFIG_HOME": str(home / ".config"),
            "JUPYTERLAB_SETTINGS_DIR": str(self._folder / "settings"),
            "JUPYTERLAB_WORKSPACES_DIR": str(self._folder / "workspaces"),
            "IPYTHONDIR": str(self._folder / "ipython"),
            "GIT_CONFIG_NOSYSTEM": "1",
            "PYTHONPATH": os.pathsep.join(_from_here()),
        }

    def _settle(self) -> None:
        """Write the settings that keep everything quiet that is not looked at."""
        home = self._folder / "home"
        home.mkdir()
        (home / ".gitconfig").write_text(_GIT_CONFIG, encoding="utf-8")
        settings = {
            "@jupyterlab/apputils-extension/notification": {
                "fetchNews": "false",
                "checkForUpdates": False,
            },
            # What is saved is what a test saves.
            "@jupyterlab/docmanager-extension/plugin": {"autosave": False},
        }
        for name, value in settings.items():
            path = self.settings(name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(value), encoding="utf-8")
        config = self._folder / "config" / "labconfig"
        config.mkdir(parents=True)
        page = {"disabledExtensions": dict.fromkeys(self._off, True)}
        (config / "page_config.json").write_text(json.dumps(page), encoding="utf-8")

    def _command(self) -> list[str]:
        extensions = dict.fromkeys(filter(None, self._off.values()), False)
        exposed = "LabApp" if self.app is App.LAB else "JupyterNotebookApp"
        options = [
            *("--no-browser", "--allow-root", "--ip=127.0.0.1", f"--port={self._port}"),
            *("--ServerApp.port_retries=0", f"--IdentityProvider.token={self.token}"),
            f"--ServerApp.root_dir={self.root}",
            "--ServerApp.base_url=/user/ada/",
            f"--{exposed}.expose_app_in_browser=True",
        ]
        if not is_installed():
            place = self._folder / "labextensions"
            place.mkdir()
            (place / "nbvc-jupyter").symlink_to(BUNDLE)
            options.append(f"--LabServerApp.extra_labextensions_path={place}")
            extensions["nbvc_jupyter"] = True
        if extensions:
            options.append(f"--ServerApp.jpserver_extensions={extensions!r}")
        return [_JUPYTER or sys.executable, "-m", self.app.value, *options]

    def wait(self) -> None:
        """Wait until it answers."""
        until = time.monotonic() + _SOON
        while time.monotonic() < until:
            if self._process.poll() is not None:
                break
            try:
                request = urllib.request.Request(
                    f"{self.url}nbvc/status?path=a.ipynb",
                    headers={"Authorization": f"token {self.token}"},
                )
                with urllib.request.urlopen(request, timeout=10):
                    return
            except urllib.error.HTTPError:
                break  # it is there, the extension is not
            except (ConnectionError, TimeoutError, urllib.error.URLError):
                time.sleep(0.1)
        raise AssertionError(f"the server does not answer:\n{self.log.read_text()[-3000:]}")

    def page(self, path: str, workspace: str = "") -> str:
        """Return the address that opens a notebook."""
        if self.app is App.NOTEBOOK:
            return f"{self.url}notebooks/{path}?token={self.token}"
        place = f"lab/workspaces/{workspace}/tree" if workspace else "lab/tree"
        return f"{self.url}{place}/{path}?token={self.token}"

    def files(self, folder: str) -> str:
        """Return the address that shows a folder in the file browser."""
        place = "tree" if self.app is App.NOTEBOOK else f"lab/workspaces/{folder}/tree"
        return f"{self.url}{place}/{folder}?token={self.token}"

    def settings(self, plugin: str) -> Path:
        """Return the file with what a user has set of a plugin, where it is or would be."""
        return self._folder / "settings" / f"{plugin}.jupyterlab-settings"

    def end_kernels(self) -> None:
        """End the kernels that the notebooks of a test have started: nobody needs them any more."""
        with contextlib.suppress(OSError, ValueError):
            for session in json.loads(self._asked("api/sessions")):
                self._asked(f"api/sessions/{session['id']}", "DELETE")

    def _asked(self, endpoint: str, method: str = "GET") -> bytes:
        headers = {"Authorization": f"token {self.token}"}
        request = urllib.request.Request(self.url + endpoint, headers=headers, method=method)
        with urllib.request.urlopen(request, timeout=10) as answer:
            return bytes(answer.read())

    def stop(self) -> None:
        """End it, with its kernels."""
        for number in (signal.SIGTERM, signal.SIGTERM, signal.SIGKILL):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, number)
            try:
                self._process.wait(5)
            except subprocess.TimeoutExpired:
                continue
            break
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)


@contextlib.contextmanager
def served(
    app: App, folder: Path, *, collaboration: bool = False, others: bool = False
) -> Iterator[Server]:
    """Start a server, and end it; `others` leaves other tools' buttons on."""
    server = Server(app, folder, collaboration=collaboration, others=others)
    try:
        server.wait()
        yield server
    finally:
        server.stop()


def chromium() -> str | None:
    """Return a browser of the system's, None where there is none."""
    found = (shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome"))
    return _CHROMIUM or next(filter(None, found), None)


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])
