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
from nbvc.git import Stop
from nbvc.names import SUFFIX
from nbvc_jupyter.refusals import FailedError, describe_error, make_unexpected
from nbvc_jupyter.tasks import TASKS
from nbvc_jupyter.work import Call, Wanted

if TYPE_CHECKING:
    from nbvc_jupyter.server import NbvcServer


def is_notebook(path: str) -> bool:
    """Return whether a path of the contents API is a notebook's."""
    return path.lower().endswith(SUFFIX)


def id_of(which: Any) -> str:
    """Return a checkpoint's id, also where the whole model is given, as nbdime does."""
    found = which.get("id") if isinstance(which, dict) else which
    if not isinstance(found, str):
        raise HTTPError(400, "not the ID of a checkpoint")
    return found


def _make_model(kept: dict[str, Any]) -> dict[str, Any]:
    moment = datetime.fromtimestamp(kept["seconds"], timezone.utc)
    return {"id": kept["id"], "last_modified": moment}


def _make_http_error(error: NbvcError) -> HTTPError:
    refusal = describe_error(error)
    return HTTPError(refusal.status, refusal.message.replace("%", "%%"))


def _pass_on(found: Any) -> Any:
    return found


def _wrap_notebook(notebook: Any) -> dict[str, Any]:
    import nbformat

    return {"type": "notebook", "format": "json", "content": nbformat.from_dict(notebook)}


class _NbvcCheckpoints:
    """What both classes do. Each call returns its result, or something to await."""

    server: NbvcServer
    other: Any

    @classmethod
    def over(cls, server: NbvcServer, other: Any, **kwargs: Any) -> Any:
        """Return nbvc's checkpoints of a server; `other` keeps those of other files."""
        made = cls(**kwargs)
        made.server, made.other = server, other
        return made

    @property
    def checkpoint_dir(self) -> Any:
        """The folder of the other class, which deleting a folder looks past."""
        return getattr(self.other, "checkpoint_dir", None)

    def create_checkpoint(self, contents_mgr: Any, path: str) -> Any:
        """Create a checkpoint of what is saved."""
        if not is_notebook(path):
            return self.leave(self.other.create_checkpoint(contents_mgr, path))
        if not self.server.is_local:
            return super().create_checkpoint(contents_mgr, path)  # type: ignore[misc]
        return self.ask("create", _make_model, path=path)

    def restore_checkpoint(self, contents_mgr: Any, checkpoint_id: Any, path: str) -> Any:
        """Restore a checkpoint, byte for byte if there are files."""
        if not is_notebook(path):
            return self.leave(self.other.restore_checkpoint(contents_mgr, checkpoint_id, path))
        if not self.server.is_local:
            return super().restore_checkpoint(  # type: ignore[misc]
                contents_mgr, checkpoint_id, path
            )
        return self.ask("restore", id=id_of(checkpoint_id), path=path)

    def list_checkpoints(self, path: str) -> Any:
        """Return the checkpoints of a file, oldest first."""
        if not is_notebook(path):
            return self.leave(self.other.list_checkpoints(path))
        return self.ask("list", lambda found: [*map(_make_model, found)], path=path)

    def delete_checkpoint(self, checkpoint_id: Any, path: str) -> Any:
        """Delete one checkpoint."""
        if not is_notebook(path):
            return self.leave(self.other.delete_checkpoint(checkpoint_id, path))
        return self.ask("delete", id=id_of(checkpoint_id), path=path)

    def delete_all_checkpoints(self, path: str) -> Any:
        """Leave a deleted notebook's checkpoints alone: they are the way back."""
        return self.leave(None if is_notebook(path) else self.other.delete_all_checkpoints(path))

    def rename_checkpoint(self, checkpoint_id: Any, old_path: str, new_path: str) -> Any:
        """Rename: all checkpoints of a notebook go together."""
        if not is_notebook(old_path):
            return self.leave(self.other.rename_checkpoint(checkpoint_id, old_path, new_path))
        return self.rename_all_checkpoints(old_path, new_path)

    def rename_all_checkpoints(self, old_path: str, new_path: str) -> Any:
        """Let checkpoints follow a file or a folder."""
        raise NotImplementedError

    def create_notebook_checkpoint(self, nb: Any, path: str) -> Any:
        """Create a checkpoint of a notebook that the contents manager gave."""
        return self.ask("create", _make_model, json.dumps(nb).encode(), path=path)

    def get_notebook_checkpoint(self, checkpoint_id: Any, path: str) -> Any:
        """Return a checkpoint as the contents manager saves it."""
        return self.ask("content", _wrap_notebook, id=id_of(checkpoint_id), path=path)

    def create_file_checkpoint(self, content: Any, format: Any, path: str) -> Any:  # noqa: A002
        """Leave other files to the other class."""
        return self.leave(self.other.create_file_checkpoint(content, format, path))

    def get_file_checkpoint(self, checkpoint_id: Any, path: str) -> Any:
        """Leave other files to the other class."""
        return self.leave(self.other.get_file_checkpoint(checkpoint_id, path))

    def leave(self, answer: Any) -> Any:
        """Return the answer of the other class."""
        raise NotImplementedError

    def ask(self, name: str, then: Any = _pass_on, body: bytes = b"", **query: str) -> Any:
        """Return what `then` makes of the result of a task of `Keeper`."""
        raise NotImplementedError


class NbvcCheckpoints(_NbvcCheckpoints, GenericCheckpointsMixin, Checkpoints):
    """Checkpoints for a contents manager that blocks, by the server's own process."""

    def rename_all_checkpoints(self, old_path: str, new_path: str) -> Any:
        """Let checkpoints follow a file or a folder."""
        if not is_notebook(old_path):
            self.other.rename_all_checkpoints(old_path, new_path)
        return self.ask("rename", path=old_path, new=new_path)

    def leave(self, answer: Any) -> Any:
        """Return the answer of the other class."""
        return answer

    def ask(self, name: str, then: Any = _pass_on, body: bytes = b"", **query: str) -> Any:
        """Do a task of `Keeper`; what the library refuses becomes an error for Jupyter."""
        try:
            return then(TASKS[f"jupyter/{name}"](self.server.site(), query, body, Stop()))
        except NbvcError as error:
            raise _make_http_error(error) from error


class AsyncNbvcCheckpoints(_NbvcCheckpoints, AsyncGenericCheckpointsMixin, AsyncCheckpoints):
    """Checkpoints for a contents manager that does not block, by worker processes."""

    async def rename_all_checkpoints(self, old_path: str, new_path: str) -> Any:
        """Let checkpoints follow a file or a folder."""
        if not is_notebook(old_path):
            await ensure_async(self.other.rename_all_checkpoints(old_path, new_path))
        return await self.ask("rename", path=old_path, new=new_path)

    async def leave(self, answer: Any) -> Any:
        """Await the answer of the other class."""
        return await ensure_async(answer)

    async def ask(self, name: str, then: Any = _pass_on, body: bytes = b"", **query: str) -> Any:
        """Let a worker do a task of `Keeper`."""
        self.server.manager.listen()
        call = Call(f"jupyter/{name}", query, body)
        try:
            answer = await self.server.work.keep(call, Wanted())
        except NbvcError as error:
            raise _make_http_error(error) from error
        except FailedError as error:
            self.log.error("nbvc: %s", error.text)  # noqa: TRY400 -- It has the worker's traceback.
            raise HTTPError(500, make_unexpected(error.kind).message) from None
        return then(json.loads(answer.content))
