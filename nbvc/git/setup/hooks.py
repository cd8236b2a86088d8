"""The user's own git hooks, and nbvc's lines in them.

    #!/bin/sh                     the user's hook, or that of a tool such as pre-commit
    # >>> nbvc >>>
    ( … nbvc git-hook … )         nbvc's lines, in a shell of their own
    # <<< nbvc <<<
    echo mine                     what was there, byte for byte

The lines are part of the file, so that they move with it: when another tool moves a hook aside, and
calls it there, nothing runs twice and nothing is lost. They are found again by what they hold,
whatever the file's name is now. A hook that is not a shell script moves to `before-nbvc/`, under its own
name, and is called from there.
"""

from __future__ import annotations

import os
import re
import stat

import msgspec

from nbvc.errors import GitError
from nbvc.git.plumbing.programs import SAFE_LOOKUP
from nbvc.git.plumbing.sharing import share
from nbvc.lazy import compile_lazily
from nbvc.platform import cut_folder, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from nbvc.git.plumbing.repository import Repository

NAMES = ("post-checkout", "post-commit", "post-merge", "post-rewrite")
"""The hooks after which results are put back."""

_BEGIN = b"# >>> nbvc: written by nbvc install --hooks, removed by nbvc uninstall >>>\n"
_END = b"# <<< nbvc <<<\n"
_BLOCK = compile_lazily(re.escape(_BEGIN) + b".*?" + re.escape(_END), re.DOTALL)
_NEW_FILE = b"# There was no hook before.\n"
_ASIDE = "before-nbvc"
_CALLED = compile_lazily(rb'exec "\$\{0%/\*\}/([^"]+)" "\$@"')
_FIRST_LINE = b"#!/bin/sh\n"
_SHELLS = frozenset((b"sh", b"bash", b"dash", b"ksh", b"ash"))
_RUN = stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH
_LARGEST = 1 << 20
"""Bytes. Larger hooks are programs, and no file of ours."""

_IS_MERGE = "git rev-parse -q --verify HEAD^2 >/dev/null 2>&1"
_ONLY_IF = {"post-commit": f"git diff-files --quiet -- '*.ipynb' && ! {_IS_MERGE} && exit 0\n"}
"""What a hook asks before it starts nbvc: that takes longer than most commits."""


def has_hook(repository: Repository, *names: str) -> bool:
    """Return whether one of these hooks would run, wherever core.hooksPath puts it."""
    folder = hooks_folder(repository)
    paths = (os.path.join(folder, name) for name in names)
    return any(os.path.isfile(path) and os.access(path, os.X_OK) for path in paths)


def hooks_folder(repository: Repository) -> str:
    """Return the folder whose hooks git runs here, by its real path."""
    line = repository.git.acting.line("rev-parse", "--git-path", "hooks")
    return os.path.realpath(os.path.join(repository.top, line))


def install_hooks(repository: Repository, program: list[str]) -> tuple[str, ...]:
    """Make hooks call nbvc before what they do already; return the files that were written.

    Raises `GitError` as `check_hooks` does.
    """
    folder = check_hooks(repository)
    paths = {os.path.join(folder, name): name for name in NAMES}
    written = [path for path, name in paths.items() if _install(folder, path, name, program)]
    for path in written:
        share(repository, path)
    return tuple(written)


def uninstall_hooks(repository: Repository) -> tuple[str, ...]:
    """Remove nbvc's lines from all hooks of this repository; return the files that had them."""
    folders = {os.path.join(repository.common_dir, "hooks"), hooks_folder(repository)}
    found = [
        path
        for folder in sorted(folders)
        if _is_own(repository, folder)
        for path in _find_ours(folder)
    ]
    for path in found:
        _remove(path)
    return tuple(found)


def idle_hooks(repository: Repository) -> str | None:
    """Return the folder whose hooks run instead of those with nbvc's lines; None if these run."""
    own = os.path.join(repository.common_dir, "hooks")
    active = hooks_folder(repository)
    return active if active != os.path.realpath(own) and any(_find_ours(own)) else None


def check_hooks(repository: Repository) -> str:
    """Return the folder of hooks that nbvc may write into.

    Raises `GitError` if the hooks are not this repository's alone, or if one is not a file, and
    `WriteRefusedError` if one is protected.
    """
    from nbvc.notebook.saving import check_replaceable

    folder = hooks_folder(repository)
    if _is_own(repository, folder):
        for path in (os.path.join(folder, name) for name in NAMES):
            if os.path.isdir(path) and not os.path.islink(path):
                raise GitError("it is a folder, not a hook", where=path)
            if _start_of_script(path) is not None:
                check_replaceable(path, os.stat(path))
        return folder
    names = ", ".join(NAMES)
    raise GitError(
        "the hooks there are not this repository's alone (core.hooksPath, or a link)",
        where=folder,
        hint=f'omit --hooks, or add nbvc git-hook "$(basename "$0")" "$@" </dev/null to {names}'
        " there",
    )


def _is_own(repository: Repository, folder: str) -> bool:
    """Return whether a folder is in this repository's git dir, and no link leads out of it."""
    real = os.path.realpath(folder)
    places = (repository.common_dir, repository.git_dir)
    return any(cut_folder(real, place) for place in places)


def _find_ours(folder: str) -> Iterator[str]:
    """Yield the files of a folder that hold nbvc's lines, whatever their names are."""
    names = sorted(os.listdir(folder)) if os.path.isdir(folder) else []
    for path in (os.path.join(folder, name) for name in names):
        if _BLOCK.search(_read_content(path)):
            yield path


def _read_content(path: str) -> bytes:
    """Return what a hook holds; nothing for a link, a large file, or no file."""
    try:
        state = os.lstat(path)
        if not stat.S_ISREG(state.st_mode) or state.st_size > _LARGEST:
            return b""
        with open(path, "rb") as file:
            return file.read()
    except OSError:
        return b""


