"""What the server answers: one type for each answer.

A field without a default is always in the JSON; one with a default is left out if it has that value.
`python -m tests.integration.jupyter.contract` writes the browser's types from these and those of the
requests.
"""

from typing import Annotated, Any, Literal

import msgspec

from nbvc.diffing import Change
from nbvc.git.actions.operating import OperationStep
from nbvc.git.actions.outcome import CommitOutcome
from nbvc.git.actions.pull import PullOutcome
from nbvc.git.actions.push import PushOutcome
from nbvc.git.state.operation import Operation
from nbvc.git.state.status import FileState
from nbvc.normalising.noise import Level
from nbvc.normalising.policy import Outputs
from nbvc.render.extent import Extent
from nbvc.versions.model import VersionType
from nbvc.workflow.overview import FileKind
from nbvc_jupyter.refusals import Reason

# The string is the name of the type in the browser.
Cell = Annotated[dict[str, Any], "ICell"]
Notebook = Annotated[dict[str, Any], "INotebook"]
LeanNotebook = Annotated[dict[str, Any], "INotebook<ICell | null>"]
"""A notebook in which a cell that the other side has to the last detail is null."""
NumberedNotebook = Annotated[dict[str, Any], "INotebook<ICell | number>"]
"""A notebook in which a cell that the browser has is the number of that cell."""
Diff = Annotated[dict[str, Any], "INotebookDiff"]
LineOps = Annotated[list[Any], "LineOp[]"]

ConflictKind = Literal["nbvc", "git", "deleted", "none"]
MarkKind = Literal["added", "changed", "moved", "outputs"]
MergeSide = Annotated[str, "'local' | 'remote'"]
VersionKind = Annotated[VersionType, "'commit' | 'checkpoint'"]


class Answer(msgspec.Struct, frozen=True, omit_defaults=True):
    """What an answer consists of."""


class RepositoryStatus(Answer, frozen=True):
    """A repository, and what git knows of one notebook in it.

    `path` is the notebook's name from the top of the repository; `branch` is None if HEAD is
    detached; `outputs` is what was chosen for its commits, None before the first choice.
    """

    top: str
    path: str
    branch: str | None
    unborn: bool
    head: str | None
    operation: Operation | None
    remotes: list[str]
    upstream: str | None
    ahead: int | None
    behind: int | None
    filter: bool
    state: FileState
    renamed_from: str | None
    outputs: Outputs | None


class InRepository(Answer, frozen=True):
    """What the buttons need to know about a notebook in a repository."""

    version: str
    checkpoints: int
    repository: RepositoryStatus
    reason: None


class OutsideRepository(Answer, frozen=True):
    """What the buttons need to know about a notebook that git can't be used for, and why."""

    version: str
    checkpoints: int
    repository: None
    reason: str


Status = InRepository | OutsideRepository


class Digest(Answer, frozen=True):
    """What is saved."""

    digest: str


class ComparedSide(Answer, frozen=True):
    """One side of a comparison.

    `notebook` is None if this side has none, and left out if the browser has sent it.
    """

    label: str
    notebook: LeanNotebook | msgspec.UnsetType | None = msgspec.UNSET
    time: str | None = None
    author: str | None = None
    message: str | None = None
    id: str | None = None


class Noise(Answer, frozen=True):
    """How many cells differ in noise alone, and the keys that are noise, by level."""

    cells: int
    keys: dict[Level, list[str]]


class Digests(Answer, frozen=True):
    """The digests of both sides; None for what is in an editor only."""

    before: str | None
    after: str | None


class Comparison(Answer, frozen=True):
    """Two versions of a notebook, and nbvc's diff of them."""

    before: ComparedSide
    after: ComparedSide
    diff: Diff
    noise: Noise
    digests: Digests


class Mark(Answer, frozen=True):
    """What changed in a saved cell since another version, and its source there if it had one."""

    at: int
    kind: MarkKind
    source: str | None = None


