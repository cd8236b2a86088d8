"""Outputs in a page: as text where they have one, images and tables as such, HTML in a shut frame."""

from __future__ import annotations

import re

from nbvc.diffing.meaning.model import ImageMeaning, JsonMeaning, TableMeaning
from nbvc.render.html import pictures, tables
from nbvc.render.html.code import Lines
from nbvc.render.html.elements import NOTHING, Html, join_pieces, make_element, show_names
from nbvc.render.html.hunks import render_compared, render_whole
from nbvc.render.html.sandbox import fold_frame
from nbvc.render.media import describe_media, digest
from nbvc.render.shown import name_output
from nbvc.render.values import shorten_values

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import Any

    from nbvc.diffing.meaning.model import Meaning
    from nbvc.render.shown import ShownOutput

_TEXTS = ("text/markdown", "text/latex", "text/plain")
_HTML = "text/html"
_WIDGET = "application/vnd.jupyter.widget-view+json"
"""Names a model that lives in the kernel, anew with every run."""
_MOST_WORDS = 20_000
"""So many characters of an output are shown that has its text in HTML alone."""
_MOST_HTML = 100_000
_MOST_LISTED = 40
"""So many values that changed in a JSON document are listed."""


def render_output(found: Any, change: str = "") -> Html:
    """Return one output as it is; `change` is `added`, `removed` or empty."""
    return _frame_output(name_output(found), change, _render_whole(found, change), change)


def render_changed(found: ShownOutput, key: str) -> Html:
    """Return an output that changed, with both sides; `key` is its name on the page."""
    if found.before is None or found.after is None:
        change = found.diff.change.value
        one = found.before if found.after is None else found.after
        return _frame_output(found.name, found.words, _render_whole(one, change), change)
    body = _render_both(found.before, found.after, found.diff.meaning, key)
    return _frame_output(found.name, found.words, body, "modified")


def _frame_output(name: str, words: str, body: Iterable[Html], change: str) -> Html:
    label = [make_element("span", name, class_="mime")] + (
        [make_element("b", words)] if words else []
    )
    said = make_element("p", *label, class_="olabel")
    return make_element("div", said, *body, class_=f"output {change}".strip())


def output_text(found: Any) -> str | None:
    """Return the text of an output as a person reads it; None if it has none."""
    if type(found) is not dict:
        return repr(found)
    kind = found.get("output_type")
    if kind == "stream":
        return _fold_text(found.get("text", ""))
    if kind == "error":
        return _read_error(found)
    data = found.get("data")
    return _bundle_text(data) if type(data) is dict else None


def _bundle_text(data: Mapping[str, Any]) -> str | None:
    for mime in _TEXTS:
        if type(data.get(mime)) is str:
            return _fold_text(data[mime])
    return None


def _read_words(content: Any) -> str:
    """Return what HTML says, without its markup."""
    if type(content) is not str:
        return ""
    from nbvc.diffing.meaning.html import read_words

    return read_words(content)[:_MOST_WORDS]


def _read_error(found: Mapping[str, Any]) -> str:
    lines = found.get("traceback")
    trace = "\n".join(map(str, lines)) if type(lines) is list else ""
    trace = _fold_text(trace)
    return trace if trace.strip() else _name_of_error(found)


def _name_of_error(found: Any) -> str:
    if type(found) is not dict or found.get("output_type") != "error":
        return ""
    return f"{found.get('ename', '')}: {found.get('evalue', '')}"


def _fold_text(found: Any) -> str:
    """Return text as a terminal shows it in the end: no colors, nothing that was overwritten."""
    content: str = found if type(found) is str else repr(found)
    if "\r" in content or "\x1b" in content or "\b" in content:
        from nbvc.diffing.meaning.folding import fold_text

        content = fold_text(content)
    return content.removesuffix("\n")


# One side


def _render_whole(found: Any, change: str) -> Iterator[Html]:
    data = found.get("data") if type(found) is dict else None
    if type(data) is not dict:
        yield render_whole(Lines(output_text(found) or ""), change, numbers=False)
        return
    shown: set[str] = set()
    for mime in pictures.IMAGES:
        drawn = pictures.render_picture(mime, data.get(mime), "", change)
        if drawn is not None:
            yield drawn
            shown |= {mime, "text/plain"}
            break
    table = NOTHING if shown else tables.render_whole(data.get(_HTML), change)
    if table:
        yield table
        shown |= {_HTML, "text/plain"}
    yield from _render_texts(data, shown, change)


