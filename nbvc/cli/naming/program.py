"""How nbvc can be started from anywhere, as git's settings need it."""

from __future__ import annotations

import os
import sys


def program() -> list[str]:
    """Return a command that starts this very nbvc, by absolute paths."""
    from nbvc.git.plumbing.programs import own_program

    return own_program(os.path.abspath(sys.argv[0]))
