"""`nbvc` and `python -m nbvc`."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line and end the process with its exit code."""
    import gc

    gc.set_threshold(200_000)
    try:
        _prepare_streams()
        from nbvc.cli import run

        code = run(sys.argv[1:])
    except KeyboardInterrupt:  # also while something is imported
        code = 130
    except OSError:  # Stderr can't be written, so that no message is left to print.
        code = 2
    leave(code)


def _prepare_streams() -> None:
    """Replace streams that were closed before the start, and let errors of stdout name it."""
    from nbvc.cli.streams import named_stdout

    sys.stdout = named_stdout(sys.stdout)
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
