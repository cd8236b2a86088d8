"""The command line: one module a command, imported when it is called.

This is the one place where errors become messages and exit codes. Click is imported for people's
commands only: what git calls again and again has no time for it.
"""

from __future__ import annotations

import sys

from nbvc.cli.terminal.importing import import_click, import_msgspec
from nbvc.errors import NbvcError, describe_error
from nbvc.platform import is_unread_pipe

TYPE_CHECKING = False
if TYPE_CHECKING:
    from click import ClickException, Command


def run(args: list[str]) -> int:
    """Run a command line and return its exit code; errors are printed as one line to stderr."""
    if args[:1] == ["git-textconv"]:
        import_msgspec()
        from nbvc.cli.callbacks.git_textconv import print_text

        return print_text(args[1:])
    if args == ["git-hunks"]:
        from nbvc.cli.callbacks.git_hunks import copy_hunks

        return copy_hunks()
    if args[:1] == ["git-filter"]:
        import_msgspec()
        from nbvc.cli.callbacks.git_filter import filter_notebooks

        return filter_notebooks(args[1:])
    if args[:1] == ["git-hook"]:
        import_msgspec()
        from nbvc.cli.callbacks.git_hook import after_git

        return after_git(args[1] if args[1:] else "", args[2:])
    if args[:1] == ["git-merge-driver"]:
        return _drive(args)
    return _run_command(args)


def _drive(args: list[str]) -> int:
    """Run the merge driver; an exit code of 1 must never mean anything but a conflict."""
    try:
        return _run_command(args)
    except Exception as error:  # noqa: BLE001
        return _report_failure(f"{type(error).__name__}: {error}", 129)


def _run_command(args: list[str]) -> int:
    import_click()
    import click

    from nbvc.cli.group import nbvc

    _write_anything()
    try:
        return _call(nbvc, args)
    except click.ClickException as error:
        return _report_usage(error)
    except SystemExit:  # click exits if nobody reads on
        _forget_stdout()
        return 0
    except (KeyboardInterrupt, click.Abort):
        return 130
    except (NbvcError, RecursionError, OSError) as error:
        if is_unread_pipe(error):
            _forget_stdout()
            return 0
        return _report_failure(describe_error(error), getattr(error, "exit_code", 2))


def _write_anything() -> None:
    """Write text as UTF-8 to stdout and stderr, whatever the locale is."""
    from io import TextIOWrapper

    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace", newline="\n")


def _call(nbvc: Command, args: list[str]) -> int:
    """Call a command and return its exit code."""
    from click.exceptions import Exit

    try:
        result = nbvc.main(args, prog_name="nbvc", standalone_mode=False)
    except Exit as leaving:
        result = leaving.exit_code
    sys.stdout.flush()  # What could not be written must not end with 0.
    return result if type(result) is int else 0


def _report_usage(error: ClickException) -> int:
    """Print click's error like all others, on one line, and return the exit code."""
    import click

    if isinstance(error, getattr(click.exceptions, "NoArgsIsHelpError", ())):
        error.show()
        return error.exit_code
    return _report_failure(_describe_usage(error), error.exit_code)


def _describe_usage(error: ClickException) -> str:
    """Return click's error as one line, with the command that helps."""
    from click import MissingParameter

    message = " ".join(error.format_message().split()).rstrip(".").replace(". (D", " (d")
    if message[1:2].islower():
        message = message[0].lower() + message[1:]
    missing = error.param if isinstance(error, MissingParameter) else None
    if missing is not None and (missing.metavar or "").startswith("NOTEBOOK"):
        message += _suggest_notebooks()
    context = getattr(error, "ctx", None)
    has_hint = " (did you mean " in message or " (see " in message
    return (
        message if context is None or has_hint else f"{message} (see {context.command_path} --help)"
    )


def _suggest_notebooks() -> str:
    """Return the notebooks in the current folder, empty if there are none."""
    import os

    from nbvc.names import SUFFIX, list_some

    try:
        names = sorted(name for name in os.listdir() if name.endswith(SUFFIX))
    except OSError:
        return ""
    return f": name one, such as {list_some(names, 3)}" if names else ""


def _report_failure(message: str, code: int) -> int:
    from nbvc.render.escape import escape_line

    try:
        sys.stdout.flush()
    except OSError:  # The message says so already, or nobody reads on.
        _forget_stdout()
    print(f"nbvc: {escape_line(message)}", file=sys.stderr)
    return code


def _forget_stdout() -> None:
    """Keep Python from complaining at exit that nobody reads what is left to write."""
    import os

    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
