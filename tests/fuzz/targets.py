"""What is fuzzed. Each target takes any bytes; what it raises is a bug.

Several files go into one input, with `CUT` between them.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any

import nbvc
from nbvc.errors import NbvcError, NotebookError, RewriteRefusedError
from nbvc.git.setup.filter_protocol import ProtocolError, serve
from nbvc.merging import Action, Strategy
from nbvc.merging.files import merge_files
from nbvc.merging.markers import Take, find, settle
from nbvc.normalising import PRESETS, normalise
from nbvc.normalising.cleaning import clean as clean_notebook
from nbvc.render.paint import Painter
from nbvc.render.readable import format_notebook
from nbvc.render.terminal import TerminalRenderer
from nbvc.render.unified import render_unified

CUT = b"\n%%%% next file %%%%\n"
Target = Callable[[bytes], None]

_STEERS = {chr(code) for code in (*range(0x20), *range(0x7F, 0xA0))} - {"\n", "\t"}
_STEERS |= set("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def reader(data: bytes) -> None:
    """Bytes to a notebook and back; an edit of one cell leaves the others alone."""
    try:
        found = nbvc.read(data)
    except NbvcError:
        return
    assert found.to_bytes() == data
    as_text = _exact(found.to_dict())
    assert found == nbvc.read(data)
    if not _has_sources(found):
        return
    _is_harmless("\n".join(format_notebook(found)))
    if not found.cells:
        return
    try:
        edited = found.edit_source(0, found.cells[0].source + "\nadded = 1")
        again = nbvc.read(edited.to_bytes())
    except NbvcError:
        return
    assert again.cells[0].source.endswith("\nadded = 1")
    assert _exact(again.to_dict()["cells"][1:]) == _exact(json.loads(as_text)["cells"][1:])


def differ(data: bytes) -> None:
    """Two notebooks: a diff that is complete, is drawn in every form, and is nothing of itself."""
    pair = _notebooks(data, 2)
    if pair is None:
        return
    before, after = pair
    if not _has_sources(before) or not _has_sources(after) or before.warnings:
        return
    found = nbvc.diff(before, after)
    assert nbvc.patch(before, found) == after
    written = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert nbvc.patch(before, nbvc.NotebookDiff.from_dict(written)) == after
    assert not nbvc.diff(after, after).changed
    assert sorted(i for cell in found.cells for i in cell.before) == [*range(len(before.cells))]
    assert sorted(j for cell in found.cells for j in cell.after) == [*range(len(after.cells))]
    firsts = [cell.after[0] for cell in found.cells if cell.after]
    assert firsts == sorted(firsts)  # Other cells may stand between the parts of a split.
    mirrored = {(cell.after, cell.before, cell.moved) for cell in nbvc.diff(after, before).cells}
    assert mirrored == {(cell.before, cell.after, cell.moved) for cell in found.cells}
    found.to_nbdime()
    everything = nbvc.DiffPolicy(parts=frozenset(nbvc.Part))
    shown = TerminalRenderer(nbvc.diff(before, after, everything), Painter(on=False))
    _is_harmless("\n".join(shown.lines()))
    [*TerminalRenderer(found, Painter(on=True)).lines()]
    render_unified(before, after, frozenset(nbvc.Part), names=("a", "b"))


def merger(data: bytes) -> None:
    """Base, local and remote: a notebook that opens, with all lines of both sides."""
    three = _notebooks(data, 3)
    if three is None:
        return
    base, local, remote = three
    try:
        contents = [one.to_bytes() for one in three]
        content, result = merge_files(contents[0], contents[1], contents[2], Strategy())
    except NbvcError:
        return
    again = nbvc.read(content)
    if not local.problems() and not remote.problems():
        assert not again.problems(), again.problems()[:3]
    if not all(map(_has_sources, (base, local, remote))):
        return
    if not any(decision.action is Action.WORDS for decision in result.decisions):
        old, mine, theirs, new = map(_lines, (base, local, remote, again))
        # A picture that both sides changed gets two names, and its lines name those.
        lost = {line for line in (mine | theirs) - old - new if line and "(attachment:" not in line}
        assert not lost, sorted(lost)[:3]
    assert nbvc.merge(base, local, base).notebook == local
    assert nbvc.merge(base, base, remote).notebook == remote
    for conflict in result.conflicts:
        cell = result.notebook.cells[conflict.cell]
        for take in Take:
            settled = settle(cell, [take] * conflict.hunks)
            assert settled is None or find(settled) is None


def markers(data: bytes) -> None:
    """A file full of conflict markers, or cut anywhere: a notebook that opens, or an error."""
    from nbvc.merging.textual import fix_notebook, labels_in

    labels_in(data)
    try:
        content, _ = fix_notebook(data, "n.ipynb")
    except NbvcError:
        return
    found = nbvc.read(content)
    for cell in found.cells:
        marked = find(cell)
        if marked:
            settle(cell, [Take.BOTH] * marked.hunks)


def textconv(data: bytes) -> None:
    """What git shows: some text for anything, and nothing in it steers a terminal."""
    from nbvc.cli.callbacks.git_textconv import convert_notebook

    shown = convert_notebook(data)
    assert shown or not data or not nbvc.read(data).cells
    _is_harmless(shown)


def cleaner(data: bytes) -> None:
    """Any notebook, any preset: finished at once, and nothing else touched."""
    try:
        found = nbvc.read(data)
    except NbvcError:
        return
    for policy in PRESETS.values():
        try:
            cleaned = normalise(found, policy)
        except RewriteRefusedError:
            return  # a key appears twice
        content = cleaned.to_bytes()
        again = nbvc.read(content)
        assert again == cleaned
        assert normalise(again, policy).to_bytes() == content
        assert len(again.cells) == len(found.cells)
        if _has_sources(found):
            assert [cell.source for cell in again.cells] == [cell.source for cell in found.cells]


def protocol(data: bytes) -> None:
    """What git says to the filter, cut off or garbled: an error, or an answer of whole packets."""
    cleaned: list[tuple[str, bytes]] = []
    refused: list[str] = []

    def clean(path: str, content: bytes) -> bytes:
        cleaned.append((path, content))
        if content.startswith(b"{}"):
            raise NotebookError("no notebook")
        return content[::-1]

    answers = io.BytesIO()
    try:
        serve(io.BytesIO(data), answers, clean, lambda path, _: refused.append(path))
    except ProtocolError:
        pass
    said = _packets(answers.getvalue())
    statuses = [part for part in said if part and part.startswith(b"status=")]
    assert statuses.count(b"status=error\n") == len(refused)
    assert len(cleaned) <= len(statuses)
    assert len(said) < 2 or said[:2] == [b"git-filter-server\n", b"version=2\n"]


def conversation(data: bytes) -> None:
    """Git sends these files, one after the other, through the filter as users have it."""
    files = data.split(CUT)
    hello = _said(b"git-filter-client", b"version=2") + _said(b"capability=clean")
    asked = [hello]
    for number, content in enumerate(files):
        asked.append(_said(b"command=clean", b"pathname=%d.ipynb" % number) + _chunked(content))
    kept: dict[str, bytes] = {}
    refused: list[str] = []

    def clean(path: str, content: bytes) -> bytes:
        done = clean_notebook(nbvc.read(content), PRESETS["strip"]) if content else None
        kept[path] = done.after.to_bytes() if done else content
        return kept[path]

    answers = io.BytesIO()
    serve(io.BytesIO(b"".join(asked)), answers, clean, lambda path, _: refused.append(path))
    said = _packets(answers.getvalue())
    got = _answered(said[said.index(b"capability=clean\n") + 2 :])
    assert got == [kept.get(f"{number}.ipynb") for number in range(len(files))]
    assert sorted({*kept, *refused}) == sorted(f"{number}.ipynb" for number in range(len(files)))
    # What was something is never nothing.
    assert all(one or not file for one, file in zip(got, files, strict=True) if one is not None)


def _answered(said: list[bytes | None]) -> list[bytes | None]:
    """Return the content of every answer, None for a refusal."""
    found: list[bytes | None] = []
    while said:
        status, flush = said[:2]
        assert flush is None
        said = said[2:]
        if status == b"status=error\n":
            found.append(None)
            continue
        assert status == b"status=success\n"
        end = said.index(None)
        found.append(b"".join(part for part in said[:end] if part is not None))
        assert said[end + 1] is None
        said = said[end + 2 :]
    return found


def _packets(answer: bytes) -> list[bytes | None]:
    """Take an answer apart; None is a flush."""
    found: list[bytes | None] = []
    while answer:
        size = int(answer[:4], 16)
        assert size == 0 or 4 < size <= 65520
        assert len(answer) >= size
        found.append(answer[4:size] if size else None)
        answer = answer[size or 4 :]
    return found


def _said(*lines: bytes) -> bytes:
    return b"".join(b"%04x%b\n" % (len(line) + 5, line) for line in lines) + b"0000"


def _chunked(content: bytes, size: int = 65516) -> bytes:
    parts = [content[start : start + size] for start in range(0, len(content), size)]
    return b"".join(b"%04x%b" % (len(part) + 4, part) for part in parts) + b"0000"


TARGETS: dict[str, Target] = {
    "reader": reader,
    "differ": differ,
    "merger": merger,
    "markers": markers,
    "textconv": textconv,
    "cleaner": cleaner,
    "protocol": protocol,
    "filter": conversation,
}
FILES = {"differ": 2, "merger": 3, "filter": 3}
"""How many files an input has, where it is not one."""


def _notebooks(data: bytes, count: int) -> list[nbvc.Notebook] | None:
    parts = data.split(CUT)
    try:
        return [nbvc.read(parts[number % len(parts)]) for number in range(count)]
    except NbvcError:
        return None


def _has_sources(notebook: nbvc.Notebook) -> bool:
    """Tell whether every cell's source is text: what isn't is judged when it is looked at."""
    try:
        return all(type(cell.source) is str for cell in notebook.cells)
    except NotebookError:
        return False


def _exact(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


def _lines(notebook: nbvc.Notebook) -> set[str]:
    return {line.strip() for cell in notebook.cells for line in cell.source.split("\n")}


def _is_harmless(text: str) -> None:
    assert not _STEERS & set(text), ascii(_STEERS & set(text))
