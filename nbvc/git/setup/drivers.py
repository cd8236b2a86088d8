"""The commands that git runs for notebooks, as they are in git's settings.

Each is a line for the shell. It starts the nbvc that set git up, by its absolute path, or else the
one that PATH leads to. If neither starts, the line does what git does without nbvc, and says so.
"""

from __future__ import annotations

from nbvc.git.plumbing.programs import DRIVER, SAFE_LOOKUP

TEXT_VERSION = 1
"""Goes up when the text of a notebook changes: git's cache of texts tells them by the command."""

HEADINGS = "^(# %% \\[.*|[ \t]*((async[ \t]+)?def|class)[ \t].*)$"
"""Which lines of a text git names above a change: a cell's first, a function's, a class's."""

WORDS = (
    "[0-9]+(,[0-9]{3})*([.][0-9]+)?([eE][-+]?[0-9]+)?"
    "|[[:alnum:]_]+|[[:punct:]]|[^[:alnum:][:punct:][:space:]]+"
)
"""A word of `git diff --word-diff`: a number with its decimals and exponent, a name, a sign; never a
single byte of a character, whatever the locale."""

WEB_TOOL = f"{DRIVER}-web"
"""The merge tool that asks on a page in the browser."""

HUNKS = "interactive.diffFilter"
"""The setting for what `git add -p` shows; unlike the others it isn't ours alone."""

_MERGE_ARGUMENTS = "%O %A %B %L %P %S %X %Y"


def driver_settings(program: list[str]) -> dict[str, str]:
    """Return git's settings for the drivers, by their full names.

    `program` starts nbvc from anywhere: an absolute path, or an interpreter and its arguments.
    """
    import shlex

    start = shlex.join(program)
    merging = start.replace("%", "%%")  # git puts names in place of %O and the like
    return {
        f"diff.{DRIVER}.textconv": _make_textconv(start),
        f"diff.{DRIVER}.xfuncname": HEADINGS,
        f"diff.{DRIVER}.wordregex": WORDS,
        f"merge.{DRIVER}.name": "notebooks, by cell (nbvc)",
        f"merge.{DRIVER}.driver": _merge(merging),
        HUNKS: _make_hunk_filter(start),
        **_make_merge_tool(DRIVER, f"{start} git-mergetool"),
        **_make_merge_tool(WEB_TOOL, f"{start} git-mergetool --web"),
    }


def _make_merge_tool(name: str, command: str) -> dict[str, str]:
    """Return the settings for `git mergetool --tool=NAME`."""
    return {
        f"mergetool.{name}.cmd": f'{SAFE_LOOKUP}{command} "$MERGED" "$BACKUP"',
        f"mergetool.{name}.trustexitcode": "true",
    }


def shows_hunks(command: str) -> bool:
    """Return whether a value of `interactive.diffFilter` is nbvc's."""
    return " git-hunks;" in command


def _make_textconv(start: str) -> str:
    """Return the textconv command; git puts `"$@"`, the file, behind it.

    A failing one would end the whole `git diff`, so that the last word is `:`, which never fails.
    """
    ask = f'git-textconv {TEXT_VERSION} "$1" 2>/dev/null'
    return (
        f"{SAFE_LOOKUP}{start} {ask} || nbvc {ask} || "
        '{ echo "nbvc: not found, or it does not start: notebooks are shown as they are.'
        ' Install nbvc again, or see git config --show-origin diff.nbvc.textconv" >&2;'
        ' cat <"$1"; }; :'
    )


def _make_hunk_filter(start: str) -> str:
    """Return the command that git pipes all of the diff of `git add -p` through, as on a terminal."""
    probe = f"git-textconv {TEXT_VERSION} /dev/null >/dev/null 2>&1"
    return (
        f"{SAFE_LOOKUP}if {start} {probe}; then {start} git-hunks;"
        f" elif nbvc {probe}; then nbvc git-hunks; else cat; fi"
    )


def _merge(start: str) -> str:
    """Return the merge command.

    An exit code of 1 from a Python that can't import nbvc would look like a conflict whose file is
    our side without a marker, so each is tried on nothing first, and only 0 and 1 are believed.
    Without nbvc git merges the lines, and a person looks at them: lines that merge may still make no
    notebook.
    """
    probe = f"git-textconv {TEXT_VERSION} /dev/null >/dev/null 2>&1"
    drive = f"git-merge-driver {_MERGE_ARGUMENTS}"
    return (
        f"{SAFE_LOOKUP}if {start} {probe}; then {start} {drive};"
        f" elif nbvc {probe}; then nbvc {drive};"
        " else (exit 127); fi; code=$?; test $code -le 1 && exit $code;"
        ' test $code = 127 && echo "nbvc: not found, or it does not start: install it again, or see'
        ' git config --show-origin merge.nbvc.driver" >&2;'
        ' echo "nbvc: a notebook was merged as plain text: look at it before you add it, and run'
        ' nbvc fix" >&2;'
        " git merge-file --marker-size=%L -L ours -L base -L theirs %A %O %B;"
        " test $? -le 127 || exit 129; exit 1"
    )
