"""`nbvc git-filter`: what git calls to clean notebooks on their way into the index.

Git starts it for nearly everything it does, so it starts without click.
"""

from __future__ import annotations

import os
import sys
from functools import partial

from nbvc.errors import NbvcError, NotebookError
from nbvc.platform import is_unread_pipe

TYPE_CHECKING = False
if TYPE_CHECKING:
    from nbvc.workflow.filtering import Filter

ONCE = "--clean"


def filter_notebooks(args: list[str]) -> int:
    """Serve git's filter protocol, or with `--clean PATH` clean stdin to stdout once.

    Exit code 1, and nothing on stdout, if that fails.
    """
    from nbvc.workflow.filtering import Filter

    work: Filter | None = None
    words, path = args, None
    if ONCE in args:
        words, path = args[: args.index(ONCE)], args[-1]
    try:
        work = Filter(words, os.environ)
        if path is None:
            from nbvc.git.setup.filter_protocol import serve

            serve(sys.stdin.buffer, sys.stdout.buffer, work.clean, partial(_refuse, work))
        else:
            content = work.clean(path, sys.stdin.buffer.read())
            work.store.sync()
            sys.stdout.buffer.write(content)
            sys.stdout.buffer.flush()
        work.store.sync()
    except NbvcError as error:
        _refuse(work, path or "", error)
        return 1
    except OSError as error:
        if is_unread_pipe(error):
            return 1
        _refuse(None, path or "", NbvcError(f"git can't be answered: {error.strerror or error}"))
        return 1
    from nbvc.store.collecting import collect_sometimes

    collect_sometimes(work.store)
    return 0


def _refuse(work: Filter | None, path: str, error: NbvcError) -> None:
    from nbvc.render.escape import escape_line

    place = f"{path}: " if path and error.where != path else ""
    lines = [f"{place}{error}"]
    if work is not None and isinstance(error, NotebookError):
        file, pattern = work.find_exemption(path)
        quoted = pattern.replace("\\", "\\\\").replace('"', '\\"')
        lines.append(
            f'to have git store it as it is: add "{quoted}" to `exclude` in {file}, and run '
            "nbvc refresh"
        )
    for line in lines:
        print(f"nbvc: {escape_line(line)}", file=sys.stderr, flush=True)
