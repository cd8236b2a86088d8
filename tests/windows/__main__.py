"""`python -m tests.windows`: nbvc on a Windows made of Wine, on this Linux machine.

    python -m tests.windows                    both of the following
    python -m tests.windows commands           commands, compared with Linux byte for byte
    python -m tests.windows tests [PATH …]     the tests of the engine and of git, or those of PATH
    python -m tests.windows --shell sh.exe …   with a shell, so that git starts filter, drivers and hooks

The Windows is made at the first run (see `bed.py`) in `~/.cache/nbvc-windows`, or the folder that
`NBVC_WINDOWS` names. Exits with 1 if a test fails or a command differs.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.conftest import ROOT
from tests.windows.bed import Bed, BedError, windows_path
from tests.windows.commands import compare

_TESTS = ("tests/unit", "tests/integration/git")


def main(arguments: list[str]) -> int:
    """Make the bed, and run what was asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.windows")
    parser.add_argument("--shell", type=Path, help="a sh.exe, such as busybox-w32's")
    parser.add_argument("what", nargs="?", choices=("all", "commands", "tests"), default="all")
    parser.add_argument("pytest", nargs=argparse.REMAINDER, help="options and paths for pytest")
    chosen = parser.parse_args(arguments)
    bed = Bed.default()
    started = time.monotonic()
    try:
        bed.prepare(chosen.shell)
    except BedError as error:
        print(f"tests.windows: {error}", file=sys.stderr)
        return 2
    failed = 0
    with tempfile.TemporaryDirectory(prefix="nbvc-windows-") as name:
        folder = Path(name)
        if chosen.what != "tests":
            failed += bool(compare(bed, folder / "commands"))
        if chosen.what != "commands":
            failed += bool(_test(bed, folder, chosen.pytest or [*_TESTS]))
    print(f"{time.monotonic() - started:.0f} s")
    return min(failed, 1)


def _test(bed: Bed, folder: Path, words: list[str]) -> int:
    options = ("-q", "-p", "no:cacheprovider", "-p", "tests.windows.lacking")
    base = f"--basetemp={windows_path(folder / 'tests')}"
    command = bed.command("python", "-m", "pytest", *options, base, *words)
    running = subprocess.Popen(
        command, cwd=ROOT, env=bed.environ(folder), stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    assert running.stdout is not None
    for line in running.stdout:
        sys.stdout.buffer.write(line)
        sys.stdout.flush()
    return running.wait()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
