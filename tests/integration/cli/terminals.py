"""Command lines that run in a terminal of their own, in which somebody types."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def _take_terminal() -> None:
    """Let the terminal of stdin be that of the process: its Ctrl-C is a signal."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # a shell's background jobs ignore it
    os.setsid()
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


def _read(terminal: int, process: subprocess.Popen[bytes]) -> bytes:
    if not select.select([terminal], [], [], 60)[0]:
        process.kill()
    return os.read(terminal, 1000)


def in_terminal(
    *args: str,
    types: bytes = b"",
    after: bytes = b"",
    columns: int = 0,
    program: Sequence[str] = (sys.executable, "-m", "nbvc"),
) -> tuple[int, str]:
    """Run nbvc, or another program, in a terminal; its exit code and what stands there.

    What is typed is typed at once, or `after` something was written. A program that is silent for a
    minute is killed.
    """
    ours, theirs = pty.openpty()
    if columns:
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    command = [*program, *args]
    process = subprocess.Popen(
        command,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        preexec_fn=_take_terminal,  # noqa: PLW1509 - no other thread runs here
    )
    os.close(theirs)
    seen = b""
    if after:
        while after not in seen:
            seen += _read(ours, process)
    os.write(ours, types)
    while True:
        try:
            seen += _read(ours, process)
        except OSError:  # Linux says so where nobody has the other end any more
            break
    os.close(ours)
    return process.wait(), seen.decode()
