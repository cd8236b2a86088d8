"""Outputs in a page: as text where they have one, images and tables as such, HTML in a shut frame."""

from __future__ import annotations

import re

from nbvc.diffing.meaning.model import ImageMeaning, JsonMeaning, TableMeaning
from nbvc.render.html import pictures, tables
from nbvc.render.html.code import Lines
from nbvc.render.html.elements import NOTHING, Html, element, joined, shown
from nbvc.render.html.hunks import compared, whole
from nbvc.render.html.sandbox import folded_frame
from nbvc.render.media import described, digest
from nbvc.render.shown import name_output
from nbvc.render.values import values_shown

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


def output(found: Any, change: str = "") -> Html:
    """Return one output as it is; `change` is `added`, `removed` or empty."""
    return _framed(name_output(found), change, _whole(found, change), change)


def changed_output(found: ShownOutput, key: str) -> Html:
    """Return an output that changed, with both sides; `key` tells it from the others of the page."""
    if found.before is None or found.after is None:
        change = found.diff.change.value
        one = found.before if found.after is None else found.after
        return _framed(found.name, found.words, _whole(one, change), change)
    body = _both(found.before, found.after, found.diff.meaning, key)
    return _framed(found.name, found.words, body, "modified")


def _framed(name: str, words: str, body: Iterable[Html], change: str) -> Html:
    label = [element("span", name, class_="mime")] + ([element("b", words)] if words else [])
    said = element("p", *label, class_="olabel")
    return element("div", said, *body, class_=f"output {change}".strip())


def output_text(found: Any) -> str | None:
    """Return the text of an output as a person reads it; None where it has none."""
    if type(found) is not dict:
        return repr(found)
    kind = found.get("output_type")
    if kind == "stream":
        return _seen(found.get("text", ""))
    if kind == "error":
        return _error(found)
    data = found.get("data")
    return _bundle_text(data) if type(data) is dict else None


def _bundle_text(data: Mapping[str, Any]) -> str | None:
    for mime in _TEXTS:
        if type(data.get(mime)) is str:
            return _seen(data[mime])
    return None


def _words(content: Any) -> str:
    """Return what HTML says, without its markup."""
    if type(content) is not str:
        return ""
    from nbvc.diffing.meaning.html import read_words

    return read_words(content)[:_MOST_WORDS]


def _error(found: Mapping[str, Any]) -> str:
    lines = found.get("traceback")
    trace = "\n".join(map(str, lines)) if type(lines) is list else ""
    trace = _seen(trace)
    return trace if trace.strip() else _name_of_error(found)


def _name_of_error(found: Any) -> str:
    if type(found) is not dict or found.get("output_type") != "error":
        return ""
    return f"{found.get('ename', '')}: {found.get('evalue', '')}"


def _seen(found: Any) -> str:
    """Return text as a terminal shows it in the end: no colours, nothing that was overwritten."""
    content: str = found if type(found) is str else repr(found)
    if "\r" in content or "\x1b" in content or "\b" in content:
        from nbvc.diffing.meaning.folding import folded

        content = folded(content)
    return content.removesuffix("\n")


# One side


def _whole(found: Any, change: str) -> Iterator[Html]:
    data = found.get("data") if type(found) is dict else None
    if type(data) is not dict:
        yield whole(Lines(output_text(found) or ""), change, numbers=False)
        return
    shown: set[str] = set()
    for mime in pictures.IMAGES:
        drawn = pictures.picture(mime, data.get(mime), "", change)
        if drawn is not None:
            yield drawn
            shown |= {mime, "text/plain"}
            break
    table = NOTHING if shown else tables.whole(data.get(_HTML), change)
    if table:
        yield table
        shown |= {_HTML, "text/plain"}
    yield from _texts(data, shown, change)


def _texts(data: Mapping[str, Any], shown: set[str], change: str) -> Iterator[Html]:
    written = None if "text/plain" in shown else _bundle_text(data)
    if written is None and not shown and type(data.get(_HTML)) is str:
        written = _words(data[_HTML])
    if written is not None:
        yield whole(Lines(written), change, numbers=False)
    if type(data.get(_HTML)) is str:
        yield folded_frame(data[_HTML], "HTML output")
    yield _others(data, shown | {_HTML, *_TEXTS})


def _others(data: Mapping[str, Any], shown: set[str]) -> Html:
    """Name the forms of an output that aren't shown."""
    words = [described(mime, data[mime]) for mime in data if mime not in shown]
    return element("p", " · ".join(words), class_="note") if words else NOTHING


# Both sides


def _both(before: Any, after: Any, meaning: Meaning | None, key: str) -> Iterator[Html]:
    old, new = (
        side.get("data") if type(side) is dict and type(side.get("data")) is dict else None
        for side in (before, after)
    )
    if old is None or new is None:
        sides = [output_text(side) or "" for side in (before, after)]
        if sides[0] == sides[1]:  # errors at the same place
            sides = [_name_of_error(side) or sides[0] for side in (before, after)]
        yield _texts_compared(*sides)
        return
    shown: set[str] = set()
    picture = _pictures(old, new, meaning, key)
    if picture is not None:
        yield picture
        shown = {*pictures.IMAGES, "text/plain"}
    yield from _tables(old, new, meaning, shown)
    yield from _rest(old, new, meaning, shown)


