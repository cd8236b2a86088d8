"""`nbvc` and `python -m nbvc`."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line and end the process with its exit code."""
    import gc

    gc.set_threshold(200_000)
    _fill_in()
    try:
        from nbvc.cli import run

        code = run(sys.argv[1:])
    except KeyboardInterrupt:  # also while something is imported
        code = 130
    leave(code)


def _fill_in() -> None:
    """Put something in the place of streams that were closed before the start."""
    for name in ("stdin", "stdout", "stderr"):
        if getattr(sys, name) is None:
            import os

            setattr(sys, name, open(os.devnull, "r" if name == "stdin" else "w"))  # noqa: SIM115


def leave(code: int) -> None:
    """End the process at once: taking a Python apart that ends anyway costs 10 ms of a start."""
    import os

    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:
        pass
    os._exit(code)


if __name__ == "__main__":
    main()
