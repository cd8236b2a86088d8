"""Diffs in nbdime's format that were not made by nbdime."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import nbvc
from nbvc.cli import run
from nbvc.diffing.nbdime import apply_ops
from nbvc.errors import PatchError
from tests.making import code, file

VALUE = {"list": [1, 2, 3], "text": "one\ntwo\n", "deep": {"a": 1}}


@pytest.mark.parametrize(
    ("ops", "expected"),
    [
        ([], {}),
        ([{"op": "add", "key": "b", "value": None}], {"b": None}),
        ([{"op": "replace", "key": "list", "value": 1}], {"list": 1}),
        (
            [{"op": "patch", "key": "deep", "diff": [{"op": "remove", "key": "a"}]}],
            {"deep": {}},
        ),
        (
            [
                {
                    "op": "patch",
                    "key": "list",
                    "diff": [
                        {"op": "addrange", "key": 0, "valuelist": [0]},
                        {"op": "removerange", "key": 1, "length": 2},
                        {"op": "addrange", "key": 3, "valuelist": [4]},
                    ],
                }
            ],
            {"list": [0, 1, 4]},
        ),
        (
            [
                {
                    "op": "patch",
                    "key": "text",
                    "diff": [
                        {
                            "op": "patch",
                            "key": 1,
                            "diff": [{"op": "addrange", "key": 0, "valuelist": "x"}],
                        }
                    ],
                }
            ],
            {"text": "one\nxtwo\n"},
        ),
    ],
)
def test_operations_are_applied(ops: Any, expected: dict[str, Any]) -> None:
    assert apply_ops(VALUE, ops) == {**VALUE, **expected}


@pytest.mark.parametrize(
    "ops",
    [
        [{"op": "add", "key": "list", "value": 1}],
        [{"op": "remove", "key": "no"}],
        [{"op": "replace", "key": "no", "value": 1}],
        [{"op": "addrange", "key": 0, "valuelist": []}],
        [{"op": "patch", "key": "list", "diff": [{"op": "removerange", "key": 2, "length": 2}]}],
        [{"op": "patch", "key": "list", "diff": [{"op": "removerange", "key": -1, "length": 1}]}],
        [{"op": "patch", "key": "list", "diff": [{"op": "addrange", "key": 4, "valuelist": [1]}]}],
        [{"op": "patch", "key": "list", "diff": [{"op": "patch", "key": 0, "diff": [1]}]}],
        [{"op": "odd", "key": "list"}],
        [1],
        5,
        [{"key": "list"}],
    ],
)
def test_what_does_not_fit_is_refused(ops: Any) -> None:
    with pytest.raises(PatchError):
        apply_ops(VALUE, ops)


def test_the_commands_take_both_formats(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.ipynb").write_bytes(file(code("x = 1")))
    Path("b.ipynb").write_bytes(file(code("x = 2"), code("y")))
    assert run(["diff", "a.ipynb", "b.ipynb"]) == 0
    expected = capsys.readouterr().out.partition("\n\n")[2]
    for form in ("json", "nbdime"):
        assert run(["diff", "a.ipynb", "b.ipynb", "--format", form]) == 0
        Path("changes.json").write_text(capsys.readouterr().out, encoding="utf-8")
        assert run(["patch", "a.ipynb", "changes.json", "-o", "c.ipynb"]) == 0
        assert nbvc.read("c.ipynb") == nbvc.read("b.ipynb")
        assert run(["show", "a.ipynb", "--changes", "changes.json"]) == 0
        assert capsys.readouterr().out.partition("\n\n")[2] == expected
    Path("changes.json").write_text("{", encoding="utf-8")
    assert run(["patch", "a.ipynb", "changes.json"]) == 2
    assert "changes.json: line 1, column 2: not an nbvc diff" in capsys.readouterr().err
