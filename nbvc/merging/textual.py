"""A notebook's file with git's conflict markers in its JSON, to the notebooks of both sides.

Git merges lines, and a notebook's lines are JSON: a conflict may begin in one cell and end in
another, and what it leaves of a side need not be JSON. So each side is read as far as it goes.
"""

from __future__ import annotations

import re

import msgspec

from nbvc.errors import NbvcError, NotebookError
from nbvc.lazy import compile_lazily
from nbvc.merging.lenient import cells_in, parse_leniently
from nbvc.notebook import Notebook, read
from nbvc.notebook.ids import with_ids

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from nbvc.merging import MergeResult

_START = compile_lazily(r"<{7,}(?= |\r?$)")

_WITH_IDS = 5
"""The minor format from which on cells have ids."""

_DEEPEST = 20
"""So deep may conflicts be in conflicts; each level is gone through again."""


class TextSides(msgspec.Struct, frozen=True):
    """The notebooks of both sides, that of the base where the file shows it, and git's labels."""

    base: Notebook | None
    local: Notebook
    remote: Notebook
    local_label: str
    remote_label: str


class _Texts:
    """The texts of the sides while the file is gone through."""

    def __init__(self) -> None:
        self.texts: dict[str, list[str]] = {"local": [], "base": [], "remote": []}
        self.labels: dict[str, str] = {}
        self.bases = self.conflicts = self.depth = 0


def has_markers(content: bytes) -> bool:
    """Return whether git's conflict markers are at line starts."""
    return re.search(rb"^<{7,}(?: |\r?$)", content, re.MULTILINE) is not None


def sides_of(content: bytes, name: str = "") -> TextSides:
    """Return what a file with conflict markers was made of.

    Raises `NotebookError` if there are no markers, or no notebook around them.
    """
    text = content.decode("utf-8-sig", errors="replace")
    found = _Texts()
    _walk(_split_lines(text), 0, found, ("local", "base", "remote"))
    if not found.conflicts:
        raise NotebookError("there are no conflict markers in this file", where=name or None)
    local, remote = (
        _read_notebook("".join(found.texts[side]), name) for side in ("local", "remote")
    )
    base = None
    if found.bases == found.conflicts:
        try:
            base = read("".join(found.texts["base"]).encode(), name=name)
        except NbvcError:
            base = None
    labels = found.labels
    return TextSides(base, local, remote, labels.get("local", ""), labels.get("remote", ""))


def _split_lines(text: str) -> list[str]:
    """Return the lines with their ends; only a line feed ends a line."""
    return re.findall(r"[^\n]*\n|[^\n]+", text)


def _walk(lines: list[str], start: int, found: _Texts, into: tuple[str, ...]) -> int:
    """Deal lines out to the sides, from `start` to the end; so are conflicts in conflicts."""
    index = start
    while index < len(lines):
        mark = _START.match(lines[index])
        if mark is None:
            for side in into:
                found.texts[side].append(lines[index])
            index += 1
        else:
            index = _split_conflict(lines, index, len(mark[0]), found, into)
    return index


def _split_conflict(
    lines: list[str], start: int, size: int, found: _Texts, into: tuple[str, ...]
) -> int:
    """Deal out one conflict; return the index behind it."""
    found.conflicts += 1
    found.labels.setdefault("local", lines[start][size:].strip())
    section = "local"
    parts: dict[str, list[str]] = {"local": [], "base": [], "remote": []}
    index, depth = start + 1, 0
    while index < len(lines):
        line = lines[index]
        if _is(line, "<", size):
            depth += 1
        if depth == 0 and section == "local" and _is(line, "|", size):
            section = "base"
            found.bases += 1
        elif depth == 0 and section != "remote" and _is(line, "=", size):
            section = "remote"
        elif depth == 0 and section == "remote" and _is(line, ">", size):
            found.labels.setdefault("remote", line[size:].strip())
            break
        else:
            depth -= depth > 0 and _is(line, ">", size)
            parts[section].append(line)
        index += 1
    found.depth += 1
    for side, part in parts.items():
        if side in into:
            nested = found.depth < _DEEPEST and _is_nested(part)
            _walk(part, 0, found, (side,)) if nested else found.texts[side].extend(part)
    found.depth -= 1
    return index + 1


def _is_nested(lines: list[str]) -> bool:
    return any(_START.match(line) for line in lines)


def _is(line: str, mark: str, size: int) -> bool:
    # Most lines fail at once, however many signs the first marker of the file has.
    begins = line[:1] == mark and len(line) >= size and line.startswith(mark * size)
    return begins and line[size : size + 1] in ("", " ", "\r", "\n")


def _read_notebook(text: str, name: str) -> Notebook:
    """Return a side's notebook: as it is, else what can be read of it."""
    try:
        found = read(text.encode(), name=name)
        if not found.warnings:
            return found
    except NbvcError:
        pass
    return salvage_notebook(text, name)


def salvage_notebook(text: str, name: str = "") -> Notebook:
    """Return a notebook of all cells that can be found in a text.

    Raises `NotebookError` if there is nothing of a notebook in it.
    """
    value = parse_leniently(text)
    cells = [_make_cell(cell) for cell in cells_in(value)]
    if not cells and "nbformat" not in value:
        raise NotebookError("not a notebook, and cannot be repaired", where=name or None)
    minor = value.get("nbformat_minor")
    has_ids = any("id" in cell for cell in cells)
    if type(minor) is not int or not 0 <= minor <= 5:
        minor = _WITH_IDS if has_ids else _WITH_IDS - 1
    metadata = value.get("metadata")
    whole = {
        "cells": cells,
        "metadata": metadata if type(metadata) is dict else {},
        "nbformat": 4,
        "nbformat_minor": minor,
    }
    notebook = Notebook.from_dict(whole, name=name)
    return _without_half(notebook.with_cells(with_ids(notebook.cells, minor)))


