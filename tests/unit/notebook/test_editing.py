"""What nobody changed keeps its bytes; what was changed is in one place of the file."""

from __future__ import annotations

import json
import random
import re
from pathlib import Path

import pytest

import nbvc
from nbvc.errors import NbvcError
from nbvc.notebook.jsontext import are_identical
from tests.making import code, file, markdown, notebook, stream

PLAIN = notebook(code("a = 1\nb = é\n"), markdown("# T"), language_info={"name": "python"})


def notebooks(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.ipynb"))


def readable(path: Path) -> bool:
    try:
        json.loads(path.read_bytes())
    except ValueError:
        with pytest.raises(NbvcError, match=re.escape(str(path))):
            nbvc.read(path)
        return False
    return True


def changed_lines(before: bytes, after: bytes) -> list[int]:
    old, new = before.split(b"\n"), after.split(b"\n")
    assert len(old) == len(new)
    return [number for number, pair in enumerate(zip(old, new, strict=True)) if pair[0] != pair[1]]


def check_file(path: Path, chance: random.Random) -> None:
    content = path.read_bytes()
    read = nbvc.read(path)
    assert read.to_bytes() == content
    assert nbvc.Notebook.from_dict(read.to_dict()) == read
    filled = [index for index, cell in enumerate(read.cells) if cell.source.strip()]
    for index in chance.sample(filled, min(2, len(filled))):
        lines = read.cells[index].source.splitlines(keepends=True)
        number = chance.randrange(len(lines))
        text = lines[number].rstrip("\r\n")
        lines[number] = f"{text}Xé{lines[number][len(text) :]}"
        edited = read.edit_source(index, "".join(lines))
        assert edited.cells[index].source == "".join(lines)
        assert len(changed_lines(content, edited.to_bytes())) == 1


def test_fixtures_keep_their_bytes_and_edits_change_one_line(fixtures_dir: Path) -> None:
    paths = notebooks(fixtures_dir)
    assert paths
    for path in paths:
        check_file(path, random.Random(path.name))


def test_real_notebooks_keep_their_bytes_and_edits_change_one_line(corpus: Path) -> None:
    paths = notebooks(corpus)
    broken = []
    for path in paths[::3]:
        if not readable(path):
            broken.append(path)
            continue
        if "028-ipython-invalid" not in str(path):  # a heading there has no source to begin with
            check_file(path, random.Random(path.name))
    assert len(paths[::3]) > 100
    assert len(broken) < 5


def test_a_cell_is_added_taken_away_and_moved_without_touching_the_others() -> None:
    content = file(code("a"), code("b"), code("c"))
    read = nbvc.read(content)
    a, b, c = read.cells
    assert read.with_cells([a, b, c]).to_bytes() == content
    assert read.with_cells([c, a]).to_bytes() == file(code("c"), code("a"))
    new = nbvc.Cell.from_dict(code("n\nm"))
    text = read.with_cells([a, new, b, c]).to_bytes().decode()
    assert '"source": [\n    "n\\n",\n    "m"\n   ]' in text
    assert text.replace("\n", "").count('"source": "') == 3
    assert read.with_cells([]).to_dict()["cells"] == []


@pytest.mark.parametrize(
    ("change", "gone", "come"),
    [
        ({"execution_count": 7}, b'"execution_count": null', b'"execution_count": 7'),
        ({"metadata": {"x": 1}}, b'"metadata": {}', b'"metadata": {\n    "x": 1\n   }'),
        ({"id": "q"}, b'"execution_count": null,', b'"execution_count": null,\n   "id": "q",'),
        ({"source": "b"}, b'"source": "a"', b'"source": "b"'),
        ({"outputs": nbvc.ABSENT}, b'   "outputs": [],\n', b""),
    ],
)
def test_replace_changes_one_member(change: dict[str, object], gone: bytes, come: bytes) -> None:
    content = file(code("a"))
    edited = nbvc.read(content).edit_cell(0, **change)
    assert edited.to_bytes() == content.replace(gone, come, 1)


def test_a_change_back_gives_the_first_bytes() -> None:
    content = file(code("a\nb", [stream("x\ny\n")], metadata={"k": [1e-9, {"z": "\u00e9"}]}))
    read = nbvc.read(content)
    changed = read.edit_cell(0, metadata={"k": [1e-9, {"z": "e"}], "n": 1}, source="a\nc")
    assert changed != read
    metadata = read.cells[0].metadata
    assert changed.edit_cell(0, metadata=metadata, source="a\nb").to_bytes() == content


def test_styles_are_kept_where_something_new_is_written() -> None:
    for indent, ascii_only, newline in ((4, True, "\n"), (2, False, "\r\n"), (1, True, "\r\n")):
        text = json.dumps(PLAIN, indent=indent, ensure_ascii=ascii_only).replace("\n", newline)
        edited = nbvc.read(text.encode()).edit_cell(1, metadata={"ü": [1]}).to_bytes().decode()
        cells = [PLAIN["cells"][0], {**PLAIN["cells"][1], "metadata": {"ü": [1]}}]
        if ascii_only:
            wanted = json.dumps({**PLAIN, "cells": cells}, indent=indent)
            assert edited == wanted.replace("\n", newline)
        else:
            wanted = json.dumps({**PLAIN, "cells": cells}, indent=indent, ensure_ascii=False)
            assert edited == wanted.replace("\n", newline)


def test_old_formats_agree_with_nbformat(corpus: Path) -> None:
    import logging

    nbformat = pytest.importorskip("nbformat")
    logging.disable(logging.CRITICAL)
    checked = 0
    try:
        for path in notebooks(corpus / "tricky"):
            try:
                read = nbvc.read(path)
            except NbvcError:
                continue
            if read.file_format[0] == 4:
                continue
            node = nbformat.convert(nbformat.reader.reads(path.read_text("utf-8")), 4)
            wanted = json.loads(json.dumps(node))
            wanted["nbformat_minor"] = 4
            for key in ("orig_nbformat", "orig_nbformat_minor"):
                wanted["metadata"].pop(key, None)
            for cell in wanted["cells"]:
                cell.pop("id", None)
            assert are_identical(read.to_dict(), wanted), path
            checked += 1
    finally:
        logging.disable(logging.NOTSET)
    assert checked > 5


def test_problems_are_what_nbformat_finds() -> None:
    assert nbvc.Notebook.from_dict(notebook(code("a"), markdown("b"))).problems() == ()
    odd = nbvc.Notebook.from_dict(notebook(code("a", execution_count="x")))
    assert len(odd.problems()) == 1
    assert odd.problems()[0].startswith("cells.0")
