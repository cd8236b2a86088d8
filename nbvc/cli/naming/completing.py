"""What the shell completes: notebooks, branches, tags, checkpoints, presets and remotes.

Imported only when a shell asks (`_NBVC_COMPLETE`), so that commands start as fast as without it.
"""

from __future__ import annotations

import os

import click
from click.shell_completion import CompletionItem

from nbvc.errors import NbvcError
from nbvc.names import SUFFIX

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from nbvc.git import Repository

    Finder = Callable[[click.Context], Iterator[tuple[str, str]]]
    """Yields what a word could be, each with a description."""

_MOST = 200
"""More words than a shell should list are not offered."""


def complete_parameters(command: click.Command) -> None:
    """Let the shell complete the arguments and options of a command and of those below it."""
    for below in getattr(command, "commands", {}).values():
        complete_parameters(below)
    for parameter in command.params:
        if parameter.type is not click.STRING:
            continue
        metavar = parameter.metavar or ""
        words = parameter.opts if isinstance(parameter, click.Option) else [metavar]
        finder = next(
            (find for word, find in _FINDERS.items() if any(word in one for one in words)), None
        )
        if finder is not None:
            with_files = isinstance(parameter, click.Argument) and finder is _find_commits
            parameter.type = _Words(finder, with_files=with_files)
        elif isinstance(parameter, click.Argument):
            parameter.type = _Words(_find_nothing, with_files=parameter.name != "text")
        elif metavar in {"FILE", "DIR"}:
            parameter.type = click.Path()


class _Words(click.types.StringParamType):
    """A text that is completed from what a finder yields, and from notebooks and folders."""

    def __init__(self, find: Finder, *, with_files: bool) -> None:
        self._find = find
        self._with_files = with_files

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """Return what begins with the incomplete word; in a range, what its last end could be."""
        head, dots, end = incomplete.rpartition("..")
        if not dots or "/" in end:
            head, dots, end = "", "", incomplete
        items = _find_files(incomplete) if self._with_files else []
        try:
            for word, text in self._find(ctx):
                if word.startswith(end) and len(items) < _MOST:
                    items.append(CompletionItem(f"{head}{dots}{word}", help=text or None))
        except (NbvcError, OSError):  # No repository, or one that cannot be read.
            pass
        if items or not self._with_files:
            return items
        return [CompletionItem(incomplete, type="file")]


def _find_files(incomplete: str) -> list[CompletionItem]:
    """Return notebooks and folders; none if the shell has to complete something else."""
    folder, begin = os.path.split(incomplete)
    if folder.startswith("~"):
        return []
    try:
        names = sorted(os.listdir(folder or "."))
    except OSError:
        return []
    items = []
    for name in names:
        path = os.path.join(folder, name)
        if not name.startswith(begin) or (name.startswith(".") and not begin):
            continue
        if name.endswith(SUFFIX):
            items.append(CompletionItem(path))
        elif os.path.isdir(path):
            items.append(CompletionItem(path + os.sep))
    # A single folder goes on with what is in it, which only the shell does without a space.
    return items if len(items) > 1 or (items and items[0].value.endswith(SUFFIX)) else []


def _find_nothing(_: click.Context) -> Iterator[tuple[str, str]]:
    yield from ()


def _repository() -> Repository:
    from nbvc.cli.naming.repositories import repository_at

    return repository_at()


def _find_commits(_: click.Context) -> Iterator[tuple[str, str]]:
    """Yield HEAD, branches by the time of their last commit, and tags."""
    from nbvc.git.state.branches import list_branches

    repository = _repository()
    yield "HEAD", "the last commit"
    for branch in list_branches(repository):
        name = f"{branch.remote}/{branch.name}" if branch.remote else branch.name
        yield name, branch.subject
    for tag in os.fsdecode(repository.git.run("tag", "--sort=-creatordate")).splitlines():
        yield tag, "tag"


def _find_checkpoints(ctx: click.Context) -> Iterator[tuple[str, str]]:
    """Yield the checkpoints of the notebook that the command line names, the newest first."""
    from nbvc.cli.naming.stores import format_title, store_at

    path = ctx.params.get("path")
    if not path:
        return
    with store_at(path) as store:
        yield "latest", "the newest checkpoint"
        for one in reversed(store.list(path)):
            yield one.id, format_title(one, 60)


def _find_versions(ctx: click.Context) -> Iterator[tuple[str, str]]:
    yield from _find_commits(ctx)
    yield from _find_checkpoints(ctx)


def _find_branches(_: click.Context) -> Iterator[tuple[str, str]]:
    from nbvc.git.state.branches import list_branches

    for branch in list_branches(_repository()):
        yield branch.name, branch.subject


def _find_remotes(_: click.Context) -> Iterator[tuple[str, str]]:
    from nbvc.git.state.remotes import remote_names

    for name in remote_names(_repository()):
        yield name, ""


def _find_presets(_: click.Context) -> Iterator[tuple[str, str]]:
    from nbvc.normalising import PRESETS

    for name in PRESETS:
        yield name, ""


_FINDERS: dict[str, Finder] = {
    "CHECKPOINT": _find_checkpoints,
    "[BEFORE]": _find_commits,
    "RANGE": _find_commits,
    "[COMMIT]": _find_commits,
    "--source": _find_versions,
    "--branch": _find_branches,
    "--remote": _find_remotes,
    "--preset": _find_presets,
}
"""Finders by the name of an option, and by what the help shows for an argument."""
