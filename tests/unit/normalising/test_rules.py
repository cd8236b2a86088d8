"""What each rule takes, in files as nobody writes them; and settings by name."""

from __future__ import annotations

import itertools
import json
import sys
import time
from typing import Any

import pytest

import nbvc
from nbvc.errors import NbvcError, RewriteRefusedError
from nbvc.normalising import (
    Counts,
    Ids,
    Keys,
    Outputs,
    Policy,
    clean,
    cleaning,
)
from nbvc.normalising.configuring import from_words, make_policy
from nbvc.normalising.kernels import KERNELS
from nbvc.normalising.noise import Level
from nbvc.normalising.rules import Item, MetadataRule, Stripped
from nbvc.normalising.secrets import LONGEST, make_scanner
from tests.making import code, file, markdown, notebook, result, stream

KEEP = Policy(outputs=Outputs.KEEP)
TEXT = result({"text/plain": "2"}, count=3)


def old(*sheets: list[Any]) -> dict[str, Any]:
    cells = [{"cells": cells, "metadata": {}} for cells in sheets]
    return {"metadata": {}, "nbformat": 3, "nbformat_minor": 0, "worksheets": cells}


# Cells that go.


@pytest.mark.parametrize("sizes", [(4,), (2, 2), (1, 3), (0, 4), (3, 0, 1)])
@pytest.mark.parametrize("style", [{"indent": 1}, {"separators": (",", ":")}])
def test_any_cells_may_go_from_any_list(sizes: tuple[int, ...], style: dict[str, Any]) -> None:
    for gone in itertools.product((False, True), repeat=4):
        sources = iter(enumerate(gone))
        sheets = [
            [
                {"cell_type": "raw", "metadata": {}, "source": "" if goes else f"{number}"}
                for number, goes in itertools.islice(sources, size)
            ]
            for size in sizes
        ]
        read = nbvc.read(json.dumps(old(*sheets), **style).encode())
        found = clean(read, Policy(drop_empty_cells=True))
        stays = [[cell for cell in sheet if cell["source"]] for sheet in sheets]
        assert json.loads(found.after.to_bytes()) == old(*stays)
        assert [one.cell for one in found.findings] == [i for i, goes in enumerate(gone) if goes]
        assert {one.what for one in found.findings} <= {"empty cell"}


def test_no_cell_that_goes_is_looked_for_in_the_whole_file() -> None:
    def seconds(count: int) -> float:
        read = nbvc.read(file(*(markdown(" ") for _ in range(count))))
        started = time.process_time()
        assert not clean(read, Policy(drop_empty_cells=True)).after.cells
        return time.process_time() - started

    assert seconds(8000) < 25 * min(seconds(800) for _ in range(3)) + 0.5


@pytest.mark.parametrize(
    ("cell", "goes"),
    [
        ({"cell_type": "code", "source": [" ", "\n"]}, True),
        ({"cell_type": "code", "source": [" ", 1]}, False),
        ({"cell_type": "code", "input": "a"}, False),
        ({"cell_type": "code", "code": " "}, True),
        ({"cell_type": "text", "text": "a"}, False),
        ({"cell_type": "text"}, True),
    ],
)
def test_an_empty_cell_is_one_without_a_source_by_any_name(cell: Any, goes: bool) -> None:
    read = nbvc.read(json.dumps(old([cell])).encode())
    assert clean(read, Policy(drop_empty_cells=True)).changed == goes
    assert not clean(read, Policy(drop_tagged_cells=("x",))).changed


def test_of_an_old_cell_a_view_option_may_be_all_that_goes() -> None:
    cell = {"cell_type": "code", "collapsed": False, "input": "a", "outputs": []}
    read = nbvc.read(json.dumps(old([cell]), indent=1).encode())
    found = clean(read, KEEP)
    assert [one.what for one in found.findings] == ["metadata: collapsed"]
    del cell["collapsed"]
    assert found.after.to_bytes() == json.dumps(old([cell]), indent=1).encode()


# Outputs that stay, and what stays of them.


@pytest.mark.parametrize(
    ("output", "size"),
    [
        (stream("abc"), 15),  # with "stream" and "stdout"
        ({"output_type": "stream", "text": ["ab", "c"]}, 9),
        ({"output_type": "x", "a": 100, "b": [True, None, {"c": 1.5}]}, 15),
        (7, 1),
        ("text", 4),
    ],
)
def test_the_size_of_an_output(output: Any, size: int) -> None:
    read = nbvc.read(file(code("1", [output])))
    assert not clean(read, Policy(max_size=size)).changed
    assert clean(read, Policy(max_size=size - 1)).after.cells[0].outputs == []


