"""What `nbvc clean` and `nbvc check` share: which files, and which policy."""

from __future__ import annotations

import os

import click

from nbvc.errors import NbvcError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import Any, TypeVar

    from nbvc.normalising.policy import Policy

    Command = TypeVar("Command", bound=Callable[..., Any])

_OPTIONS = (
    (("--preset",), "preset", "strip, noise (outputs stay) or nbstripout."),
    (("--keep-output",), "outputs", "Keep outputs."),
    (("--keep-count",), "counts", "Keep execution counts."),
    (("--keep-id", "--renumber-ids"), "ids", "Keep cell ids, or number the cells."),
    (("--keep-tag",), "keep-tags", "Keep outputs of cells with this tag."),
    (("--keep-output-type",), "keep-types", "Keep outputs of this type, such as stream:stderr."),
    (("--drop-output-type",), "drop-types", "Drop outputs of this type wherever they are."),
    (("--max-size",), "max-size", "Keep outputs of up to so many characters (10k)."),
    (("--drop-empty-cells",), "drop-empty-cells", "Drop cells without any text."),
    (("--drop-tagged-cells",), "drop-tagged-cells", "Drop cells with this tag."),
    (("--strip-init-cells",), "strip-init-cells", "Strip initialisation cells, too."),
)
_REPEATED = ("keep-tags", "keep-types", "drop-types", "drop-tagged-cells")
_VALUES = {"outputs": "keep", "counts": "keep"}


def policy_options(command: Command) -> Command:
    """Add the options of a policy; what is not given comes from the project's configuration."""
    command = click.option(
        "--keep-metadata-keys",
        metavar="KEYS",
        help="Keep these, as in 'metadata.widgets cell.metadata.collapsed'.",
    )(command)
    command = click.option(
        "--extra-keys", metavar="KEYS", help="Drop these as well, as in 'cell.metadata.mine'."
    )(command)
    for names, key, text in reversed(_OPTIONS):
        name = key.replace("-", "_")
        if key == "ids":
            declared: tuple[Any, dict[str, Any]] = ("/".join(names), {"default": None})
        elif key in _REPEATED:
            declared = (names[0], {"multiple": True, "metavar": "TAG" if "tag" in key else "TYPE"})
        elif key in ("preset", "max-size"):
            declared = (names[0], {"metavar": key.rpartition("-")[2].upper()})
        else:
            declared = (names[0], {"is_flag": True})
        command = click.option(declared[0], name, help=text, **declared[1])(command)
    return command


def settings_of(options: dict[str, Any], configured: dict[str, Any]) -> dict[str, Any]:
    """Return the settings of a command line on top of a project's."""
    settings = dict(configured)
    for _, key, _ in _OPTIONS:
        value = options.get(key.replace("-", "_"))
        if key == "ids" and value is not None:
            settings[key] = "keep" if value else "number"
        elif key in _REPEATED and value:
            settings[key] = [*settings.get(key, ()), *value]
        elif value:
            settings[key] = _VALUES.get(key, value)
    for option, verb in (("extra_keys", "drop"), ("keep_metadata_keys", "keep")):
        for key, names in _levels(options.get(option) or "", verb).items():
            settings[key] = [*settings.get(key, ()), *names]
    return settings


def _levels(text: str, verb: str) -> dict[str, list[str]]:
    """Take nbstripout's way of naming keys apart: `metadata.a cell.metadata.b`."""
    found: dict[str, list[str]] = {}
    for word in text.replace(",", " ").split():
        for prefix, level in (("cell.metadata.", "cell"), ("metadata.", "notebook")):
            if word.startswith(prefix) and word != prefix:
                found.setdefault(f"{verb}-{level}-metadata", []).append(word.removeprefix(prefix))
                break
        else:
            raise click.UsageError(
                f"{word!r} names no key: write metadata.KEY or cell.metadata.KEY."
            )
    return found


def chosen(paths: Sequence[str], options: dict[str, Any]) -> tuple[list[str], Policy]:
    """Return the notebooks that paths stand for, and what goes from them."""
    from nbvc.normalising.configuring import configured
    from nbvc.workflow.configuration import configuration

    first = paths[0] if paths else "."
    project = configuration(first if os.path.isdir(first) else os.path.dirname(first) or ".")
    policy = configured(settings_of(options, project.clean), project.path)
    return list(files_of(paths, project.exclude)), policy


def files_of(paths: Sequence[str], excluded: Sequence[str]) -> Iterator[str]:
    """Yield the notebooks that paths stand for, each once; in folders, links are passed over.

    Raises `NbvcError` for a path that isn't there.
    """
    from fnmatch import fnmatch

    from nbvc.cli.naming.inputs import notebooks_below

    seen: set[str] = set()
    for path in paths:
        if not os.path.lexists(path):
            raise NbvcError("there is no such file or folder", where=path)
        found = [path]
        if os.path.isdir(path):
            folder = os.path.normpath(path)
            above = "" if folder == os.curdir else os.path.join(folder, "")
            below = (f"{above}{name}" for name in notebooks_below(path, links=False))
            found = [one for one in below if not any(fnmatch(one, p) for p in excluded)]
        for one in sorted(found):
            if one not in seen:
                seen.add(one)
                yield one
