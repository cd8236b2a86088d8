"""The noise table: what it says, and that diffs, cleaning and the docs go by it."""

from __future__ import annotations

import copy
import json
from typing import Any

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nbvc
from nbvc.diffing import DEFAULT_PARTS, DiffPolicy, Part
from nbvc.diffing.values import Replace
from nbvc.normalising import PRESETS, Keys, Level, MetadataPolicy, Outputs, Policy, clean
from nbvc.normalising.configuring import make_policy
from nbvc.normalising.metadata import compile_keys, read_path
from nbvc.normalising.noise import (
    ANY,
    LANGUAGE,
    Kind,
    Rule,
    find_identities,
    read_language,
    read_rules,
)
from tests.making import code, file, markdown, notebook, stream

NB, CELL = Level.NOTEBOOK_METADATA, Level.CELL_METADATA
OF_METADATA = [rule for rule in read_rules() if rule.level in {NB, CELL, Level.OUTPUT_METADATA}]
Json = dict[str, Any]


def display(data: Json, metadata: Json | None = None) -> Json:
    return {"output_type": "display_data", "data": data, "metadata": metadata or {}}


def made(level: Level, metadata: Json) -> nbvc.Notebook:
    """A notebook with this metadata at a level."""
    value = notebook(markdown("a"), code("x = 1", [display({"text/plain": "1"})]), code("y"))
    of_output = value["cells"][1]["outputs"][0]["metadata"]
    places = {NB: value["metadata"], CELL: value["cells"][1]["metadata"]}
    places.get(level, of_output).update(copy.deepcopy(metadata))
    return nbvc.Notebook.from_dict(value)


def metadata_at(level: Level, found: nbvc.Notebook) -> Json:
    if level is NB:
        return found.metadata
    cell = found.cells[1]
    return cell.metadata if level is CELL else cell.outputs[0]["metadata"]


def nested(path: tuple[str, ...], value: Any) -> Json:
    for step in reversed(path):
        value = {"any key" if step == ANY else step: value}
    return value  # type: ignore[no-any-return]


def changed(before: nbvc.Notebook, after: nbvc.Notebook, policy: DiffPolicy | None = None) -> bool:
    return nbvc.diff(before, after, policy or DiffPolicy()).changed


def values_of(rule: Rule) -> list[Any]:
    """Values that are noise by this rule."""
    if rule.ignored:
        return [1, "a", [1], True]
    return ["python" if value == LANGUAGE else value for value in rule.defaults]


# What the table says.


def test_every_row_has_its_writer_and_its_source_and_no_key_stands_twice() -> None:
    assert len(read_rules()) >= 160
    assert all(rule.writer and rule.source for rule in read_rules())
    paths = [(rule.level, path) for rule in read_rules() for path in rule.paths]
    assert len(paths) == len(set(paths))


OF_OTHERS = {
    "nbstripout 0.9": {
        NB: "signature widgets",
        CELL: "collapsed ExecuteTime execution heading_collapsed hidden scrolled trusted",
    },
    "nb-clean 5": {
        NB: "language_info.version orig_nbformat orig_nbformat_minor signature",
        CELL: "trusted",
    },
    "nbdev 3": {
        NB: "kernelspec jekyll jupytext doc widgets nbdev",
        CELL: "hide_input nbdev",
    },
    "Jupytext 1.19": {
        NB: "jupytext kernelspec kernel_info orphan tocdepth",
        CELL: "autoscroll collapsed scrolled trusted execution ExecuteTime skipline noskipline "
        "cell_marker lines_to_next_cell lines_to_end_of_cell_marker",
    },
}


@pytest.mark.parametrize("tool", OF_OTHERS)
def test_the_table_has_every_key_that_other_tools_name(tool: str) -> None:
    for level, names in OF_OTHERS[tool].items():
        paths = {path for rule in read_rules() if rule.level is level for path in rule.paths}
        heads = paths | {path[:1] for path in paths}
        assert [one for one in names.split() if tuple(one.split(".")) not in heads] == []


def test_ids_of_tools_are_what_cells_without_ids_are_paired_by() -> None:
    assert ("nbgrader", "grade_id") in find_identities()
    assert ("application/vnd.databricks.v1+cell", "nuid") in find_identities()
    # Pairing looks for the end of a key before it decodes anything.
    assert all(path[-1].endswith("id") for path in find_identities())


# What diffs and cleaning make of it.