def _install(folder: str, path: str, name: str, program: list[str]) -> bool:
    """Put nbvc's lines for one hook into its file, and nowhere else; return whether that was new."""
    mark = f" git-hook {name} ".encode()
    elsewhere = [one for one in _find_ours(folder) if one != path and mark in _read_content(one)]
    content = _read_content(path)
    block = _BLOCK.search(content)
    if block and not elsewhere:
        called = _CALLED.search(block[0])
        made = _make_block(name, program, called and called[1], new=_NEW_FILE in block[0])
        if block[0] == made:
            return False
    for one in (*elsewhere, *([path] if block else [])):
        _remove(one)
    _insert(path, name, program)
    return True


def _insert(path: str, name: str, program: list[str]) -> None:
    """Put nbvc's lines in front of a hook, or in the place of one that is not a shell script."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    if not os.path.lexists(path):
        _publish(path, _FIRST_LINE + _make_block(name, program, None, new=True))
    elif (at := _start_of_script(path)) is not None:
        from nbvc.notebook.saving import save

        content = _read_content(path)
        save(path, content[:at] + _make_block(name, program, None, new=False) + content[at:])
    else:
        aside = _put_aside(path)
        _publish(path, _FIRST_LINE + _make_block(name, program, aside, new=False))


def _start_of_script(path: str) -> int | None:
    """Return where the first command of a shell script may be; None if it is not such a script.

    One that may not run is none: with our lines in it, it would have to.
    """
    content = _read_content(path)
    if not content or b"\0" in content or not os.access(path, os.X_OK):
        return None
    if not content.startswith(b"#!"):
        return 0  # git gives it to the shell
    first = content.partition(b"\n")[0]
    words = [os.path.basename(word) for word in first[2:].split() if not word.startswith(b"-")]
    shell = words[1] if words[:1] == [b"env"] and words[1:] else words[0] if words else b""
    return len(first) + 1 if shell in _SHELLS and content[len(first) :] else None


def _make_block(name: str, program: list[str], aside: bytes | None, *, new: bool) -> bytes:
    """Return nbvc's lines for a hook; `aside` is where what it was is called, in its folder."""
    import shlex

    start = shlex.join(program)
    lines = (
        f"( {SAFE_LOOKUP}\n"
        f"{_ONLY_IF.get(name, '')}"
        f'if command -v {shlex.join(program[:1])} >/dev/null 2>&1; then {start} git-hook {name} "$@"\n'
        f'elif command -v nbvc >/dev/null 2>&1; then nbvc git-hook {name} "$@"; fi\n'
        "exit 0 ) </dev/null || :\n"
    )
    call = b'if [ -x "${0%/*}/@" ]; then exec "${0%/*}/@" "$@"; fi\n'.replace(b"@", aside or b"", 2)
    made = _NEW_FILE if new else b""
    return b"".join([_BEGIN, made, os.fsencode(lines), call if aside else b"", _END])


def _put_aside(path: str) -> bytes:
    """Give a hook a second place, whose name is free; return it, relative to its folder.

    The first place keeps the hook until nbvc's takes it over: it runs all the time.
    """
    folder, name = os.path.split(path)
    number = 1
    while True:
        place = f"{_ASIDE}{'' if number == 1 else f'-{number}'}"
        other = os.path.join(folder, place, name)
        if not os.path.lexists(other):
            break
        number += 1
    os.makedirs(os.path.dirname(other), exist_ok=True)
    if os.path.islink(path):
        target = os.readlink(path)
        os.symlink(target if os.path.isabs(target) else os.path.join("..", target), other)
    else:
        try:
            os.link(path, other)
        except OSError:  # no second names here
            import shutil

            shutil.copy2(path, other)
    return os.fsencode(f"{place}/{name}")


def _publish(path: str, content: bytes) -> None:
    """Put a hook that may run in a place at once, instead of what was there."""
    from nbvc.notebook.saving import draft_file, sync_files

    # A path of its own: the hook's may be a link to a script of the user's.
    draft = draft_file(f"{path}.nbvc-new", content)
    try:
        os.chmod(draft.temporary, os.stat(draft.temporary).st_mode | _RUN)
        sync_files([draft.temporary])
    except BaseException:
        draft.discard()
        raise
    msgspec.structs.replace(draft, target=path, path=path).publish()


def _remove(path: str) -> None:
    """Remove nbvc's lines from a file, and put back what it was before them."""
    content = _read_content(path)
    block = _BLOCK.search(content)
    if block is None:
        return
    rest = content[: block.start()] + content[block.end() :]
    called = _CALLED.search(block[0])
    aside = os.path.join(os.path.dirname(path), os.fsdecode(called[1])) if called else None
    alone = rest == _FIRST_LINE
    if alone and aside and os.path.lexists(aside):
        _put_back(aside, path)
    elif alone and (aside or _NEW_FILE in block[0]):
        os.unlink(path)
    else:
        # A person wrote into the file: what it called is still called.
        lines = block[0].splitlines(keepends=True)
        call = b"".join(line for line in lines if _CALLED.search(line))
        from nbvc.notebook.saving import save

        save(path, content[: block.start()] + call + content[block.end() :])


def _put_back(aside: str, path: str) -> None:
    """Give a hook its first place again."""
    if os.path.islink(aside):
        target = os.readlink(aside)
        spare = f"{path}.nbvc-new"
        os.symlink(target.removeprefix(os.path.join("..", "")), spare)
        replace(spare, path)
        os.unlink(aside)
    else:
        replace(aside, path)
    try:
        os.rmdir(os.path.dirname(aside))
    except OSError:
        pass
