"""What waits until it is needed: the modules behind the names of a package, and regular expressions.

Starting is most of what `nbvc diff` costs, and a command uses few of the names and patterns that its
modules have.
"""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def import_later(package: str, homes: Mapping[str, str]) -> Callable[[str], object]:
    """Return the `__getattr__` of a package, which imports a name when it is first asked for.

    `homes` says for each name in which module below the package it is.
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
    """Stands for a regular expression, and has its methods once one of them was asked for."""

    def __init__(self, text: str | bytes, flags: int) -> None:
        self._text = text
        self._flags = flags

    def __getattr__(self, name: str) -> object:
        pattern = re.compile(self._text, self._flags)  # noqa: TID251
        self.__dict__.update((method, getattr(pattern, method)) for method in _METHODS)
        return getattr(pattern, name)


_METHODS = ("search", "match", "fullmatch", "finditer", "findall", "sub", "subn", "split")

if TYPE_CHECKING:
    compile_later = re.compile  # noqa: TID251
else:

    def compile_later(pattern: str | bytes, flags: int = 0) -> _Pattern:
        """Return what works as `re.compile(pattern, flags)` does, and compiles at the first use."""
        return _Pattern(pattern, int(flags))
