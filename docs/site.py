"""What mkdocs adds to the pages in this folder: the reference, and the pages of the top folder.

The reference is made from the program and the library themselves, at every build: it can't be out
of date.
"""

from __future__ import annotations

import inspect
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mkdocs.structure.files import File

if TYPE_CHECKING:
    from collections.abc import Iterator

    import click
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files

ROOT = Path(__file__).resolve().parent.parent

_ABOVE = {
    "changelog.md": "CHANGELOG.md",
    "contributing.md": "CONTRIBUTING.md",
    "security.md": "SECURITY.md",
}
"""Pages that stand in the top folder, where hosts of repositories look for them."""


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages that are no files in this folder."""
    # mkdocs puts back what this file changed in it.
    sys.path.insert(0, str(ROOT))
    pages = {
        "reference/commands.md": commands(),
        "reference/api.md": api(),
        "faults.md": faults(),
        **{page: _moved((ROOT / name).read_text("utf-8")) for page, name in _ABOVE.items()},
    }
    for page, text in pages.items():
        files.append(File.generated(config, page, content=text))
    return files


def _moved(text: str) -> str:
    """Return a page of the top folder with its links as they are from here."""
    text = re.sub(r"\]\(docs/", "](", text)
    for page, name in _ABOVE.items():
        text = text.replace(f"]({name})", f"]({page})")
    return text


def commands() -> str:
    """Return the page of all commands, as their help has them."""
    from nbvc.cli.group import nbvc

    parts = ["# Commands\n", _help(nbvc, "nbvc", None)]
    parts += [
        "[Exit codes](../EXIT_CODES.md) are the same for every command.\n",
    ]
    parts += _each(nbvc, "nbvc", 2)
    return "\n".join(parts)


def _each(group: Any, called: str, level: int) -> Iterator[str]:
    import click

    context = click.Context(group, info_name=called)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if command.hidden:
            continue
        yield f"{'#' * level} {called} {name}\n"
        yield _help(command, name, context)
        if isinstance(command, click.Group):
            yield from _each(command, f"{called} {name}", level + 1)


def _help(command: click.Command, name: str, parent: click.Context | None) -> str:
    import click

    context = click.Context(command, info_name=name, parent=parent, terminal_width=88)
    return f"```text\n{command.get_help(context)}\n```\n"


def api() -> str:
    """Return the page of everything that `import nbvc` offers."""
    import nbvc

    parts = [
        "# Python API\n",
        "Everything here is importable from `nbvc`. Values don't change: an edit returns a new one.",
        "What is raised on bad input is an `NbvcError`.\n",
    ]
    names = sorted(nbvc.__all__, key=lambda name: (name[0].isupper(), name))
    for name in names:
        parts += _documented(name, getattr(nbvc, name))
    return "\n".join(parts)


def _documented(name: str, value: Any) -> Iterator[str]:
    """Yield what a name is: its signature, its docstring, and its members'."""
    if inspect.ismodule(value):
        value = getattr(value, name)
    yield f"## {name}\n"
    if not inspect.isclass(value) and not callable(value):
        yield f"{_text(type(value))}\n"
        return
    yield f"```python\n{_signature(name, value)}\n```\n"
    yield f"{_text(value)}\n"
    if inspect.isclass(value):
        yield from _members(value)


def _members(value: type) -> Iterator[str]:
    for name, member in vars(value).items():
        inner = member.fget if isinstance(member, property) else member
        inner = getattr(inner, "__func__", inner)
        if name.startswith("_") or not inspect.isfunction(inner) or not inner.__doc__:
            continue
        if isinstance(member, property):
            yield f"- `.{name}`: {_text(inner)}"
        else:
            yield f"- `{_signature('.' + name, inner)}`: {_text(inner)}"
    for one in getattr(value, "__members__", {}):
        yield f"- `{value.__name__}.{one}`"
    yield ""


def _signature(name: str, value: Any) -> str:
    if hasattr(value, "__struct_fields__"):
        # Types as they are written: some are known to the type checker only.
        types = {key: kind for one in reversed(value.__mro__) for key, kind in _types(one)}
        return f"{name}({', '.join(f'{key}: {types[key]}' for key in value.__struct_fields__)})"
    try:
        found = str(inspect.signature(value))
    except (TypeError, ValueError):
        return name
    found = re.sub(r"\((self|cls)(, )?", "(", found)
    return f"{name}{found}".replace("'", "")


def _types(value: type) -> list[tuple[str, str]]:
    return [(key, str(kind)) for key, kind in vars(value).get("__annotations__", {}).items()]


def _text(value: Any) -> str:
    """Return a docstring; what is indented below it stays below an item of a list."""
    return (inspect.getdoc(value) or "").replace("\n", "\n  ")


def faults() -> str:
    """Return the page of all faults that the tests try."""
    from tests.acceptance.faults import FAULTS

    lines = [
        "# What is tried to break it\n",
        "Each of these has tests that run nbvc on it, with real git. `python -m tests.acceptance`",
        "runs them and prints this list with what came out.\n",
        *(f"{number}. {text}" for number, text in FAULTS.items()),
        "",
        "Besides: `python -m tests.kills --points 10000` kills nbvc at every write, sync, rename",
        "and process of what it does, and gives it full and broken disks. `python -m tests.fuzz`",
        "gives it inputs that nobody would write. `python -m tests.mutation` breaks the code and",
        "looks whether a test notices.",
    ]
    return "\n".join(lines)
