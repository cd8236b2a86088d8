"""nbdime's settings: what nbdime ignores by them, nbvc ignores."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import nbdime
import nbformat
import pytest
from nbdime.diffing.notebooks import (
    reset_notebook_differ,
    set_notebook_diff_ignores,
    set_notebook_diff_targets,
)

import nbvc
from nbvc.diffing.configuring import configured_diff
from nbvc.diffing.nbdime_config import read_nbdime_settings
from tests.making import code, markdown, notebook, result

Json = dict[str, Any]

BEFORE = notebook(
    markdown("# T", id="a", metadata={"one": {"x": 1}}, attachments={"a.png": {"image/png": "aa"}}),
    code("1", [result({"text/plain": "1"}, 1)], id="b", execution_count=1),
    minor=5,
    one={"x": 1},
    two=1,
)
CHANGES: dict[str, tuple[tuple[str | int, ...], Any]] = {
    "source": (("cells", 0, "source"), "# U"),
    "outputs": (("cells", 1, "outputs", 0, "data", "text/plain"), "2"),
    "output metadata": (("cells", 1, "outputs", 0, "metadata", "one"), 1),
    "attachments": (("cells", 0, "attachments", "a.png", "image/png"), "bb"),
    "cell metadata": (("cells", 0, "metadata", "one", "x"), 2),
    "other cell metadata": (("cells", 0, "metadata", "three.four"), 2),
    "metadata": (("metadata", "one", "x"), 2),
    "other metadata": (("metadata", "two"), 2),
    "id": (("cells", 0, "id"), "c"),
    "count": (("cells", 1, "execution_count"), 2),
}
NOISE = {"id", "count"}
FLAGS = ("sources", "outputs", "attachments", "metadata", "id", "details")
SETTINGS: list[Json] = [
    *({flag: False} for flag in FLAGS),
    *({flag: True} for flag in FLAGS if flag != "details"),
    {"sources": True, "metadata": True},
    {"Ignore": {"/metadata": True}},
    {"Ignore": {"/cells/*/metadata": True, "/cells/*/outputs": True}},
    {"Ignore": {"/metadata": ["one"], "/cells/*/metadata": ["three.four"]}},
    {"Ignore": {"/cells/*/metadata/one": ["x"], "/cells/*/source": True}},
    {"Ignore": {"/cells/*/outputs/*/metadata": True, "/cells/*/attachments": True}},
    {"Ignore": {"/metadata": False, "/cells/*": ["source", "execution_count"]}},
    {"outputs": False, "Ignore": {"/metadata": ["one"]}},
]


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    """nbdime keeps its settings for the whole process."""
    reset_notebook_differ()
    yield
    reset_notebook_differ()


def changed(kind: str) -> Json:
    after: Any = copy.deepcopy(BEFORE)
    (*way, last), value = CHANGES[kind]
    inner = after
    for key in way:
        inner = inner[key]
    inner[last] = value
    return dict(after)


def ask_nbdime(settings: Json, after: Json) -> bool:
    set_notebook_diff_ignores(settings.get("Ignore", {}))
    flags = {flag: settings[flag] for flag in FLAGS if flag in settings}
    if flags:
        other = not any(flags.values())
        set_notebook_diff_targets(*(flags.get(flag, other) for flag in FLAGS))
    return bool(nbdime.diff_notebooks(nbformat.from_dict(BEFORE), nbformat.from_dict(after)))


@pytest.mark.parametrize("settings", SETTINGS, ids=json.dumps)
def test_both_ignore_the_same(settings: Json) -> None:
    found = read_nbdime_settings([("a", json.dumps({"NbDiff": settings}).encode())])
    assert not found.unknown
    policy = configured_diff(found.settings)
    for kind in CHANGES:
        after = changed(kind)
        theirs = ask_nbdime(settings, after)
        # Noise is shown only to those who ask for it by name.
        theirs = theirs and (kind not in NOISE or "parts" in found.settings)
        if (kind, "id" in found.settings.get("parts", ())) == ("id", False):
            continue  # nbdime 4.0 shows ids whatever its flags say.
        if kind == "output metadata" and "Ignore" in settings:
            continue  # Nor does it find the paths of metadata in outputs.
        ours = nbvc.diff(nbvc.Notebook.from_dict(BEFORE), nbvc.Notebook.from_dict(after), policy)
        assert ours.changed == theirs, kind
