"""Show comparisons: each as lines, at once, or all as one document."""

from __future__ import annotations

import os

import click
import msgspec

from nbvc.cli.settings.viewing import Format, Gate
from nbvc.cli.terminal.screen import notice, show, write_lines
from nbvc.diffing.policy import DEFAULT_PARTS, Part
from nbvc.errors import StoredFormError
from nbvc.names import list_some
from nbvc.render.escape import escape_line
from nbvc.workflow.compare import compare, compare_all

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from nbvc.cli.settings.viewing import View
    from nbvc.diffing import NotebookDiff
    from nbvc.render.terminal import TerminalRenderer
    from nbvc.workflow.compare import Comparison, Pair, Pairs

_MOST_NAMED = 5
"""So many notebooks are named in which noise alone changed."""
_PARTS = {Gate.SOURCES: Part.SOURCES, Gate.OUTPUTS: Part.OUTPUTS}


class Verdict(msgspec.Struct, frozen=True):
    """What comparisons mean for the exit code: `failed` is one of its own, of what cannot be read."""

    changed: bool = False
    touched: frozenset[Part] = frozenset()
    failed: int = 0

    def __or__(self, other: Verdict) -> Verdict:
        """Return what both mean together."""
        return Verdict(
            self.changed or other.changed,
            self.touched | other.touched,
            other.failed or self.failed,
        )

    def exit_code(self, gate: Gate) -> int:
        """Return the exit code of a command with this gate."""
        part = _PARTS.get(gate)
        is_stopped = self.changed if gate is Gate.ANY else part in self.touched
        return self.failed or int(is_stopped)


def judge(one: Comparison, view: View) -> Verdict:
    """Return what one comparison means for the exit code."""
    if one.error and (view.for_programs or one.texts is None):
        return Verdict(failed=getattr(one.error, "exit_code", 2))
    if not one.is_change:
        return Verdict()
    if one.diff is None:
        return Verdict(changed=True, touched=frozenset((Part.SOURCES, Part.OUTPUTS)))
    if view.gate not in _PARTS:
        return Verdict(changed=True)
    from nbvc.render.shown import find_touched

    return Verdict(changed=True, touched=find_touched(one.diff, for_gate=True))


def is_read_by_person(view: View) -> bool:
    """Return whether a diff is shown at a terminal, not written for a program or a file."""
    return view.format is Format.TERMINAL and view.look.width is not None and not view.path


def is_noise(one: Comparison, view: View) -> bool:
    """Return whether noise alone changed, and a person at a terminal should learn of it.

    Otherwise git lists the notebook as modified, and nothing is shown of it.
    """
    if not is_read_by_person(view):
        return False
    found = one.diff
    if one.is_change or found is None or found.policy.parts != DEFAULT_PARTS:
        return False
    return bool(found.before and found.after and found.before.text != found.after.text)


def list_notices(one: Comparison, view: View) -> list[str]:
    """Return what stderr gets: what is wrong with a side, and the warnings about both."""
    if one.error:
        as_text = one.texts is not None and not view.for_programs
        return [f"{one.problem}; compared as plain text" if as_text else one.problem]
    if one.diff is None or not (one.is_change or view.for_programs):
        return []
    sides = [side for side in (one.diff.before, one.diff.after) if side]
    return [f"{side.name}: {warning}" for side in sides for warning in side.warnings]


def show_comparisons(pairs: Pairs, view: View) -> int:
    """Show pairs of notebooks, close them, and return the exit code."""
    try:
        if len(pairs.pairs) > 1 and view.format is Format.NBDIME:
            raise click.UsageError("--format nbdime requires exactly two notebooks")
        if view.is_document:
            return _write_document(pairs, view)
        run = _Run(view)
        if view.path:
            write_lines(view.path, run.lines(pairs))
        else:
            show(run.lines(pairs), paged=view.paged)
        return run.verdict.exit_code(view.gate)
    finally:
        pairs.close()


