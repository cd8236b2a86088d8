"""Which output became which, and whether that is a change."""

from __future__ import annotations

from nbvc.diffing.drawn import DRAWN
from nbvc.diffing.jsonops import compare, packed
from nbvc.diffing.policy import DiffPolicy
from nbvc.errors import NotebookError
from nbvc.normalising.metadata import find_noisy
from nbvc.normalising.noise import Level
from nbvc.notebook.jsontext import decode, identical, item_key, split_object, split_objects
from nbvc.notebook.multiline import join_bundle, join_outputs
from nbvc.sequence import heaviest_increasing, matches

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from nbvc.notebook.jsontext import Raw

    Output = dict[str, Any]
    Op = dict[str, Any]

_DEFAULT = DiffPolicy()


def same_outputs(before: list[Output], after: list[Output], policy: DiffPolicy) -> bool:
    """Tell whether two lists of outputs show the same, streams joined however they were cut."""
    meant = policy.metadata.find_meant_output
    if len(before) == len(after) and all(map(identical, map(meant, before), map(meant, after))):
        return True
    olds, news = streams_joined(before), streams_joined(after)
    return len(olds) == len(news) and all(
        same_output(old, new, policy) for old, new in zip(olds, news, strict=True)
    )


def same_raw_outputs(before: Raw | bytes, after: Raw | bytes, policy: DiffPolicy) -> bool:
    """Tell the same from the text of both lists, decoding nothing where the text is equal."""
    try:
        olds, news = split_objects(before), split_objects(after)
    except NotebookError:
        return identical(decode(before), decode(after))
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
    suspects = [mime for mime in suspects if not identical(one[mime], other[mime])]
    if any(_surely_differ(mime, one[mime], other[mime], policy) for mime in suspects):
        return False
    if not suspects and old.keys() == new.keys():
        return True
    from nbvc.diffing.meaning.comparing import compare_bundles

    # What is equal still tells that there is something richer than the text.
    return compare_bundles(dict.fromkeys(old) | one, dict.fromkeys(new) | other, policy).same


_SIGNS = ("\x1b", "\r", "\b", "0x", "%|", "[", "━", "█", "▓", "▒")
"""Without one of these there is nothing in a text that is looked away from."""


def _surely_differ(mime: str, one: Any, other: Any, policy: DiffPolicy) -> bool:
    """Tell cheaply that two plain texts differ, which most of those do that differ at all."""
    if mime not in _PLAIN or policy.tolerant or policy.masks or type(one) is not type(other):
        return False
    if type(one) is not str or any(sign in one or sign in other for sign in _SIGNS):
        return False
    return bool(one.split() != other.split())


_PLAIN = ("text/plain", "text/latex", "text/markdown")


def same_output(before: Output, after: Output, policy: DiffPolicy) -> bool:
    """Tell whether two outputs show the same, but for noise."""
    if type(before) is not dict or type(after) is not dict:
        return identical(before, after)
    meant = policy.metadata.find_meant_output
    if identical(meant(before), meant(after)):
        return True
    if before.get("output_type") == "stream" and _surely_differ(
        "text/plain", before.get("text"), after.get("text"), policy
    ):
        return False
    from nbvc.diffing.meaning.comparing import compare_outputs, unlike_streams

    if unlike_streams(before, after, policy):
        return False
    found = compare_outputs(meant(before), meant(after), policy)
    return found is not None and found.same


def counts(entry: Op) -> bool:
    """Tell whether an entry of `output_entries` is a change: not where it means the same."""
    return entry["change"] != "unchanged" and not entry.get("meaning", {}).get("same")


