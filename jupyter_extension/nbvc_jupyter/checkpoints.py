"""nbvc's checkpoints where Jupyter looks for its own: every Ctrl+S is kept, not just the last.

Both classes sit over one store of hidden refs, the asynchronous one with threads. Notebooks alone
are nbvc's business: any other file goes to the class that was there before. Deleting a notebook
leaves its checkpoints, and renaming takes them along.
"""

from __future__ import annotations

from datetime import datetime, timezone
from functools import partial
from typing import TYPE_CHECKING, Any

from jupyter_core.utils import ensure_async
from jupyter_server.services.contents.checkpoints import (
    AsyncCheckpoints,
    AsyncGenericCheckpointsMixin,
    Checkpoints,
    GenericCheckpointsMixin,
)
from tornado.web import HTTPError

from nbvc.checkpoint.errors import CheckpointError
from nbvc.errors import NbvcError
from nbvc.git.repository import OutsideError
from nbvc.notebook import read
from nbvc_jupyter.contents import as_written
from nbvc_jupyter.refusals import described
from nbvc_jupyter.stopping import Stop

if TYPE_CHECKING:
    from nbvc.checkpoint.record import Checkpoint
    from nbvc_jupyter.site import Site

_SUFFIX = ".ipynb"


def is_notebook(path: str) -> bool:
    """Tell whether a path of the contents API is a notebook's."""
    return path.lower().endswith(_SUFFIX)


class Keeper:
    """The checkpoints of notebooks, by their paths in the contents API. It blocks.

    Every method raises `HTTPError`.
    """

    def __init__(self, site: Site) -> None:
        self.site = site

    def create(self, path: str, content: bytes | None = None) -> dict[str, Any]:
        """Save what is on the disk, or what is given."""
        place = self.site.contents.place(path)
        if content is None:
            content = self.site.contents.read(place)
        file = self.site.contents.stand_in(place)
        return _model(self.site.store(place).create(file, "", content).checkpoint)

    def list(self, path: str) -> list[dict[str, Any]]:
        """Return all checkpoints, oldest first."""
        place = self.site.contents.place(path)
        return [_model(one) for one in self.site.store(place).list(place.file)]

    def restore(self, which: Any, path: str) -> None:
        """Write one back to the file, byte for byte; what is there becomes a checkpoint first."""
        place = self.site.contents.place(path)
        try:
            self.site.store(place).restore(place.file, id_of(which))
        except CheckpointError as error:
            raise _http(error) from error

    def content(self, which: Any, path: str) -> bytes:
        """Return the bytes of a checkpoint."""
        place = self.site.contents.place(path)
        store = self.site.store(place)
        return store.content(store.find(place.file, id_of(which)))

    def delete(self, which: Any, path: str) -> None:
        """Delete one checkpoint."""
        place = self.site.contents.place(path)
        self.site.store(place).delete(place.file, id_of(which))

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


def id_of(which: Any) -> str:
    """Return a checkpoint's id, also where the whole model is given, as nbdime does."""
    found = which.get("id") if isinstance(which, dict) else which
    if not isinstance(found, str):
        raise HTTPError(400, "this is no id of a checkpoint")
    return found


def _model(checkpoint: Checkpoint) -> dict[str, Any]:
    moment = datetime.fromtimestamp(checkpoint.seconds, timezone.utc)
    return {"id": checkpoint.id, "last_modified": moment}


def _http(error: NbvcError) -> HTTPError:
    status, said = described(error, 500)
    return HTTPError(status, str(said["message"]).replace("%", "%%"))


def _refused(task: Any) -> Any:
    """Run a task; what the library refuses becomes an error that Jupyter understands."""
    try:
        return task()
    except NbvcError as error:
        raise _http(error) from error


