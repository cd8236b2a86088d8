"""Typical mistakes get one line: what is wrong, where, and what to do next."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.integration.git import sandbox
from tests.making import code, file, stream

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.conftest import Cli

NOTEBOOK = file(code("x = 1", [stream("1\n")]), code("y = 2"))
MARKED = NOTEBOOK.replace(b' "cells"', b'<<<<<<< HEAD\n=======\n>>>>>>> x\n "cells"', 1)
INTERNALS = re.compile(
    r"Expecting|Unterminated|Traceback|Errno|JSONDecode|UnicodeDecode|msgspec|TOMLDecode|strerror"
    r"|<class|object at 0x|NoneType|\.nbvc-[0-9a-f]{12}|refs/(?:heads|remotes|nbvc)/|None\b"
)
"""Words of parsers, of Python, of hidden files and of git's storage."""

IN_REPOSITORY = {
    # paths
    "show nope.ipynb": "nope.ipynb: no such file or folder",
    "show ../../x": "../../x: no such file or folder",
    "show /HEAD:a.ipynb": "/HEAD:a.ipynb: no such file or folder",
    "diff a.ipynb /HEAD:a.ipynb": "no such file, folder or commit: /HEAD:a.ipynb",
    "diff ../../x": "no such file, folder or commit: ../../x",
    "diff nope.ipynb": "no such file, folder or commit: nope.ipynb",
    "diff a.ipynb nope.ipynb": "no such file, folder or commit: nope.ipynb",
    "status nope": "no such file, folder or commit: nope",
    "clean nope": "nope: no such file or folder",
    "check nope": "nope: no such file, folder or commit",
    "fix nope.ipynb": "nope.ipynb: no such file",
    "resolve nope.ipynb": "nope.ipynb: no such file or folder",
    "blame nope.ipynb": "nope.ipynb: no such file, and git has no file of that name",
    "log nope.ipynb": "nope.ipynb: no such file, and git has no file of that name",
    "commit nope.ipynb -m x": "no such file: nope.ipynb",
    "patch nope.ipynb a": "nope.ipynb: no such file or folder",
    "merge a.ipynb nope.ipynb a.ipynb": "nope.ipynb: no such file or folder",
    "outputs restore nope": "nope: no such file or folder",
    "checkpoint create nope.ipynb": "nope.ipynb: no such file",
    "checkpoint list nope.ipynb": "nope.ipynb: no such file, and no checkpoint of it",
    # folders
    "show d": "d: is a folder, not a notebook (name a notebook in it)",
    "fix d": "d: is a folder, not a notebook (name a notebook in it)",
    "resolve d": "d: is a folder, not a notebook (name a notebook in it)",
    "log d": "d: is a folder, not a notebook (name a notebook in it)",
    "checkpoint create d": "d: is a folder, not a notebook (name a notebook in it)",
    "commit d -m x": "d is a folder (name the notebooks in it)",
    # files that are not notebooks
    "show p.py": "p.py: not a notebook",
    "check p.py": "p.py: not a notebook",
    "clean p.py": "p.py: not a notebook",
    "blame p.py": "p.py: not a notebook",
    "log p.py": "p.py: not a notebook",
    "search x p.py": "p.py: not a notebook",
    "timeline p.py": "p.py: not a notebook",
    "add --cells 1 p.py": "p.py: not a notebook (git add stages other files)",
    "reset --cells 1 p.py": "p.py: not a notebook (git reset unstages other files)",
    "resolve p.py": "p.py: not a notebook",
    "fix p.py": "p.py: not a notebook, and cannot be repaired",
    "merge a.ipynb p.py a.ipynb": "p.py: not a notebook",
    "show empty.ipynb": "empty.ipynb: the file is empty",
    "show binary.ipynb": "binary.ipynb: not a notebook: the file is binary",
    "show object.ipynb": "object.ipynb: not a notebook: 'nbformat' is missing",
    "show list.ipynb": "list.ipynb: not a notebook: the file contains a list",
    "show cut.ipynb": "cut.ipynb: not a notebook: line 5, column 1: expected a key in double quotes"
    " (is the file cut off? run `nbvc fix FILE`)",
    "show comma.ipynb": "comma.ipynb: not a notebook: line 1, column 13: expected ','",
    "show marked.ipynb": "marked.ipynb: line 2: the file contains git's conflict markers"
    " (run `nbvc fix FILE`)",
    "commit marked.ipynb -m x": "marked.ipynb: its conflicts are not resolved",
    "fix invalid.ipynb": "invalid.ipynb: not a valid notebook: ",
    # diffs to apply
    "patch a.ipynb p.py": "p.py: line 1, column 1: not an nbvc diff (make one with",
    "patch a.ipynb object.ipynb": "object.ipynb: not an nbvc diff (make one with",
    # commits
    "diff nope": "no such file, folder or commit: nope",
    "diff HEAD~9": "no such file, folder or commit: HEAD~9",
    "diff HEAD..nope": "unknown commit 'nope' in 'HEAD..nope'",
    "show nope:a.ipynb": "unknown commit 'nope' (run git log --all)",
    "show HEAD:nope.ipynb": "no such file in HEAD: nope.ipynb",
    "report nope -o out": "no such file, folder or commit: nope",
    "restore --source nope --cells 1 a.ipynb": "a.ipynb: unknown version 'nope'",
    # cells, checkpoints, stored states
    "log a.ipynb --cell 99": "a.ipynb: no cell has the number or ID '99' (cells are numbered from 1",
    "checkpoint show a.ipynb": "a.ipynb: no checkpoints (run nbvc checkpoint create)",
    "checkpoint restore a.ipynb zzzz": "a.ipynb: no checkpoints (run nbvc checkpoint create)",
    "outputs show zzzz": "zzzz: unknown stored state (nbvc outputs list shows all states)",
    "outputs show zz": "zz: the name of a state has at least four characters",
    # remotes
    "pull": "the branch main has no upstream (run nbvc commit --push -u, or git branch",
    "checkpoint push --yes": "no remote (run git remote add origin URL)",
    "checkpoint fetch": "no remote (run git remote add origin URL)",
    "resolve --continue": "no merge, rebase, cherry-pick or revert is in progress",
    # options and commands
    "dif": "unknown command 'dif' (did you mean 'diff'?)",
    "a.ipynb": "unknown command 'a.ipynb' (see nbvc --help: a command comes before the notebook)",
    "checkpoint a.ipynb": "unknown command 'a.ipynb' (see nbvc checkpoint --help: a command comes",
    "checkpoint sav": "unknown command 'sav' (see nbvc checkpoint --help)",
    "diff --formt json": "no such option '--formt' (did you mean",
    "diff --format xml": "invalid value for '--format': 'xml' is not one of 'terminal'",
    "diff --rtol x": "invalid value for '--rtol': 'x' is not a valid float (see nbvc diff --help)",
    "diff --rtol -1": "invalid value for '--rtol': it must be a number, 0 or more",
    "diff --mask re:(": "invalid value for '--mask': 're:(' is not a valid regular expression",
    "search ( -e a.ipynb": "'(' is not a valid regular expression",
    "log a.ipynb -n 0": "invalid value for '-n' / '--max-count': 0 is not in the range x>=1",
    "outputs gc --limit x": "'x' is not a size: write 500m or 2g",
    "install --hooks": "--hooks, --preset and --strongest require --filter",
    "commit a.ipynb": "missing option '-m' / '--message' (see nbvc commit --help)",
    "report HEAD": "missing option '-o' / '--output' (see nbvc report --help)",
    "show": "missing argument 'NOTEBOOK': name one, such as a.ipynb, binary.ipynb, comma.ipynb and 6",
    "log": " more (see nbvc log --help)",
    "clean": "missing argument 'PATH...' (see nbvc clean --help)",
    "add -p a.ipynb": "--patch needs a terminal: name the cells with --cells",
    "add a.ipynb": "choose cells with --patch or --cells; git add stages the whole file",
    "clean --preset strp a.ipynb": "unknown preset 'strp' (choose one of strip, noise",
}

