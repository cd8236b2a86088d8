"""Three notebooks to one that opens, what is left to decide, and why everything else was decided."""

from __future__ import annotations

from nbvc.merging.model import (
    Action,
    Conflict,
    Decision,
    DecisionPart,
    MergeResult,
    OutputChoice,
    SourceChoice,
    Strategy,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from nbvc.notebook import Notebook

__all__ = [
    "Action",
    "Conflict",
    "Decision",
    "DecisionPart",
    "MergeResult",
    "OutputChoice",
    "SourceChoice",
    "Strategy",
    "merge",
]

_DEFAULT = Strategy()


def merge(
    base: Notebook, local: Notebook, remote: Notebook, strategy: Strategy = _DEFAULT
) -> MergeResult:
    """Merge what two sides made of `base`.

    The result is in the style of local's file, and a cell that only one side changed keeps the text
    it has there. Conflicts are in the sources, with markers; a result with conflicts opens, too.
    """
    from nbvc.merging.whole import merge

    return merge(base, local, remote, strategy)
