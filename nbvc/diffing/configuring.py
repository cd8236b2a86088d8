"""What counts as a change, from settings by name: `[tool.nbvc.diff]`."""

from __future__ import annotations

from functools import partial

from msgspec.structs import replace

from nbvc.diffing.policy import ALL_MASKS, REGEX, DiffPolicy, Mask, Part
from nbvc.errors import NbvcError
from nbvc.normalising.configuring import (
    check_kept,
    make_unfit_error,
    make_unknown_error,
    unknown_key,
)
from nbvc.normalising.metadata import Keys, MetadataPolicy, read_path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any

    Setter = Callable[[DiffPolicy, str, Any, str | None], DiffPolicy]


def configured_diff(
    settings: Mapping[str, Any], cleaning: Mapping[str, Any] = {}, where: str | None = None
) -> DiffPolicy:
    """Return what counts as a change for these settings.

    Keys that `cleaning`, the settings of nbvc clean, drops or keeps are noise or are not here, too.
    Raises `NbvcError` for an unknown name, with the nearest known one, or for a value that does not
    fit.
    """
    policy = DiffPolicy(metadata=_share_keys(cleaning))
    # All parts are named before some are ignored.
    for key, value in sorted(settings.items(), key=lambda item: item[0] != "parts"):
        if key not in _SETTERS:
            raise unknown_key(key, KEYS, where)
        policy = _SETTERS[key](policy, key, value, where)
    for level in _LEVELS:
        shown = settings.get(f"show-{level}-metadata", ())
        check_kept(level, shown, getattr(policy.metadata, level).drop, where)
    return policy


def read_mask(name: str, where: str | None = None) -> Mask | str:
    """Return the mask of a name, or a pattern with `*` as it is. Raises `NbvcError`."""
    if name.startswith(REGEX):
        return _check_regex(name, where)
    if "*" in name:
        if name.strip("*").strip():
            return name
        raise NbvcError(f"the mask {name!r} would hide everything", where=where)
    try:
        return Mask(name)
    except ValueError:
        raise make_unknown_error(
            "mask", name, (*(mask.value for mask in Mask), "all"), where
        ) from None


def _check_regex(name: str, where: str | None) -> str:
    """Return a mask that is a regular expression, which only a command line may give.

    Some expressions take forever, and a project's settings are anybody's. Raises `NbvcError`.
    """
    import re

    if where is not None:
        hint = "write a text with '*', or pass the expression with --mask"
        raise NbvcError(
            f"a regular expression is not allowed in settings: {name!r}", where=where, hint=hint
        )
    try:
        re.compile(name.removeprefix(REGEX))  # noqa: TID251
    except re.error:
        raise NbvcError(f"{name!r} is not a valid regular expression") from None
    return name


def read_masks(names: tuple[str, ...], where: str | None = None) -> frozenset[Mask | str]:
    """Return the masks of names; `all` is all that have one. Raises `NbvcError`."""
    chosen = frozenset([read_mask(name, where) for name in names if name != "all"])
    return chosen | ALL_MASKS if "all" in names else chosen


def _share_keys(cleaning: Mapping[str, Any]) -> MetadataPolicy:
    """Return the noise table with a project's own keys."""
    return MetadataPolicy(
        *(
            Keys(
                drop=_read_names(cleaning, f"drop-{level}-metadata"),
                keep=_read_names(cleaning, f"keep-{level}-metadata"),
            )
            for level in _LEVELS
        )
    )


def _read_names(settings: Mapping[str, Any], key: str) -> tuple[str, ...]:
    return tuple(settings.get(key, ()))


def _check_strings(key: str, value: Any, where: str | None) -> tuple[str, ...]:
    if type(value) not in (list, tuple) or not all(type(one) is str for one in value):
        raise make_unfit_error(key, value, "a list of strings", where)
    return tuple(value)


def _read_parts(key: str, value: Any, where: str | None) -> frozenset[Part]:
    known = tuple(part.value for part in Part)
    for name in _check_strings(key, value, where):
        if name not in known:
            raise make_unknown_error("part of a notebook", name, known, where)
    return frozenset(map(Part, value))


def _set_parts(policy: DiffPolicy, key: str, value: Any, where: str | None) -> DiffPolicy:
    return replace(policy, parts=_read_parts(key, value, where))


def _ignore_parts(policy: DiffPolicy, key: str, value: Any, where: str | None) -> DiffPolicy:
    return replace(policy, parts=policy.parts - _read_parts(key, value, where))


def _set_ids(policy: DiffPolicy, key: str, value: Any, where: str | None) -> DiffPolicy:
    if type(value) is not bool:
        raise make_unfit_error(key, value, "true or false", where)
    parts = policy.parts | {Part.ID} if value else policy.parts - {Part.ID}
    return replace(policy, parts=parts)


def _set_masks(policy: DiffPolicy, key: str, value: Any, where: str | None) -> DiffPolicy:
    return replace(policy, masks=read_masks(_check_strings(key, value, where), where))


def _set_tolerance(policy: DiffPolicy, key: str, value: Any, where: str | None) -> DiffPolicy:
    if type(value) not in (int, float) or not 0 <= value < float("inf"):
        raise make_unfit_error(key, value, "a number, 0 or more", where)
    return replace(policy, **{key: float(value)})


def _add_keys(
    policy: DiffPolicy, key: str, value: Any, where: str | None, *, levels: Sequence[str], part: str
) -> DiffPolicy:
    names = _check_strings(key, value, where)
    try:
        for name in names:
            read_path(name)
    except NbvcError as error:
        error.where = where
        raise
    changed = {
        level: replace(keys, **{part: (*getattr(keys, part), *names)})
        for level in levels
        for keys in (getattr(policy.metadata, level),)
    }
    return replace(policy, metadata=replace(policy.metadata, **changed))


_LEVELS = ("notebook", "cell", "output")
_SETTERS: dict[str, Setter] = {
    "parts": _set_parts,
    "ignore": _ignore_parts,
    "ids": _set_ids,
    "masks": _set_masks,
    "rtol": _set_tolerance,
    "atol": _set_tolerance,
    "ignore-metadata": partial(_add_keys, levels=_LEVELS, part="drop"),
    **{
        f"{verb}-{level}-metadata": partial(_add_keys, levels=(level,), part=part)
        for verb, part in (("ignore", "drop"), ("show", "keep"))
        for level in _LEVELS
    },
}
KEYS = tuple(_SETTERS)
"""All settings, by name."""
