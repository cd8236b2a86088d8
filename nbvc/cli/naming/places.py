"""The name of this machine."""

from __future__ import annotations

import os


def machine() -> str:
    """Return the name of this computer."""
    return os.uname().nodename
