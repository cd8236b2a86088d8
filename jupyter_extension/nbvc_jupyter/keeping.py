"""Checkpoints of notebooks as Jupyter's contents API has them, over the store of hidden refs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nbvc.errors import OutsideError
from nbvc.workflow.restoring import restore_content
from nbvc_jupyter.contents import NotebookTarget
from nbvc_jupyter.trust import as_sent, make_restorable, remove_trust

if TYPE_CHECKING:
    from nbvc.checkpoint.record import Checkpoint
    from nbvc_jupyter.site import Site


class Keeper:
    """The checkpoints of notebooks, by their paths in the contents API. It blocks.

    Every method raises `NbvcError`.
    """

    def __init__(self, site: Site) -> None:
        """Take the site that the notebooks belong to."""
        self.site = site

    def create(self, path: str, notebook: bytes | None = None) -> dict[str, Any]:
        """Save what is on disk, or the notebook that is given as JSON."""
        place = self.site.contents.place(path)
        content = self.site.contents.read(place) if notebook is None else as_sent(notebook)
        file = self.site.contents.stand_in(place)
        return _make_model(self.site.store(place).create(file, "", content).checkpoint)

    def list(self, path: str) -> list[dict[str, Any]]:
        """Return all checkpoints, oldest first."""
        place = self.site.contents.place(path)
        return [_make_model(one) for one in self.site.store(place).list(place.file)]

    def restore(self, which: str, path: str) -> None:
        """Write one back to the file; what is there becomes a checkpoint first."""
        place = self.site.contents.place(path)
        store = self.site.store(place)
        found = store.find(place.file, which)
        content = make_restorable(store.content(found), place.path)
        target = NotebookTarget(self.site.contents, place)
        restore_content(store, target, target.read(), content, found.id)

    def notebook(self, which: str, path: str) -> dict[str, Any]:
        """Return a checkpoint as a notebook, without claims of trust."""
        place = self.site.contents.place(path)
        store = self.site.store(place)
        return remove_trust(store.content(store.find(place.file, which)), path).to_dict()

    def delete(self, which: str, path: str) -> None:
        """Delete one checkpoint."""
        place = self.site.contents.place(path)
        self.site.store(place).delete(place.file, which)

    def rename(self, old: str, new: str) -> None:
        """Let the checkpoints of a notebook, or of all in a folder, follow it."""
        before, after = (self.site.contents.anything(path) for path in (old, new))
        if before is None or after is None:
            return
        store = self.site.store(before)
        try:
            store.rename(before.file, after.file)
        except OutsideError:
            return  # into another repository: they stay where they can be restored from
        self.site.contents.follow(before, after)


def _make_model(checkpoint: Checkpoint) -> dict[str, Any]:
    return {"id": checkpoint.id, "seconds": checkpoint.seconds}
