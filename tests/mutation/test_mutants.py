"""The tool that breaks code breaks it, everywhere once."""

from __future__ import annotations

import ast

from tests.mutation.mutants import mutants

SOURCE = """
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any
    LIMIT = 3

def clamp(x: int = 3, top: int | None = None) -> int:
    "Return it."
    if x < 0 and not top:
        return 0
    if top is None:
        return None
    return x + 1
"""


def test_each_mutant_has_one_change_and_says_which() -> None:
    found = list(mutants(SOURCE))
    texts = {ast.unparse(one.tree) for one in found}
    assert len(texts) == len(found)
    assert ast.unparse(ast.parse(SOURCE)) not in texts
    assert {one.what.split(":")[0] for one in found} == {
        *("comparison", "and/or", "not", "constant", "condition", "return", "operator"),
    }
    assert any("x < 0  →  x <= 0" in one.what for one in found)


def test_types_and_docstrings_stay() -> None:
    for one in mutants(SOURCE):
        assert ast.unparse(one.tree).startswith("TYPE_CHECKING = False\nif TYPE_CHECKING:\n")
        assert "LIMIT = 3" in ast.unparse(one.tree)
        function = one.tree.body[-1]
        assert isinstance(function, ast.FunctionDef)
        assert ast.get_docstring(function) == "Return it."
        assert [ast.unparse(arg.annotation) for arg in function.args.args if arg.annotation] == [
            "int",
            "int | None",
        ]
