"""Which output became which, and whether that is a change."""

from __future__ import annotations

import msgspec

from nbvc.diffing.drawn import DRAWN
from nbvc.diffing.jsonops import apply, compare
from nbvc.diffing.meaning.model import StreamMeaning
from nbvc.diffing.policy import DiffPolicy
from nbvc.diffing.values import Change, OutputDiff, pack, unpack
from nbvc.errors import NotebookError, PatchError
from nbvc.normalising.metadata import find_noisy
from nbvc.normalising.noise import Level
from nbvc.notebook.jsontext import are_identical, decode, item_key, split_object, split_objects
from nbvc.notebook.multiline import join_bundle, join_outputs
from nbvc.sequence import find_matches, heaviest_increasing

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from nbvc.notebook.jsontext import Raw

    Output = dict[str, Any]

_DEFAULT = DiffPolicy()


def same_outputs(before: list[Output], after: list[Output], policy: DiffPolicy) -> bool:
    """Return whether two lists of outputs show the same, streams joined however they were cut."""
    meant = policy.metadata.find_meant_output
    if len(before) == len(after) and all(map(are_identical, map(meant, before), map(meant, after))):
        return True
    olds, news = join_streams(before), join_streams(after)
    return len(olds) == len(news) and all(
        same_output(old, new, policy) for old, new in zip(olds, news, strict=True)
    )


def same_raw_outputs(before: Raw | bytes, after: Raw | bytes, policy: DiffPolicy) -> bool:
    """Return what `same_outputs` returns, from the text of both lists; equal text is not decoded."""
    try:
        olds, news = split_objects(before), split_objects(after)
    except NotebookError:
        return are_identical(decode(before), decode(after))
    if len(olds) == len(news) and all(
        _same_members(old, new, policy) for old, new in zip(olds, news, strict=True)
    ):
        return True
    # Only streams can be cut otherwise and still show the same.
    if not any(b"stream" in bytes(o.get("output_type", b"")) for o in (*olds, *news)):
        return False
    lists = decode(before), decode(after)
    for outputs in lists:
        join_outputs(outputs)
    return same_outputs(*lists, policy)


def _same_members(old: dict[str, Raw], new: dict[str, Raw], policy: DiffPolicy) -> bool:
    """Compare two outputs member by member, the short ones first."""
    noisy = find_noisy(Level.OUTPUT)
    suspects = [
        key for key in old.keys() | new.keys() if key not in noisy and old.get(key) != new.get(key)
    ]
    if any(key not in old or key not in new for key in suspects):
        return False
    if suspects == ["data"]:
        try:
            return _same_bundles(split_object(old["data"]), split_object(new["data"]), policy)
        except NotebookError:
            return False
    known = {*suspects, "output_type", "name"}
    one = {key: decode(old[key]) for key in known & old.keys()}
    other = {key: decode(new[key]) for key in known & new.keys()}
    join_outputs([one, other])
    return same_output(one, other, policy)


def _same_bundles(old: dict[str, Raw], new: dict[str, Raw], policy: DiffPolicy) -> bool:
    if not old.keys() ^ new.keys() <= {DRAWN}:
        return False
    suspects = [mime for mime in old if mime in new and old[mime] != new[mime]]
    suspects.sort(key=lambda mime: len(memoryview(old[mime])))
    one = {mime: decode(old[mime]) for mime in suspects}
    other = {mime: decode(new[mime]) for mime in suspects}
    join_bundle(one)
    join_bundle(other)
    suspects = [mime for mime in suspects if not are_identical(one[mime], other[mime])]
    if any(_surely_differ(mime, one[mime], other[mime], policy) for mime in suspects):
        return False
    if not suspects and old.keys() == new.keys():
        return True
    from nbvc.diffing.meaning.comparing import is_same_bundle

    # What is equal still tells that there is something richer than the text.
    return is_same_bundle(dict.fromkeys(old) | one, dict.fromkeys(new) | other, policy)


_SIGNS = ("\x1b", "\r", "\b", "0x", "%|", "[", "━", "█", "▓", "▒")
"""Without one of these there is nothing in a text that is looked away from."""