class Gone(Answer, frozen=True):
    """A cell that was deleted since another version, and which cell follows its place."""

    at: int


class Marks(Answer, frozen=True):
    """What changed in the cells of a saved notebook since another version, if that has it."""

    is_known: bool
    marks: list[Mark]
    gone: list[Gone]


class Checkpoint(Answer, frozen=True):
    """A checkpoint of a notebook, and the commit that holds it."""

    id: str
    message: str
    author: str
    time: str
    path: str
    commit: str


class Checkpoints(Answer, frozen=True):
    """The checkpoints of a notebook, oldest first."""

    checkpoints: list[Checkpoint]


class MadeCheckpoint(Answer, frozen=True):
    """A checkpoint; `made` is False if the latest one has the same content."""

    checkpoint: Checkpoint
    made: bool


class Done(Answer, frozen=True):
    """Nothing more to say."""


class Version(Answer, frozen=True):
    """A commit or checkpoint of a notebook; `path` is what the notebook was called then.

    `parents` are the versions that it was made from: several for a merge. `repeats` says that a
    checkpoint has the content of the version before, or of the commit that followed.
    """

    kind: VersionKind
    id: str
    short: str
    author: str
    time: str
    message: str
    path: str
    commit: str
    parents: list[str]
    pinned: bool = False
    repeats: bool = False


class VersionChange(Answer, frozen=True):
    """What changed in a version: cells by kind, and the line before and after if it is only one.

    `outputs` is the number of the changed cells of which nothing but outputs changed.
    """

    is_first: bool = False
    is_same: bool = False
    changed: int = 0
    split: int = 0
    joined: int = 0
    added: int = 0
    removed: int = 0
    moved: int = 0
    outputs: int = 0
    before: str | None = None
    after: str | None = None


class VersionChanges(Answer, frozen=True):
    """What changed in versions, by their ids."""

    changes: dict[str, VersionChange]


class CellVersion(Answer, frozen=True):
    """A version that changed a cell, and the cell's index in it."""

    id: str
    cell: int


class CellVersions(Answer, frozen=True):
    """The versions that changed a cell, newest first."""

    versions: list[CellVersion]


class DeletedCell(Answer, frozen=True):
    """A cell, the version that deleted it, and the version before, which still has it."""

    version: str
    before: str
    cell: Cell


class DeletedCells(Answer, frozen=True):
    """Cells of old versions that the last version does not have, the last deleted first."""

    cells: list[DeletedCell]


class Versions(Answer, frozen=True):
    """The versions of a notebook, newest first, and whether these are all."""

    versions: list[Version]
    complete: bool


class VersionContent(Answer, frozen=True):
    """A notebook as it was, and who made it so."""

    label: str
    author: str | None
    time: str | None
    message: str | None
    notebook: NumberedNotebook
    digest: str | None


class Origin(Answer, frozen=True):
    """The version that something comes from."""

    kind: VersionKind
    id: str
    short: str
    author: str
    time: str
    message: str


class Blame(Answer, frozen=True):
    """Where the source and the outputs of a cell come from; None for what is not committed."""

    source: Origin | None
    outputs: Origin | None


class _CommitAnswer(Answer, frozen=True):
    """What became of a commit, in a sentence, with what to do and what git and hooks wrote.

    `names` are the files that were committed, or that are in the way; `edited` those that a hook
    changed.
    """

    message: str
    hint: str | None
    branch: str | None
    names: tuple[str, ...]
    edited: tuple[str, ...]
    renamed_from: str | None
    stderr: str


class Committed(_CommitAnswer, frozen=True):
    """A commit."""

    outcome: Literal[CommitOutcome.COMMITTED]
    oid: str
    short: str


class NotCommitted(_CommitAnswer, frozen=True):
    """Why there is no commit."""

    outcome: Annotated[CommitOutcome, "Exclude<CommitOutcome, 'committed'>"]
    oid: None
    short: None


CommitResult = Committed | NotCommitted


