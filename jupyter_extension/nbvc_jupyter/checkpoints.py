"""nbvc's checkpoints where Jupyter looks for its own: every Ctrl+S is kept, not just the last.

Both classes sit over one store of hidden refs, the asynchronous one with worker processes. Notebooks
alone are nbvc's business: any other file goes to the class that was there before. Deleting a
notebook leaves its checkpoints, and renaming takes them along.
"""

from __future__ import annotations

import json
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from jupyter_core.utils import ensure_async
from jupyter_server.services.contents.checkpoints import (
    AsyncCheckpoints,
    AsyncGenericCheckpointsMixin,
    Checkpoints,
    GenericCheckpointsMixin,
)
from tornado.web import HTTPError

from nbvc.errors import NbvcError
from nbvc_jupyter.keeping import Keeper
from nbvc_jupyter.refusals import FailedError, described, unexpected
from nbvc_jupyter.work import Call, Wanted

if TYPE_CHECKING:
    from nbvc_jupyter.server import NbvcServer

_SUFFIX = ".ipynb"


def is_notebook(path: str) -> bool:
    """Tell whether a path of the contents API is a notebook's."""
    return path.lower().endswith(_SUFFIX)


def id_of(which: Any) -> str:
    """Return a checkpoint's id, also where the whole model is given, as nbdime does."""
    found = which.get("id") if isinstance(which, dict) else which
    if not isinstance(found, str):
        raise HTTPError(400, "this is not the id of a checkpoint")
    return found


def _model(kept: dict[str, Any]) -> dict[str, Any]:
    moment = datetime.fromtimestamp(kept["seconds"], timezone.utc)
    return {"id": kept["id"], "last_modified": moment}


def _http(error: NbvcError) -> HTTPError:
    refusal = described(error)
    return HTTPError(refusal.status, refusal.message.replace("%", "%%"))


def _refused(task: Any) -> Any:
    """Run a task; what the library refuses becomes an error that Jupyter understands."""
    try:
        return task()
    except NbvcError as error:
        raise _http(error) from error


class NbvcCheckpoints(GenericCheckpointsMixin, Checkpoints):
    """Checkpoints for a contents manager that blocks."""

    server: NbvcServer
    other: Any

    @classmethod
    def over(cls, server: NbvcServer, other: Any, **kwargs: Any) -> NbvcCheckpoints:
        """Return nbvc's checkpoints of a server; `other` keeps those of other files."""
        made = cls(**kwargs)
        made.server, made.other = server, other
        return made

    @property
    def keeper(self) -> Keeper:
        """The checkpoints, by the server's own process: such a manager blocks it anyway."""
        return Keeper(self.server.site())

    @property
    def checkpoint_dir(self) -> Any:
        """The folder of the other class, which deleting a folder looks past."""
        return getattr(self.other, "checkpoint_dir", None)

    def create_checkpoint(self, contents_mgr: Any, path: str) -> Any:
        """Create a checkpoint of what is saved."""
        if not is_notebook(path):
            return self.other.create_checkpoint(contents_mgr, path)
        if not self.server.is_local:
            return super().create_checkpoint(contents_mgr, path)  # type: ignore[no-untyped-call]
        return _model(_refused(lambda: self.keeper.create(path)))

    def restore_checkpoint(self, contents_mgr: Any, checkpoint_id: Any, path: str) -> Any:
        """Restore a checkpoint, byte for byte where there are files."""
        if not is_notebook(path):
            return self.other.restore_checkpoint(contents_mgr, checkpoint_id, path)
        if not self.server.is_local:
            return super().restore_checkpoint(  # type: ignore[no-untyped-call]
                contents_mgr, checkpoint_id, path
            )
        return _refused(lambda: self.keeper.restore(id_of(checkpoint_id), path))

    def list_checkpoints(self, path: str) -> Any:
        """Return the checkpoints of a file, oldest first."""
        if not is_notebook(path):
            return self.other.list_checkpoints(path)
        return [_model(one) for one in _refused(lambda: self.keeper.list(path))]

    def delete_checkpoint(self, checkpoint_id: Any, path: str) -> Any:
        """Delete one checkpoint."""
        if not is_notebook(path):
            return self.other.delete_checkpoint(checkpoint_id, path)
        return _refused(lambda: self.keeper.delete(id_of(checkpoint_id), path))

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
        return _model(_refused(lambda: self.keeper.create(path, _as_json(nb))))

    def get_notebook_checkpoint(self, checkpoint_id: Any, path: str) -> Any:
        """Return a checkpoint as the contents manager saves it."""
        return _saved(_refused(lambda: self.keeper.notebook(id_of(checkpoint_id), path)))

    def create_file_checkpoint(self, content: Any, format: Any, path: str) -> Any:  # noqa: A002
        """Leave other files to the other class."""
        return self.other.create_file_checkpoint(content, format, path)

    def get_file_checkpoint(self, checkpoint_id: Any, path: str) -> Any:
        """Leave other files to the other class."""
        return self.other.get_file_checkpoint(checkpoint_id, path)