def _surely_differ(mime: str, one: Any, other: Any, policy: DiffPolicy) -> bool:
    """Return whether two plain texts or images surely differ; this is cheap and finds most."""
    if policy.tolerant or type(one) is not type(other):
        return False
    if mime == "image/png" and type(one) is str:
        from nbvc.diffing.meaning.image import surely_differ

        return surely_differ(one, other)
    if mime not in _PLAIN or policy.masks:
        return False
    if type(one) is not str or any(sign in one or sign in other for sign in _SIGNS):
        return False
    return bool(one.split() != other.split())


_PLAIN = ("text/plain", "text/latex", "text/markdown")


def same_output(before: Output, after: Output, policy: DiffPolicy) -> bool:
    """Return whether two outputs show the same, but for noise."""
    if type(before) is not dict or type(after) is not dict:
        return are_identical(before, after)
    meant = policy.metadata.find_meant_output
    if are_identical(meant(before), meant(after)):
        return True
    if before.get("output_type") == "stream" and _surely_differ(
        "text/plain", before.get("text"), after.get("text"), policy
    ):
        return False
    from nbvc.diffing.meaning.comparing import has_unlike_streams, is_same_output

    if has_unlike_streams(before, after, policy):
        return False
    return is_same_output(meant(before), meant(after), policy)


def diff_outputs(
    before: list[Output], after: list[Output], policy: DiffPolicy = _DEFAULT
) -> tuple[OutputDiff, ...]:
    """Return one value for each output of both sides, in the order of the result."""
    pairs = dict(_pair_outputs(before, after, policy))
    found: list[OutputDiff] = []
    backwards = {j: i for i, j in pairs.items()}
    reached = 0
    for j, output in enumerate(after):
        i = backwards.get(j)
        if i is None:
            found.append(OutputDiff(Change.ADDED, None, j, (), *pack(output)))
            continue
        found += [OutputDiff(Change.REMOVED, k, None) for k in range(reached, i) if k not in pairs]
        reached = i + 1
        found.append(_compare_pair((i, j), before[i], output, policy))
    left = (k for k in range(reached, len(before)) if k not in pairs)
    found += [OutputDiff(Change.REMOVED, k, None) for k in left]
    _mark_recut(found, before, after, policy)
    return tuple(found)


def _mark_recut(
    found: list[OutputDiff], before: list[Output], after: list[Output], policy: DiffPolicy
) -> None:
    """Give pieces of a stream that show the same together that meaning."""
    pieces: dict[Any, list[int]] = {}
    for place, one in enumerate(found):
        output = before[one.before or 0] if one.after is None else after[one.after]
        if one.change is not Change.UNCHANGED and _is_stream(output):
            name = output.get("name")
            if name is None or type(name) is str:  # an odd one is the name of no other piece
                pieces.setdefault(name, []).append(place)
    if not pieces:
        return
    texts = [_stream_texts(side) for side in (before, after)]
    for name, places in pieces.items():
        if len(places) < 2 and found[places[0]].meaning:
            continue
        old, new = (side.get(name, "") for side in texts)
        from nbvc.diffing.meaning.comparing import compare_printed

        if old and new and compare_printed(old, new, policy).same:
            same = StreamMeaning(same=True, summary="the same, cut into other pieces")
            for place in places:
                found[place] = msgspec.structs.replace(found[place], meaning=same)


def _stream_texts(outputs: list[Output]) -> dict[Any, str]:
    """Return all that was printed to each stream, by the stream's name."""
    found: dict[Any, list[str]] = {}
    for output in outputs:
        if _is_stream(output):
            name = output.get("name")
            if name is None or type(name) is str:
                found.setdefault(name, []).append(output["text"])
    return {name: "".join(texts) for name, texts in found.items()}


def join_streams(outputs: list[Output]) -> list[Output]:
    """Return outputs with all pieces of one stream joined between other outputs.

    Which of stdout and stderr comes first is a race that every run decides anew.
    """
    joined: list[Output] = []
    streams: dict[Any, list[Output]] = {}
    for output in outputs:
        if _is_stream(output):
            name = output.get("name")
            streams.setdefault(name if type(name) is str else None, []).append(output)
            continue
        joined += [_as_one(streams[name]) for name in sorted(streams, key=str)]
        streams = {}
        joined.append(output)
    return joined + [_as_one(streams[name]) for name in sorted(streams, key=str)]