def test_metadata_of_an_output_goes_and_odd_outputs_stay() -> None:
    noisy = {**TEXT, "metadata": {"executionInfo": 1, "width": 2}}
    read = nbvc.read(file(code("1", [noisy, 7, {**noisy, "metadata": 7}])))  # type: ignore[list-item]
    found = clean(read, KEEP).after.cells[0].outputs
    assert found == [
        {**TEXT, "metadata": {"width": 2}, "execution_count": None},
        7,
        {**TEXT, "metadata": 7, "execution_count": None},
    ]
    assert found[0] == clean(read, Policy(keep_types=("execute_result",))).after.cells[0].outputs[0]


@pytest.mark.parametrize(
    ("metadata", "stays"),
    [
        ({}, False),
        (7, False),
        ({"keep_output": 1}, True),
        ({"tags": "keep_output"}, False),
        ({"tags": [7, "keep_output"]}, True),
        ({"tags": ["other"]}, False),
        ({"init_cell": False, "tags": ["keep_output"]}, False),
    ],
)
def test_a_cell_says_whether_its_outputs_stay(metadata: Any, stays: bool) -> None:
    read = nbvc.read(file(code("1", [stream("a")], metadata=metadata)))
    assert bool(clean(read, Policy()).after.cells[0].outputs) == stays
    keeps = nbvc.read(file(code("1", [stream("a")], metadata=metadata), keep_output=True))
    said = type(metadata) is dict and "init_cell" in metadata
    assert bool(clean(keeps, Policy()).after.cells[0].outputs) == (stays or not said)


@pytest.mark.parametrize("outputs", ["[ ]", "[\n\n]", "null"])
def test_an_empty_list_of_outputs_stays_as_it_is_written(outputs: str) -> None:
    content = file(code("1")).replace(b'"outputs": []', f'"outputs": {outputs}'.encode())
    assert not clean(nbvc.read(content), Policy()).changed


# Metadata.


@pytest.mark.parametrize(
    ("keys", "value", "left", "gone"),
    [
        (Keys(drop=("a",)), {"a": 1, "b": 2}, {"b": 2}, "a"),
        (Keys(drop=("a.b",)), {"a": {"b": 1, "c": 2}}, {"a": {"c": 2}}, "a.b"),
        (Keys(drop=("a.b",)), {"a": {"b": 1}, "d": 1}, {"d": 1}, "a.b"),  # what is empty then, too
        (Keys(drop=("a.b",)), {"a": 7}, None, ""),
        (Keys(drop=("a.b.c",)), {"a": {"b": 7}}, None, ""),
        (Keys(drop=("a.b",)), {"a.b": 1}, {}, '"a.b"'),
        (Keys(drop=("a.b.c",)), {"a.b": {"c": 1, "d": 2}}, {"a.b": {"d": 2}}, '"a.b".c'),
        (Keys(drop=('"a.b".c',)), {"a": {"b": {"c": 1}}}, None, ""),
        (
            Keys(drop=("a.*.c",)),
            {"a": {"x": {"c": 1}, "y": {"d": 2}}},
            {"a": {"y": {"d": 2}}},
            "a.*.c",
        ),
        (Keys(drop=("a",), keep=("a.b",)), {"a": {"b": 1, "c": 2}}, {"a": {"b": 1}}, "a"),
        (Keys(drop=("a.b",), keep=("a",)), {"a": {"b": 1, "c": 2}}, {"a": {"c": 2}}, "a.b"),
        (Keys(only=("a",)), {"a": 1, "b": 2}, {"a": 1}, "b"),
        (Keys(drop=("b",), only=("a",)), {"a": 1, "b": 2}, {"a": 1}, "b"),
        (Keys(only=("a.b",)), {"a": {"b": 1, "c": 2}}, {"a": {"b": 1}}, "a.c"),
        (Keys(only=()), {"a": 1, "b": 2}, {}, "a, b"),
        (Keys(drop=("a",)), [1], None, ""),
    ],
)
def test_keys_that_go(keys: Keys, value: Any, left: Any, gone: str) -> None:
    found = MetadataRule(Level.CELL_METADATA, keys, "python").apply(json.dumps(value).encode(), 3)
    if left is None:
        assert found is None
    else:
        assert found is not None
        names = ", ".join(item.what.removeprefix("metadata: ") for item in found.items)
        assert (json.loads(found.text), names) == (left, gone)


def test_a_notebook_without_metadata() -> None:
    content = b'{"nbformat": 4, "nbformat_minor": 4, "cells": [{"cell_type": "code"}]}'
    assert not clean(nbvc.read(content), Policy()).changed
    numbered = clean(nbvc.read(content), Policy(ids=Ids.NUMBER)).after
    assert numbered.to_dict()["cells"] == nbvc.read(content).to_dict()["cells"]


