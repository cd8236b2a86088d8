"""The name that one clone writes its checkpoints under: `<machine>-<eight hex digits>`.

Two clones on one machine, or two containers with one host name, must not write the same refs: they
could never push both. So each clone draws a number once, in a file whose name is made of the place that
it was drawn for: a copied folder draws its own. No number is ever replaced, so that programs that
begin at once agree on the first.
"""

from __future__ import annotations

import os
from zlib import crc32

from nbvc.checkpoint.names import machine_part, quote_path
from nbvc.errors import GitError
from nbvc.git.plumbing.sharing import sharing_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from nbvc.git.plumbing.repository import Repository


def writer_name(repository: Repository, machine: str) -> str:
    """Return the name for this machine in this clone, drawing its number at the first time.

    Raises `GitError` if the repository can't be written to.
    """
    place = quote_path(repository.common_dir)
    name = f"writer-{crc32(place.encode()):08x}"
    path = os.path.join(repository.common_dir, "nbvc", name)
    number = _read_number(path, place)
    if number is None:
        sharing = sharing_of(repository.git)
        try:
            sharing.write_once(path, f"{os.urandom(4).hex()} {place}\n")
        except OSError as error:
            raise GitError(f"it can't be written: {error.strerror}", where=path) from error
        number = _read_number(path, place)
    if number is None:
        raise GitError("it can't be read", where=path, hint="delete it, if it is damaged")
    return f"{machine_part(machine)}-{number}"


def is_same_machine(writer: str, machine: str) -> bool:
    """Return whether a writer's name was drawn on this machine, in any clone."""
    return writer.rpartition("-")[0] == machine_part(machine)


def _read_number(path: str, place: str) -> str | None:
    try:
        with open(path, encoding="ascii") as file:
            number, _, drawn_for = file.read().rstrip("\n").partition(" ")
    except (OSError, UnicodeDecodeError):
        return None
    return number if drawn_for == place and len(number) == 8 and number.isalnum() else None