class Pages(Answer, frozen=True):
    """The pages of a pushed commit; those that its host has."""

    commit: str | None = None
    request: str | None = None
    viewer: str | None = None


class PushResult(Answer, frozen=True):
    """What became of a push; `links` is None if it failed or the host is not known."""

    outcome: PushOutcome
    message: str
    hint: str | None
    branch: str | None
    remote: str | None
    stderr: str
    links: Pages | None


class PullResult(Answer, frozen=True):
    """What became of a pull.

    `notes` say what to check in merged notebooks, one line each. `names` are the files in conflict, or
    with changes that are not committed. `kept` are checkpoints of the notebooks that had changes;
    `undecided` are those in which these changes are in conflict, `left_out` those whose changes are in
    the checkpoint alone.
    """

    outcome: PullOutcome
    message: str
    hint: str | None
    branch: str | None
    oid: str | None
    names: tuple[str, ...]
    stderr: str
    notes: tuple[str, ...]
    kept: list[Checkpoint]
    undecided: tuple[str, ...]
    left_out: tuple[str, ...]


class CommitAndPush(Answer, frozen=True):
    """What became of a commit, and of the push after it; None if there was none."""

    commit: CommitResult
    push: PushResult | None


class Push(Answer, frozen=True):
    """What became of a push."""

    push: PushResult


class Pull(Answer, frozen=True):
    """What became of a pull."""

    pull: PullResult


class Aborted(Answer, frozen=True):
    """A merge that was aborted; `kept` are checkpoints of the notebooks as they were in it."""

    kept: list[Checkpoint]


class Restored(Answer, frozen=True):
    """A notebook that was brought back; `kept` is the checkpoint of what was there before."""

    digest: str
    kept: Checkpoint | None
    notebook: Notebook


class Settled(Answer, frozen=True):
    """Lines of a source that are not in conflict."""

    lines: list[str]


class Disputed(Answer, frozen=True):
    """Lines of a source that each side has its own way."""

    local: list[str]
    remote: list[str]
    base: list[str] | None


Chunk = Settled | Disputed


class Labels(Answer, frozen=True):
    """What the sides of a merge are called."""

    local: str
    remote: str


class Conflict(Answer, frozen=True):
    """A cell in conflict: as each side has it, and its source in chunks.

    `own` is the user's side: in a rebase, git's local is what the user's commits go on top of. A side
    is empty if it deleted the cell; `base` is None if git does not have it.
    """

    index: int
    span: int
    id: str | None
    hunks: int
    labels: Labels
    own: MergeSide
    deleted_by: MergeSide | None
    chunks: list[Chunk]
    local: list[Cell]
    base: list[Cell] | None
    remote: list[Cell]
    reason: str


class Deletion(Answer, frozen=True):
    """Which side deleted a notebook, and which side is the user's own."""

    by: MergeSide
    own: MergeSide
    reason: str


class Conflicts(Answer, frozen=True):
    """A notebook with its conflicts, and who left them: nbvc's markers, or git's text.

    If one side deleted the notebook and the other changed it, `deleted` says who. `reruns` are the
    cells that need a rerun: outputs of one side or both are not in the notebook.
    """

    kind: ConflictKind
    notebook: Notebook
    digest: str
    unmerged: bool
    deleted: Deletion | None
    conflicts: list[Conflict]
    reruns: list[int]


class Resolved(Answer, frozen=True):
    """What was saved, and whether git or the notebook still has conflicts."""

    digest: str
    unmerged: bool
    left: int


class Merged(Answer, frozen=True):
    """A notebook merged with what is saved, how many cells are in conflict, and what is saved."""

    notebook: Notebook
    conflicts: int
    disk: Notebook


class CellCounts(Answer, frozen=True):
    """How many cells of a notebook changed, and in what way."""

    changed: int
    added: int
    removed: int
    moved: int


class NotebookChange(Answer, frozen=True):
    """How far the change of a notebook goes; `counts` is None if it has no diff."""

    extent: Extent
    counts: CellCounts | None