@pytest.mark.parametrize("key", ["cells", "a", "metadata"])
def test_a_key_of_the_notebook_that_stands_twice_is_not_dropped(key: str) -> None:
    content = file(code("1", [TEXT]), x=1).replace(
        b'{\n "cells"', b'{\n "%b": 1,\n "a": 2,\n "a": 3,\n "cells"' % key.encode()
    )
    with pytest.raises(RewriteRefusedError, match="twice"):
        clean(nbvc.read(content), Policy())


# The check at the end: a result that isn't what was promised is never handed out.


@pytest.mark.parametrize(
    ("broken", "policy"),
    [
        ("_list_gone_spans", Policy(drop_empty_cells=True)),
        ("_list_cell_spans", Policy()),
        ("splice", Policy()),
    ],
)
def test_a_result_that_is_not_what_was_promised_is_refused(
    broken: str, policy: Policy, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = nbvc.read(file(code("1", [TEXT], execution_count=3), markdown(" "), signature="x"))
    assert clean(read, policy).changed
    real = getattr(cleaning, broken)

    def spoiled(*given: Any) -> Any:
        if broken == "splice":
            return real(*given).replace(b'"nbformat_minor": 4', b'"nbformat_minor": 5')
        return [*real(*given)][1:]

    monkeypatch.setattr(cleaning, broken, spoiled)
    with pytest.raises(cleaning.NormaliseError, match="nothing was written"):
        clean(read, policy)


@pytest.mark.parametrize("level", ["notebook", "cell"])
def test_a_result_with_something_left_to_do_is_refused(
    level: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def half(self: MetadataRule, text: bytes, depth: int) -> Stripped | None:
        del self, depth
        first, *rest = json.loads(text).items() or [None]
        items = (Item("a", "b"),)
        return Stripped(json.dumps(dict(rest)).encode(), items, depends=False) if first else None

    metadata = {"a": 1, "b": 2}
    of_cell, of_all = (metadata, {}) if level == "cell" else ({}, metadata)
    read = nbvc.read(file(code("1", metadata=of_cell), **of_all))
    monkeypatch.setattr(MetadataRule, "apply", half)
    with pytest.raises(cleaning.NormaliseError, match="not be finished at once"):
        clean(read, Policy())


# Settings.

SETTINGS: dict[str, Any] = {
    "preset": "noise",
    "outputs": "strip",
    "counts": "keep",
    "max-size": "10k",
    "keep-tags": ["mine", "yours, too; 100 %"],
    "drop-types": [],
    "only-cell-metadata": [],
    "drop-cell-metadata": ["papermill.duration"],
    "keep-notebook-metadata": ["signature"],
    "kernel": "python3",
    "drop-empty-cells": True,
    "strip-init-cells": False,
}


def test_settings_are_a_policy() -> None:
    policy = make_policy(SETTINGS)
    assert (policy.outputs, policy.counts, policy.max_size) == (Outputs.STRIP, Counts.KEEP, 10_000)
    assert policy.keep_tags == ("keep_output", "mine", "yours, too; 100 %")
    assert policy.metadata.cell == Keys(drop=("papermill.duration",), only=())
    assert policy.metadata.notebook == Keys(keep=("signature",))
    assert policy.kernel == KERNELS["python3"]
    assert (policy.drop_empty_cells, policy.strip_init_cells) == (True, False)


def test_words_of_older_versions() -> None:
    words = ["form=9", "keep-tags=mine,yours", "drop-types=", 'keep-types=["a/b"]', "ids=keep"]
    assert from_words([*words, "drop-empty-cells=true"]) == {
        "keep-tags": ["mine", "yours"],
        "drop-types": [],
        "keep-types": ["a/b"],
        "ids": "keep",
        "drop-empty-cells": True,
    }


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"preset": 7}, "'preset' is 7, but must be one of strip, noise"),
        ({"preset": "stripp"}, "unknown preset 'stripp'"),
        ({"metadata": "drop"}, "'metadata' is 'drop', but must be 'keep' or 'strip'"),
        ({"kernel": "pyhton"}, "'kernel' is 'pyhton', but must be one of python3"),
        ({"kernel": {"name": "a"}}, "display_name"),
        ({"drop-types": ["steam"]}, "unknown output type 'steam'.*'stream'"),
        ({"keep-types": ["image"]}, "unknown output type 'image'"),
        (
            {"keep-cell-metadata": ["colapsed"]},
            "unknown key to keep .* cells 'colapsed'.*'collapsed'",
        ),
        ({"keep-output-metadata": ["mine"]}, "unknown key to keep .* outputs 'mine'"),
        ({"drop-cell-metadata": ["a..b"]}, "invalid key 'a..b'.*in quotes|invalid key 'a..b'"),
        ({"drop-cell-metadata": ["a.b.c.d.e.f.g.h.i"]}, "too many dots"),
        (
            {"drop-notebook-metadata": ["kernelspec.name"]},
            "kernelspec.name cannot be removed alone",
        ),
        ({"only-notebook-metadata": ["kernelspec.name"]}, "kernelspec.display_name cannot"),
        ({"drop-notebook-metadata": ["language_info.name"]}, "language_info.name cannot"),
        ({"outputs": "drop"}, "'outputs' is 'drop', but must be 'keep' or 'strip'"),
        ({"counts": ["keep"]}, "'counts' is"),
        ({"max-size": True}, "'max-size' is true, but must be a number"),
        ({"max-size": "10x"}, "a number of characters"),
        ({"max-size": "1" * 16}, "a number of characters"),
        ({"keep-tags": "mine"}, "a list of strings"),
        ({"keep-tags": [7]}, "a list of strings"),
        ({"drop-empty-cells": "yes"}, "true or false"),
        ({"keep-tag": []}, "unknown setting 'keep-tag'.*keep-tags"),
        ({"zzz": []}, "unknown setting 'zzz'.*known are preset"),
    ],
)
def test_a_setting_that_does_not_fit(settings: dict[str, Any], says: str) -> None:
    with pytest.raises(NbvcError, match=f"^there:.*{says}"):
        make_policy(settings, "there")


