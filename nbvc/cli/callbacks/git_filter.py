"""`nbvc git-filter`: what git calls to clean notebooks on their way into the index.

Git starts it for nearly everything it does, so it starts without click. The policy is in its
arguments, as `key=value` words.
"""

from __future__ import annotations

import os
import sys

from nbvc.errors import NbvcError

ONCE = "--clean"


def filter_notebooks(args: list[str]) -> int:
    """Serve git's filter protocol, or with `--clean PATH` clean stdin to stdout once.

    Exit code 1, and nothing on stdout, if that fails.
    """
    from nbvc.workflow.filtering import Filter

    words, path = args, None
    if ONCE in args:
        words, path = args[: args.index(ONCE)], args[-1]
    try:
        work = Filter(words, os.environ)
        if path is None:
            from nbvc.git.setup.filter_protocol import serve

            serve(sys.stdin.buffer, sys.stdout.buffer, work.clean, _refuse)
        else:
            content = work.clean(path, sys.stdin.buffer.read())
            work.store.sync()
            sys.stdout.buffer.write(content)
            sys.stdout.buffer.flush()
        work.store.sync()
    except NbvcError as error:
        _refuse(path or "", error)
        return 1
    except BrokenPipeError:
        return 1
    except OSError as error:
        _refuse(path or "", NbvcError(f"git can't be answered: {error.strerror or error}"))
        return 1
    from nbvc.store.collecting import collect_sometimes

    collect_sometimes(work.store)
    return 0


def _refuse(path: str, error: NbvcError) -> None:
    from nbvc.render.escape import escaped_line

    place = f"{path}: " if path and error.where != path else ""
    print(f"nbvc: {escaped_line(f'{place}{error}')}", file=sys.stderr, flush=True)
