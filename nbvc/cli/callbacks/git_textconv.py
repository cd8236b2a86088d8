"""`nbvc git-textconv`: what git calls to show a notebook as text.

Git calls it for every version of every notebook, so it starts without click. It never fails: a
driver that fails ends the whole `git diff` or `git log -p`.
"""

from __future__ import annotations

import os
import sys

from nbvc.errors import NbvcError, describe_error


def print_text(args: list[str]) -> int:
    """Print the notebook at the last argument as text; what can't be read is printed as it is.

    Nothing is taken for an option: a notebook may be called `-h.ipynb`. What comes before the path
    is the version of the text, which git's cache of such texts tells apart by. Exit code 1 means
    that no such file exists, and that nothing was printed.
    """
    if not args:
        return 1
    try:
        with open(args[-1], "rb") as file:
            content = file.read()
    except OSError as error:
        print(f"nbvc: {describe_error(error)}", file=sys.stderr)
        return 1
    content = _filter_content(args[-1], content)
    sys.stdout.buffer.write(convert_notebook(content).encode(errors="backslashreplace"))
    return 0


def _filter_content(path: str, content: bytes) -> bytes:
    """Return what git would keep of a file in the working tree, where the filter is set up.

    Git names such a file from the top of the working tree, and gives it before any filter; the copy of
    a version has an absolute path, and shows all that was committed.
    """
    if os.path.isabs(path):
        return content
    try:
        from nbvc.store.home import outputs_folder
        from nbvc.workflow.filtering import find_common_dir

        if not os.path.isdir(outputs_folder(find_common_dir(os.environ))):
            return content
        from nbvc.cli.naming.repositories import repository_at
        from nbvc.workflow.filtered import make_filter

        repository = repository_at(path)
        name = repository.name(path)
        return make_filter(repository, [name])(name, content)
    except Exception:  # noqa: BLE001
        return content  # the whole file is better than no `git diff`


def convert_notebook(content: bytes) -> str:
    """Return a notebook's bytes as text; of other bytes the text with a notice above it."""
    if not content:
        return ""
    try:
        from nbvc.notebook import read
        from nbvc.render.readable import format_notebook

        return "\n".join([*format_notebook(read(content)), ""])
    except Exception as error:  # noqa: BLE001
        # Whatever went wrong, git's user wants to see the other files, too.
        return _render_raw(content, _describe_error(error))


def _describe_error(error: Exception) -> str:
    if isinstance(error, NbvcError):
        return str(error)
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    return f"{type(error).__name__}: {error}"


def _render_raw(content: bytes, reason: str) -> str:
    from nbvc.render.escape import escape_line, escape_text

    text = escape_text(content.decode(errors="backslashreplace").replace("\r\n", "\n"))
    end = "" if text.endswith("\n") else "\n"
    return f"# nbvc shows this file as it is: {escape_line(reason)}\n{text}{end}"
