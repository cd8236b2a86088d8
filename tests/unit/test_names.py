"""Functions are verbs with an object, and each class has a name of its own."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from typing import TYPE_CHECKING

from nbvc.names import list_some
from tests.conftest import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

VERBS = {"embed", "feed", "need", "proceed", "seed", "succeed"}
"""Verbs that end like a participle."""

IRREGULAR = {
    *("drawn", "found", "gone", "held", "kept", "known", "left", "lost", "made", "meant"),
    *("said", "seen", "shown", "spoken", "taken", "thrown", "told", "undone", "unseen", "written"),
}
"""Participles that end otherwise."""

FOREIGN = {"hear", "mend", "say", "speak", "stand", "tell"}
"""Verbs that nbvc does not use: it prints, sends, fixes, reports, returns."""

VALUES = {"property", "cached_property"}
"""Decorators of functions that are used as values."""


def trees() -> Iterator[tuple[Path, ast.Module]]:
    for path in sorted((ROOT / "nbvc").rglob("*.py")):
        yield path.relative_to(ROOT), ast.parse(path.read_text(encoding="utf-8"))


def is_participle(name: str) -> bool:
    word = name.strip("_")
    if name.startswith("__") or "_" in word or word in VERBS:
        return False
    return word.endswith("ed") or word in IRREGULAR


def is_value(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return any(ast.unparse(each) in VALUES for each in function.decorator_list)


def test_no_function_is_named_by_a_participle() -> None:
    named = [
        f"{path}:{node.lineno}: {node.name}"
        for path, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        and is_participle(node.name)
        and not is_value(node)
    ]
    assert not named, "name what the function returns or does: " + ", ".join(named)


def test_functions_are_named_by_plain_verbs() -> None:
    named = [
        f"{path}:{node.lineno}: {node.name}"
        for path, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        and node.name.strip("_").partition("_")[0] in FOREIGN
    ]
    assert not named, "print, send, fix, report, return: " + ", ".join(named)


def test_a_list_is_cut_in_one_way() -> None:
    names = ["a", "b", "c"]
    assert [list_some(names, most) for most in (1, 2, 3, 9)] == [
        "a and 2 more",
        "a, b and 1 more",
        "a, b, c",
        "a, b, c",
    ]
    assert list_some([], 2) == ""
    own = ROOT / "nbvc" / "names.py"
    for path in sorted((ROOT / "nbvc").rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        assert path == own or not re.search(r"\band \{[^}]*\} more", text), path


def test_no_two_classes_have_one_name() -> None:
    homes: dict[str, list[str]] = defaultdict(list)
    for path, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                homes[node.name].append(f"{path}:{node.lineno}")
    twice = {name: places for name, places in homes.items() if len(places) > 1}
    assert not twice