@pytest.mark.parametrize("rule", OF_METADATA, ids=lambda rule: f"{rule.level.value} {rule.keys}")
def test_what_is_noise_is_no_change_and_what_is_a_setting_is_one(rule: Rule) -> None:
    plain = made(rule.level, {})
    for path in rule.paths:
        for value in values_of(rule):
            noisy = made(rule.level, nested(path, value))
            assert not changed(plain, noisy)
            assert not changed(noisy, plain)
        if rule.kind is Kind.SETTING and not rule.ignored:
            assert changed(plain, made(rule.level, nested(path, "a value of mine")))


@pytest.mark.parametrize("rule", OF_METADATA, ids=lambda rule: f"{rule.level.value} {rule.keys}")
def test_cleaning_removes_what_tools_write_and_keeps_what_people_set(rule: Rule) -> None:
    policy = PRESETS["noise"]
    for path in rule.paths:
        before = made(rule.level, nested(path, "a value of mine"))
        after = metadata_at(rule.level, nbvc.normalise(before, policy))
        stays = not rule.removed or (rule.kind is Kind.DATA and rule.level is not NB)
        assert after == (nested(path, "a value of mine") if stays else {})
        for value in rule.defaults if rule.drops_default else ():
            default = "python" if value == LANGUAGE else value
            cleaned = nbvc.normalise(made(rule.level, nested(path, default)), policy)
            assert metadata_at(rule.level, cleaned) == {}


@st.composite
def of_tools(draw: st.DrawFn) -> Json:
    """A notebook into which many tools have written, and people, too."""
    value = notebook(
        code("a = 1", [display({"text/plain": "1"}), stream("b")], execution_count=1),
        markdown("b"),
        code(
            "c",
            [display({"text/html": "1"})],
            metadata=draw(st.sampled_from(({}, {"keep_output": True}))),
        ),
        kernelspec={"name": "python3", "display_name": "Python 3"},
    )
    scalars: st.SearchStrategy[Any] = st.sampled_from(
        (1, "a", True, None, [], {}, [1], {"a": 1}, {"a": {}})
    )
    for _ in range(draw(st.integers(1, 8))):
        rule = draw(st.sampled_from(OF_METADATA))
        path = draw(st.sampled_from(rule.paths))
        own = st.sampled_from([*map(copy.deepcopy, rule.defaults)]) if rule.defaults else scalars
        cell = value["cells"][draw(st.sampled_from((0, 2)))]
        place = {NB: value["metadata"], CELL: cell["metadata"]}.get(
            rule.level, cell["outputs"][0]["metadata"]
        )
        for step in path[:-1]:
            inner = place.get(step)
            place[step] = inner if type(inner) is dict else {}
            place = place[step]
        place[path[-1]] = copy.deepcopy(draw(own | scalars))
    for metadata in (value["metadata"], *(cell["metadata"] for cell in value["cells"])):
        for mark in ("keep_output", "init_cell"):  # without a value they remove outputs
            if not metadata.get(mark, True):
                del metadata[mark]
    return value


def is_valid(value: Json) -> bool:
    try:
        nbformat.validate(nbformat.from_dict(copy.deepcopy(value)), relax_add_props=False)
    except nbformat.ValidationError:
        return False
    return True


@settings(max_examples=150, deadline=None)
@given(of_tools(), st.sampled_from([*PRESETS]))
def test_cleaning_is_done_at_once_changes_nothing_that_counts_and_keeps_notebooks_valid(
    value: Json, name: str
) -> None:
    before = nbvc.Notebook.from_dict(value)
    done = clean(before, PRESETS[name])
    assert not clean(done.after, PRESETS[name]).changed
    assert is_valid(done.after.to_dict()) or not is_valid(value)
    diff = nbvc.diff(before, done.after)
    assert nbvc.patch(before, diff) == done.after
    if name == "noise":
        assert not diff.changed
        assert not nbvc.diff(done.after, before).changed


# A project's own keys.

OWN = MetadataPolicy(cell=Keys(drop=("mine.run",), keep=("collapsed",)))


