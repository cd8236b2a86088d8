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
    return _find_comparator(mime)(before, after, policy)


def _find_comparator(mime: str) -> Comparator:
    return next(found for beginning, found in COMPARATORS if mime.startswith(beginning))


def is_same_output(before: Output, after: Output, policy: DiffPolicy) -> bool:
    """Return whether two outputs that differ show the same, as `compare_outputs` finds."""
    old, new = before.get("data"), after.get("data")
    if _find_kinds(before, after) in _WITHOUT_BUNDLES or not type(old) is type(new) is dict:
        found = compare_outputs(before, after, policy)
        return found is not None and found.same
    return is_same_bundle(old, new, policy) and _has_same_rest(before, after)


def is_same_bundle(before: Output, after: Output, policy: DiffPolicy) -> bool:
    """Return whether two bundles show the same, like `compare_bundles`; short contents come first."""
    if any(_find_unshared(before, after)):
        return False
    suspects = [mime for mime in before if mime in after and _is_written_anew(mime, before, after)]
    suspects.sort(key=lambda mime: len(before[mime]) if type(before[mime]) is str else 0)
    return all(_is_same_content(mime, before, after, policy) for mime in suspects)


def _is_same_content(mime: str, before: Output, after: Output, policy: DiffPolicy) -> bool:
    old, new = before[mime], after[mime]
    plain = type(old) is type(new) is str and not policy.tolerant and not is_json_mime(mime)
    if not plain or _find_comparator(mime) is not _compare_text:
        return compare_content(mime, old, new, policy).same
    from nbvc.diffing.meaning.text import remove_noise

    if remove_noise(old, policy) == remove_noise(new, policy):
        return True
    if not _is_fallback(mime, before, after):
        return False
    old, new = map(_mask_fallback, (old, new))
    return remove_noise(old, policy) == remove_noise(new, policy)


def compare_outputs(before: Any, after: Any, policy: DiffPolicy) -> Meaning | None:
    """Compare two outputs that differ; None if they are not of one kind."""
    if type(before) is not dict or type(after) is not dict:
        return None
    found = _by_kind(before, after, policy)
    if found is None or not found.same:
        return found
    if _has_same_rest(before, after):
        return found
    return _replace_fields(found, same=False, summary=f"{found.summary}; its metadata changed")


def _has_same_rest(before: Output, after: Output) -> bool:
    rest = [{k: v for k, v in side.items() if k not in _COMPARED} for side in (before, after)]
    return are_identical(*rest)


_COMPARED = frozenset(("data", "text", "ename", "evalue", "traceback", "execution_count"))


_STREAMS, _ERRORS = _WITHOUT_BUNDLES = (("stream", "stream"), ("error", "error"))


def _find_kinds(before: Output, after: Output) -> tuple[Any, Any]:
    return before.get("output_type"), after.get("output_type")


def _by_kind(before: Output, after: Output, policy: DiffPolicy) -> Meaning | None:
    kinds = _find_kinds(before, after)
    if kinds == _STREAMS:
        return _compare_streams(before, after, policy)
    if kinds == _ERRORS:
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
    """Return whether two streams surely differ, without finding out where."""
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
    gone, new = _find_unshared(before, after)
    found = [
        compare_content(mime, before[mime], after[mime], policy)
        for mime in sorted(before.keys() & after.keys(), key=_rank)
        if _is_written_anew(mime, before, after)
    ]
    found = [
        _compare_fallback(one, before, after, policy)
        if one.mime and _is_fallback(one.mime, before, after)
        else one
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


def _find_unshared(before: Output, after: Output) -> tuple[set[str], set[str]]:
    """Return the types that only one of two bundles has, and that count."""
    drawn = {DRAWN} if is_drawn_by_page(before, after) else set()
    return before.keys() - after.keys() - drawn, after.keys() - before.keys() - drawn


def _is_written_anew(mime: str, before: Output, after: Output) -> bool:
    return before[mime] != after[mime] or not are_identical(before[mime], after[mime])


def _is_fallback(mime: str, before: Output, after: Output) -> bool:
    """Return whether a content is text that replaces something richer."""
    return mime == "text/plain" and any(other != mime for other in before.keys() & after.keys())


def _rank(mime: str) -> tuple[int, str]:
    for place, beginning in enumerate(_RICHEST):
        if mime.startswith(beginning):
            return place, mime
    return len(_RICHEST), mime


def _compare_fallback(found: Meaning, before: Output, after: Output, policy: DiffPolicy) -> Meaning:
    """Compare text that replaces something richer without the addresses of objects in it."""
    texts = before["text/plain"], after["text/plain"]
    if found.same or not all(type(text) is str for text in texts):
        return found
    old, new = map(_mask_fallback, texts)
    return compare_content("text/plain", old, new, policy)


def _mask_fallback(text: str) -> str:
    from nbvc.diffing.meaning.masks import bar_timings, object_addresses

    return bar_timings(object_addresses(text))


def _add_mime(found: Meaning, mime: str) -> Meaning:
    return _replace_fields(found, mime=mime)


def _replace_fields(found: Meaning, **changes: Any) -> Meaning:
    import msgspec

    return msgspec.structs.replace(found, **changes)
