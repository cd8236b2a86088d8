"""`nbvc git-hook HOOK ARGUMENTS…`: restore outputs into the notebooks that git has written."""

from __future__ import annotations

import os
import sys

from nbvc.errors import NbvcError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from nbvc.git import Repository


def after_git(hook: str, args: Sequence[str] = ()) -> int:
    """Restore outputs that belong there, and refresh the index. Never fails: git is done already.

    Settings that git brought are reported if they would change what its filter does.

    `args` are the hook's.
    """
    from nbvc.cli.naming.repositories import repository_at
    from nbvc.workflow.outputs import put_back_after

    # `git commit` sets this variable for hooks.
    in_commit = bool(os.environ.get("GIT_INDEX_FILE"))
    try:
        repository = repository_at()
        _look_at_settings(repository, hook, args)
        done = put_back_after(repository, hook, args, in_commit=in_commit)
    except (NbvcError, OSError) as error:
        _warn(f"outputs were not put back: {error}")
        return 0
    for name, problem in done.errors:
        place = "" if problem.where else f"{name}: "
        _warn(f"{place}{problem}")
    if done.count:
        names = f"{done.count} notebook{'s' * (done.count != 1)}"
        print(f"nbvc: restored outputs of {names}", file=sys.stderr)
    return 0


def _look_at_settings(repository: Repository, hook: str, args: Sequence[str]) -> None:
    """Copy the user's attributes again, and say that settings came which the filter has not yet."""
    from nbvc.workflow.filter_setup import describe_changed, update_attributes

    if hook == "post-commit" or (hook == "post-checkout" and args[2:] != ["1"]):
        return
    update_attributes(repository)
    changed = describe_changed(repository)
    if changed is not None:
        _warn(changed)


def _warn(text: str) -> None:
    from nbvc.render.escape import escape_line

    print(f"nbvc: {escape_line(text)}", file=sys.stderr)
