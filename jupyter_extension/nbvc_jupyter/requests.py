"""What the browser asks for, one type for each request; anything else is refused as a bad one."""

from __future__ import annotations

from typing import Annotated, Literal, TypeVar

import msgspec

from nbvc.errors import make_visible
from nbvc.normalising.policy import Outputs
from nbvc.versions.model import VersionType  # noqa: TC001 - msgspec looks at the types
from nbvc_jupyter.refusals import RefusedError

R = TypeVar("R")


class HeadSide(msgspec.Struct, frozen=True, tag="head", tag_field="kind"):
    """The last commit."""

    path: str | None = None


class DiskSide(msgspec.Struct, frozen=True, tag="disk", tag_field="kind"):
    """What is saved, of this notebook or of another.

    `known`: the browser has it in an editor, and cells that are alike on both sides need not be sent.
    It is for the side after.
    """

    path: str | None = None
    known: bool = False


class CheckpointSide(msgspec.Struct, frozen=True, tag="checkpoint", tag_field="kind"):
    """A checkpoint, by its id or "latest"."""

    id: str
    path: str | None = None


class CommitSide(msgspec.Struct, frozen=True, tag="commit", tag_field="kind"):
    """A commit, by any of its names."""

    ref: str
    path: str | None = None


class ContentSide(msgspec.Struct, frozen=True, tag="content", tag_field="kind"):
    """A notebook that the browser sends, such as one with unsaved changes."""

    notebook: msgspec.Raw
    label: str | None = None


class EmptySide(msgspec.Struct, frozen=True, tag="empty", tag_field="kind"):
    """No notebook."""


Side = HeadSide | DiskSide | CheckpointSide | CommitSide | ContentSide | EmptySide


class NotebookRequest(msgspec.Struct, frozen=True):
    """A request that needs the path of a notebook only, or of which nothing else is read."""

    path: str


class VersionsRequest(msgspec.Struct, frozen=True):
    """List the newest versions."""

    path: str
    limit: Annotated[int, msgspec.Meta(ge=1, le=10_000)] = 200


class ChangesRequest(msgspec.Struct, frozen=True):
    """Return what changed in versions, given by their ids."""

    path: str
    ids: list[str]


class MarksRequest(msgspec.Struct, frozen=True):
    """Mark what changed since a version; without one, since the last commit."""

    path: str
    kind: VersionType | None = None
    id: str = ""


class VersionRequest(msgspec.Struct, frozen=True):
    """Show a version; the browser has the cells of the known one."""

    path: str
    kind: VersionType
    id: str
    known_kind: VersionType | None = None
    known_id: str = ""


class CellRequest(msgspec.Struct, frozen=True):
    """Find the versions that changed a cell, given by its id, or by its index if it has none."""

    path: str
    cell: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)] = 0
    id: str = ""


class BlameRequest(msgspec.Struct, frozen=True):
    """Return who wrote a cell, given by its index."""

    path: str
    cell: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)]


class DiffRequest(msgspec.Struct, frozen=True):
    """Compare two sides.

    `lean` leaves out of `before` the cells that `after` has alike, and what the browser has sent.
    `outputs` says what a commit would do with those of a side that is not committed.
    """

    before: Side
    after: Side
    path: str
    lean: bool = False
    outputs: Outputs = Outputs.KEEP


class CheckpointRequest(msgspec.Struct, frozen=True):
    """Make a checkpoint of what is sent, without that of what is saved.

    `keep` deletes all but the newest so many of the same message.
    """

    path: str
    message: str = ""
    notebook: msgspec.Raw = msgspec.Raw(b"null")
    keep: int | None = None


class DeleteRequest(msgspec.Struct, frozen=True):
    """Delete a checkpoint."""

    path: str
    id: str


class EditRequest(msgspec.Struct, frozen=True):
    """Give a checkpoint another message, pin it, or unpin it; null leaves that as it is."""

    path: str
    id: str
    message: str | None = None
    pinned: bool | None = None


class PickedCells(msgspec.Struct, frozen=True):
    """Which changes of a notebook are chosen: cells by their entries, and what is not in a cell.

    `state` is that of the list that they are from. Null stands for no cell: what is staged alone.
    """

    name: str
    cells: tuple[int, ...] = ()
    notebook: bool = False
    state: str | None = None


class CommitRequest(msgspec.Struct, frozen=True):
    """Commit a notebook, and push. `partly_staged` commits the file although another is staged.

    `finish_merge` makes the commit of a merge that stopped at conflicts, with all that it brings.
    `remember_outputs` makes `outputs` the notebook's choice for the commits to come. `picked` commits
    the cells that it names, and what is staged, instead of the file.
    """

    path: str
    message: str
    push: bool = False
    branch: str | None = None
    remote: str | None = None
    set_upstream: bool = False
    outputs: Outputs = Outputs.KEEP
    remember_outputs: bool = False
    expected: str | None = None
    partly_staged: bool = False
    ignored: bool = False
    finish_merge: bool = False
    picked: PickedCells | None = None


