"""What a merge is asked, and what it answers."""

from __future__ import annotations

import enum

import msgspec

TYPE_CHECKING = False
if TYPE_CHECKING:
    from nbvc.notebook import Notebook

Indices = tuple[int, ...]


class SourceChoice(enum.Enum):
    """What to do where both sides changed the same words of a source, or one deleted the cell."""

    CONFLICT = "conflict"
    UNION = "union"
    LOCAL = "use-local"
    REMOTE = "use-remote"
    BASE = "use-base"


class OutputChoice(enum.Enum):
    """What to do with outputs that both sides changed.

    `OWNER`: whoever changed the source has the outputs, and where both did they are dropped.
    """

    OWNER = "owner"
    UNION = "union"
    LOCAL = "use-local"
    REMOTE = "use-remote"
    BASE = "use-base"
    DROP = "drop"


class ConflictStyle(enum.Enum):
    """How a conflict is written, as git's `merge.conflictStyle` says.

    `DIFF3`: with the base between the sides. `ZDIFF3`: that, and lines with which both sides begin
    or end are outside of the conflict.
    """

    MERGE = "merge"
    DIFF3 = "diff3"
    ZDIFF3 = "zdiff3"


class Strategy(msgspec.Struct, frozen=True):
    """How a merge decides what the rules leave open, and how it writes conflicts.

    `marker_size` is the least length of a conflict marker; labels name the sides behind it.
    """

    sources: SourceChoice = SourceChoice.CONFLICT
    outputs: OutputChoice = OutputChoice.OWNER
    local_label: str = "local"
    remote_label: str = "remote"
    marker_size: int = 7
    style: ConflictStyle = ConflictStyle.MERGE
    base_label: str = "base"

    @property
    def has_no_labels(self) -> bool:
        """Whether nothing is known about the sides but which is which."""
        return (self.local_label, self.remote_label) == ("local", "remote")


class DecisionPart(enum.Enum):
    """What a decision is about."""

    CELL = "cell"
    ORDER = "order"
    SOURCE = "source"
    OUTPUTS = "outputs"
    METADATA = "metadata"
    ATTACHMENTS = "attachments"
    TYPE = "cell_type"
    ID = "id"
    OTHER = "other"
    NOTEBOOK = "notebook"


class Action(enum.Enum):
    """What was decided."""

    LOCAL = "local"
    REMOTE = "remote"
    BASE = "base"
    SAME = "same"
    MERGED = "merged"
    WORDS = "merged by words"
    DELETED = "deleted"
    DROPPED = "dropped"
    CONFLICT = "conflict"

    @property
    def mirrored(self) -> Action:
        """The same with the sides swapped."""
        return {Action.LOCAL: Action.REMOTE, Action.REMOTE: Action.LOCAL}.get(self, self)


class Decision(msgspec.Struct, frozen=True):
    """One thing that was decided, and why.

    `base`, `local` and `remote` are cell indices there, `result` are those in the merged notebook;
    all are empty for the notebook's own metadata.
    """

    part: DecisionPart
    action: Action
    why: str
    base: Indices = ()
    local: Indices = ()
    remote: Indices = ()
    result: Indices = ()


class Conflict(msgspec.Struct, frozen=True):
    """A place that a person has to decide: cell `cell` of the result, hunk by hunk in its source.

    `deleted_by` says "local" or "remote" where that side deleted what the other one edited.
    """

    cell: int
    hunks: int = 1
    deleted_by: str | None = None


class MergeResult(msgspec.Struct, frozen=True, eq=False):
    """A merged notebook that opens, what a person still has to decide, and what was decided."""

    notebook: Notebook
    conflicts: tuple[Conflict, ...] = ()
    decisions: tuple[Decision, ...] = ()

    @property
    def resolved(self) -> bool:
        """Whether nothing is left to decide."""
        return not self.conflicts

    def count_hunks(self) -> int:
        """Return how many conflicts there are to resolve: a cell may have several."""
        return sum(conflict.hunks for conflict in self.conflicts)

    @property
    def joined_lines(self) -> tuple[int, ...]:
        """Cells with a line of which both sides changed other words: worth a look.

        In `y = a - c` out of `y = a + b` each change was right by itself.
        """
        cells = {i for one in self.decisions if one.action is Action.WORDS for i in one.result}
        return tuple(sorted(cells))

    @property
    def reruns(self) -> tuple[int, ...]:
        """Cells to run again: the outputs of one side or both sides are not in the result."""
        cells = {
            i
            for one in self.decisions
            if one.part is DecisionPart.OUTPUTS and one.action is not Action.MERGED
            for i in one.result
        }
        return tuple(sorted(cells))