def _render_texts(data: Mapping[str, Any], shown: set[str], change: str) -> Iterator[Html]:
    written = None if "text/plain" in shown else _bundle_text(data)
    if written is None and not shown and type(data.get(_HTML)) is str:
        written = _read_words(data[_HTML])
    if written is not None:
        yield render_whole(Lines(written), change, numbers=False)
    if type(data.get(_HTML)) is str:
        yield fold_frame(data[_HTML], "HTML output")
    yield _name_others(data, shown | {_HTML, *_TEXTS})


def _name_others(data: Mapping[str, Any], shown: set[str]) -> Html:
    """Name the forms of an output that aren't shown."""
    words = [describe_media(mime, data[mime]) for mime in data if mime not in shown]
    return make_element("p", " · ".join(words), class_="note") if words else NOTHING


# Both sides


def _render_both(before: Any, after: Any, meaning: Meaning | None, key: str) -> Iterator[Html]:
    old, new = (
        side.get("data") if type(side) is dict and type(side.get("data")) is dict else None
        for side in (before, after)
    )
    if old is None or new is None:
        sides = [output_text(side) or "" for side in (before, after)]
        if sides[0] == sides[1]:  # errors at the same place
            sides = [_name_of_error(side) or sides[0] for side in (before, after)]
        yield _compare_texts(*sides)
        return
    shown: set[str] = set()
    picture = _render_pictures(old, new, meaning, key)
    if picture is not None:
        yield picture
        shown = {*pictures.IMAGES, "text/plain"}
    yield from _render_tables(old, new, meaning, shown)
    yield from _render_rest(old, new, meaning, shown)


def _render_pictures(
    old: Mapping[str, Any], new: Mapping[str, Any], meaning: Meaning | None, key: str
) -> Html | None:
    """Return the first image that changed, compared; or those of either side where types differ."""
    told = next((one for one in _list_meanings(meaning) if isinstance(one, ImageMeaning)), None)
    mime_told = told.mime if told else None
    mimes = [mime for mime in pictures.IMAGES if mime in old and mime in new]
    mimes.sort(key=lambda mime: (mime != mime_told, old[mime] == new[mime]))
    for mime in mimes:
        if old[mime] != new[mime]:
            found = pictures.render_compared(mime, old[mime], new[mime], told, key)
            if found is not None:
                return found
    if mimes and all(old[mime] == new[mime] for mime in mimes):
        return pictures.render_picture(mimes[0], new[mimes[0]])
    drawn = [
        found
        for side, change in ((old, "removed"), (new, "added"))
        for mime in pictures.IMAGES
        if (found := pictures.render_picture(mime, side.get(mime), change.title(), change))
        is not None
    ]
    return make_element("div", *drawn, class_="figures") if drawn else None


def _render_tables(
    old: Mapping[str, Any], new: Mapping[str, Any], meaning: Meaning | None, shown: set[str]
) -> Iterator[Html]:
    told = next((one for one in _list_meanings(meaning) if isinstance(one, TableMeaning)), None)
    if told and told.tables:
        yield tables.render_compared(old.get(_HTML), new.get(_HTML), told)
        shown |= {_HTML, "text/plain"}
    elif old.get(_HTML) != new.get(_HTML) and not _bundle_differs(old, new):
        drawn = [
            tables.render_whole(old.get(_HTML), "removed"),
            tables.render_whole(new.get(_HTML), "added"),
        ]
        if all(drawn):
            shown |= {_HTML, "text/plain"}
            yield join_pieces(*drawn)


