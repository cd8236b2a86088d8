"""Packages that can be called like the function they are named after.

`nbvc.diff` is the package of that name, and users call it: `nbvc.diff(before, after)`. Python sets
the attribute to the package as soon as anything in it is imported, so the package itself must be
what is called.
"""

from __future__ import annotations

import sys
from types import ModuleType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class CallablePackage(ModuleType):
    """A package that passes a call on to the function in it that has its name."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the package's function."""
        return getattr(self, self.__name__.rpartition(".")[2])(*args, **kwargs)


def make_callable(package: str) -> None:
    """Let a package be called; it does this to itself while it is imported."""
    sys.modules[package].__class__ = CallablePackage