def _as_one(pieces: list[Output]) -> Output:
    """Return the pieces of one stream as one output, which is otherwise as the last piece is."""
    if len(pieces) == 1:
        return pieces[0]
    return {**pieces[-1], "text": "".join([piece["text"] for piece in pieces])}


def coalesce_streams(outputs: list[Output]) -> list[Output]:
    """Return outputs with neighboring pieces of one stream joined, as they are seen."""
    runs: list[list[Output]] = []
    for output in outputs:
        last = runs[-1][-1] if runs else None
        same = _is_stream(output) and last is not None and _is_stream(last)
        if same and last is not None and output.get("name") == last.get("name"):
            runs[-1].append(output)
        else:
            runs.append([output])
    return [run[0] if len(run) == 1 else {**run[0], "text": _as_one(run)["text"]} for run in runs]


def _is_stream(output: Any) -> bool:
    return (
        type(output) is dict
        and output.get("output_type") == "stream"
        and type(output.get("text")) is str
    )


def _compare_pair(
    pair: tuple[int, int], before: Output, after: Output, policy: DiffPolicy
) -> OutputDiff:
    ops = compare(before, after)
    meant = policy.metadata.find_meant_output
    if not ops or are_identical(meant(before), meant(after)):
        return OutputDiff(Change.UNCHANGED, *pair, ops)
    from nbvc.diffing.meaning.comparing import compare_outputs

    meaning = compare_outputs(meant(before), meant(after), policy)
    change = Change.UNCHANGED if meaning and meaning.same else Change.MODIFIED
    return OutputDiff(change, *pair, ops, meaning=meaning)


def _pair_outputs(
    before: list[Output], after: list[Output], policy: DiffPolicy
) -> list[tuple[int, int]]:
    """Pair outputs in order: equal ones, then those of one kind, by type, stream and MIME types."""
    meant = policy.metadata.find_meant_output
    old = [item_key(meant(output)) for output in before]
    new = [item_key(meant(output)) for output in after]
    pairs = find_matches(old, new)
    weighted: list[tuple[int, int, float]] = []
    i = j = 0
    for x, y in [*pairs, (len(before), len(after))]:
        for a in range(i, min(x, i + _WINDOW)):
            for b in range(j, min(y, j + _WINDOW)):
                likeness = _kind_likeness(before[a], after[b])
                if likeness:
                    weighted.append((a, b, likeness))
        i, j = x + 1, y + 1
    return sorted(pairs + heaviest_increasing(weighted))


_WINDOW = 40
"""Between equal outputs so many are compared with each other."""


def _kind_likeness(before: Output, after: Output) -> float:
    """Return how well two outputs' kinds match, 0 if they are not a pair."""
    if type(before) is not dict or type(after) is not dict:
        return 0.0
    kind = before.get("output_type")
    if kind != after.get("output_type"):
        showing = ("display_data", "execute_result")
        if kind not in showing or after.get("output_type") not in showing:
            return 0.0
    if kind == "stream":
        return 1.0 if before.get("name") == after.get("name") else 0.0
    if kind == "error":
        return 1.0
    one, other = before.get("data"), after.get("data")
    if type(one) is not dict or type(other) is not dict:
        return 0.1
    types = one.keys() | other.keys()
    return 0.1 + len(one.keys() & other.keys()) / len(types) if types else 1.0


def apply_to_outputs(before: list[Output], diffs: Sequence[OutputDiff]) -> list[Output]:
    """Return the outputs after. Raises `PatchError` if a diff doesn't fit."""
    after: list[Output] = []
    for one in diffs:
        if one.change is Change.REMOVED:
            continue
        if one.change is Change.ADDED:
            after.append(unpack(one.output, one.output_json))
            continue
        if one.before is None or not 0 <= one.before < len(before):
            raise PatchError("the diff was made from another notebook: an output is missing")
        after.append(apply(before[one.before], one.ops))
    return after
