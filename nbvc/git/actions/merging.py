"""Settings that let one `git merge` merge notebooks by cell, with nothing installed."""

from __future__ import annotations

import os

from nbvc.git.plumbing.programs import DRIVER
from nbvc.git.setup.attributes import content_of, user_file
from nbvc.git.setup.drivers import driver_settings
from nbvc.names import PATTERN
from nbvc.notebook.drafts import open_room, remove_leftovers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from nbvc.git.plumbing.command import Git
    from nbvc.git.plumbing.repository import Repository


class ByCell:
    """A `with` block that gives git's settings (`name=value`) for a merge by cell.

    They name a file of attributes that takes the place of the user's own for all repositories, and
    begins with what is there. The repository's own attributes are stronger, as always.
    `program` starts nbvc from anywhere.
    """

    def __init__(self, repository: Repository, program: list[str]) -> None:
        self._repository = repository
        self._program = program

    def __enter__(self) -> tuple[str, ...]:
        own = content_of(user_file(self._repository.git))
        remove_leftovers(self._repository.git_dir)
        self._room = open_room(self._repository.git_dir)
        try:
            with open(self._room.draft, "xb") as file:
                file.write(own + f"\n{PATTERN} merge={DRIVER}\n".encode())
        except BaseException:
            self._room.close()
            raise
        drivers = driver_settings(self._program)
        merging = (f"{key}={value}" for key, value in drivers.items() if key.startswith("merge."))
        return (f"core.attributesFile={self._room.draft}", *merging)

    def __exit__(self, *_: object) -> None:
        self._room.close()


def merge_lines(
    git: Git, paths: tuple[str, str, str], labels: tuple[str, str], marker_size: int
) -> bytes | None:
    """Return three files (local, base, remote) merged by lines; None if git cannot do that.

    `labels` name local and remote.
    """
    names = (labels[0], "base", labels[1])
    options = [part for name in names for part in ("-L", name.replace("\n", " "))]
    size = f"--marker-size={marker_size}"
    merged = git.ask("merge-file", "-p", size, *options, "--", *map(os.path.abspath, paths))
    is_merged = 0 <= merged.code <= 127 and not (merged.code and not merged.stdout)
    return merged.stdout if is_merged else None
