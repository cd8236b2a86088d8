"""`nbvc git-merge-driver`: what git calls to merge a notebook.

It must not fail in a way that git takes for a merge: exit code 0 means merged and written, 1 means
that a person has to look, more than 128 that nothing was done.
"""

from __future__ import annotations

import os
import sys

import click

TYPE_CHECKING = False
if TYPE_CHECKING:
    from nbvc.merging.model import Strategy

_NOTHING_DONE = 129
_MARKER_SIZE = 7
_UNKNOWN = ("%S", "%X", "%Y")
"""What a git before 2.44 passes instead of the names of base, local and remote."""


# A notebook may be called `-h.ipynb`: nothing that git passes is an option.
@click.command(
    "git-merge-driver",
    hidden=True,
    context_settings={"help_option_names": [], "ignore_unknown_options": True},
)
@click.argument("base", metavar="%O")
@click.argument("local", metavar="%A")
@click.argument("remote", metavar="%B")
@click.argument("size", metavar="%L", default="7")
@click.argument("name", metavar="%P", default="")
@click.argument("labels", metavar="%S %X %Y", nargs=-1)
def command(
    base: str, local: str, remote: str, size: str, name: str, labels: tuple[str, ...]
) -> int:
    """Merge a notebook for git; the result replaces %A.

    `git config merge.nbvc.driver "nbvc git-merge-driver %O %A %B %L %P %S %X %Y"`: git before 2.44
    doesn't know the last three, the names of the sides, and passes them on as they are.
    """
    strategy = _make_strategy(size, labels)
    try:
        return _merge(base, local, remote, strategy, name or local)
    except Exception as error:  # noqa: BLE001
        # Whatever went wrong is ours: git's own merge is what the user would have had without us.
        return _text_merge(base, local, remote, strategy, _describe_error(error, name))


def _make_strategy(size: str, labels: tuple[str, ...]) -> Strategy:
    from nbvc.merging.model import Strategy

    known = len(labels) == 3 and not any(label in _UNKNOWN for label in labels)
    base, ours, theirs = labels if known else ("", "", "")
    return Strategy(
        base_label=base or "base",
        local_label=ours or "local",
        remote_label=theirs or _find_merged_branch() or "remote",
        marker_size=int(size) if size.isdigit() and 0 < int(size) < 1000 else _MARKER_SIZE,
    )


def _find_merged_branch() -> str:
    """Return the name of the branch that is merged, which `git merge` leaves for us."""
    names = [value for key, value in os.environ.items() if key.startswith("GITHEAD_")]
    if len(names) != 1:
        return ""
    return names[0].removeprefix("refs/heads/").removeprefix("refs/remotes/")


def _merge(base: str, local: str, remote: str, strategy: Strategy, name: str) -> int:
    from nbvc.cli.terminal.screen import describe_invalid
    from nbvc.notebook.content import read_content
    from nbvc.notebook.saving import save
    from nbvc.workflow.conflicts import merge_in_style
    from nbvc.workflow.stored import find_stored

    contents = read_content(base), read_content(local), read_content(remote)
    stored = find_stored(name, os.environ)
    if stored is not None:
        contents = stored.read(contents[0]), stored.read(contents[1]), stored.read(contents[2])
    # Git merges two bases of a criss-cross merge with wider markers: nobody resolves these conflicts.
    nested = strategy.marker_size > _MARKER_SIZE
    content, result = merge_in_style(*contents, strategy, name, os.environ, by_git=not nested)
    invalid = describe_invalid(name, content)
    save(local, content if stored is None else stored.store(content))
    if invalid:
        _print_line(invalid)
    if nested:
        return 1 if result.conflicts else 0
    if result.joined_lines or result.reruns:
        from nbvc.cli.commands.merge import list_advice

        for line in list_advice(result):
            _print_line(f"{name}: {line}")
    if not result.conflicts:
        return 0
    from shlex import quote

    from nbvc.render.words import count

    conflicts = count(result.count_hunks(), "conflict")
    _print_line(f"{name}: {conflicts}; run `nbvc resolve {quote(name)}`")
    return 1


def _text_merge(base: str, local: str, remote: str, strategy: Strategy, reason: str) -> int:
    """Let git merge the lines, as it does for any file it knows nothing of."""
    try:
        from nbvc.git import Git
        from nbvc.git.actions.merging import merge_lines
        from nbvc.notebook.saving import save

        labels = strategy.local_label, strategy.remote_label
        git = Git.find(os.environ)
        merged = merge_lines(git, (local, base, remote), labels, strategy.marker_size)
        if merged is None:
            _print_line(f"{reason}; git can't merge it as text, either")
            return _NOTHING_DONE
        save(local, merged)
    except Exception as error:  # noqa: BLE001
        _print_line(f"{reason}; and its text can't be merged: {error}")
        return _NOTHING_DONE
    _print_line(f"{reason}; merged as text: look at it, and try `nbvc fix`")
    return 1


def _describe_error(error: Exception, name: str) -> str:
    from nbvc.errors import NbvcError

    if isinstance(error, NbvcError):
        return str(error)
    return f"{name}: {type(error).__name__}: {error}"


def _print_line(message: str) -> None:
    from nbvc.render.escape import escape_line

    try:
        print(f"nbvc: {escape_line(message)}", file=sys.stderr)
    except OSError:  # nobody listens, as in `git merge 2>&1 | head`: the exit code is what counts
        pass