def _write_document(pairs: Pairs, view: View) -> int:
    from nbvc.cli.terminal.browser import write_document
    from nbvc.render.html.report import report
    from nbvc.render.markdown import comment

    collected, verdict = collect(pairs, view)
    is_page = view.format is Format.HTML
    document = "".join(report(collected)) if is_page else comment(collected)
    write_document(document, view.path, in_browser=view.in_browser)
    return verdict.exit_code(view.gate)


def collect(pairs: Pairs, view: View) -> tuple[list[Comparison], Verdict]:
    """Return the comparisons of what changed and of what cannot be read."""
    from nbvc.cli.terminal.waiting import Waiting

    verdict = Verdict()
    collected = []
    with Waiting(f"comparing {len(pairs.pairs)} notebooks"):
        for one in compare_all(pairs, view.asked):
            for text in list_notices(one, view):
                notice(text)
            verdict |= judge(one, view)
            if one.is_change or one.error:
                collected.append(one)
    return collected, verdict


class _Block(msgspec.Struct, frozen=True):
    """What there is to print about one pair, and its verdict; text may hold lone surrogates."""

    notices: Iterable[str]
    verdict: Verdict
    lines: Iterable[str]
    noise: Iterable[str] = ()
    """The name of a notebook in which noise alone changed."""

    @classmethod
    def of(cls, one: Comparison, view: View) -> _Block:
        """Return what a comparison is shown as; its lines are made when they are taken."""
        noise = [one.pair.name] if is_noise(one, view) else []
        return cls(list_notices(one, view), judge(one, view), lines_of(one, view), noise)

    def pack(self) -> bytes:
        """Return it as bytes for another process."""
        texts = [
            [text.encode("utf-8", "surrogatepass") for text in part]
            for part in (self.notices, self.lines, self.noise)
        ]
        return msgspec.msgpack.encode((*texts, self.verdict))

    @classmethod
    def unpack(cls, content: bytes) -> _Block:
        """Return what another process has packed."""
        kind = tuple[list[bytes], list[bytes], list[bytes], Verdict]
        notices, lines, noise, verdict = msgspec.msgpack.decode(content, type=kind)
        return cls(map(_decode, notices), verdict, map(_decode, lines), map(_decode, noise))


def _decode(text: bytes) -> str:
    return text.decode("utf-8", "surrogatepass")


class _Run:
    """One run over all pairs, line by line; the verdict is complete when all lines were taken."""

    def __init__(self, view: View) -> None:
        self.view = view
        self.verdict = Verdict()
        self.noise: list[str] = []

    def lines(self, pairs: Pairs) -> Iterator[str]:
        texts = map(self._take, _make_blocks(pairs, self.view))
        if self.view.format is Format.JSON and pairs.many:
            from nbvc.render.json import json_list

            yield from json_list(line for lines in texts for line in lines)
            return
        apart = shown = False
        for lines in texts:
            # A single pair that cannot be compared is not a document for programs.
            for line in () if self.view.for_programs and self.verdict.failed else lines:
                if apart and not self.view.is_brief:
                    yield ""
                apart = False
                shown = True
                yield line
            apart = True
        if self.noise:
            yield from [""] if shown else []
            yield self._describe_noise()
        elif not shown and not self.verdict.failed and is_read_by_person(self.view):
            yield self.view.look.painter().dim("No changes.")

    def _describe_noise(self) -> str:
        """Return a line that names the notebooks in which noise alone changed."""
        from nbvc.render.words import count

        names = list_some([*map(escape_line, self.noise)], _MOST_NAMED)
        paint = self.view.look.painter()
        whole = count(len(self.noise), "notebook", "with noise only (show it with -d, -i)")
        return paint.dim(f"{whole}: {names}")

    def _take(self, block: _Block) -> Iterable[str]:
        for text in block.notices:
            notice(text)
        self.verdict |= block.verdict
        self.noise += block.noise
        return block.lines


def _make_blocks(pairs: Pairs, view: View) -> Iterator[_Block]:
    """Yield what each pair is shown as; many pairs are compared on several cores."""
    count = len(pairs.pairs)
    if count > 1:
        from nbvc.workflow.cores import count_processes, share_work

        if (processes := count_processes(count)) > 1:
            pairs.close()  # each process reads for itself
            work = _Elsewhere(view, pairs.pairs)
            done = share_work(work, count, processes, pairs.expect, environ=os.environ)
            yield from map(_Block.unpack, done)
            return
    for one in compare_all(pairs, view.asked, for_programs=view.for_programs):
        yield _Block.of(one, view)


