"""The name of this machine."""

from __future__ import annotations

from nbvc.platform import host_name


def machine() -> str:
    """Return the name of this computer."""
    return host_name()
