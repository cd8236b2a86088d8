"""Names of refs: a notebook's path and a machine, each as one part of a ref's name.

    work/My analysis.ipynb   →   work%2FMy%20analysis.ipynb

One part, so that no notebook's ref is in the way of a folder of the same name.
"""

from __future__ import annotations

import os
import re

PREFIX = "refs/nbvc/checkpoints/"

_LONGEST = 200
"""Bytes: a ref is a file, and most file systems end at 255, lock suffix included."""
_HEAD = 120
_PLAIN = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.")
_RESERVED = r"(?i)(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)"
"""Windows takes these for devices, with any ending; git would write a ref to the device.

Source: https://learn.microsoft.com/windows/win32/fileio/naming-a-file
"""
_SHORTENED = "%-"
"""What an escape never starts with: here a digest takes the place of the rest of a long path."""


def ref_part(name: str) -> str:
    """Return a path from the top as one part of a ref; different paths give different parts."""
    escaped = "".join(chr(byte) if byte in _PLAIN else f"%{byte:02X}" for byte in os.fsencode(name))
    escaped = re.sub(r"^\.|\.(?=\.)|\.$|\.(?=lock$)", "%2E", escaped)
    if re.match(_RESERVED, escaped):
        escaped = f"%{ord(escaped[0]):02X}{escaped[1:]}"
    if len(escaped) <= _LONGEST:
        return escaped
    import hashlib

    digest = hashlib.sha256(os.fsencode(name)).hexdigest()[:40]
    # An escape cut in two would be no escape.
    head = re.sub(r"%.?$", "", escaped[:_HEAD])
    return f"{head}{_SHORTENED}{digest}"


def path_of(part: str) -> str | None:
    """Return the path that a part of a ref stands for, None for one that was too long."""
    if _SHORTENED in part:
        return None
    raw = re.sub(rb"%([0-9A-F]{2})", lambda found: bytes.fromhex(found[1].decode()), part.encode())
    return os.fsdecode(raw)


def quote_path(name: str) -> str:
    """Return a path as printable text without spaces at its ends, for a line of a message."""
    return "".join(
        chr(byte) if 0x21 <= byte < 0x7F and byte != 0x25 else f"%{byte:02X}"
        for byte in os.fsencode(name)
    )


def unquote_path(text: str) -> str:
    """Return the path that `quote_path` wrote."""
    raw = re.sub(
        rb"%([0-9A-F]{2})", lambda found: bytes.fromhex(found[1].decode()), os.fsencode(text)
    )
    return os.fsdecode(raw)


def machine_part(machine: str) -> str:
    """Return a machine's name as one part of a ref: letters, digits and dashes, 1 to 40."""
    part = re.sub(r"[^A-Za-z0-9]+", "-", machine).strip("-")[:40] or "machine"
    return f"{part}-machine" if re.match(_RESERVED, part) else part
