"""Replace the content of a notebook, and lose nothing."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from nbvc.checkpoint.record import Checkpoint
    from nbvc.checkpoint.store import Store


def replace_version(
    store: Store,
    file: str,
    before: bytes | None,
    content: bytes,
    message: str,
    write: Callable[[bytes], None],
) -> Checkpoint | None:
    """Save the content of a notebook as a checkpoint, then write another.

    `before` is None if the notebook does not exist. `write` must refuse if it has changed since.
    Raises `GitError`, with nothing written, and what `write` raises.
    """
    kept = None if before is None else store.create(file, message, before).checkpoint
    write(content)
    return kept
