"""Find the notebooks in a folder."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_SKIPPED = {".git", ".ipynb_checkpoints", "node_modules", ".venv"}


def find_notebooks(
    folder: str, skip: Callable[[OSError], None], *, links: bool = True
) -> Iterator[str]:
    """Yield the relative paths of all notebooks below a folder, except in the folders of tools.

    `links` says whether links to notebooks count. `skip` gets the error of a folder that cannot be
    listed.
    """
    waiting = [""]
    while waiting:
        below = waiting.pop()
        try:
            entries = os.scandir(os.path.join(folder, below))
        except OSError as error:
            skip(error)
            continue
        with entries:
            for entry in entries:
                name = f"{below}{entry.name}"
                if entry.is_dir():
                    if entry.name not in _SKIPPED and not entry.is_symlink():
                        waiting.append(f"{name}{os.sep}")
                elif name.endswith(".ipynb") and (links or not entry.is_symlink()):
                    yield name
