"""One table of comparators by MIME type, and outputs compared by it."""

from __future__ import annotations

from functools import lru_cache

from nbvc.diffing.drawn import DRAWN, is_drawn_by_page
from nbvc.diffing.meaning.model import BytesMeaning, Meaning, StreamMeaning
from nbvc.notebook.jsontext import are_identical
from nbvc.notebook.multiline import is_json_mime

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from nbvc.diffing.policy import DiffPolicy

    Output = dict[str, Any]
    Comparator = Callable[[Any, Any, DiffPolicy], Meaning]


def _compare_image(before: str, after: str, policy: DiffPolicy) -> Meaning:
    from nbvc.diffing.meaning.image import compare_images

    return compare_images(before, after, policy)


def _compare_svg(before: str, after: str, policy: DiffPolicy) -> Meaning:
    from nbvc.diffing.meaning.svg import compare_svg

    return compare_svg(before, after, policy)


def _compare_html(before: str, after: str, policy: DiffPolicy) -> Meaning:
    from nbvc.diffing.meaning.html import compare_html

    return compare_html(before, after, policy)


def _compare_text(before: str, after: str, policy: DiffPolicy) -> Meaning:
    from nbvc.diffing.meaning.text import compare_text

    return compare_text(before, after, policy)


def _compare_bytes(before: str, after: str, policy: DiffPolicy) -> Meaning:
    """Compare base64, however its lines are cut."""
    del policy
    same = before == after or "".join(before.split()) == "".join(after.split())
    return BytesMeaning(same=same, summary="the bytes are the same" if same else "other content")


COMPARATORS: tuple[tuple[str, Comparator], ...] = (
    ("image/svg+xml", _compare_svg),
    ("image/", _compare_image),
    ("text/html", _compare_html),
    ("text/", _compare_text),
    ("application/javascript", _compare_text),
    ("application/x-latex", _compare_text),
    ("application/xml", _compare_text),
    ("", _compare_bytes),
)
"""Beginnings of MIME types and what compares their content; the first that fits is taken.

Before this table come the types whose content is JSON, which are compared by path.
"""

_RICHEST = (
    "application/vnd.jupyter.widget-view",
    "application/vnd.",
    "text/html",
    "image/svg+xml",
    "image/",
    "text/markdown",
    "text/latex",
    "application/",
)


def compare_content(mime: str, before: Any, after: Any, policy: DiffPolicy) -> Meaning:
    """Compare the content of one MIME type in two bundles."""
    if type(before) is type(after) is str:
        return _compared_texts(mime, before, after, policy)
    return _compare_parsed(mime, before, after, policy)


def _compare_parsed(mime: str, before: Any, after: Any, policy: DiffPolicy) -> Meaning:
    try:
        return _add_mime(_compare_mime(mime, before, after, policy), mime)
    except RecursionError:
        return BytesMeaning(same=False, summary="nested too deeply to look into", mime=mime)


# Whether a cell changed is asked first, and then how: two pictures need not be decoded for each.
_compared_texts = lru_cache(maxsize=16)(_compare_parsed)


def _compare_mime(mime: str, before: Any, after: Any, policy: DiffPolicy) -> Meaning:
    texts = type(before) is type(after) is str
    if mime == "application/vnd.dataresource+json":
        from nbvc.diffing.meaning.resource import compare_resources

        found = compare_resources(before, after, policy)
        if found is not None:
            return found
    if is_json_mime(mime) or not texts:
        from nbvc.diffing.meaning.document import compare_documents

        return compare_documents(before, after, policy, mime)
    compare = next(found for beginning, found in COMPARATORS if mime.startswith(beginning))
    return compare(before, after, policy)


def compare_outputs(before: Any, after: Any, policy: DiffPolicy) -> Meaning | None:
    """Compare two outputs that differ; None where they are not of one kind."""
    if type(before) is not dict or type(after) is not dict:
        return None
    found = _by_kind(before, after, policy)
    if found is None or not found.same:
        return found
    rest = [{k: v for k, v in side.items() if k not in _COMPARED} for side in (before, after)]
    if are_identical(*rest):
        return found
    return _replace_fields(found, same=False, summary=f"{found.summary}; its metadata changed")


