"""Sessions in the documentation, run and compared with what they say.

A line that begins with `$ ` is a command; what follows is its output, in which `...` stands for
anything in a line, or on a line of its own for any lines.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_FENCE = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)


class Step(NamedTuple):
    """A command and the output that it should have."""

    line: int
    command: str
    output: str


def steps(text: str) -> Iterator[Step]:
    """Yield the commands of all sessions in a page."""
    for fence in _FENCE.finditer(text):
        line = text.count("\n", 0, fence.start(1)) + 1
        for part in re.split(r"^\$ ", fence[1], flags=re.MULTILINE)[1:]:
            command, _, output = part.partition("\n")
            yield Step(line, command, output)
            line += part.count("\n")


class Session:
    """A shell that goes from step to step, in a folder that it may change."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.note = folder / ".where"
        self.note.write_text(str(folder), encoding="utf-8")

    def run(self, command: str) -> str:
        """Run a command; what it prints on stdout and stderr."""
        path = f"{os.path.dirname(sys.executable)}:{os.environ['PATH']}"
        script = (
            f'cd "$(cat {self.note})" && {{ {command}\n}}; code=$?; pwd > {self.note}; exit $code'
        )
        ran = subprocess.run(
            ["bash", "-c", script],
            env={**os.environ, "PATH": path, "COLUMNS": "100"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
            timeout=120,
        )
        return ran.stdout.decode()


def same(wanted: str, got: str) -> bool:
    """Compare an output with what the page says."""
    pattern = re.escape(wanted).replace(r"\.\.\.", "\0")
    pattern = re.sub("(?m)^\0\\\\?\n", lambda _: r"(?:.*\n)*?", pattern).replace("\0", ".*?")
    trimmed = "".join(f"{line.rstrip()}\n" for line in got.splitlines())
    return re.fullmatch(pattern, trimmed) is not None
