"""The name that one clone writes its checkpoints under: `<machine>-<eight hex digits>`.

Two clones on one machine, or two containers with one host name, must not write the same refs: they
could never push both. So each clone draws a number once. A copied folder finds that the number was
drawn for another place, and draws its own.
"""

from __future__ import annotations

import os

from nbvc.checkpoint.names import machine_part, quote_path
from nbvc.errors import GitError
from nbvc.git.plumbing.sharing import sharing_of
from nbvc.platform import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from nbvc.git.plumbing.repository import Repository
    from nbvc.git.plumbing.sharing import Sharing


def writer_name(repository: Repository, machine: str) -> str:
    """Return the name for this machine in this clone, drawing its number at the first time.

    Raises `GitError` where the repository can't be written to.
    """
    path = os.path.join(repository.common_dir, "nbvc", "writer")
    place = quote_path(repository.common_dir)
    number = _read_number(path, place)
    if number is None:
        _draw(path, place, sharing_of(repository.git))
        number = _read_number(path, place)
    if number is None:
        raise GitError("it can't be written", where=path, hint="delete it, if it is damaged")
    return f"{machine_part(machine)}-{number}"


def is_same_machine(writer: str, machine: str) -> bool:
    """Tell whether a writer's name was drawn on this machine, in any clone."""
    return writer.rpartition("-")[0] == machine_part(machine)


def _read_number(path: str, place: str) -> str | None:
    try:
        with open(path, encoding="ascii") as file:
            number, _, drawn_for = file.read().rstrip("\n").partition(" ")
    except (OSError, UnicodeDecodeError):
        return None
    return number if drawn_for == place and len(number) == 8 and number.isalnum() else None


def _draw(path: str, place: str, sharing: Sharing) -> None:
    """Write a number down, at once or not at all; whoever is first wins."""
    stale = os.path.exists(path)
    temporary = f"{path}.{os.urandom(4).hex()}"
    try:
        sharing.make_folder(os.path.dirname(path))
        with open(temporary, "x", encoding="ascii") as file:
            file.write(f"{os.urandom(4).hex()} {place}\n")
            file.flush()
            os.fsync(file.fileno())
        sharing.adjust(temporary)
        _put(temporary, path, instead=stale)
    except OSError as error:
        raise GitError(f"it can't be written: {error.strerror}", where=path) from error
    finally:
        if os.path.exists(temporary):
            os.unlink(temporary)


def _put(temporary: str, path: str, *, instead: bool) -> None:
    """Give a file its name: instead of another one, or only where there is none."""
    if instead:
        replace(temporary, path)
        return
    try:
        os.link(temporary, path)
    except FileExistsError:
        return
    except OSError:  # a file system without links
        replace(temporary, path)
