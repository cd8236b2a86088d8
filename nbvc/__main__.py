"""`nbvc` and `python -m nbvc`."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line and exit with its code."""
    import gc

    gc.set_threshold(200_000)
    from nbvc.cli import run

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
