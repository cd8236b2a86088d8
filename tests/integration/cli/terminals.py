"""Command lines that run in a terminal of their own, in which somebody types."""

from __future__ import annotations

import os
import pty
import subprocess
import sys


def in_terminal(*args: str, types: bytes = b"") -> tuple[int, str]:
    """Run a command line in a terminal; its exit code and what stands there."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "nbvc", *args]
    process = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs)
    os.close(theirs)
    os.write(ours, types)
    seen = b""
    while True:
        try:
            seen += os.read(ours, 1000)
        except OSError:  # Linux says so where nobody has the other end any more
            break
    os.close(ours)
    return process.wait(), seen.decode()
