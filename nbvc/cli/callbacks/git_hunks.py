r"""`nbvc git-hunks`: what `git add -p` and the like show of a notebook, line by line.

    -    "print(\"rain\")\n",                   →  -    print("rain")
    +    "image/png": "iVBORw0KGgoAAAANS…",     →  +    "image/png": "iVBORw0KGgo… 333336 characters",

Git applies lines of the file and shows these instead, of which it wants exactly as many. So a hunk
can't be the text that `git diff` shows, but it can be readable.
"""

from __future__ import annotations

import re
import sys

from nbvc.lazy import compile_lazily

_SGR = rb"(?:\x1b\[[0-9;]{0,40}m){0,4}"
_LINE = compile_lazily(rb"(" + _SGR + rb"[-+ ]" + _SGR + rb")(.*?)(" + _SGR + rb"\r?)", re.DOTALL)
_HEADER = compile_lazily(_SGR + rb"diff --git .*?(\.ipynb\"?)?" + _SGR, re.DOTALL)
_STRING = compile_lazily(rb'(\s*)("(?:[^"\\]|\\.)*"),?')
_ENDLESS = compile_lazily(rb'(?<![^\s"\\])[^\s"\\]{400,}')
"""Nothing that anybody reads."""


def copy_hunks() -> int:
    """Copy a diff from stdin to stdout, notebooks made readable; never fails on what it reads."""
    diff = sys.stdin.buffer.read()
    try:
        shown = format_hunks(diff)
    except Exception:  # noqa: BLE001
        # Whatever went wrong, git's user wants to go on.
        shown = diff
    sys.stdout.buffer.write(shown)
    return 0


def format_hunks(diff: bytes) -> bytes:
    """Return a diff, colored or not, of as many lines in which those of notebooks can be read."""
    lines = diff.split(b"\n")
    in_notebook = False
    for number, line in enumerate(lines):
        if header := _HEADER.fullmatch(line):
            in_notebook = header[1] is not None
        elif in_notebook and (found := _LINE.fullmatch(line)):
            lines[number] = found[1] + _show_line(found[2]) + found[3]
    return b"\n".join(lines)


def _show_line(text: bytes) -> bytes:
    """Return what to show of a line of a notebook's JSON: of a line of text what it says."""
    from nbvc.render.escape import escape_line

    found = _STRING.fullmatch(text)
    indent, line = (found[1], _decode_line(found[2])) if found else (b"", None)
    if line is None:
        indent, line = b"", text.decode(errors="backslashreplace")
    text = indent + escape_line(line.replace("\t", "    ")).encode(errors="backslashreplace")
    return _ENDLESS.sub(_shorten_text, text)


def _decode_line(text: bytes) -> str | None:
    """Return the line that a JSON string holds, None if it is not JSON."""
    import json

    try:
        line: str = json.loads(text)
    except ValueError:
        return None
    return line.removesuffix("\n")


def _shorten_text(found: re.Match[bytes]) -> bytes:
    return b"%s\xe2\x80\xa6 %d characters" % (found[0][:24], len(found[0]))