def test_a_projects_keys_hold_for_diffs_and_for_cleaning() -> None:
    ran = made(CELL, {"mine": {"run": 7, "title": "t"}})
    again = made(CELL, {"mine": {"run": 8, "title": "t"}})
    folded = made(CELL, {"mine": {"run": 7, "title": "t"}, "collapsed": True})
    for policy, wanted in (
        (DiffPolicy(), [True, False]),
        (DiffPolicy(metadata=OWN), [False, True]),
    ):
        assert [changed(ran, other, policy) for other in (again, folded)] == wanted
    cleaned = nbvc.normalise(folded, Policy(metadata=OWN))
    assert metadata_at(CELL, cleaned) == {"mine": {"title": "t"}, "collapsed": True}


def test_details_are_what_does_not_count() -> None:
    before = made(NB, {"toc": {"number_sections": False, "sideBar": True}})
    after = made(NB, {"toc": {"number_sections": True, "sideBar": False}})
    loud, quiet = ["toc", "number_sections"], ["toc", "sideBar"]
    for parts, wanted in (
        (DEFAULT_PARTS, [["toc"]]),  # it becomes what absence means
        (frozenset((Part.DETAILS,)), [loud, quiet]),
        (DEFAULT_PARTS | {Part.DETAILS}, [loud, quiet]),
    ):
        found, _ = nbvc.diff(before, after, DiffPolicy(parts)).loud_rest
        assert [[*op.path] for op in found] == wanted


@pytest.mark.parametrize("name", PRESETS)
def test_data_about_people_is_removed_by_every_preset_unless_it_is_named(name: str) -> None:
    person = {"executionInfo": {"user": {"displayName": "A Person"}, "elapsed": 3}}
    for settings_ in ({"preset": name}, {"preset": name, "metadata": "keep"}):
        done = clean(made(CELL, person), make_policy(settings_))
        assert b"A Person" not in done.after.to_bytes()
    named = make_policy({"preset": name, "keep-cell-metadata": ["executionInfo.user"]})
    kept = nbvc.normalise(made(CELL, person), named)
    assert metadata_at(CELL, kept)["executionInfo"]["user"] == person["executionInfo"]["user"]


def test_the_names_of_people_are_counted_apart() -> None:
    person = {"executionInfo": {"user": {"displayName": "A Person"}, "elapsed": 3}}
    found = clean(made(CELL, person), PRESETS["noise"]).findings
    assert {(one.cell, one.kind) for one in found} == {(1, "user name"), (1, "timing")}


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        ("a", {("a",)}),
        ("a.b", {("a", "b"), ("a.b",)}),
        ('"a.b".c', {("a.b", "c")}),
        ('a."b.c"', {("a", "b.c")}),
        (r'"a\".b"', {('a".b',)}),
        ("a.*", {("a", "*"), ("a.*",)}),
    ],
)
def test_a_path_in_the_settings(text: str, paths: set[tuple[str, ...]]) -> None:
    assert set(read_path(text)) == paths


def test_a_key_below_any_key_leaves_what_holds_for_its_neighbors() -> None:
    head = '"application/vnd.databricks.v1+notebook".widgets'
    root = compile_keys(NB, Keys(keep=(f"{head}.mine",)))
    widgets = root.grow(("application/vnd.databricks.v1+notebook", "widgets"))
    assert widgets.grow(("other", "nuid")).removed
    assert widgets.grow(("mine",)).removed is False


# Languages.


def in_language(spec: str | None, info: str | None, cell: Json | None = None) -> nbvc.Notebook:
    metadata: Json = {}
    if spec is not None:
        metadata["kernelspec"] = {"name": "k", "display_name": "K", "language": spec}
    if info is not None:
        metadata["language_info"] = {"name": info}
    return nbvc.read(file(code("x", metadata=cell or {}), **metadata))


@pytest.mark.parametrize(
    ("one", "other", "differ"),
    [
        (("python", "python"), ("R", "R"), True),
        (("python", None), ("R", None), True),
        ((None, "python"), (None, "R"), True),
        (("R", None), (None, "r"), False),
        (("R", "R"), ("R", None), False),
        ((None, None), ("python", "python"), False),
        ((None, None), ("julia", None), True),
        (("python", "python"), ("python", "R"), True),
        (("C++17", None), ("C++17", "c++"), False),
    ],
)
def test_another_language_is_a_change_wherever_it_is_named(
    one: tuple[str | None, str | None], other: tuple[str | None, str | None], differ: bool
) -> None:
    before, after = in_language(*one), in_language(*other)
    assert changed(before, after) == changed(after, before) == differ
    if differ:
        ((op,), _) = nbvc.diff(before, after).loud_rest
        assert op == Replace(("language",), read_language(after.metadata))