class NbvcCheckpoints(GenericCheckpointsMixin, Checkpoints):
    """Checkpoints for a contents manager that blocks."""

    keeper: Keeper
    other: Any

    @classmethod
    def over(cls, site: Site, other: Any, **kwargs: Any) -> NbvcCheckpoints:
        """Return nbvc's checkpoints over a site; `other` keeps those of other files."""
        made = cls(**kwargs)
        made.keeper, made.other = Keeper(site), other
        return made

    @property
    def checkpoint_dir(self) -> Any:
        """The folder of the other class, which deleting a folder looks past."""
        return getattr(self.other, "checkpoint_dir", None)

    def create_checkpoint(self, contents_mgr: Any, path: str) -> Any:
        """Create a checkpoint of what is saved."""
        if not is_notebook(path):
            return self.other.create_checkpoint(contents_mgr, path)
        if not self.keeper.site.contents.is_local:
            return super().create_checkpoint(contents_mgr, path)  # type: ignore[no-untyped-call]
        return _refused(lambda: self.keeper.create(path))

    def restore_checkpoint(self, contents_mgr: Any, checkpoint_id: Any, path: str) -> Any:
        """Restore a checkpoint, byte for byte where there are files."""
        if not is_notebook(path):
            return self.other.restore_checkpoint(contents_mgr, checkpoint_id, path)
        if not self.keeper.site.contents.is_local:
            return super().restore_checkpoint(  # type: ignore[no-untyped-call]
                contents_mgr, checkpoint_id, path
            )
        return _refused(lambda: self.keeper.restore(checkpoint_id, path))

    def list_checkpoints(self, path: str) -> Any:
        """Return the checkpoints of a file, oldest first."""
        if not is_notebook(path):
            return self.other.list_checkpoints(path)
        return _refused(lambda: self.keeper.list(path))

    def delete_checkpoint(self, checkpoint_id: Any, path: str) -> Any:
        """Delete one checkpoint."""
        if not is_notebook(path):
            return self.other.delete_checkpoint(checkpoint_id, path)
        return _refused(lambda: self.keeper.delete(checkpoint_id, path))

    def delete_all_checkpoints(self, path: str) -> Any:
        """Leave a deleted notebook's checkpoints alone: they are the way back."""
        return None if is_notebook(path) else self.other.delete_all_checkpoints(path)

    def rename_checkpoint(self, checkpoint_id: Any, old_path: str, new_path: str) -> Any:
        """Rename: all checkpoints of a notebook go together."""
        if not is_notebook(old_path):
            return self.other.rename_checkpoint(checkpoint_id, old_path, new_path)
        return self.rename_all_checkpoints(old_path, new_path)

    def rename_all_checkpoints(self, old_path: str, new_path: str) -> Any:
        """Let checkpoints follow a file or a folder."""
        if not is_notebook(old_path):
            self.other.rename_all_checkpoints(old_path, new_path)
        return _refused(lambda: self.keeper.rename(old_path, new_path))

    def create_notebook_checkpoint(self, nb: Any, path: str) -> Any:
        """Create a checkpoint of a notebook that the contents manager gave."""
        return _refused(lambda: self.keeper.create(path, as_written(_copied(nb))))

    def get_notebook_checkpoint(self, checkpoint_id: Any, path: str) -> Any:
        """Return a checkpoint as the contents manager saves it."""
        return _refused(lambda: _saved(self.keeper.content(checkpoint_id, path)))

    def create_file_checkpoint(self, content: Any, format: Any, path: str) -> Any:  # noqa: A002
        """Leave other files to the other class."""
        return self.other.create_file_checkpoint(content, format, path)

    def get_file_checkpoint(self, checkpoint_id: Any, path: str) -> Any:
        """Leave other files to the other class."""
        return self.other.get_file_checkpoint(checkpoint_id, path)