@pytest.mark.parametrize(
    ("written", "size"), [(7, 7), ("7k", 7000), ("2M", 2_000_000), ("1g", 10**9)]
)
def test_a_size(written: Any, size: int) -> None:
    assert make_policy({"max-size": written}).max_size == size


# Secrets.

TOKEN = "AKIA" + "Z7Q4M2N6P8R3S5T1"


def secrets_in(*cells: dict[str, Any]) -> list[tuple[int | None, str]]:
    pytest.importorskip("detect_secrets")
    found = make_scanner()(nbvc.Notebook.from_dict(notebook(*cells)))
    return [(one.cell, one.what) for one in found]


@pytest.mark.parametrize(
    ("line", "kinds"),
    [
        ("import numpy as np", []),
        ("Fine words, and /usr/lib/python3.11/site-packages/sklearn/linear_model", []),
        ("password = getpass.getpass()", []),
        ("password = 'hunter2x'", ["Secret Keyword"]),
        ("postgres://bob:hunter2@host/db", ["Basic Auth Credentials"]),
        (f"key = {TOKEN}", ["AWS Access Key"]),
        (f"key = '{TOKEN}'  # pragma: allowlist secret", []),
    ],
)
def test_a_line_is_looked_at_as_detect_secrets_looks_at_a_file(line: str, kinds: list[str]) -> None:
    wanted = [(0, f"secret in source, line 1: {kind}") for kind in kinds]
    assert secrets_in(code(line)) == secrets_in(markdown(line)) == wanted


def test_secrets_are_found_in_texts_of_any_depth_once_a_line_and_in_no_image() -> None:
    nested = result({"application/json": {"a": [1, {"b": TOKEN}]}})
    pictures = result({"image/png": TOKEN, "audio/wav": TOKEN, "video/mp4": TOKEN})
    drawn = result({"image/svg+xml": f"<text>{TOKEN}</text>"})
    assert secrets_in(
        markdown("fine"),
        code(f"a\nkey = {TOKEN}\n", [stream(f"{TOKEN}\n{TOKEN}"), nested, pictures, drawn]),
    ) == [
        (1, f"secret in {place}: AWS Access Key")
        for place in (
            "source, line 2",
            "output 1, line 1",
            "output 1, line 2",
            "output 2",
            "output 4",
        )
    ]


@pytest.mark.parametrize("at", [0, LONGEST - 210, LONGEST - 10, LONGEST, 2 * LONGEST])
def test_a_secret_in_a_long_line_is_whole_in_one_of_its_pieces(at: int) -> None:
    line = f"{'.' * at} {TOKEN} {'.' * LONGEST}"
    assert [what for _, what in secrets_in(code("1", [stream(line)]))] == [
        "secret in output 1: AWS Access Key"
    ]


def test_without_detect_secrets_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "detect_secrets.core.scan", None)
    with pytest.raises(NbvcError, match=r"nbvc\[secrets\]"):
        make_scanner()


def test_the_package_has_its_public_names_only() -> None:
    import nbvc.normalising as package

    assert package.PRESETS["strip"] == Policy()
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        _ = package.nothing