def test_the_language_of_a_cell_is_noise_if_it_is_the_notebooks() -> None:
    for language, named in (("R", "r"), ("python", "python")):
        plain = in_language(language, language)
        same = in_language(language, language, {"vscode": {"languageId": named}})
        sql = in_language(language, language, {"vscode": {"languageId": "sql"}})
        assert not changed(plain, same)
        assert changed(plain, sql)
        assert changed(same, sql)
        assert clean(same, Policy()).after == plain
        assert not clean(sql, Policy()).changed


# Widgets, charts and kernels.

STATE = "application/vnd.jupyter.widget-state+json"
VIEW = "application/vnd.jupyter.widget-view+json"
MODELS = {
    "a": {"state": {"layout": "IPY_MODEL_b"}},
    "b": {"state": {}},
    "c": {"state": {"outputs": [{"data": {VIEW: {"model_id": "d"}}}]}},
    "d": {"state": {}},
    "e": {"state": {}},
}


@pytest.mark.parametrize(
    ("shown", "left"), [("", ""), ("a", "ab"), ("c", "cd"), ("ace", "abcde"), ("e", "e")]
)
def test_the_models_stay_that_outputs_show(shown: str, left: str) -> None:
    cells = [
        code(name, [display({VIEW: {"model_id": name}})], metadata={"keep_output": name in shown})
        for name in "ace"
    ]
    widgets = {STATE: {"state": MODELS, "version_major": 2, "version_minor": 0}}
    before = nbvc.read(file(*cells, widgets=widgets))
    after = nbvc.normalise(before)
    kept = after.metadata.get("widgets", {}).get(STATE, {}).get("state", {})
    assert "".join(sorted(kept)) == left
    assert nbvc.normalise(after) is after


@pytest.mark.parametrize("keeps", [True, False])
def test_the_values_of_a_chart_stay_with_its_output(keeps: bool) -> None:
    chart = {"aggData": "{}", "chartConfig": {"category": "bar"}}
    cell = code("1", [stream("a")], metadata={"diagram": chart, "keep_output": keeps})
    (after,) = nbvc.normalise(nbvc.read(file(cell))).cells
    assert ("aggData" in after.metadata["diagram"]) == keeps
    assert after.metadata["diagram"]["chartConfig"] == {"category": "bar"}


@pytest.mark.parametrize(
    ("spec", "info", "name"),
    [
        ({"name": "env", "display_name": "Env", "language": "python"}, None, "python3"),
        ({"name": "env", "display_name": "Env"}, {"name": "python"}, "python3"),
        ({"name": "python3", "display_name": "Env"}, None, "python3"),
        ({"name": "env", "display_name": "Env"}, None, "env"),
        ({"name": "ir", "display_name": "R", "language": "R"}, {"name": "R"}, "ir"),
        (None, {"name": "python"}, None),
    ],
)
@pytest.mark.parametrize("indent", [None, 1])
def test_a_kernel_for_all(
    spec: Json | None, info: Json | None, name: str | None, indent: int
) -> None:
    value = notebook(code("1"))
    value["metadata"] = {
        key: one for key, one in (("kernelspec", spec), ("language_info", info)) if one is not None
    }
    content = json.dumps(value, indent=indent).encode()
    after = clean(nbvc.read(content), make_policy({"kernel": "python3"})).after
    assert after.metadata.get("kernelspec", {}).get("name") == name
    assert after.metadata.get("language_info") == info
    if name == "python3":
        assert after.metadata["kernelspec"]["display_name"] == "Python 3 (ipykernel)"
    assert not clean(after, make_policy({"kernel": "python3"})).changed


def test_one_representation_of_an_output_goes_or_stays() -> None:
    both = display({"text/html": "<b>", "text/plain": "1"})
    html = display({"text/html": "<b>"})
    cell = code("1", [both, html, stream("a")])
    for policy, left in (
        (Policy(outputs=Outputs.KEEP, drop_types=("text/html",)), [["text/plain"], None]),
        (Policy(keep_types=("text/plain",)), [["text/plain"]]),
        (Policy(keep_types=("text/html", "stream")), [["text/html"], ["text/html"], None]),
    ):
        done = clean(nbvc.read(file(cell)), policy)
        found = done.after.cells[0].outputs
        assert [[*one["data"]] if "data" in one else None for one in found] == left
        assert not clean(done.after, policy).changed
