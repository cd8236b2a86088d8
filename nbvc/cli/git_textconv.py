"""`nbvc git-textconv`: what git calls to show a notebook as text.

Git calls it for every version of every notebook, so it starts without click. It never fails: a
driver that fails ends the whole `git diff` or `git log -p`.
"""

from __future__ import annotations

import sys

from nbvc.errors import NbvcError


def textconv(args: list[str]) -> int:
    """Print the notebook at the last argument as text; what can't be read is printed as it is.

    Nothing is taken for an option: a notebook may be called `-h.ipynb`. What comes before the path
    is the version of the text, which git's cache of such texts tells apart by. Exit code 1 means
    that there is no such file, and that nothing was printed.
    """
    if not args:
        return 1
    try:
        with open(args[-1], "rb") as file:
            content = file.read()
    except OSError as error:
        print(f"nbvc: {args[-1]}: {error.strerror}", file=sys.stderr)
        return 1
    sys.stdout.buffer.write(converted(content).encode(errors="backslashreplace"))
    return 0


def converted(content: bytes) -> str:
    """Return a notebook's bytes as text; of other bytes the text with a notice above it."""
    if not content:
        return ""
    try:
        from nbvc.notebook import read
        from nbvc.render.readable import readable

        return "\n".join([*readable(read(content)), ""])
    except Exception as error:  # noqa: BLE001
        # Whatever went wrong, git's user wants to see the other files, too.
        return _raw(content, _reason(error))


def _reason(error: Exception) -> str:
    if isinstance(error, NbvcError):
        return str(error)
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    return f"{type(error).__name__}: {error}"


def _raw(content: bytes, reason: str) -> str:
    from nbvc.render.escape import escaped, escaped_line

    text = escaped(content.decode(errors="backslashreplace").replace("\r\n", "\n"))
    end = "" if text.endswith("\n") else "\n"
    return f"# nbvc shows this file as it is: {escaped_line(reason)}\n{text}{end}"
