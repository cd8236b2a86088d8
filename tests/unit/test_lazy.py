"""Lazy imports and lazy regular expressions."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

import nbvc
from nbvc.lazy import compile_lazily, import_lazily


@pytest.mark.parametrize("method", ["search", "match", "fullmatch", "findall", "split"])
def test_a_lazy_pattern_works_like_a_compiled_one(method: str) -> None:
    for text in ("", "a1b22", "A1", "1a"):
        for _ in range(2):
            found = getattr(_LAZY, method)(text)
            wanted = getattr(_NOW, method)(text)
            assert str(found) == str(wanted)


def test_a_lazy_pattern_has_the_other_attributes() -> None:
    assert compile_lazily(rb"(?P<a>x)", re.DOTALL).groupindex == {"a": 1}
    assert compile_lazily("x", re.DOTALL | re.IGNORECASE).flags & re.DOTALL


def test_an_unknown_name_of_a_package_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match=r"module 'nbvc' has no attribute 'nothing'"):
        _ = nbvc.nothing
    with pytest.raises(AttributeError, match="nowhere"):
        import_lazily("nbvc", {})("nowhere")


def test_no_pattern_is_compiled_by_the_import_of_a_module() -> None:
    program = (
        "import re, sys; compiled = []; real = re.compile\n"
        "def note(*args):\n"
        "    compiled.append(sys._getframe(1).f_globals['__name__'])\n"
        "    return real(*args)\n"
        "import click, msgspec\n"
        "re.compile = note\n"
        "import nbvc.render.terminal, nbvc.cli.commands.diff, nbvc.merging.whole, nbvc.diffing.whole\n"
        "print([name for name in compiled if name.startswith('nbvc')])\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert ran.stdout == "[]\n"


_LAZY = compile_lazily(r"(\d)+|b", re.IGNORECASE)
_NOW = re.compile(r"(\d)+|b", re.IGNORECASE)