_COMPARED = frozenset(("data", "text", "ename", "evalue", "traceback", "execution_count"))


def _by_kind(before: Output, after: Output, policy: DiffPolicy) -> Meaning | None:
    kinds = before.get("output_type"), after.get("output_type")
    if kinds == ("stream", "stream"):
        return _compare_streams(before, after, policy)
    if kinds == ("error", "error"):
        from nbvc.diffing.meaning.traceback import compare_tracebacks

        return compare_tracebacks(before, after, policy)
    old, new = before.get("data"), after.get("data")
    if type(old) is dict and type(new) is dict:
        return compare_bundles(old, new, policy)
    return None


def _compare_streams(before: Output, after: Output, policy: DiffPolicy) -> Meaning | None:
    texts = before.get("text"), after.get("text")
    if before.get("name") != after.get("name") or not all(type(text) is str for text in texts):
        return None
    return compare_printed(str(texts[0]), str(texts[1]), policy)


def has_unlike_streams(before: Output, after: Output, policy: DiffPolicy) -> bool:
    """Tell that two streams differ for sure, without finding out where."""
    from nbvc.diffing.meaning.text import clean_printed

    texts = before.get("text"), after.get("text")
    if before.get("output_type") != "stream" or policy.tolerant:
        return False
    old, new = (clean_printed(text, policy) if type(text) is str else None for text in texts)
    return old is not None and new is not None and old != new


def compare_printed(before: str, after: str, policy: DiffPolicy) -> StreamMeaning:
    """Compare what two runs printed."""
    from nbvc.diffing.meaning.text import compare_streams

    return compare_streams(before, after, policy)


def compare_bundles(before: Output, after: Output, policy: DiffPolicy) -> Meaning:
    """Compare two MIME bundles: the richest type that differs, the others beside it."""
    gone, new = before.keys() - after.keys(), after.keys() - before.keys()
    if is_drawn_by_page(before, after):
        gone, new = gone - {DRAWN}, new - {DRAWN}
    found = [
        compare_content(mime, before[mime], after[mime], policy)
        for mime in sorted(before.keys() & after.keys(), key=_rank)
        if before[mime] != after[mime] or not are_identical(before[mime], after[mime])
    ]
    rich = any(mime != "text/plain" for mime in before.keys() & after.keys())
    found = [
        _compare_fallback(one, before, after, policy) if rich and one.mime == "text/plain" else one
        for one in found
    ]
    if gone or new:
        words = [f"{mime} added" for mime in sorted(new)]
        words += [f"{mime} removed" for mime in sorted(gone)]
        found.append(BytesMeaning(same=False, summary=", ".join(words)))
    loud = [one for one in found if not one.same]
    if not found:
        return BytesMeaning(same=True, summary="shows the same")
    first = loud[0] if loud else found[0]
    also = tuple(one for one in found if one is not first)
    return _replace_fields(first, also=also) if also else first


def _rank(mime: str) -> tuple[int, str]:
    for place, beginning in enumerate(_RICHEST):
        if mime.startswith(beginning):
            return place, mime
    return len(_RICHEST), mime


def _compare_fallback(found: Meaning, before: Output, after: Output, policy: DiffPolicy) -> Meaning:
    """Compare text that stands in for something richer without the addresses of objects in it."""
    from nbvc.diffing.meaning.masks import bar_timings, object_addresses

    texts = before["text/plain"], after["text/plain"]
    if found.same or not all(type(text) is str for text in texts):
        return found
    old, new = (bar_timings(object_addresses(text)) for text in texts)
    return compare_content("text/plain", old, new, policy)


def _add_mime(found: Meaning, mime: str) -> Meaning:
    return _replace_fields(found, mime=mime)


def _replace_fields(found: Meaning, **changes: Any) -> Meaning:
    import msgspec

    return msgspec.structs.replace(found, **changes)
