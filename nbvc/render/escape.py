"""Text from a notebook made safe to show: nothing in it may steer the terminal.

Escape sequences, other control characters and those that turn the direction of writing become
visible. Colours of outputs (SGR sequences) are dropped, since tracebacks are full of them.
"""

from __future__ import annotations

import re

_SGR = r"\x1b\[[0-9;:]*m"
_UNSAFE = (
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029"
    "\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)


def escaped(text: str) -> str:
    """Return text with everything unsafe written as `\\x1b` or `\\u202e`; tabs and line ends stay."""
    if text.replace("\n", "").replace("\t", "").isprintable():
        return text
    return re.sub(_UNSAFE, _visible, text)


def escaped_line(text: str) -> str:
    """Return text for one line, such as a path: line ends and tabs are made visible, too."""
    return escaped(text).replace("\n", "\\n").replace("\t", "\\t")


def without_colours(text: str) -> str:
    """Return an output's text without SGR sequences, and with carriage returns resolved.

    `\\r` lets the rest of a line overwrite it, as progress bars do: what was overwritten goes.
    """
    if "\x1b" in text:
        text = re.sub(_SGR, "", text)
    if "\r" in text:
        text = "\n".join(_overwritten(line) for line in text.split("\n"))
    return text


def _overwritten(line: str) -> str:
    return line.rstrip("\r").rsplit("\r", 1)[-1]


def _visible(found: re.Match[str]) -> str:
    code = ord(found[0])
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
