"""nbvc in Jupyter: the server's half. It gives the browser what the library nbvc does, as JSON."""

from __future__ import annotations

from typing import Any

__version__ = "0.1.0"


def _jupyter_server_extension_points() -> list[dict[str, Any]]:
    """Tell jupyter_server where the extension is."""
    from nbvc_jupyter.extension import NbvcExtension

    return [{"module": "nbvc_jupyter", "app": NbvcExtension}]


def _jupyter_labextension_paths() -> list[dict[str, str]]:
    """Tell `jupyter-builder develop` where the bundle is, and what it is called."""
    return [{"src": "labextension", "dest": "nbvc-jupyter"}]
