"""The content of files, and errors that name the file."""

from __future__ import annotations

import contextlib

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator


@contextlib.contextmanager
def name_errors(path: str) -> Iterator[None]:
    """Let errors of the system name this file, instead of no file or a draft of it.

    The system's own errors name a file that can't be opened, and none that can't be read or written.
    """
    try:
        yield
    except OSError as error:
        raise OSError(error.errno, error.strerror or str(error), path) from error


def read_content(path: str) -> bytes:
    """Return the content of a file. Raises `OSError`, which names the file."""
    with name_errors(path), open(path, "rb") as file:
        return file.read()


ABSENT = ""
"""The digest of a file that does not exist."""


def content_digest(content: bytes | None) -> str:
    """Return the SHA-256 of a file's content in hex, `ABSENT` for no file."""
    import hashlib

    return ABSENT if content is None else hashlib.sha256(content).hexdigest()
