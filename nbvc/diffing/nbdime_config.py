"""nbdime's settings as settings of `[tool.nbvc.diff]`.

    {"Diff": {"details": false, "Ignore": {"/cells/*/metadata": ["collapsed"], "/metadata": true}}}
    {"ignore": ["details"], "ignore-cell-metadata": ['"collapsed"'], "ignore-notebook-metadata": ["*"]}

Source: nbdime 4.0, config.py (which classes nbdiff reads, in which order) and diffing/notebooks.py
(`set_notebook_diff_ignores`).
"""

from __future__ import annotations

import msgspec

from nbvc.errors import NbvcError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import Any

    Steps = tuple[str, ...]

_CLASSES = ("_Ignorables", "_Diffing", "Diff", "GitDiff", "NbDiff")
"""What nbdiff reads; a later one overrides the earlier ones."""
_FLAGS = {
    "sources": "sources",
    "outputs": "outputs",
    "attachments": "attachments",
    "metadata": "metadata",
    "id": "id",
    "details": "details",
}
"""nbdime's flags, and the parts of nbvc that they are."""
_PARTS = {
    ("source",): "sources",
    ("outputs",): "outputs",
    ("attachments",): "attachments",
    ("id",): "id",
    ("execution_count",): "details",
    ("outputs", "*", "execution_count"): "details",
}
"""Members of a cell, and the parts of nbvc that they are."""
_OF_FLAGS = frozenset(
    (
        "/metadata",
        "/cells/*",
        *(f"/cells/*/{key}" for key in ("source", "outputs", "attachments", "id", "metadata")),
        *(f"/cells/*/outputs/*{key}" for key in ("", "/metadata")),
    )
)
"""Paths for which flags, if there are any, replace what `Ignore` says."""
_SELECTING = frozenset(("parts", "ignore", "ids"))


class NbdimeSettings(msgspec.Struct, frozen=True):
    """Settings by the names of `[tool.nbvc.diff]`, the files they come from, the strongest last.

    `unknown` are paths that nbdime would ignore, and of which nbvc has no such setting.
    """

    settings: dict[str, Any] = {}
    files: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


def read_nbdime_settings(files: Iterable[tuple[str, bytes]]) -> NbdimeSettings:
    """Return what nbdime's files say, each a name and its content, the strongest last.

    Raises `NbvcError` for a file that nbdime refuses.
    """
    classes: dict[str, dict[str, Any]] = {}
    names = []
    for name, content in files:
        for key, table in _decode(name, content).items():
            if key in _CLASSES:
                names.append(name)
                _update(classes.setdefault(key, {}), table)
    found: dict[str, Any] = {}
    for key in _CLASSES:
        _update(found, classes.get(key, {}))
    where = names[-1] if names else None
    selected = _select(found, where)
    paths = [
        *_find_ignored(found.get("Ignore") or {}, where, _OF_FLAGS if selected else frozenset())
    ]
    settings, unknown = _name_settings(paths)
    return NbdimeSettings({**settings, **selected}, tuple(dict.fromkeys(names)), unknown)


def put_below(nbdime: Mapping[str, Any], project: Mapping[str, Any]) -> dict[str, Any]:
    """Return a project's settings with nbdime's below: those of a project replace them.

    A project that says which parts count says so alone.
    """
    hidden = _SELECTING if _SELECTING & project.keys() else frozenset()
    return {**{key: nbdime[key] for key in nbdime if key not in hidden}, **project}


def _decode(name: str, content: bytes) -> dict[str, dict[str, Any]]:
    try:
        found: Any = msgspec.json.decode(content)
    except msgspec.MsgspecError:
        raise NbvcError("not settings of nbdime: it is not JSON", where=name) from None
    if type(found) is not dict or not all(type(table) is dict for table in found.values()):
        raise NbvcError("not settings of nbdime: each must be in a table", where=name)
    return found


def _update(target: dict[str, Any], new: Mapping[str, Any]) -> None:
    """Update a table as nbdime does: tables within go on, and null takes a key away."""
    for key, value in new.items():
        if isinstance(value, dict):
            inner = target.get(key)
            target[key] = dict(inner) if isinstance(inner, dict) else {}
            _update(target[key], value)
        elif value is None:
            target.pop(key, None)
        else:
            target[key] = value


def _select(found: Mapping[str, Any], where: str | None) -> dict[str, Any]:
    """Return which parts count, as nbdime's flags say: only these, or all but these."""
    flags = {part: found[flag] for flag, part in _FLAGS.items() if flag in found}
    if not all(type(value) is bool for value in flags.values()):
        raise NbvcError("a flag is neither true nor false", where=where)
    if not flags:
        return {}
    if len(set(flags.values())) > 1:
        raise NbvcError("flags are true for some parts and false for others", where=where)
    return {"parts" if all(flags.values()) else "ignore": [*flags]}


def _find_ignored(table: Any, where: str | None, replaced: frozenset[str]) -> Iterator[Steps]:
    """Yield each path that is ignored, as steps, without those that something else replaces."""
    if type(table) is not dict:
        raise NbvcError("Ignore is not a table", where=where)
    for path, value in table.items():
        steps = tuple(step for step in path.split("/") if step)
        if not path.startswith("/") or type(value) not in {bool, list}:
            raise NbvcError(f"Ignore has no such path or value: {path!r}", where=where)
        if path in replaced:
            continue
        if value is True:
            yield steps
        elif value is not False:
            yield from ((*steps, str(key)) for key in value)


def _name_settings(paths: Iterable[Steps]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Return settings for paths, and the paths for which there is none."""
    settings: dict[str, Any] = {}
    unknown = []
    for path in paths:
        found = _name_one(path)
        if found is None:
            unknown.append("/" + "/".join(path))
        else:
            settings.setdefault(found[0], []).append(found[1])
    return settings, tuple(unknown)


def _name_one(path: Steps) -> tuple[str, str] | None:
    match path:
        case ("metadata", *keys):
            return "ignore-notebook-metadata", _quote(keys)
        case ("cells", "*", "metadata", *keys):
            return "ignore-cell-metadata", _quote(keys)
        case ("cells", "*", "outputs", "*", "metadata", *keys):
            return "ignore-output-metadata", _quote(keys)
        case ("cells", "*", *rest) if tuple(rest) in _PARTS:
            return "ignore", _PARTS[tuple(rest)]
        case _:
            return None


def _quote(keys: list[str]) -> str:
    """Return keys as a path of the settings; none stands for all."""
    quoted = (key.replace("\\", "\\\\").replace('"', '\\"') for key in keys)
    return ".".join(f'"{key}"' for key in quoted) or "*"