OUTSIDE = {
    "diff": "is not in a git repository (name two notebooks, or run git init)",
    "status": "is not in a git repository (run git init)",
    "commit a.ipynb -m x": "is not in a git repository (run git init)",
    "pull": "is not in a git repository (run git init)",
    "blame a.ipynb": "is not in a git repository (run git init)",
    "install": "is not in a git repository (run it in a repository, or use --global)",
    "diff nope.ipynb": "no such file or folder: nope.ipynb",
    "show HEAD:a.ipynb": "no such file: HEAD:a.ipynb",
    "checkpoint push": "not in a git repository: these checkpoints stay on this machine",
}

SETTINGS = {
    "[tool.nbvc\n": "pyproject.toml: line 1, column 11: invalid TOML",
    '[tool.nbvc.clean]\npreset = "strp"': "pyproject.toml: unknown preset 'strp' (choose one of",
    "[tool.nbvc.clean]\nfoo = 1": "pyproject.toml: unknown setting 'foo' (known are",
    "[tool.nbvc.clean]\nmax-size = true": "pyproject.toml: 'max-size' is true, but must be",
    "[tool.nbvc]\nexclude = 1": "pyproject.toml: 'exclude' must be a list of patterns",
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with a notebook, and with files that are taken for notebooks."""
    (tmp_path / "d").mkdir()
    contents = {
        "a.ipynb": NOTEBOOK,
        "p.py": b"print(1)\n",
        "empty.ipynb": b"",
        "binary.ipynb": b"\x89PNG\r\n\x00\xff",
        "object.ipynb": b'{"a": 1}',
        "list.ipynb": b"[1]",
        "cut.ipynb": b'{\n "cells": [\n  {\n   "a": 1,\n',
        "comma.ipynb": b'{"cells":[] "metadata":{}}',
        "marked.ipynb": MARKED,
        "invalid.ipynb": NOTEBOOK.replace(b'"metadata": {},', b'"metadata": 1,', 1),
    }
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def check_mistake(cli: Cli, line: str, expected: str) -> None:
    called = cli(*line.split())
    assert called.code in (2, 3), called
    errors = [one for one in called.err.splitlines() if one.startswith("nbvc: ")]
    assert len(errors) == 1, called.err
    assert expected in errors[0]
    assert not errors[0].rstrip().endswith(".")
    assert not INTERNALS.search(called.err)


@pytest.mark.parametrize("line", IN_REPOSITORY)
def test_a_mistake_in_a_repository(folder: Path, cli: Cli, line: str) -> None:
    sandbox.git(folder, "init", "-q", "-b", "main")
    sandbox.git(folder, "add", "a.ipynb")
    sandbox.git(folder, "commit", "-q", "-m", "one")
    check_mistake(cli, line, IN_REPOSITORY[line])


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("line", OUTSIDE)
def test_a_mistake_outside_a_repository(cli: Cli, line: str) -> None:
    check_mistake(cli, line, OUTSIDE[line])


@pytest.mark.parametrize("content", SETTINGS)
def test_a_mistake_in_the_settings(folder: Path, cli: Cli, content: str) -> None:
    (folder / "pyproject.toml").write_text(content)
    check_mistake(cli, "clean a.ipynb", SETTINGS[content])
    assert (folder / "a.ipynb").read_bytes() == NOTEBOOK


def test_a_detached_head_has_no_branch_to_push(folder: Path, cli: Cli) -> None:
    sandbox.git(folder, "init", "-q", "-b", "main")
    sandbox.git(folder, "add", "a.ipynb")
    sandbox.git(folder, "commit", "-q", "-m", "one")
    sandbox.git(folder, "checkout", "-q", "--detach")
    check_mistake(cli, "pull", "HEAD is detached: no branch to pull (run git switch BRANCH)")
    called = cli("commit", "a.ipynb", "-m", "x", "--push")
    assert called.code == 3
    assert "HEAD is detached: no branch to push (run git switch -c NAME)" in called.err


def test_a_repository_without_commits(folder: Path, cli: Cli) -> None:
    sandbox.git(folder, "init", "-q", "-b", "main")
    check_mistake(
        cli, "diff HEAD", "no such file or folder: HEAD (the repository has no commits yet)"
    )


@pytest.mark.usefixtures("folder")
def test_a_missing_extra_is_named_with_its_command(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sys

    for name in ("detect_secrets", "detect_secrets.core.scan"):  # perhaps imported by now
        monkeypatch.setitem(sys.modules, name, None)
    check_mistake(cli, "check a.ipynb --secrets", "pip install 'nbvc[secrets]'")