def _without_half(notebook: Notebook) -> Notebook:
    """Return a notebook without the members that the schema does not allow: they were cut.

    They are keys of metadata, outputs, and attachments.
    """
    from nbvc.notebook.validity import find_problems

    while problems := find_problems(notebook):
        whole = notebook.to_dict()
        # From the end, so that the places before stay what they are.
        dropped = [_drop(whole, one.place) for one in reversed(problems)]
        if not any(dropped):
            break
        notebook = Notebook.from_dict(whole, name=notebook.name)
    return notebook


def _drop(whole: dict[str, Any], place: tuple[str | int, ...]) -> bool:
    """Drop what is at a place; return whether it can be."""
    match place:
        case ("metadata", key, *_):
            holder, last = whole["metadata"], key
        case ("cells", int(index), "metadata" | "attachments" | "outputs" as member, key, *_):
            holder, last = whole["cells"][index][member], key
        case _:
            return False
    try:
        del holder[last]
    except LookupError:
        return False
    return True


def _make_cell(found: dict[str, Any]) -> dict[str, Any]:
    """Return a cell that the format allows, from whatever was found of one."""
    source = _join_text(found.get("source", found.get("input", "")))
    kind = found.get("cell_type")
    if kind == "heading":  # format 3
        kind, source = "markdown", f"# {source}"
    kind = kind if kind in ("code", "markdown", "raw") else "code" if "outputs" in found else "raw"
    metadata = found.get("metadata")
    cell: dict[str, Any] = {
        "cell_type": kind,
        "metadata": metadata if type(metadata) is dict else {},
        "source": source,
    }
    if type(found.get("id")) is str:
        cell["id"] = found["id"]
    if kind == "code":
        count = found.get("execution_count")
        cell["execution_count"] = count if type(count) is int else None
        outputs = found.get("outputs")
        cell["outputs"] = [
            item for item in (outputs if type(outputs) is list else []) if _is_output(item)
        ]
    elif type(found.get("attachments")) is dict:
        cell["attachments"] = found["attachments"]
    return cell


def _join_text(value: Any) -> str:
    if type(value) is list:
        return "".join(item for item in value if type(item) is str)
    return value if type(value) is str else ""


def _is_output(item: Any) -> bool:
    """Return whether an output is whole; half ones are left out, a rerun restores them."""
    if type(item) is not dict:
        return False
    kind = item.get("output_type")
    if kind == "stream":
        return type(item.get("text")) in (str, list) and type(item.get("name")) is str
    if kind == "error":
        return all(key in item for key in ("ename", "evalue", "traceback"))
    if kind == "execute_result":
        item.setdefault("execution_count", None)
    if kind in ("execute_result", "display_data"):
        item.setdefault("metadata", {})
        return type(item.get("data")) is dict and type(item["metadata"]) is dict
    return False


def labels_in(content: bytes) -> tuple[str, str]:
    """Return git's names of both sides as they are behind its first markers, or nothing."""
    ours = re.search(rb"^<{7,} (.*)$", content, re.MULTILINE)
    theirs = re.search(rb"^>{7,} (.*)$", content, re.MULTILINE)
    return (
        ours[1].decode(errors="replace").strip() if ours else "",
        theirs[1].decode(errors="replace").strip() if theirs else "",
    )


def fix_notebook(content: bytes, name: str = "") -> tuple[bytes, MergeResult | None]:
    """Return a notebook that opens, made of a file that doesn't, and the merge if there was one.

    Raises `NotebookError` if there is nothing of a notebook in the file.
    """
    try:
        content = _as_utf8(content)
        # What an editor has merely saved in another encoding is whole: it keeps its layout.
        return (content, None) if can_open(content) else _fix_content(content, name)
    except RecursionError:
        raise NotebookError("it is nested too deeply", where=name or None) from None


def _as_utf8(content: bytes) -> bytes:
    """Return a text in UTF-16, which some editors write, as UTF-8."""
    order = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"{\0": "utf-16-le", b"\0{": "utf-16-be"}
    encoding = order.get(content[:2])
    return content.decode(encoding, errors="replace").encode() if encoding else content


def can_open(content: bytes) -> bool:
    """Return whether a file can be read as a notebook as it is."""
    try:
        read(content)
    except NbvcError:
        return False
    return True


def _fix_content(content: bytes, name: str) -> tuple[bytes, MergeResult | None]:
    if not has_markers(content):
        return salvage_notebook(
            content.decode("utf-8-sig", errors="replace"), name
        ).to_bytes(), None
    from nbvc.merging import Strategy, merge
    from nbvc.merging.files import check_result

    sides = sides_of(content, name)
    strategy = Strategy(
        local_label=sides.local_label or "local", remote_label=sides.remote_label or "remote"
    )
    base = sides.base or Notebook.empty(sides.local.nbformat_minor)
    result = merge(base, sides.local, sides.remote, strategy)
    return check_result(result, (sides.local, sides.remote)), result
