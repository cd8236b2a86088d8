"""A policy from settings by name, as a configuration file or a command line gives them."""

from __future__ import annotations

import re

from msgspec.structs import replace

from nbvc.errors import NbvcError
from nbvc.lazy import compile_lazily
from nbvc.normalising.metadata import Keys, MetadataPolicy, compile_keys, find_gone, read_path
from nbvc.normalising.noise import ANY, Level, read_rules
from nbvc.normalising.policy import PRESETS, Counts, Ids, Kernel, Outputs, Policy, preset

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import Any

CLEAN_FORM = 2
"""Goes up when the same settings give another result: files cleaned before look unclean then."""


def make_policy(settings: Mapping[str, Any], where: str | None = None) -> Policy:
    """Return the policy of these settings, on top of the preset that they name.

    `where` is for messages. Raises `NbvcError` for an unknown key, with the nearest known one, or
    for a value that doesn't fit.
    """
    chosen = settings.get("preset", "strip")
    if type(chosen) is not str:
        raise make_unfit_error("preset", chosen, f"one of {', '.join(PRESETS)}", where)
    try:
        policy = preset(chosen)
    except NbvcError as error:
        error.where = where
        raise
    # What is said of all metadata comes before what is said of some.
    for key, value in sorted(settings.items(), key=lambda item: item[0] != "metadata"):
        if key != "preset":
            policy = _find_setter(key, where)(policy, key, value, where)
    _check_keys(policy, where)
    return policy


def keep_cells(policy: Policy) -> Policy:
    """Return a policy that drops no cell."""
    return replace(policy, drop_empty_cells=False, drop_tagged_cells=())


def find_dropping(settings: Mapping[str, Any]) -> list[str]:
    """Return the names of the settings that drop whole cells."""
    return [key for key in ("drop-empty-cells", "drop-tagged-cells") if settings.get(key)]


def from_words(words: Iterable[str]) -> dict[str, Any]:
    """Return the settings that `key=value` words stand for, as older versions wrote them into git's."""
    import json

    found: dict[str, Any] = {}
    for word in words:
        key, _, value = word.partition("=")
        if value[:1] in _JSON or value in ("true", "false"):
            found[key] = json.loads(value)
        elif _SETTERS.get(key) is _list:  # as written by older versions
            found[key] = value.split(",") if value else []
        else:
            found[key] = value
    found.pop("form", None)
    return found


_JSON = ("[", "{")


def _set_choice(policy: Policy, key: str, value: Any, where: str | None) -> Policy:
    kind = _CHOICES[key]
    try:
        return replace(policy, **{key: kind(value)})
    except ValueError:
        known = " or ".join(repr(one.value) for one in kind)
        raise make_unfit_error(key, value, known, where) from None


def _set_flag(policy: Policy, key: str, value: Any, where: str | None) -> Policy:
    if type(value) is not bool:
        raise make_unfit_error(key, value, "true or false", where)
    return replace(policy, **{key.replace("-", "_"): value})


def _set_size(policy: Policy, key: str, value: Any, where: str | None) -> Policy:
    match = re.fullmatch(r"(\d{1,15})([kKmMgG]?)", str(value))
    if match is None or type(value) is bool:
        raise make_unfit_error(key, value, "a number of characters such as 1000 or 10k", where)
    scale = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9}[match[2].lower()]
    return replace(policy, max_size=int(match[1]) * scale)


def _list(policy: Policy, key: str, value: Any, where: str | None) -> Policy:
    if type(value) not in (list, tuple) or not all(type(item) is str for item in value):
        raise make_unfit_error(key, value, "a list of strings", where)
    try:
        return _LISTS[key](policy, tuple(value))
    except NbvcError as error:
        error.where = where
        raise


def _make_names_setter(field: str) -> Callable[[Policy, tuple[str, ...]], Policy]:
    return lambda policy, names: replace(policy, **{field: (*getattr(policy, field), *names)})


def _set(field: str) -> Callable[[Policy, tuple[str, ...]], Policy]:
    return lambda policy, names: replace(policy, **{field: names})


def _make_types_setter(field: str) -> Callable[[Policy, tuple[str, ...]], Policy]:
    def set_types(policy: Policy, names: tuple[str, ...]) -> Policy:
        for name in names:
            if name not in _TYPES and not _MIME.fullmatch(name):
                raise make_unknown_error("output type", name, _TYPES)
        return replace(policy, **{field: names})

    return set_types


_TYPES = (
    *("stream", "stream:stdout", "stream:stderr", "display_data", "execute_result", "error"),
    *("pyout", "pyerr"),
)
_MIME = compile_lazily(r"[a-z]+/[\w.+-]+(;.*)?")


def _make_keys_setter(level: str, part: str) -> Callable[[Policy, tuple[str, ...]], Policy]:
    """Return a function that adds keys to a list of a level: `drop`, `keep` or `only`."""

    def add(policy: Policy, names: tuple[str, ...]) -> Policy:
        for name in names:
            read_path(name)
        keys = getattr(policy.metadata, level)
        known = () if part == "only" else getattr(keys, part)
        changed = replace(keys, **{part: (*known, *names)})
        return replace(policy, metadata=replace(policy.metadata, **{level: changed}))

    return add