def _bundle_differs(old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    return _bundle_text(old) != _bundle_text(new)


def _render_rest(
    old: Mapping[str, Any], new: Mapping[str, Any], meaning: Meaning | None, shown: set[str]
) -> Iterator[Html]:
    said = False
    if "text/plain" not in shown and (_bundle_differs(old, new) or len(old) == 1):
        one, other = _bundle_text(old), _bundle_text(new)
        if one is not None or other is not None:
            said = True
            yield _compare_texts(one or "", other or "")
    for told in _list_meanings(meaning):
        if isinstance(told, JsonMeaning) and told.changes:
            said = True
            shown.add(str(told.mime))
            yield _render_paths(told)
    if not shown and old.get(_HTML) != new.get(_HTML):
        yield _compare_html(old.get(_HTML), new.get(_HTML), said=said)
    if old.get(_HTML) != new.get(_HTML):
        for side, name in ((old, "before"), (new, "after")):
            if type(side.get(_HTML)) is str:
                yield fold_frame(side[_HTML], f"HTML output, {name}", f"As HTML, {name}")
    yield _render_others(old, new, {*shown, _HTML, *_TEXTS})


def _compare_html(before: Any, after: Any, *, said: bool) -> Html:
    """Compare what HTML says, or how it is written where it has the same content, as maps and charts do.

    What was `said` already by the output's text isn't repeated.
    """
    old, new = _read_words(before), _read_words(after)
    if old != new:
        return NOTHING if said else _compare_texts(old, new)
    if type(before) is not str or type(after) is not str:
        return NOTHING
    one, other = _break_lines(before), _break_lines(after)
    if one == other and max(len(before), len(after)) > _MOST_HTML:
        note = f"The HTML differs, its first {_MOST_HTML:,} characters show the same."
        return make_element("p", note, class_="note")
    return _compare_texts(one, other)


def _break_lines(content: str) -> str:
    """Return HTML as it is compared, made-up names numbered, with a statement or member a line."""
    from nbvc.diffing.meaning.html import write_tokens
    from nbvc.diffing.meaning.markup import number_names, scan

    # What an address carries is in the frame already, and nothing to read.
    content = re.sub(r"(data:[\w/+.;=-]{1,60},)([\w+/=%-]{80,})", _name_address, content)
    content = write_tokens(number_names(scan(content[:_MOST_HTML])))
    return re.sub(r"(?<=[>;{},])[^\S\n]*(?!\n)", "\n", content)


def _name_address(address: re.Match[str]) -> str:
    """Return an address by the digest of what it carries."""
    return f"{address[1]}{digest(address[2])}"


def _render_others(old: Mapping[str, Any], new: Mapping[str, Any], shown: set[str]) -> Html:
    words = []
    for mime in [*old, *(mime for mime in new if mime not in old)]:
        if (
            mime in shown
            or mime == _WIDGET
            or (mime in old and mime in new and old[mime] == new[mime])
        ):
            continue
        sides = [describe_media(mime, side[mime]) for side in (old, new) if mime in side]
        change = "" if len(sides) == 2 else (" removed" if mime in old else " added")
        words.append(f"{' → '.join(sides)}{change}")
    return make_element("p", " · ".join(words), class_="note") if words else NOTHING


def _compare_texts(before: str, after: str) -> Html:
    if before == after:
        return make_element("p", "What can be read is the same.", class_="note")
    return render_compared(before, after)


def _list_meanings(meaning: Meaning | None) -> tuple[Meaning, ...]:
    return (meaning, *meaning.also) if meaning else ()


def _render_paths(meaning: JsonMeaning) -> Html:
    """Return the values of a JSON document that changed, by path."""
    rows = [
        make_element(
            "tr",
            make_element("th", ".".join(map(str, change.path))),
            make_element("td", *render_values(change.before, change.after)),
        )
        for change in meaning.changes[:_MOST_LISTED]
    ]
    more = meaning.changed - len(rows)
    if more > 0:
        rows.append(
            make_element("tr", make_element("td", f"⋮ {more} more", colspan=2), class_="gap")
        )
    caption = make_element("caption", meaning.mime or "JSON")
    return make_element("div", make_element("table", caption, *rows), class_="table paths")


def render_values(before: str | None, after: str | None) -> tuple[Html, str, Html]:
    """Return both values of a change, nothing for a side that has none."""
    old, new = shorten_values(before, after)
    return (
        make_element("del", show_names(old)) if old else NOTHING,
        " ",
        make_element("ins", show_names(new)) if new else NOTHING,
    )