class ProjectFile(Answer, frozen=True):
    """A file that differs from the last commit; `name` is its path from the top.

    `path` is for the contents API, None if the file is outside of the server's folder. `lines` are
    those added and removed in a text file. `open` says that a conflict waits for a decision.
    """

    name: str
    path: str | None
    kind: FileKind
    state: FileState
    old_name: str | None
    notebook: NotebookChange | None
    lines: tuple[int, int] | None
    open: bool


class CellChange(Answer, frozen=True):
    """A cell that changed. `key` stays while a person goes on with the cell.

    `entry` is its number in the list's state. `numbers` are those of the cells from 1, of a cell that
    was removed those that it had. `text` is its first line; `added` and `removed` count lines.
    """

    key: str
    entry: int
    change: Change
    moved: bool
    numbers: tuple[int, ...]
    text: str
    added: int
    removed: int
    outputs: bool


class ChangedCells(Answer, frozen=True):
    """What of a notebook is not committed, by cell.

    `cells` are compared with the last commit; of a `partly_staged` notebook with what is staged, and
    `staged` are then the cells that are. `notebook` and `staged_notebook` say whether anything changed
    that is not in a cell. `is_new` is true if git has no earlier version.
    """

    state: str
    is_new: bool
    partly_staged: bool
    cells: list[CellChange]
    notebook: bool
    staged: list[CellChange]
    staged_notebook: bool


class Running(Answer, frozen=True):
    """What git is in the middle of; without `operation` it is a stash that left conflicts.

    `message` is the one that git prepared.
    """

    operation: Operation | None
    steps: tuple[OperationStep, ...]
    message: str


class Person(Answer, frozen=True):
    """Who commits."""

    name: str
    email: str


class Project(Answer, frozen=True):
    """A repository and all that is not committed in it.

    `asked` is the path from the top of the file that was asked for. `branch` is None if HEAD is
    detached, `head` before the first commit. `more` counts files that are not listed.
    """

    top: str
    asked: str | None
    branch: str | None
    head: str | None
    identity: Person | None
    remotes: tuple[str, ...]
    upstream: str | None
    ahead: int | None
    behind: int | None
    running: Running | None
    files: list[ProjectFile]
    more: int
    reason: None = None


class NoProject(Answer, frozen=True):
    """Why there is no repository; `folder` is where one can be created, None if it can't be."""

    folder: str | None
    reason: str


ProjectState = Project | NoProject


class NamedBranch(Answer, frozen=True):
    """A branch that can be switched to; `remote` has it if it is not here."""

    name: str
    remote: str | None
    time: str
    subject: str


class Branches(Answer, frozen=True):
    """The branches that can be switched to, and the current one."""

    current: str | None
    branches: list[NamedBranch]


class Switched(Answer, frozen=True):
    """The branch that is the current one now, or the files that keep git from switching to it."""

    branch: str | None
    refused: str | None
    names: tuple[str, ...]


class Kept(Answer, frozen=True):
    """Checkpoints of files as they were before."""

    kept: list[Checkpoint]


class Continued(Answer, frozen=True):
    """What became of an operation in progress, and of the push after it."""

    commit: CommitResult
    push: PushResult | None
    kept: list[Checkpoint]


class TextPair(Answer, frozen=True):
    """A text file as the last commit has it and as it is on disk; None for no file.

    `ops` are the lines that are the same and those that changed.
    """

    before: str | None
    after: str | None
    ops: LineOps


class TextConflict(Answer, frozen=True):
    """The conflicts of a file that is not a notebook.

    `chunks` is None if only a whole side can be taken: one side deleted the file, or it is not text.
    `own` is the user's side.
    """

    digest: str
    unmerged: bool
    labels: Labels
    own: MergeSide
    deleted_by: MergeSide | None
    chunks: list[Chunk] | None


class Refused(Answer, frozen=True):
    """Why a request was refused, with what to do and a name of the reason for programs."""

    message: str
    hint: str | None
    reason: Reason