class AsyncNbvcCheckpoints(AsyncGenericCheckpointsMixin, AsyncCheckpoints):
    """Checkpoints for a contents manager that does not block."""

    server: NbvcServer
    other: Any

    @classmethod
    def over(cls, server: NbvcServer, other: Any, **kwargs: Any) -> AsyncNbvcCheckpoints:
        """Return nbvc's checkpoints of a server; `other` keeps those of other files."""
        made = cls(**kwargs)
        made.server, made.other = server, other
        return made

    @property
    def checkpoint_dir(self) -> Any:
        """The folder of the other class, which deleting a folder looks past."""
        return getattr(self.other, "checkpoint_dir", None)

    async def _asked(self, name: str, body: bytes = b"", **query: str) -> Any:
        """Let a worker do a task of `Keeper`."""
        self.server.manager.listen()
        call = Call(f"jupyter/{name}", query, body)
        try:
            answer = await self.server.work.keep(call, Wanted())
        except NbvcError as error:
            raise _http(error) from error
        except FailedError as error:
            self.log.error("nbvc: %s", error.text)  # noqa: TRY400 -- It has the worker's traceback.
            raise HTTPError(500, unexpected(error.kind).message) from None
        return json.loads(answer.content)

    async def create_checkpoint(self, contents_mgr: Any, path: str) -> Any:
        """Create a checkpoint of what is saved."""
        if not is_notebook(path):
            return await ensure_async(self.other.create_checkpoint(contents_mgr, path))
        if not self.server.is_local:
            made = super().create_checkpoint(contents_mgr, path)  # type: ignore[no-untyped-call]
            return await made
        return _model(await self._asked("create", path=path))

    async def restore_checkpoint(self, contents_mgr: Any, checkpoint_id: Any, path: str) -> Any:
        """Restore a checkpoint, byte for byte where there are files."""
        if not is_notebook(path):
            restored = self.other.restore_checkpoint(contents_mgr, checkpoint_id, path)
            return await ensure_async(restored)
        if not self.server.is_local:
            restored = super().restore_checkpoint(  # type: ignore[no-untyped-call]
                contents_mgr, checkpoint_id, path
            )
            return await restored
        return await self._asked("restore", id=id_of(checkpoint_id), path=path)

    async def list_checkpoints(self, path: str) -> Any:
        """Return the checkpoints of a file, oldest first."""
        if not is_notebook(path):
            return await ensure_async(self.other.list_checkpoints(path))
        return [_model(one) for one in await self._asked("list", path=path)]

    async def delete_checkpoint(self, checkpoint_id: Any, path: str) -> Any:
        """Delete one checkpoint."""
        if not is_notebook(path):
            return await ensure_async(self.other.delete_checkpoint(checkpoint_id, path))
        return await self._asked("delete", id=id_of(checkpoint_id), path=path)

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
        return await self._asked("rename", path=old_path, new=new_path)

    async def create_notebook_checkpoint(self, nb: Any, path: str) -> Any:
        """Create a checkpoint of a notebook that the contents manager gave."""
        return _model(await self._asked("create", _as_json(nb), path=path))

    async def get_notebook_checkpoint(self, checkpoint_id: Any, path: str) -> Any:
        """Return a checkpoint as the contents manager saves it."""
        return _saved(await self._asked("content", id=id_of(checkpoint_id), path=path))

    async def create_file_checkpoint(self, content: Any, format: Any, path: str) -> Any:  # noqa: A002
        """Leave other files to the other class."""
        return await ensure_async(self.other.create_file_checkpoint(content, format, path))

    async def get_file_checkpoint(self, checkpoint_id: Any, path: str) -> Any:
        """Leave other files to the other class."""
        return await ensure_async(self.other.get_file_checkpoint(checkpoint_id, path))


def _as_json(notebook: Any) -> bytes:
    return json.dumps(notebook).encode()


def _saved(notebook: Any) -> dict[str, Any]:
    import nbformat

    return {"type": "notebook", "format": "json", "content": nbformat.from_dict(notebook)}