def _set_metadata(policy: Policy, key: str, value: Any, where: str | None) -> Policy:
    if value not in ("keep", "strip"):
        raise make_unfit_error(key, value, "'keep' or 'strip'", where)
    keys = Keys(table=value == "strip")
    return replace(policy, metadata=MetadataPolicy(keys, keys, keys))


def _set_kernel(policy: Policy, key: str, value: Any, where: str | None) -> Policy:
    from nbvc.normalising.kernels import KERNELS

    if type(value) is str:
        if value not in KERNELS:
            raise make_unfit_error(key, value, f"one of {', '.join(KERNELS)}, or {_KERNEL}", where)
        return replace(policy, kernel=KERNELS[value])
    fields = Kernel.__struct_fields__
    if type(value) is not dict or {*value} != {*fields} or {*map(type, value.values())} != {str}:
        raise make_unfit_error(key, value, f"the name of a kernel, or {_KERNEL}", where)
    return replace(policy, kernel=Kernel(**value))


_KERNEL = '{ name = "…", display_name = "…", language = "…" }'

_LEVELS = {
    Level.NOTEBOOK_METADATA: "notebook",
    Level.CELL_METADATA: "cell",
    Level.OUTPUT_METADATA: "output",
}
_CHOICES: dict[str, Any] = {"outputs": Outputs, "counts": Counts, "ids": Ids}
_LISTS: dict[str, Callable[[Policy, tuple[str, ...]], Policy]] = {
    "keep-tags": _make_names_setter("keep_tags"),
    "keep-types": _make_types_setter("keep_types"),
    "drop-types": _make_types_setter("drop_types"),
    **{
        f"{part}-{level}-metadata": _make_keys_setter(level, part)
        for part in ("drop", "keep", "only")
        for level in _LEVELS.values()
    },
    "drop-tagged-cells": _set("drop_tagged_cells"),
}
_SETTERS: dict[str, Callable[[Policy, str, Any, str | None], Policy]] = {
    **dict.fromkeys(_CHOICES, _set_choice),
    "metadata": _set_metadata,
    **dict.fromkeys(_LISTS, _list),
    "kernel": _set_kernel,
    "max-size": _set_size,
    "drop-empty-cells": _set_flag,
    "strip-init-cells": _set_flag,
}
KEYS = ("preset", *_SETTERS)
"""All settings, by name."""


def _check_keys(policy: Policy, where: str | None) -> None:
    """Refuse keys to keep that nothing removes, and keys that a valid notebook needs."""
    for name in _LEVELS.values():
        keys: Keys = getattr(policy.metadata, name)
        check_kept(name, keys.keep, (*keys.drop, *(keys.only or ())), where)
    root = compile_keys(Level.NOTEBOOK_METADATA, policy.metadata.notebook)
    for key, needed in _NEEDED.items():
        sample = {key: dict.fromkeys((*needed, "another"), "")}
        gone = {one.path for one in find_gone(sample, root, "", frozenset())}
        for part in needed:
            if (key, part) in gone:
                raise NbvcError(
                    f"{key}.{part} cannot be removed alone: a notebook with {key} needs it",
                    where=where,
                    hint=f"remove or keep the whole {key}, or set `kernel`",
                )


def check_kept(name: str, kept: Iterable[str], dropped: Iterable[str], where: str | None) -> None:
    """Raise `NbvcError` for a key to keep that neither the noise table nor `dropped` removes.

    `name` is a level: `notebook`, `cell` or `output`.
    """
    known = [
        path for rule in read_rules() if _LEVELS.get(rule.level) == name for path in rule.paths
    ]
    known += [path for one in dropped for path in read_path(one)]
    for one in kept:
        if not any(_meet(path, other) for path in read_path(one) for other in known):
            names = tuple([".".join(path) for path in known])
            raise make_unknown_error(
                f"key to keep in the metadata of {_OF[name]}", one, names, where
            )


_NEEDED = {"kernelspec": ("name", "display_name"), "language_info": ("name",)}
"""What the schema of format 4 requires of objects in the metadata of a notebook."""

_OF = {"notebook": "notebooks", "cell": "cells", "output": "outputs"}


def _meet(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Return whether one of two paths leads to the other."""
    return all(a == b or ANY in (a, b) for a, b in zip(one, other, strict=False))


def _find_setter(key: str, where: str | None) -> Callable[[Policy, str, Any, str | None], Policy]:
    try:
        return _SETTERS[key]
    except KeyError:
        raise unknown_key(key, KEYS, where) from None


def unknown_key(key: str, known: tuple[str, ...], where: str | None) -> NbvcError:
    """Return the error for an unknown setting, with the nearest known one."""
    return make_unknown_error("setting", key, known, where)


def make_unknown_error(
    what: str, name: str, known: tuple[str, ...], where: str | None = None
) -> NbvcError:
    """Return the error for an unknown name, with the nearest known one."""
    from difflib import get_close_matches

    near = get_close_matches(name, known, 1)
    listed = ", ".join(known) if len(known) < _FEW else "listed by `nbvc config --noise`"
    hint = f"did you mean {near[0]!r}?" if near else f"known are {listed}"
    return NbvcError(f"unknown {what} {name!r}", where=where, hint=hint)


_FEW = 40


def make_unfit_error(key: str, value: Any, wanted: str, where: str | None) -> NbvcError:
    """Return the error for a value that a setting cannot have."""
    written = str(value).lower() if isinstance(value, bool) else repr(value)
    return NbvcError(f"{key!r} is {written}, but must be {wanted}", where=where)
