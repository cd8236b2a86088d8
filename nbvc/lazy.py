"""Lazy imports and lazy regular expressions.

Startup is most of the time of `nbvc diff`, and a command uses few of the names and patterns that its
modules define.
"""

from __future__ import annotations

import re
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import ModuleType

    Names = Mapping[str, object]


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


def import_lightly(module: str, instead: Mapping[str, Names | None]) -> None:
    """Import a module of another project without the modules that it imports and hardly uses.

    `instead` has for each of these what the module may use of it at once. For other names in it, it is
    imported when the first of them is used. None: the module finds that it is not installed. What is
    imported already stays as it is, and every other module gets the real ones.
    """
    if module in sys.modules:
        return
    from importlib import import_module

    stand_ins = {
        name: None if known is None else _make_stand_in(name, known)
        for name, known in instead.items()
        if name not in sys.modules
    }
    sys.modules.update(stand_ins)  # type: ignore[arg-type]  # None is Python's own sign for that.
    try:
        import_module(module)
    finally:
        for name, stand_in in stand_ins.items():
            if sys.modules.get(name, stand_in) is stand_in:
                del sys.modules[name]


def _make_stand_in(name: str, known: Names) -> ModuleType:
    """Return a module with the names that are known, which imports the real one for any other."""
    stand_in = type(sys)(name)

    def get(attribute: str) -> object:
        if attribute == "__path__":  # `import` asks whether it is a package.
            raise AttributeError(attribute)
        if sys.modules.get(name) is stand_in:
            del sys.modules[name]
        from importlib import import_module

        value = getattr(import_module(name), attribute)
        setattr(stand_in, attribute, value)
        return value

    vars(stand_in).update(known, __getattr__=get)
    return stand_in


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
