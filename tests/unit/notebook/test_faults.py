"""Bad and odd input: a clean error that says where, or the very same bytes."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, cast

import pytest

import nbvc
from nbvc.errors import NbvcError, NotebookError, RewriteRefusedError
from tests.making import code, file, markdown, notebook, stream

GOOD = file(code("a = 1"), markdown("# Title"))
DEEP = b'{"nbformat": 4, "nbformat_minor": 0, "metadata": {"x": %b}, "cells": []}'

BROKEN = {
    "01_empty": (b"", "empty"),
    "02_null": (b"null", "null"),
    "02_list": (b"[]", "list"),
    "03_truncated": (GOOD[:60], "line 5"),
    "04_conflict_markers": (
        GOOD.replace(b' "cells"', b"<<<<<<< HEAD\n=======\n>>>>>>> x\n"),
        "line 2: the file contains git's conflict markers",
    ),
    "05_lfs_pointer": (
        b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n",
        "LFS",
    ),
    "06_invalid_utf8": (
        GOOD.replace(b"Title", b"Ti\xfftle"),
        "line 13, column 19: not valid UTF-8",
    ),
    "07_utf16": (GOOD.decode().encode("utf-16"), "UTF-16"),
    "07_utf16_no_bom": (GOOD.decode().encode("utf-16-le"), "UTF-16"),
    "08_deep_1100": (DEEP % (b"[" * 1100 + b"]" * 1100), "nested too deeply"),
    "08_deep_100000": (DEEP % (b"[" * 100_000 + b"]" * 100_000), "nested too deeply"),
    "09_long_integer": (DEEP % (b"9" * 5000), "5000 digits"),
    "09_after_other_digits": (
        DEEP % (b'"%b", "y": %b' % (b"7" * 2000, b"9" * 4400)),
        "4400 digits",
    ),
    "09_in_an_old_format": (
        b'{"nbformat": 3, "nbformat_minor": 0, "worksheets": [], "x": %b}' % (b"9" * 5000),
        "5000 digits",
    ),
    "13_nbformat_5": (b'{"nbformat": 5, "cells": []}', "nbformat is 5"),
    "13_nbformat_text": (b'{"nbformat": "4", "cells": []}', 'nbformat is "4"'),
    "13_nbformat_true": (b'{"nbformat": true, "cells": []}', "nbformat is true"),
    "no_nbformat": (b'{"cells": []}', "'nbformat' is missing"),
    "no_cells": (b'{"nbformat": 4}', "'cells' is missing"),
    "cells_object": (b'{"nbformat": 4, "cells": {}}', "not a list"),
    "metadata_list": (
        b'{"nbformat": 3, "metadata": [], "worksheets": []}',
        "metadata is not an object",
    ),
    "cell_number": (b'{"nbformat": 4,\n"cells": [{},\n1]}', "cell 2 is not a JSON object"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_fault_01_to_13_clean_error(name: str) -> None:
    content, says = BROKEN[name]
    if sys.version_info >= (3, 12) and name == "08_deep_1100":
        pytest.skip("this Python nests deeper")
    with pytest.raises(NotebookError, match=says) as caught:
        nbvc.read(content, name="n.ipynb")
    assert str(caught.value).startswith("n.ipynb: ")


def nbvc_run(*args: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "nbvc", *args], capture_output=True, text=True, cwd=cwd, check=False
    )


@pytest.mark.parametrize("name", BROKEN)
def test_fault_01_to_13_diff_shows_raw_text(name: str, tmp_path: Path) -> None:
    bad, good = tmp_path / "bad.ipynb", tmp_path / "good.ipynb"
    bad.write_bytes(BROKEN[name][0])
    good.write_bytes(GOOD)
    ran = nbvc_run("diff", str(bad), str(good))
    assert ran.returncode == 0
    assert "Traceback" not in ran.stderr
    if not (sys.version_info >= (3, 12) and name == "08_deep_1100"):
        assert "bad.ipynb" in ran.stderr
        assert "compared as plain text" in ran.stderr
        assert "@@" in ran.stdout
    assert bad.read_bytes() == BROKEN[name][0]
    for command in (["show", str(bad)], ["diff", "--format", "json", str(bad), str(good)]):
        ran = nbvc_run(*command)
        if not (sys.version_info >= (3, 12) and name == "08_deep_1100"):
            assert (ran.returncode, ran.stdout) == (2, "")
            assert ran.stderr.startswith("nbvc: ")
            assert ran.stderr.count("\n") == 1


def test_fault_10_duplicate_keys_are_read_and_never_rewritten() -> None:
    content = GOOD.replace(b'"source": "a = 1"', b'"source": "gone",\n   "source": "a = 1"')
    read = nbvc.read(content)
    assert read.cells[0].source == "a = 1"
    assert "'source' appears twice" in read.warnings[0]
    assert read.to_bytes() == content
    with pytest.raises(RewriteRefusedError, match="twice"):
        read.edit_source(0, "b = 2")
    assert nbvc.read(GOOD).warnings == ()


@pytest.mark.parametrize("number", ["NaN", "-Infinity", "Infinity", "1e400"])
def test_fault_11_numbers_outside_json_stay_as_found(number: str) -> None:
    content = GOOD.replace(b'"metadata": {},', b'"metadata": {"x": %b},' % number.encode(), 1)
    before, after = nbvc.read(content), nbvc.read(GOOD)
    assert before.to_bytes() == content
    edited = before.edit_source(1, "# Other")
    assert edited.to_bytes() == content.replace(b"Title", b"Other")
    assert before == nbvc.read(content)
    assert before != after
    forth, back = nbvc.diff(before, after), nbvc.diff(after, before)
    text = json.dumps(back.to_dict(), allow_nan=False)
    assert nbvc.patch(before, forth) == after
    assert nbvc.patch(after, nbvc.NotebookDiff.from_dict(json.loads(text))) == before


def test_fault_12_lone_surrogate_stays_escaped() -> None:
    content = GOOD.replace(b"a = 1", rb"a = '\ud800'")
    read = nbvc.read(content)
    assert read.to_bytes() == content
    assert read.edit_source(1, "x").to_bytes() == content.replace(b"# Title", b"x")
    edited = nbvc.read(GOOD).edit_source(0, "b = '\ud8ff'").to_bytes()
    assert rb"b = '\ud8ff'" in edited
    assert nbvc.patch(nbvc.read(GOOD), nbvc.diff(nbvc.read(GOOD), read)) == read


def test_fault_14_byte_order_mark_stays() -> None:
    content = b"\xef\xbb\xbf" + GOOD
    read = nbvc.read(content)
    assert read.to_bytes() == content
    assert read.edit_source(0, "b").to_bytes() == content.replace(b"a = 1", b"b")


@pytest.mark.parametrize("number", ["9" * 30, "-0", "1E2", "1.0", "1e-09", "0.1e1"])
def test_fault_15_and_16_numbers_do_not_churn(number: str) -> None:
    content = GOOD.replace(b'"metadata": {},', b'"metadata": {"x": %b},' % number.encode(), 1)
    read = nbvc.read(content)
    assert read.to_bytes() == content
    assert read.edit_source(0, "b").to_bytes() == content.replace(b"a = 1", b"b")
    metadata = {**read.cells[0].metadata, "y": 1}
    assert number.encode() + b",\n" in read.edit_cell(0, metadata=metadata).to_bytes()
    assert not nbvc.diff(read, nbvc.read(content)).changed


def test_fault_17_line_ends_and_final_newline_stay() -> None:
    for content in (GOOD.replace(b"\n", b"\r\n"), GOOD.rstrip(b"\n"), GOOD + b"\n\n"):
        read = nbvc.read(content)
        assert read.to_bytes() == content
        assert read.edit_source(0, "b").to_bytes() == content.replace(b"a = 1", b"b")
    edited = nbvc.read(GOOD.replace(b"\n", b"\r\n")).edit_cell(0, metadata={"x": [1, 2]})
    assert edited.to_bytes().count(b"\n") == edited.to_bytes().count(b"\r\n")


@pytest.mark.parametrize("odd", ["\u2028", "\u2029", "\r", "\f", "\x1c", "\x85"])
def test_fault_18_odd_line_ends_in_a_source(odd: str) -> None:
    before, after = f"one{odd}two\nthree", f"one{odd}2\nthree{odd}"
    old, new = (nbvc.Notebook.from_dict(notebook(code(s))) for s in (before, after))
    assert nbvc.read(old.to_bytes()).cells[0].source == before
    assert nbvc.patch(old, nbvc.diff(old, new)) == new


def test_fault_19_source_list_without_line_ends() -> None:
    cell = code("")
    cell["source"] = ["a = 1", "b = 2\n", "", "c = 3"]
    content = file(cell)
    read = nbvc.read(content)
    assert read.cells[0].source == "a = 1b = 2\nc = 3"
    assert read.to_bytes() == content
    edited = read.edit_source(0, "a = 1b = 2\nc = 4")
    assert edited.to_bytes() == content.replace(b"c = 3", b"c = 4")


def test_fault_20_old_formats_high_minors_unknown_fields() -> None:
    old: dict[str, Any] = {
        "metadata": {"name": "x", "other": 1},
        "nbformat": 3,
        "nbformat_minor": 0,
        "worksheets": [
            {
                "cells": [
                    {"cell_type": "heading", "level": 2, "metadata": {}, "source": ["Title"]},
                    {
                        "cell_type": "code",
                        "input": ["1\n", "2"],
                        "language": "python",
                        "collapsed": True,
                        "prompt_number": 3,
                        "outputs": [
                            {"output_type": "pyout", "prompt_number": 3, "text": ["2"], "png": "x"},
                            {"output_type": "stream", "stream": "stderr", "text": ["oh"]},
                            {"output_type": "pyerr", "ename": "E", "evalue": "", "traceback": []},
                        ],
                    },
                ],
                "metadata": {},
            }
        ],
    }
    content = json.dumps(old, indent=1).encode()
    read = nbvc.read(content)
    assert (read.file_format, read.nbformat) == ((3, 0), 4)
    assert [cell.source for cell in read.cells] == ["## Title", "1\n2"]
    assert [out["output_type"] for out in read.cells[1].outputs] == [
        "execute_result",
        "stream",
        "error",
    ]
    assert read.cells[1].outputs[0]["data"] == {"text/plain": "2", "image/png": "x"}
    assert read.to_bytes() == content
    assert read.edit_source(1, "1\n3").to_bytes() == content.replace(
        b'"2"\n     ]', b'"3"\n     ]', 1
    )
    assert read.edit_source(0, "## Other").to_bytes() == content.replace(b"Title", b"Other")
    high = {**notebook(code("a", later={"x": [1]})), "nbformat_minor": 99, "future": {"y": None}}
    new = nbvc.Notebook.from_dict(high)
    assert new.to_dict() == high
    assert nbvc.patch(read, nbvc.diff(read, new)) == new


def test_fault_21_duplicate_and_missing_ids() -> None:
    cells = [code("a = 1", id="x"), code("b = 2", id="x"), code("c = 3"), code("d = 4", id="y")]
    before = nbvc.Notebook.from_dict(notebook(*cells, minor=5))
    after = nbvc.Notebook.from_dict(notebook(*cells[1:], code("e = 5", id="x"), minor=5))
    found = nbvc.diff(before, after)
    assert [(c.change.value, c.before, c.after, c.moved) for c in found.cells] == [
        ("removed", (0,), (), False),
        ("unchanged", (1,), (0,), False),
        ("unchanged", (2,), (1,), False),
        ("unchanged", (3,), (2,), False),
        ("added", (), (3,), False),
    ]
    assert nbvc.patch(before, found) == after


def test_fault_22_an_output_of_100_megabytes() -> None:
    text = "0123456789" * 10_000_000
    before = nbvc.read(file(code("print(x)", [stream(text)]), code("a")))
    after = nbvc.read(file(code("print(x)", [stream(text + "1")]), code("a")))
    found = nbvc.diff(before, after)
    assert [cell.change.value for cell in found.cells] == ["modified", "unchanged"]
    assert nbvc.patch(before, found) == after


def test_fault_23_ten_thousand_cells() -> None:
    sources = [f"x_{n} = f({n})\nprint(x_{n} * {n * 7919})" for n in range(10_000)]
    before = nbvc.Notebook.from_dict(notebook(*map(code, sources)))
    sources[5000:5000] = ["inserted = True"]
    sources = [s.replace("print", "show") if n % 10 == 0 else s for n, s in enumerate(sources)]
    after = nbvc.Notebook.from_dict(notebook(*map(code, sources)))
    started = time.perf_counter()
    changes = [cell.change.value for cell in nbvc.diff(before, after).cells]
    assert time.perf_counter() - started < 60
    assert changes.count("added") == 1
    assert changes.count("removed") == 0
    assert changes.count("modified") == sum("show" in source for source in sources)


def test_fault_63_escape_sequences_are_inert(tmp_path: Path) -> None:
    evil = "\x1b]0;owned\x07\x1b[2J\u202eabc\u2066\x9b31m\r\x08"
    paths = [tmp_path / "a.ipynb", tmp_path / "b\x1b[31m.ipynb"]
    cell = code(evil, [stream(evil), {"output_type": "error", "ename": evil, "evalue": evil}])
    paths[0].write_bytes(nbvc.Notebook.from_dict(notebook(code("x"))).to_bytes())
    paths[1].write_bytes(
        nbvc.Notebook.from_dict(
            notebook(cell, markdown(evil, metadata={evil: evil}), kernel=evil)
        ).to_bytes()
    )
    for command in (["diff", *map(str, paths)], ["show", str(paths[1])]):
        for options in ([], ["-d"], ["--color", "always"]):
            ran = nbvc_run(*command, *options)
            if command[0] == "show" and "always" in options:
                continue
            assert ran.returncode == 0
            shown = re.sub("\x1b\\[[0-9;]*m", "", ran.stdout) if "always" in options else ran.stdout
            assert not set("\x1b\x07\x9b\x08\u202e\u2066") & set(shown), ascii(shown)
            assert "<U+001B>]0;owned" in shown
            assert "<U+202E>" in shown


def test_a_missing_file_is_said_in_one_line(tmp_path: Path) -> None:
    ran = nbvc_run("show", str(tmp_path / "no.ipynb"))
    assert ran.returncode == 2
    assert ran.stderr == f"nbvc: {tmp_path / 'no.ipynb'}: no such file or folder\n"
    with pytest.raises(NbvcError, match="no such file"):
        nbvc.read(tmp_path / "no.ipynb")


def in_itself() -> dict[str, Any]:
    found: dict[str, Any] = {}
    found["again"] = found
    return found


@pytest.mark.parametrize(
    "value",
    [
        None,
        [],
        {"cells": 0},
        {"cells": {"a": 1}},
        notebook(cast("Any", "x")),
        notebook(cast("Any", 3)),
        notebook(code("x", metadata={"a": b"bytes"})),
        notebook(code("x", metadata={1: 2})),
        notebook(code("x", [{"output_type": "display_data", "data": {1: "x"}, "metadata": {}}])),
        notebook(code("x", metadata=in_itself())),
        notebook(code("x"), when=object()),
        notebook(code("x"), deep=in_itself()),
    ],
)
def test_what_is_no_json_is_no_notebook(value: Any) -> None:
    with pytest.raises(NotebookError):
        nbvc.Notebook.from_dict(value)