class PushRequest(msgspec.Struct, frozen=True):
    """Push the current branch."""

    path: str
    remote: str | None = None
    set_upstream: bool = False


class RestoreRequest(msgspec.Struct, frozen=True):
    """Restore a version, or one of its cells; `expected` is what the caller has seen."""

    path: str
    kind: VersionType
    id: str
    expected: str
    cell: int | None = None


class ResolveSaveRequest(msgspec.Struct, frozen=True):
    """Save a notebook whose conflicts were decided.

    `notebook` is null to delete a notebook that one side deleted. `opened` is the notebook as it was
    opened: if the file is not the expected one any more, the decisions are merged into it.
    """

    path: str
    expected: str
    notebook: msgspec.Raw
    opened: msgspec.Raw = msgspec.Raw(b"null")


class MergeRequest(msgspec.Struct, frozen=True):
    """Merge what is saved into a notebook in an editor; both come from `base`."""

    path: str
    base: msgspec.Raw
    notebook: msgspec.Raw


class ProjectRequest(msgspec.Struct, frozen=True):
    """A request about the repository that a file or folder of the contents API is in."""

    path: str


class FileRequest(msgspec.Struct, frozen=True):
    """A request about one file of the repository, by its path from the top."""

    path: str
    name: str


class CellsRequest(msgspec.Struct, frozen=True):
    """List the changed cells of a notebook, by its path from the top.

    `notebook` is what an editor has instead of the file. `outputs` is what the commit will do with
    those, even if another choice is remembered if it `overrides` that.
    """

    path: str
    name: str
    outputs: Outputs = Outputs.KEEP
    overrides: bool = False
    notebook: msgspec.Raw = msgspec.Raw(b"null")


class PickRequest(msgspec.Struct, frozen=True):
    """Unstage or discard changes of a notebook: cells by their entries in a list that was `state`."""

    path: str
    name: str
    state: str
    cells: tuple[int, ...] = ()
    notebook: bool = False
    outputs: Outputs = Outputs.KEEP
    overrides: bool = False


class ProjectCommitRequest(msgspec.Struct, frozen=True):
    """Commit files of any kind, by their paths from the top, and push.

    Of those in `picked` the cells are committed that it names, and what is staged. `outputs` is for
    notebooks for which nothing else was chosen.
    """

    path: str
    names: tuple[str, ...]
    message: str
    push: bool = False
    remote: str | None = None
    outputs: Outputs = Outputs.KEEP
    partly_staged: bool = False
    picked: tuple[PickedCells, ...] = ()


class ProjectPushRequest(msgspec.Struct, frozen=True):
    """Push the current branch; a branch without an upstream gets one."""

    path: str
    remote: str | None = None


class DiscardRequest(msgspec.Struct, frozen=True):
    """Discard the uncommitted changes of files, by their paths from the top."""

    path: str
    names: tuple[str, ...]


class KeptFile(msgspec.Struct, frozen=True):
    """A checkpoint of a file, by the file's path from the top and the checkpoint's ID."""

    name: str
    id: str


class BringBackRequest(msgspec.Struct, frozen=True):
    """Write checkpoints over their files."""

    path: str
    kept: tuple[KeptFile, ...]


class IdentityRequest(msgspec.Struct, frozen=True):
    """Set who commits: in this repository, or `everywhere` for this user."""

    path: str
    name: str
    email: str
    everywhere: bool = False


class RemoteRequest(msgspec.Struct, frozen=True):
    """Add a remote."""

    path: str
    url: str
    name: str = "origin"


class SwitchRequest(msgspec.Struct, frozen=True):
    """Switch to a branch that is here, or on a `remote`; or `create` it at the current commit."""

    path: str
    branch: str
    remote: str | None = None
    create: bool = False


class ContinueRequest(msgspec.Struct, frozen=True):
    """Finish the operation in progress, or go on to where git stops next, and push."""

    path: str
    message: str = ""
    push: bool = False
    remote: str | None = None


class SettleRequest(msgspec.Struct, frozen=True):
    """Resolve a file in conflict with a text, or with the whole file of a side.

    `expected` is the digest of the file that the caller has seen.
    """

    path: str
    name: str
    expected: str
    text: str | None = None
    side: Literal["local", "remote"] | None = None


def parse_body(body: bytes, kind: type[R]) -> R:
    """Return the request in a body. Raises `RefusedError`."""
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _make_unreadable_error(error) from None


def parse_query(query: dict[str, str], kind: type[R]) -> R:
    """Return the request in a query. Raises `RefusedError`."""
    try:
        return msgspec.convert(query, kind, strict=False)
    except msgspec.ValidationError as error:
        raise _make_unreadable_error(error) from None


def _make_unreadable_error(error: Exception) -> RefusedError:
    text = f"the request can't be read: {make_visible(str(error))[:300]}"
    return RefusedError(400, "bad-request", text)
