"""Git's settings for the clean filter, and the hooks that put results back.

filter.nbvc.process    … nbvc git-filter form=1 preset=strip
filter.nbvc.required   true: what can't be cleaned isn't staged
"""

from __future__ import annotations

import os
import re
import stat

from nbvc.errors import GitError
from nbvc.git.attributes import DRIVER
from nbvc.git.drivers import quoted
from nbvc.git.sharing import share

TYPE_CHECKING = False
if TYPE_CHECKING:
    from nbvc.git.repository import Repository

HOOKS = ("post-checkout", "post-commit", "post-merge", "post-rewrite")
_MARK = "# Written by nbvc install --hooks; nbvc uninstall takes it away."
_RUN = stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH
_BEFORE = ".before-nbvc"
_NEW = ".new"
_ONLY_IF = {"post-commit": "if git diff-files --quiet -- '*.ipynb'; then exit $status; fi\n"}
"""What a hook asks before it starts nbvc, which takes longer than most commits."""
_PROCESS = f"filter.{DRIVER}.process"


def filter_settings(program: list[str], words: list[str]) -> dict[str, str]:
    """Return git's settings for the filter, by their full names; `words` are its policy."""
    start = quoted(program)
    ask = quoted(["git-filter", *words])
    return {
        _PROCESS: _command(start, ask),
        f"filter.{DRIVER}.clean": _command(start.replace("%", "%%"), f"{ask} --clean %f"),
        f"filter.{DRIVER}.smudge": "cat",
        f"filter.{DRIVER}.required": "true",
    }


def _command(start: str, ask: str) -> str:
    program = start.split(" ", 1)[0] if start[:1] != "'" else start[: start.index("'", 1) + 1]
    return (
        f"if command -v nbvc >/dev/null 2>&1; then nbvc {ask}; "
        f"elif command -v {program} >/dev/null 2>&1; then {start} {ask}; else false; fi || "
        '{ echo "nbvc: the filter for notebooks was not found, or failed. Install nbvc again, or do'
        " without: git config --unset-all filter.nbvc.process; git config filter.nbvc.clean cat."
        ' nbvc doctor finds what is missing afterwards." >&2; exit 1; }'
    )


def filter_words(settings: dict[str, list[str]]) -> list[str] | None:
    """Return the policy that git's settings name, None where there is no filter of nbvc's."""
    from shlex import split

    values = settings.get(_PROCESS)
    found = re.search(r"nbvc git-filter([^;]*);", values[-1]) if values else None
    return split(found[1]) if found else None


def install_hooks(repository: Repository, program: list[str]) -> tuple[str, ...]:
    """Have hooks call nbvc, after the ones that are there; return the files that were written.

    Raises `GitError` where the hooks are part of the project.
    """
    folder = _folder(repository)
    written = []
    for name in HOOKS:
        path = os.path.join(folder, name)
        script = _script(name, program)
        if _content(path) == script:
            continue
        os.makedirs(folder, exist_ok=True)
        _write(path, script)
        share(repository, path)
        written.append(path)
    return tuple(written)


def uninstall_hooks(repository: Repository) -> tuple[str, ...]:
    """Take nbvc's hooks away and put back what was there; return the files that went."""
    try:
        folder = _folder(repository)
    except GitError:
        return ()
    gone = []
    for name in HOOKS:
        path = os.path.join(folder, name)
        if _MARK in _content(path):
            if os.path.lexists(path + _BEFORE):
                os.replace(path + _BEFORE, path)
            else:
                os.unlink(path)
            gone.append(path)
    return tuple(gone)


def _write(path: str, script: str) -> None:
    """Put our hook in a place. One that was there runs all the time, alone or called by ours."""
    from nbvc.notebook.saving import Draft, drafted, sync_files

    # Not beside `path` itself, which may be a link to a script of the user's.
    draft = drafted(path + _BEFORE + _NEW, script.encode(errors="surrogateescape"))
    try:
        os.chmod(draft.temporary, os.stat(draft.temporary).st_mode | _RUN)
        sync_files([draft.temporary])
        if os.path.lexists(path) and _MARK not in _content(path):
            _name_too(path, path + _BEFORE)
    except BaseException:
        draft.discard()
        raise
    Draft(draft.temporary, path).publish()


def _name_too(path: str, other: str) -> None:
    """Give a file another name besides its own, instead of what had that name."""
    if os.path.lexists(other) and os.path.samestat(os.lstat(path), os.lstat(other)):
        return
    spare = other + _NEW
    try:
        os.link(path, spare, follow_symlinks=False)
    except (OSError, NotImplementedError):
        os.replace(path, other)  # no such names here, or one was left behind
    else:
        os.replace(spare, other)


def _folder(repository: Repository) -> str:
    line = repository.git.line("rev-parse", "--git-path", "hooks")
    folder = os.path.realpath(os.path.join(repository.top, line))
    if not folder.startswith(repository.common_dir + os.sep) and folder.startswith(
        repository.top + os.sep
    ):
        raise GitError(
            "the hooks are part of the project (core.hooksPath)",
            where=folder,
            hint='add nbvc git-hook "$(basename "$0")" "$@" to post-checkout, post-commit, '
            "post-merge and post-rewrite there",
        )
    return folder


def _script(name: str, program: list[str]) -> str:
    start = quoted(program)
    return (
        f"#!/bin/sh\n{_MARK}\n"
        "# Results that the filter kept out of git go back into the notebooks that git has written.\n"
        f'before="$0{_BEFORE}"\n'
        "status=0\n"
        'if [ -x "$before" ]; then "$before" "$@"; status=$?; fi\n'
        f"{_ONLY_IF.get(name, '')}"
        f'if command -v nbvc >/dev/null 2>&1; then nbvc git-hook {name} "$@"\n'
        f'elif command -v {quoted(program[:1])} >/dev/null 2>&1; then {start} git-hook {name} "$@"\n'
        "fi\n"
        "exit $status\n"
    )


def _content(path: str) -> str:
    try:
        with open(path, encoding="utf-8", errors="surrogateescape") as file:
            return file.read()
    except OSError:
        return ""
