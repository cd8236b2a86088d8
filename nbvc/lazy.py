"""Lazy imports and lazy regular expressions.

Startup is most of the time of `nbvc diff`, and a command uses few of the names and patterns that its
modules define.
"""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def import_lazily(package: str, homes: Mapping[str, str]) -> Callable[[str], object]:
    """Return the `__getattr__` of a package that imports each name at its first use.

    `homes` maps each name to its module below the package.
    """

    def get(name: str) -> object:
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        from importlib import import_module

        value = getattr(import_module(f"{package}.{homes[name]}"), name)
        setattr(import_module(package), name, value)
        return value

    return get


class _Pattern:
    """A regular expression that is compiled at the first use of a method."""

    def __init__(self, text: str | bytes, flags: int) -> None:
        self._text = text
        self._flags = flags

    def __getattr__(self, name: str) -> object:
        pattern = re.compile(self._text, self._flags)  # noqa: TID251
        self.__dict__.update((method, getattr(pattern, method)) for method in _METHODS)
        return getattr(pattern, name)


_METHODS = ("search", "match", "fullmatch", "finditer", "findall", "sub", "subn", "split")

if TYPE_CHECKING:
    compile_lazily = re.compile  # noqa: TID251
else:

    def compile_lazily(pattern: str | bytes, flags: int = 0) -> _Pattern:
        """Return what `re.compile` returns, but compile the pattern at its first use."""
        return _Pattern(pattern, int(flags))
