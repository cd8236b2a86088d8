"""`nbvc` and `python -m nbvc`."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line and end the process with its exit code."""
    import gc

    gc.set_threshold(200_000)
    _leave_out_current_folder()
    try:
        _prepare_streams()
        from nbvc.cli import run

        code = run(sys.argv[1:])
    except KeyboardInterrupt:  # also while something is imported
        code = 130
    except OSError:  # Stderr can't be written, so that no message is left to print.
        code = 2
    leave(code)


def _leave_out_current_folder() -> None:
    """Import nothing from the folder that nbvc is called in: a stranger may have written it.

    `python -m nbvc` puts that folder first, and so does a relative or empty entry of PYTHONPATH.
    """
    import os

    try:
        here = os.getcwd()
    except OSError:  # the folder is gone
        here = ""
    home = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    entries = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    unsafe = {here, *(os.path.join(here, one) for one in entries if not os.path.isabs(one))}
    unsafe = {os.path.normpath(one) for one in unsafe} - {home}
    sys.path[:] = [one for one in sys.path if os.path.isabs(one) and one not in unsafe]


def _prepare_streams() -> None:
    """Replace streams that were closed before the start, and let errors of stdout name it."""
    from nbvc.cli.terminal.streams import reopen_stdout

    sys.stdout = reopen_stdout(sys.stdout)
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