class _Elsewhere(msgspec.Struct, frozen=True):
    """What another process needs to compare some of the pairs."""

    view: View
    pairs: tuple[Pair, ...]

    def __call__(self, number: int) -> bytes:
        """Compare a pair, and return all that there is to print about it."""
        view = self.view
        one = compare(self.pairs[number], view.asked, for_programs=view.for_programs)
        return _Block.of(one, view).pack()


def lines_of(one: Comparison, view: View) -> Iterator[str]:
    """Yield the lines that a comparison is shown as."""
    if one.texts is not None and not view.for_programs:
        yield from _lines_of_texts(one, one.texts, view)
    elif one.diff is not None and (one.is_change or view.for_programs):
        yield from _lines_of_diff(one.pair, one.diff, view)
    elif one.error and view.format is Format.JSON:
        from nbvc.render.json import as_json, unreadable_as_dict

        yield as_json(unreadable_as_dict(one))
    elif one.error and view.format is Format.NAMES:
        yield escape_line(one.pair.path)
    elif one.error and view.format is Format.STAT:
        yield escape_line(f"{one.pair.name} | not available")


def _lines_of_diff(pair: Pair, found: NotebookDiff, view: View) -> Iterator[str]:
    if view.format is Format.NAMES:
        yield escape_line(pair.path)
    elif view.format is Format.STAT:
        from nbvc.render.words import summarize_diff

        note = f"{pair.note}, " if pair.note else ""
        yield escape_line(f"{pair.name} | {note}{summarize_diff(found)}")
    elif view.format is Format.UNIFIED:
        from nbvc.render.unified import render_unified

        assert found.before is not None
        assert found.after is not None
        parts, names = found.policy.parts, _make_headers(pair)
        yield from render_unified(
            found.before, found.after, parts, context=view.context, names=names
        )
    elif view.for_programs:
        from nbvc.render.json import as_json

        nbdime = view.format is Format.NBDIME
        yield as_json(found.to_nbdime() if nbdime else found.to_dict())
    else:
        paint = view.look.painter(links=not view.paged)  # old pagers show them as text
        if pair.note:
            yield paint.bold(paint.names(escape_line(f"{pair.name}: {pair.note}")))
        renderer = _choose_renderer(view)(found, paint, view.context)
        if paint.links:
            old, new = (side.disk if side else None for side in (pair.before, pair.after))
            renderer.paths = old and os.path.abspath(old), new and os.path.abspath(new)
        yield from renderer.lines()


def _choose_renderer(view: View) -> type[TerminalRenderer]:
    if view.in_columns:
        from nbvc.render.columns import ColumnRenderer

        return ColumnRenderer
    from nbvc.render.terminal import TerminalRenderer

    return TerminalRenderer


def _lines_of_texts(one: Comparison, texts: tuple[str, str], view: View) -> Iterator[str]:
    """Yield the lines of two files of which one is not a notebook."""
    if view.format is Format.NAMES:
        yield escape_line(one.pair.path)
    elif view.format is Format.STAT:
        missing = isinstance(one.error, StoredFormError)
        what = "not available" if missing else "not a notebook"
        yield escape_line(f"{one.pair.name} | {what}")
    else:
        from nbvc.render.unified import unified_lines

        old, new = map(_split_text, texts)
        yield from unified_lines(old, new, _make_headers(one.pair), view.context)


def _split_text(text: str) -> list[str]:
    from nbvc.render.escape import escape_text

    return escape_text(text).removesuffix("\n").split("\n") if text else []


def _make_headers(pair: Pair) -> tuple[str, str]:
    """Return the two names at the top of a unified diff; git's tools know a file by a/ and b/."""
    before, after = (
        f"{prefix if pair.in_git else ''}{side.path}" if side else "/dev/null"
        for prefix, side in (("a/", pair.before), ("b/", pair.after))
    )
    return before, after
