"""What a project's settings file says, as one value: `.nbvc.toml`, or `[tool.nbvc]` in pyproject.toml.

read_settings(content, name)    bytes ──▶ Settings     of one file, None if it has none of nbvc's
Rules                           the settings that hold for a folder, and the files they come from
"""

from __future__ import annotations

import msgspec
from msgspec.structs import replace

from nbvc.errors import NbvcError, UnreadableSettingsError
from nbvc.lazy import compile_lazily

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from nbvc.normalising.patterns import Pattern

FILES = (".nbvc.toml", "pyproject.toml")
"""The names of settings files, the first one before the second one of the same folder."""

_KINDS: dict[str, tuple[type, str]] = {
    "clean": (dict, "a table"),
    "diff": (dict, "a table"),
    "exclude": (list, "a list of patterns"),
    "extend": (str, "the path of a settings file"),
}


class Settings(msgspec.Struct, frozen=True):
    """What one settings file says.

    `name` is its path from the top of the repository, `label` the same for messages.
    """

    name: str
    label: str
    exclude: tuple[Pattern, ...] = ()
    clean: dict[str, Any] = {}
    diff: dict[str, Any] = {}
    extend: str | None = None
    content: bytes = b""

    def find_line(self, *keys: str) -> int:
        """Return the line of a setting (from 1), 1 if it cannot be found."""
        from nbvc.normalising.settings_lines import find_line

        return find_line(self.content, (*_find_heading(self.name), *keys))

    def find_pattern_line(self, pattern: Pattern) -> int:
        """Return the line of a pattern in `exclude` (from 1)."""
        first = self.find_line("exclude")
        lines = self.content.decode("utf-8-sig").split("\n")[first - 1 :]
        import json

        text = json.dumps(pattern.text, ensure_ascii=False)
        quoted = (text, f"'{pattern.text}'")
        return next(
            (n for n, line in enumerate(lines, first) if any(q in line for q in quoted)), first
        )


class Origin(msgspec.Struct, frozen=True):
    """Where a setting is written."""

    label: str
    line: int

    def __str__(self) -> str:
        """Return the place as messages and editors write it."""
        return f"{self.label}:{self.line}"


class Rules(msgspec.Struct, frozen=True):
    """The settings that hold for a folder: those of `files`, in which a later one overrules.

    `name` and `label` are those of the file that is nearest to the folder.
    """

    label: str | None = None
    exclude: tuple[Pattern, ...] = ()
    clean: dict[str, Any] = {}
    diff: dict[str, Any] = {}
    files: tuple[Settings, ...] = ()

    def add_settings(self, settings: Settings) -> Rules:
        """Return these rules with a file's settings on top."""
        return Rules(
            settings.label,
            (*self.exclude, *settings.exclude),
            lay_over(self.clean, settings.clean),
            lay_over(self.diff, settings.diff),
            (*self.files, settings),
        )

    def find_excluding(self, name: str) -> Pattern | None:
        """Return the pattern that excludes a file, given by its path from the top."""
        if not self.exclude:
            return None
        from nbvc.normalising.patterns import find_excluding

        return find_excluding(self.exclude, name)

    def find_origins(self, *keys: str) -> Iterator[Origin]:
        """Yield where a setting is written, the file that overrules the others first."""
        table, key = keys
        for one in reversed(self.files):
            if key in getattr(one, table):
                yield Origin(one.label, one.find_line(*keys))

    def find_pattern_origin(self, pattern: Pattern) -> Origin | None:
        """Return where a pattern is written."""
        for one in reversed(self.files):
            if pattern in one.exclude:
                return Origin(one.label, one.find_pattern_line(pattern))
        return None


def lay_over(settings: Mapping[str, Any], on_top: Mapping[str, Any]) -> dict[str, Any]:
    """Return settings with others on top: a list gets longer, anything else is replaced."""
    found = dict(settings)
    for key, value in on_top.items():
        known = found.get(key)
        is_list = isinstance(value, (list, tuple))
        found[key] = [*(known if isinstance(known, list) else ()), *value] if is_list else value
    return found


def read_settings(content: bytes, name: str, label: str) -> Settings | None:
    """Return what a settings file says, None if it says nothing about nbvc.

    Raises `NbvcError` for invalid TOML and for what the tables cannot contain.
    """
    heading = _find_heading(name)
    if heading and b"nbvc" not in content:
        return None
    table: Any = _parse(content, label)
    for key in heading:
        table = _check_type(label, table, key, dict, "a table")
        if table is None:
            return None
    return _check(table, name, label, content)


def _find_heading(name: str) -> tuple[str, ...]:
    return ("tool", "nbvc") if name.rpartition("/")[2] == "pyproject.toml" else ()


def _check(table: dict[str, Any], name: str, label: str, content: bytes) -> Settings:
    from nbvc.normalising.configuring import unknown_key
    from nbvc.normalising.patterns import Pattern, check_pattern

    for key in table:
        if key not in _KINDS:
            raise unknown_key(key, tuple(_KINDS), label)
    found = {
        key: value
        for key, (kind, wanted) in _KINDS.items()
        if (value := _check_type(label, table, key, kind, wanted)) is not None
    }
    patterns = found.pop("exclude", [])
    if not all(type(one) is str for one in patterns):
        raise NbvcError("'exclude' must be a list of patterns", where=label)
    for text in patterns:
        check_pattern(text, label)
    folder = name.rpartition("/")[0]
    settings = Settings(name, label, tuple([Pattern(text, folder) for text in patterns]))
    return replace(settings, content=content, **found)


def _check_type(label: str, table: dict[str, Any], key: str, kind: type, wanted: str) -> Any:
    value = table.get(key)
    if key in table and type(value) is not kind:
        raise NbvcError(f"{key!r} must be {wanted}", where=label)
    return value


def _parse(content: bytes, label: str) -> dict[str, Any]:
    from nbvc.normalising.settings_lines import load_toml

    try:
        return load_toml(content)
    except (ValueError, RecursionError) as error:
        place = _TOML_PLACE.search(str(error))
        where = f"{label}: {place[1]}" if place else label
        raise UnreadableSettingsError("invalid TOML", where=where) from None


_TOML_PLACE = compile_lazily(r"at (line \d+, column \d+)")
