"""nbdime's settings as settings of nbvc."""

from __future__ import annotations

import json
from typing import Any

import pytest

from nbvc.diffing.configuring import configured_diff
from nbvc.diffing.nbdime_config import put_below, read_nbdime_settings
from nbvc.errors import NbvcError


def settings(*files: Any) -> dict[str, Any]:
    named = [(f"{n}.json", json.dumps(one).encode()) for n, one in enumerate(files)]
    found = read_nbdime_settings(named)
    configured_diff(found.settings)
    return found.settings


def test_later_classes_and_files_override_earlier_ones() -> None:
    weak = {"Diff": {"details": False, "Ignore": {"/metadata": ["a"], "/metadata/c": ["d"]}}}
    strong = {"Diff": {"details": None, "Ignore": {"/metadata": ["b"], "/cells/*/id": True}}}
    assert settings(weak) == {"ignore": ["details"], "ignore-notebook-metadata": ['"c"."d"']}
    assert settings(weak, strong) == {
        "ignore": ["id"],
        "ignore-notebook-metadata": ['"b"', '"c"."d"'],
    }
    assert settings(weak, {"GitDiff": {"details": True}}, {"Merge": {"sources": True}}) == {
        "parts": ["details"],
        "ignore-notebook-metadata": ['"c"."d"'],
    }


def test_keys_are_quoted() -> None:
    table = {"Diff": {"Ignore": {"/cells/*/metadata": ["a.b", 'c"d\\e']}}}
    assert settings(table) == {"ignore-cell-metadata": ['"a.b"', '"c\\"d\\\\e"']}


def test_what_nbvc_cannot_ignore_is_named() -> None:
    table = {"Diff": {"Ignore": {"/cells/*/outputs/*/data": True, "/nbformat_minor": True}}}
    found = read_nbdime_settings([("a", json.dumps(table).encode())])
    assert found.unknown == ("/cells/*/outputs/*/data", "/nbformat_minor")
    assert found.files == ("a",)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("[]", "each must be in a table"),
        ("{", "it is not JSON"),
        ('{"Diff": 7}', "each must be in a table"),
        ('{"Diff": {"sources": 1}}', "neither true nor false"),
        ('{"Diff": {"sources": true, "outputs": false}}', "true for some parts and false for oth"),
        ('{"Diff": {"Ignore": 1}}', "Ignore is not a table"),
        ('{"Diff": {"Ignore": {"metadata": true}}}', "no such path or value: 'metadata'"),
        ('{"Diff": {"Ignore": {"/metadata": 1}}}', "no such path or value: '/metadata'"),
    ],
)
def test_what_nbdime_refuses_is_refused(content: str, said: str) -> None:
    with pytest.raises(NbvcError, match=said) as caught:
        read_nbdime_settings([("x.json", content.encode())])
    assert caught.value.where == "x.json"


def test_a_project_comes_first() -> None:
    nbdime = {"ignore": ["outputs"], "ignore-cell-metadata": ["a"]}
    assert put_below(nbdime, {}) == nbdime
    assert put_below(nbdime, {"rtol": 1}) == {**nbdime, "rtol": 1}
    assert put_below(nbdime, {"parts": ["sources"], "ignore-cell-metadata": ["b"]}) == {
        "parts": ["sources"],
        "ignore-cell-metadata": ["b"],
    }
