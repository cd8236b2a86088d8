"""What `nbvc add` and `nbvc reset` have in common: changes that go into the index."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from nbvc.cli.settings.picking import Choosing
    from nbvc.cli.terminal.screen import Look
    from nbvc.workflow.picking import Offer
    from nbvc.workflow.revisions import ChangedPairs


def stage_chosen(
    offer: Callable[[ChangedPairs], list[Offer]],
    paths: tuple[str, ...],
    choosing: Choosing,
    look: Look,
    verb: str,
) -> int:
    """Put what is chosen of the offered changes into the index; return the exit code."""
    from nbvc.cli.naming.inputs import select_changed
    from nbvc.cli.terminal.picking import report_taken
    from nbvc.workflow.picking import stage_picked

    _refuse_others(paths, verb)
    state = select_changed(paths)
    chosen = choosing.choose(offer(state), look)
    done = [one for one in chosen if stage_picked(state.repository, *one)]
    return report_taken(verb, done, choosing.reason)


def _refuse_others(paths: tuple[str, ...], verb: str) -> None:
    """Raise `SelectionError` for a file that is not a notebook by its name."""
    import os

    from nbvc.errors import SelectionError
    from nbvc.names import SUFFIX

    for path in paths:
        if os.path.isfile(path) and not path.endswith(SUFFIX):
            git = "git add stages" if verb == "Staged" else "git reset unstages"
            raise SelectionError("not a notebook", where=path, hint=f"{git} other files")