class AsyncNbvcCheckpoints(AsyncGenericCheckpointsMixin, AsyncCheckpoints):
    """Checkpoints for a contents manager that does not block."""

    keeper: Keeper
    other: Any

    @classmethod
    def over(cls, site: Site, other: Any, **kwargs: Any) -> AsyncNbvcCheckpoints:
        """Return nbvc's checkpoints over a site; `other` keeps those of other files."""
        made = cls(**kwargs)
        made.keeper, made.other = Keeper(site), other
        return made

    @property
    def checkpoint_dir(self) -> Any:
        """The folder of the other class, which deleting a folder looks past."""
        return getattr(self.other, "checkpoint_dir", None)

    async def _beside(self, task: Any) -> Any:
        """Run a task in a thread."""
        self.keeper.site.contents.listen()
        return await self.keeper.site.work.look(partial(_refused, task), Stop())

    async def create_checkpoint(self, contents_mgr: Any, path: str) -> Any:
        """Create a checkpoint of what is saved."""
        if not is_notebook(path):
            return await ensure_async(self.other.create_checkpoint(contents_mgr, path))
        if not self.keeper.site.contents.is_local:
            made = super().create_checkpoint(contents_mgr, path)  # type: ignore[no-untyped-call]
            return await made
        return await self._beside(lambda: self.keeper.create(path))

    async def restore_checkpoint(self, contents_mgr: Any, checkpoint_id: Any, path: str) -> Any:
        """Restore a checkpoint, byte for byte where there are files."""
        if not is_notebook(path):
            restored = self.other.restore_checkpoint(contents_mgr, checkpoint_id, path)
            return await ensure_async(restored)
        if not self.keeper.site.contents.is_local:
            restored = super().restore_checkpoint(  # type: ignore[no-untyped-call]
                contents_mgr, checkpoint_id, path
            )
            return await restored
        return await self._beside(lambda: self.keeper.restore(checkpoint_id, path))

    async def list_checkpoints(self, path: str) -> Any:
        """Return the checkpoints of a file, oldest first."""
        if not is_notebook(path):
            return await ensure_async(self.other.list_checkpoints(path))
        return await self._beside(lambda: self.keeper.list(path))

    async def delete_checkpoint(self, checkpoint_id: Any, path: str) -> Any:
        """Delete one checkpoint."""
        if not is_notebook(path):
            return await ensure_async(self.other.delete_checkpoint(checkpoint_id, path))
        return await self._beside(lambda: self.keeper.delete(checkpoint_id, path))

    async def delete_all_checkpoints(self, path: str) -> Any:
        """Leave a deleted notebook's checkpoints alone: they are the way back."""
        if is_notebook(path):
            return None
        return await ensure_async(self.other.delete_all_checkpoints(path))

    async def rename_checkpoint(self, checkpoint_id: Any, old_path: str, new_path: str) -> Any:
        """Rename: all checkpoints of a notebook go together."""
        if not is_notebook(old_path):
            renamed = self.other.rename_checkpoint(checkpoint_id, old_path, new_path)
            return await ensure_async(renamed)
        return await self.rename_all_checkpoints(old_path, new_path)

    async def rename_all_checkpoints(self, old_path: str, new_path: str) -> Any:
        """Let checkpoints follow a file or a folder."""
        if not is_notebook(old_path):
            await ensure_async(self.other.rename_all_checkpoints(old_path, new_path))
        return await self._beside(lambda: self.keeper.rename(old_path, new_path))

    async def create_notebook_checkpoint(self, nb: Any, path: str) -> Any:
        """Create a checkpoint of a notebook that the contents manager gave."""
        return await self._beside(lambda: self.keeper.create(path, as_written(_copied(nb))))

    async def get_notebook_checkpoint(self, checkpoint_id: Any, path: str) -> Any:
        """Return a checkpoint as the contents manager saves it."""
        return await self._beside(lambda: _saved(self.keeper.content(checkpoint_id, path)))

    async def create_file_checkpoint(self, content: Any, format: Any, path: str) -> Any:  # noqa: A002
        """Leave other files to the other class."""
        return await ensure_async(self.other.create_file_checkpoint(content, format, path))

    async def get_file_checkpoint(self, checkpoint_id: Any, path: str) -> Any:
        """Leave other files to the other class."""
        return await ensure_async(self.other.get_file_checkpoint(checkpoint_id, path))


def _copied(value: Any) -> Any:
    """Return plain dictionaries and lists: the contents manager's own are not ours to change."""
    if isinstance(value, dict):
        return {key: _copied(item) for key, item in value.items()}
    return [_copied(item) for item in value] if isinstance(value, (list, tuple)) else value


def _saved(content: bytes) -> dict[str, Any]:
    import nbformat

    node = nbformat.from_dict(read(content).to_dict())
    return {"type": "notebook", "format": "json", "content": node}