def _pictures(
    old: Mapping[str, Any], new: Mapping[str, Any], meaning: Meaning | None, key: str
) -> Html | None:
    """Return the first image that changed, compared; or those of either side where types differ."""
    told = next((one for one in _all(meaning) if isinstance(one, ImageMeaning)), None)
    mime_told = told.mime if told else None
    mimes = [mime for mime in pictures.IMAGES if mime in old and mime in new]
    mimes.sort(key=lambda mime: (mime != mime_told, old[mime] == new[mime]))
    for mime in mimes:
        if old[mime] != new[mime]:
            found = pictures.compared(mime, old[mime], new[mime], told, key)
            if found is not None:
                return found
    if mimes and all(old[mime] == new[mime] for mime in mimes):
        return pictures.picture(mimes[0], new[mimes[0]])
    drawn = [
        found
        for side, change in ((old, "removed"), (new, "added"))
        for mime in pictures.IMAGES
        if (found := pictures.picture(mime, side.get(mime), change.title(), change)) is not None
    ]
    return element("div", *drawn, class_="figures") if drawn else None


def _tables(
    old: Mapping[str, Any], new: Mapping[str, Any], meaning: Meaning | None, shown: set[str]
) -> Iterator[Html]:
    told = next((one for one in _all(meaning) if isinstance(one, TableMeaning)), None)
    if told and told.tables:
        yield tables.compared(old.get(_HTML), new.get(_HTML), told)
        shown |= {_HTML, "text/plain"}
    elif old.get(_HTML) != new.get(_HTML) and not _bundle_differs(old, new):
        drawn = [tables.whole(old.get(_HTML), "removed"), tables.whole(new.get(_HTML), "added")]
        if all(drawn):
            shown |= {_HTML, "text/plain"}
            yield joined(*drawn)


def _bundle_differs(old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    return _bundle_text(old) != _bundle_text(new)


def _rest(
    old: Mapping[str, Any], new: Mapping[str, Any], meaning: Meaning | None, shown: set[str]
) -> Iterator[Html]:
    said = False
    if "text/plain" not in shown and (_bundle_differs(old, new) or len(old) == 1):
        one, other = _bundle_text(old), _bundle_text(new)
        if one is not None or other is not None:
            said = True
            yield _texts_compared(one or "", other or "")
    for told in _all(meaning):
        if isinstance(told, JsonMeaning) and told.changes:
            said = True
            shown.add(str(told.mime))
            yield _paths(told)
    if not shown and old.get(_HTML) != new.get(_HTML):
        yield _html_compared(old.get(_HTML), new.get(_HTML), said=said)
    if old.get(_HTML) != new.get(_HTML):
        for side, name in ((old, "before"), (new, "after")):
            if type(side.get(_HTML)) is str:
                yield folded_frame(side[_HTML], f"HTML output, {name}", f"As HTML, {name}")
    yield _changed_others(old, new, {*shown, _HTML, *_TEXTS})


def _html_compared(before: Any, after: Any, *, said: bool) -> Html:
    """Compare what HTML says, or how it is written where it says the same, as maps and charts do.

    What was `said` already by the output's text isn't repeated.
    """
    old, new = _words(before), _words(after)
    if old != new:
        return NOTHING if said else _texts_compared(old, new)
    if type(before) is not str or type(after) is not str:
        return NOTHING
    one, other = _broken(before), _broken(after)
    if one == other and max(len(before), len(after)) > _MOST_HTML:
        note = f"The HTML differs, its first {_MOST_HTML:,} characters show the same."
        return element("p", note, class_="note")
    return _texts_compared(one, other)


def _broken(content: str) -> str:
    """Return HTML as it is compared, made-up names numbered, with a statement or member a line."""
    from nbvc.diffing.meaning.html import written
    from nbvc.diffing.meaning.markup import named_in_order, scan

    # What an address carries is in the frame already, and nothing to read.
    content = re.sub(r"(data:[\w/+.;=-]{1,60},)([\w+/=%-]{80,})", _named, content)
    content = written(named_in_order(scan(content[:_MOST_HTML])))
    return re.sub(r"(?<=[>;{},])[^\S\n]*(?!\n)", "\n", content)


def _named(address: re.Match[str]) -> str:
    """Return an address by the digest of what it carries."""
    return f"{address[1]}{digest(address[2])}"


def _changed_others(old: Mapping[str, Any], new: Mapping[str, Any], shown: set[str]) -> Html:
    words = []
    for mime in [*old, *(mime for mime in new if mime not in old)]:
        if (
            mime in shown
            or mime == _WIDGET
            or (mime in old and mime in new and old[mime] == new[mime])
        ):
            continue
        sides = [described(mime, side[mime]) for side in (old, new) if mime in side]
        change = "" if len(sides) == 2 else (" removed" if mime in old else " added")
        words.append(f"{' → '.join(sides)}{change}")
    return element("p", " · ".join(words), class_="note") if words else NOTHING


def _texts_compared(before: str, after: str) -> Html:
    if before == after:
        return element("p", "What can be read is the same.", class_="note")
    return compared(before, after)


def _all(meaning: Meaning | None) -> tuple[Meaning, ...]:
    return (meaning, *meaning.also) if meaning else ()


def _paths(meaning: JsonMeaning) -> Html:
    """Return the values of a JSON document that changed, by path."""
    rows = [
        element(
            "tr",
            element("th", ".".join(map(str, change.path))),
            element("td", *values(change.before, change.after)),
        )
        for change in meaning.changes[:_MOST_LISTED]
    ]
    more = meaning.changed - len(rows)
    if more > 0:
        rows.append(element("tr", element("td", f"⋮ {more} more", colspan=2), class_="gap"))
    caption = element("caption", meaning.mime or "JSON")
    return element("div", element("table", caption, *rows), class_="table paths")


def values(before: str | None, after: str | None) -> tuple[Html, str, Html]:
    """Return both values of a change, nothing for a side that has none."""
    old, new = values_shown(before, after)
    return (
        element("del", shown(old)) if old else NOTHING,
        " ",
        element("ins", shown(new)) if new else NOTHING,
    )
