"""A policy from settings by name, as a configuration file or a command line gives them."""

from __future__ import annotations

import re

from msgspec.structs import replace

from nbvc.errors import NbvcError
from nbvc.normalising.policy import PRESETS, Counts, Ids, Outputs, Policy, preset

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import Any

CLEAN_FORM = 1
"""Goes up when the same settings give another result: files cleaned before look unclean then."""


def configured(settings: Mapping[str, Any], where: str | None = None) -> Policy:
    """Return the policy of these settings, on top of the preset that they name.

    `where` is for messages. Raises `NbvcError` for an unknown key, with the nearest known one, or
    for a value that doesn't fit.
    """
    chosen = settings.get("preset", "strip")
    if type(chosen) is not str:
        raise _unfit("preset", chosen, f"one of {', '.join(PRESETS)}", where)
    try:
        policy = preset(chosen)
    except NbvcError as error:
        error.where = where
        raise
    for key, value in settings.items():
        if key != "preset":
            policy = _setter(key, where)(policy, key, value, where)
    return policy


def filter_policy(words: Iterable[str]) -> Policy:
    """Return the policy of git's filter, for the `key=value` words in git's settings.

    It never drops a cell: git would write the notebook back without it at the next checkout. Raises
    `NbvcError`.
    """
    return keep_cells(configured(from_words(words), "filter.nbvc.process in git's settings"))


def keep_cells(policy: Policy) -> Policy:
    """Return a policy that drops no cell."""
    return replace(policy, drop_empty_cells=False, drop_tagged_cells=())


def dropping_cells(settings: Mapping[str, Any]) -> list[str]:
    """Return the names of the settings that drop whole cells."""
    return [key for key in ("drop-empty-cells", "drop-tagged-cells") if settings.get(key)]


def named(settings: Mapping[str, Any]) -> list[str]:
    """Return settings as `key=value` words, which `from_words` reads again."""
    return [f"{key}={_word(value)}" for key, value in sorted(settings.items())]


def from_words(words: Iterable[str]) -> dict[str, Any]:
    """Return the settings that `key=value` words stand for; the clean form among them is none."""
    found: dict[str, Any] = {}
    for word in words:
        key, _, value = word.partition("=")
        if word.startswith("form="):
            continue
        setter = _SETTERS.get(key)
        if setter is _list:
            found[key] = value.split(",") if value else []
        elif setter is _flag:
            found[key] = value == "true"
        else:
            found[key] = value
    return found


def _word(value: Any) -> str:
    if type(value) in (list, tuple):
        return ",".join(value)
    return str(value).lower() if type(value) is bool else str(value)


def _choice(policy: Policy, key: str, value: Any, where: str | None) -> Policy:
    kind = _CHOICES[key]
    try:
        return replace(policy, **{key: kind(value)})
    except ValueError:
        known = " or ".join(repr(one.value) for one in kind)
        raise _unfit(key, value, known, where) from None


def _flag(policy: Policy, key: str, value: Any, where: str | None) -> Policy:
    if type(value) is not bool:
        raise _unfit(key, value, "true or false", where)
    return replace(policy, **{key.replace("-", "_"): value})


def _size(policy: Policy, key: str, value: Any, where: str | None) -> Policy:
    match = re.fullmatch(r"(\d{1,15})([kKmMgG]?)", str(value))
    if match is None or type(value) is bool:
        raise _unfit(key, value, "a number of characters such as 1000 or 10k", where)
    scale = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9}[match[2].lower()]
    return replace(policy, max_size=int(match[1]) * scale)


def _list(policy: Policy, key: str, value: Any, where: str | None) -> Policy:
    if type(value) not in (list, tuple) or not all(type(item) is str for item in value):
        raise _unfit(key, value, "a list of strings", where)
    return _LISTS[key](policy, tuple(value))


def _more(level: str) -> Callable[[Policy, tuple[str, ...]], Policy]:
    def dropped(policy: Policy, keys: tuple[str, ...]) -> Policy:
        return replace(policy, **{level: (*getattr(policy, level), *keys)})

    return dropped


def _keep(level: str) -> Callable[[Policy, tuple[str, ...]], Policy]:
    def kept(policy: Policy, keys: tuple[str, ...]) -> Policy:
        left = tuple(key for key in getattr(policy, level) if key not in keys)
        return replace(policy, **{level: left})

    return kept


def _set(field: str) -> Callable[[Policy, tuple[str, ...]], Policy]:
    return lambda policy, keys: replace(policy, **{field: keys})


_CHOICES: dict[str, Any] = {"outputs": Outputs, "counts": Counts, "ids": Ids}
_LISTS: dict[str, Callable[[Policy, tuple[str, ...]], Policy]] = {
    "keep-tags": _more("keep_tags"),
    "keep-types": _set("keep_types"),
    "drop-types": _set("drop_types"),
    "drop-notebook-metadata": _more("notebook_metadata"),
    "drop-cell-metadata": _more("cell_metadata"),
    "drop-output-metadata": _more("output_metadata"),
    "keep-notebook-metadata": _keep("notebook_metadata"),
    "keep-cell-metadata": _keep("cell_metadata"),
    "keep-output-metadata": _keep("output_metadata"),
    "only-notebook-metadata": _set("keep_notebook_metadata"),
    "only-cell-metadata": _set("keep_cell_metadata"),
    "drop-tagged-cells": _set("drop_tagged_cells"),
}
_SETTERS: dict[str, Callable[[Policy, str, Any, str | None], Policy]] = {
    **dict.fromkeys(_CHOICES, _choice),
    **dict.fromkeys(_LISTS, _list),
    "max-size": _size,
    "drop-empty-cells": _flag,
    "strip-init-cells": _flag,
}
KEYS = ("preset", *_SETTERS)
"""All settings, by name."""


def _setter(key: str, where: str | None) -> Callable[[Policy, str, Any, str | None], Policy]:
    try:
        return _SETTERS[key]
    except KeyError:
        raise unknown_key(key, KEYS, where) from None


def unknown_key(key: str, known: tuple[str, ...], where: str | None) -> NbvcError:
    """Return the error for a setting that there isn't, with the nearest one that there is."""
    from difflib import get_close_matches

    near = get_close_matches(key, known, 1)
    hint = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(known)}"
    return NbvcError(f"unknown setting {key!r}", where=where, hint=hint)


def _unfit(key: str, value: Any, wanted: str, where: str | None) -> NbvcError:
    return NbvcError(f"{key!r} is {value!r}, but has to be {wanted}", where=where)
