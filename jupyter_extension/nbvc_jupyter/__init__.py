"""nbvc in Jupyter: the server's half. It gives the browser what the library nbvc does, as JSON."""

from __future__ import annotations

from typing import Any

__version__ = "0.1.0"


def _jupyter_server_extension_points() -> list[dict[str, Any]]:
    """Return where the extension is, for jupyter_server."""
    from nbvc_jupyter.extension import NbvcExtension

    return [{"module": "nbvc_jupyter", "app": NbvcExtension}]


def _jupyter_labextension_paths() -> list[dict[str, str]]:
    """Return where the bundle is and what it is called, for `jupyter-builder develop`."""
    return [{"src": "labextension", "dest": "nbvc-jupyter"}]
