"""What is broken: comparisons, numbers, operators, conditions, statements.

if a <= b:      if a < b:      one mutant
total + 1       total - 1      another one
"""

from __future__ import annotations

import ast
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

_COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
_OPERATORS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
    ast.Div: ast.Mult,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}


class Mutant(NamedTuple):
    """One way to break a module."""

    line: int
    what: str
    tree: ast.Module


def mutants(source: str) -> Iterator[Mutant]:
    """Yield every mutant of a module, each with one change. Annotations and docstrings stay."""
    return (mutant(source, index) for index in range(count(source)))


def count(source: str) -> int:
    """Return how many mutants there are of a module."""
    return sum(1 for _ in _places(ast.parse(source)))


def mutant(source: str, index: int) -> Mutant:
    """Return one of the mutants of a module, which are counted from 0."""
    tree = ast.parse(source)
    node, apply = next(islice(_places(tree), index, None))
    line, what = getattr(node, "lineno", 0), apply()
    return Mutant(line, what, ast.fix_missing_locations(tree))


def _places(tree: ast.Module) -> Iterator[tuple[ast.AST, _Change]]:
    for node in _code(tree):
        if isinstance(node, ast.Compare) and type(node.ops[0]) in _COMPARISONS:
            yield node, _Change(node, "comparison")
        elif isinstance(node, (ast.BinOp, ast.AugAssign)) and type(node.op) in _OPERATORS:
            yield node, _Change(node, "operator")
        elif isinstance(node, ast.BoolOp):
            yield node, _Change(node, "and/or")
        elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            yield node, _Change(node, "not")
        elif isinstance(node, ast.Constant) and type(node.value) in {int, bool, float}:
            yield node, _Change(node, "constant")
        elif isinstance(node, (ast.If, ast.While, ast.IfExp)):
            yield node, _Change(node, "condition")
        elif isinstance(node, (ast.Continue, ast.Break)):
            yield node, _Change(node, "loop")
        elif isinstance(node, ast.Return) and not _is_none(node.value):
            yield node, _Change(node, "return")


def _code(tree: ast.Module) -> Iterator[ast.AST]:
    """Yield what runs: no annotations, no docstrings, nothing that only type checkers read."""
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop(0)
        if isinstance(node, (ast.If, ast.Assign)) and _for_checkers(node):
            continue
        yield node
        for name, value in ast.iter_fields(node):
            if name in {"annotation", "returns", "decorator_list"}:
                continue
            many = value if isinstance(value, list) else [value]
            waiting += [one for one in many if isinstance(one, ast.AST)]


def _is_none(value: ast.expr | None) -> bool:
    return value is None or (isinstance(value, ast.Constant) and value.value is None)


def _for_checkers(node: ast.If | ast.Assign) -> bool:
    """Tell `TYPE_CHECKING = False` and `if TYPE_CHECKING:`, which no run ever goes into."""
    names = [node.test] if isinstance(node, ast.If) else node.targets
    return any("TYPE_CHECKING" in ast.dump(name) for name in names)


class _Change:
    """A change that has not been made yet; calling it makes it and says what it is."""

    def __init__(self, node: ast.AST, kind: str) -> None:
        self.node = node
        self.kind = kind

    def __call__(self) -> str:
        before = ast.unparse(self.node).split("\n")[0]
        self._apply(self.node)
        after = ast.unparse(self.node).split("\n")[0]
        return f"{self.kind}: {before}  →  {after}"

    def _apply(self, node: ast.AST) -> None:
        match node:
            case ast.Compare():
                node.ops[0] = _COMPARISONS[type(node.ops[0])]()
            case ast.BinOp() | ast.AugAssign():
                node.op = _OPERATORS[type(node.op)]()
            case ast.BoolOp():
                node.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
            case ast.UnaryOp():
                node.op = ast.UAdd()
                node.operand = ast.Call(ast.Name("bool", ast.Load()), [node.operand], [])
            case ast.Constant(value=bool(value)):
                node.value = not value
            case ast.Constant(value=int(value) | float(value)):
                node.value = value + 1
            case ast.If() | ast.While() | ast.IfExp():
                node.test = ast.UnaryOp(ast.Not(), node.test)
            case ast.Return():
                node.value = ast.Constant(None)
            case ast.Continue() | ast.Break():
                node.__class__ = ast.Pass  # type: ignore[assignment]