def output_entries(
    before: list[Output], after: list[Output], policy: DiffPolicy = _DEFAULT
) -> list[Op]:
    """Return one entry for every output of both sides, in the order of the result.

    `{"change": "unchanged" | "modified" | "added" | "removed", "before": index or null,
    "after": index or null}`, with `ops` where anything differs, `output` for an added one, and
    `meaning` where two could be compared by what they show.
    """
    pairs = dict(_paired(before, after, policy))
    entries: list[Op] = []
    backwards = {j: i for i, j in pairs.items()}
    reached = 0
    for j, output in enumerate(after):
        i = backwards.get(j)
        if i is None:
            entry: Op = {"change": "added", "before": None, "after": j}
            entries.append(entry | packed(output, "output"))
            continue
        entries += [_removed(k) for k in range(reached, i) if k not in pairs]
        reached = i + 1
        entries.append(_pair_entry((i, j), before[i], output, policy))
    entries += [_removed(k) for k in range(reached, len(before)) if k not in pairs]
    _mark_recut(entries, before, after, policy)
    return entries


def _mark_recut(
    entries: list[Op], before: list[Output], after: list[Output], policy: DiffPolicy
) -> None:
    """Say of pieces of a stream that they show the same together."""
    pieces: dict[Any, list[Op]] = {}
    for entry in entries:
        output = before[entry["before"]] if entry["after"] is None else after[entry["after"]]
        if entry["change"] != "unchanged" and _is_stream(output):
            name = output.get("name")
            if name is None or type(name) is str:  # an odd one is the name of no other piece
                pieces.setdefault(name, []).append(entry)
    if not pieces:
        return
    texts = [_stream_texts(side) for side in (before, after)]
    for name, found in pieces.items():
        if len(found) < 2 and "meaning" in found[0]:
            continue
        old, new = (side.get(name, "") for side in texts)
        from nbvc.diffing.meaning.comparing import streams

        if old and new and streams(old, new, policy).same:
            said = {"kind": "stream", "same": True, "summary": "the same, cut into other pieces"}
            for entry in found:
                entry["meaning"] = said


def _stream_texts(outputs: list[Output]) -> dict[Any, str]:
    """Return all that was printed to each stream, by the stream's name."""
    found: dict[Any, list[str]] = {}
    for output in outputs:
        if _is_stream(output):
            name = output.get("name")
            if name is None or type(name) is str:
                found.setdefault(name, []).append(output["text"])
    return {name: "".join(texts) for name, texts in found.items()}


def streams_joined(outputs: list[Output]) -> list[Output]:
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


def coalesced(outputs: list[Output]) -> list[Output]:
    """Return outputs with neighbouring pieces of one stream joined, as they are seen."""
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


def _removed(index: int) -> Op:
    return {"change": "removed", "before": index, "after": None}


def _pair_entry(pair: tuple[int, int], before: Output, after: Output, policy: DiffPolicy) -> Op:
    entry: Op = {"change": "unchanged", "before": pair[0], "after": pair[1]}
    ops = compare(before, after)
    if not ops:
        return entry
    entry["ops"] = ops
    meant = policy.metadata.find_meant_output
    if identical(meant(before), meant(after)):
        return entry
    from nbvc.diffing.meaning.comparing import compare_outputs

    found = compare_outputs(meant(before), meant(after), policy)
    if found is None or not found.same:
        entry["change"] = "modified"
    return entry if found is None else entry | {"meaning": found.to_dict()}


def _paired(before: list[Output], after: list[Output], policy: DiffPolicy) -> list[tuple[int, int]]:
    """Pair outputs in order: equal ones, then those of one kind, by type, stream and MIME types."""
    meant = policy.metadata.find_meant_output
    old = [item_key(meant(output)) for output in before]
    new = [item_key(meant(output)) for output in after]
    pairs = matches(old, new)
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
    """Return how well two outputs' kinds match, 0 where they are no pair."""
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


def apply_entries(before: list[Output], entries: list[Op]) -> list[Output]:
    """Return the outputs that `output_entries` describes.

    Raises `PatchError` where an entry doesn't fit.
    """
    from nbvc.diffing.jsonops import apply, unpacked
    from nbvc.errors import PatchError

    after: list[Output] = []
    for entry in entries:
        if entry["change"] == "removed":
            continue
        if entry["change"] == "added":
            after.append(unpacked(entry, "output"))
            continue
        if not 0 <= entry["before"] < len(before):
            raise PatchError("the diff was made from another notebook: an output is missing")
        after.append(apply(before[entry["before"]], entry.get("ops", [])))
    return after
