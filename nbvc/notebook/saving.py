"""Writing a file so that it is always wholly the old one or wholly the new one."""

from __future__ import annotations

import os


def save(path: str, content: bytes) -> None:
    """Replace a file's content at once, or leave it as it was.

    The new content goes to a file beside it, is synced, and takes its place. Mode and link are
    kept: through a symbolic link the file it points to is replaced. Raises `OSError`.
    """
    target = os.path.realpath(path)
    folder, name = os.path.split(target)
    temporary = os.path.join(folder, f".{name}.nbvc-{os.urandom(6).hex()}")
    try:
        with open(temporary, "xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
            if os.path.exists(target):
                os.fchmod(file.fileno(), os.stat(target).st_mode & 0o7777)
        os.replace(temporary, target)
    except BaseException:
        if os.path.exists(temporary):
            os.unlink(temporary)
        raise
    _sync_folder(folder)


def _sync_folder(folder: str) -> None:
    """Make the new name last, where the system can do that for folders."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(handle)
    except OSError:
        pass
    finally:
        os.close(handle)
