"""`python -m tests.kills.inner ARGS…`: nbvc as git starts it, struck where the harness says.

A filter is no child of ours but of git's. The harness says by an environment variable where to
strike, and finds the events in its log.
"""

from __future__ import annotations

import os
import sys
from typing import Any, cast

from tests.kills.hooks import Blow, Watch, watch

ASKED = "NBVC_TESTS_STRIKE"
"""`AT BLOW LASTING LOG`: the event, the name of the blow, 1 where a fault stays, the log's path."""


def asked(watched: Watch, log: str) -> str:
    """Return what to write into the variable."""
    return f"{watched.at} {watched.blow.name} {int(watched.lasting)} {log}"


def main(arguments: list[str]) -> int:
    """Put the hooks in, and run nbvc."""
    from nbvc.cli import run

    at, blow, lasting, log = os.environ[ASKED].split(" ", 3)
    watched = Watch(int(at), Blow[blow], lasting=lasting == "1")
    file = os.open(log, os.O_WRONLY | os.O_APPEND)
    write = os.write
    watch(watched)
    cast("Any", sys).stdout = _Stdout()
    try:
        return run(arguments)
    finally:
        lines = [f"{kind}\t{subject!r}\n" for kind, subject in watched.events]
        write(file, "".join(lines).encode(errors="replace"))


class _Stdout:
    """A stdout whose bytes go to the system by `os.write`, where the hooks are."""

    def __init__(self) -> None:
        self.buffer = self
        self._waiting = b""

    def write(self, content: bytes) -> int:
        self._waiting += content
        return len(content)

    def flush(self) -> None:
        while self._waiting:
            self._waiting = self._waiting[os.write(1, self._waiting) :]


if __name__ == "__main__":
    os._exit(main(sys.argv[1:]))
