"""Values to JSON for the browser: strict, compact, and squeezed where a network is between."""

from __future__ import annotations

import math
import zlib
from typing import Any

import msgspec

_WORTH_IT = 1 << 15
"""Bytes from which an answer is compressed."""


def encode_json(value: Any) -> bytes:
    """Return strict JSON: NaN and infinities become null, half surrogates escapes."""
    try:
        return msgspec.json.encode(value)
    except (UnicodeEncodeError, OverflowError, msgspec.EncodeError):
        import json

        return json.dumps(_make_plain(msgspec.to_builtins(value)), allow_nan=False).encode()


def _make_plain(value: Any) -> Any:
    """Return what the json module takes, which takes surrogates where msgspec does not."""
    if isinstance(value, dict):
        return {key: _make_plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_make_plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def compress_answer(content: bytes) -> bytes | None:
    """Return an answer compressed, None if that does not pay."""
    if len(content) < _WORTH_IT:
        return None
    packer = zlib.compressobj(1, zlib.DEFLATED, 31)
    return packer.compress(content) + packer.flush()


def may_be_squeezed(accepted: str, address: str) -> bool:
    """Return whether the browser takes compressed answers, and is far enough away.

    `accepted` is what it says it takes, `address` where it is: on the same machine the copy is
    faster than any compression.
    """
    local = address in {"127.0.0.1", "::1", "localhost"} or address.startswith("/")
    return not local and "gzip" in accepted
