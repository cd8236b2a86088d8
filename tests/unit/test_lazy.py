"""Lazy imports and lazy regular expressions."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

import nbvc
from nbvc.lazy import compile_lazily, import_lazily, import_lightly


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


@pytest.fixture
def modules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make a module that imports two others, `slow_one` and `slow_two`."""
    program = (
        "import slow_one\n"
        "try:\n"
        "    from slow_two import name\n"
        "except ImportError:\n"
        "    name = 'none'\n"
        "from slow_one import quick\n"
        "def ask(): return slow_one.other\n"
    )
    (tmp_path / "light.py").write_text(program)
    (tmp_path / "slow_one.py").write_text("quick, other = 'slow', 'other'")
    (tmp_path / "slow_two.py").write_text("name = 'two'")
    monkeypatch.syspath_prepend(str(tmp_path))
    for name in ("light", "slow_one", "slow_two"):
        monkeypatch.delitem(sys.modules, name, raising=False)


@pytest.mark.usefixtures("modules")
def test_a_module_is_imported_without_what_it_hardly_uses() -> None:
    import_lightly("light", {"slow_one": {"quick": "known"}, "slow_two": None})
    light = sys.modules["light"]
    assert (light.name, light.quick) == ("none", "known")
    assert not {"slow_one", "slow_two"} & set(sys.modules)
    assert light.ask() == "other"
    assert sys.modules["slow_one"].quick == "slow"


@pytest.mark.usefixtures("modules")
def test_a_name_that_is_not_known_imports_the_real_module_at_once() -> None:
    import_lightly("light", {"slow_one": {}, "slow_two": {}})
    light = sys.modules["light"]
    assert (light.name, light.quick) == ("two", "slow")
    assert sys.modules["slow_one"].quick == "slow"


@pytest.mark.usefixtures("modules")
def test_what_is_imported_already_stays() -> None:
    real = __import__("slow_one")
    import_lightly("light", {"slow_one": {"quick": "known"}})
    light = sys.modules["light"]
    assert light.quick == "slow"
    import_lightly("light", {"slow_one": {}})
    assert (sys.modules["light"], sys.modules["slow_one"]) == (light, real)


@pytest.mark.usefixtures("modules")
def test_nothing_stands_in_after_an_import_that_failed() -> None:
    with pytest.raises(ModuleNotFoundError):
        import_lightly("light_that_is_missing", {"slow_one": {}, "slow_two": None})
    assert not {"slow_one", "slow_two"} & set(sys.modules)


_LAZY = compile_lazily(r"(\d)+|b", re.IGNORECASE)
_NOW = re.compile(r"(\d)+|b", re.IGNORECASE)
