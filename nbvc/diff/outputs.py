"""Which output became which, and whether that is a change."""

from __future__ import annotations

from nbvc.diff.jsonops import compare, packed
from nbvc.errors import NotebookError
from nbvc.normalise import IGNORED, Level
from nbvc.notebook.jsontext import decode, identical, item_key, split_object, split_objects
from nbvc.notebook.multiline import join_bundle, join_outputs
from nbvc.sequence import heaviest_increasing, matches

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from nbvc.notebook.jsontext import Raw

    Output = dict[str, Any]
    Op = dict[str, Any]

_NOISE = IGNORED[Level.OUTPUT]
_METADATA_NOISE = IGNORED[Level.OUTPUT_METADATA]


def same_outputs(before: list[Output], after: list[Output]) -> bool:
    """Tell whether two lists of outputs are equal but for noise."""
    return len(before) == len(after) and all(map(same_output, before, after))


def same_raw_outputs(before: Raw | bytes, after: Raw | bytes) -> bool:
    """Tell the same from the text of both lists, decoding nothing where the text is equal."""
    try:
        olds, news = split_objects(before), split_objects(after)
    except NotebookError:
        return identical(decode(before), decode(after))
    return len(olds) == len(news) and all(map(_same_members, olds, news))


def _same_members(old: dict[str, Raw], new: dict[str, Raw]) -> bool:
    """Compare two outputs member by member, the short ones first."""
    suspects = [
        key for key in old.keys() | new.keys() if key not in _NOISE and old.get(key) != new.get(key)
    ]
    if any(key not in old or key not in new for key in suspects):
        return False
    if suspects == ["data"]:
        try:
            return _same_bundles(split_object(old["data"]), split_object(new["data"]))
        except NotebookError:
            return False
    one = {key: decode(old[key]) for key in suspects}
    other = {key: decode(new[key]) for key in suspects}
    join_outputs([one, other])
    return same_output(one, other)


def _same_bundles(old: dict[str, Raw], new: dict[str, Raw]) -> bool:
    if old.keys() != new.keys():
        return False
    suspects = [mime for mime in old if old[mime] != new[mime]]
    suspects.sort(key=lambda mime: len(memoryview(old[mime])))
    for mime in suspects:
        one, other = {mime: decode(old[mime])}, {mime: decode(new[mime])}
        join_bundle(one)
        join_bundle(other)
        if not identical(one, other):
            return False
    return True


def same_output(before: Output, after: Output) -> bool:
    """Tell whether two outputs are equal but for noise."""
    if type(before) is not dict or type(after) is not dict:
        return identical(before, after)
    return identical(_meant(before), _meant(after))


def _meant(output: Output) -> Output:
    """Return an output without noise."""
    meant = {key: value for key, value in output.items() if key not in _NOISE}
    metadata = meant.get("metadata")
    if type(metadata) is dict:
        meant["metadata"] = {k: v for k, v in metadata.items() if k not in _METADATA_NOISE}
    return meant


def output_entries(before: list[Output], after: list[Output]) -> list[Op]:
    """Return one entry for every output of both sides, in the order of the result.

    `{"change": "unchanged" | "modified" | "added" | "removed", "before": index or null,
    "after": index or null}`, with `ops` where anything differs, and `output` for an added one.
    """
    pairs = dict(_paired(before, after))
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
        entries.append(_pair_entry(i, j, before[i], output))
    entries += [_removed(k) for k in range(reached, len(before)) if k not in pairs]
    return entries


def coalesced(outputs: list[Output]) -> list[Output]:
    """Return outputs with neighbouring pieces of one stream joined, as they are seen."""
    joined: list[Output] = []
    for output in outputs:
        last = joined[-1] if joined else None
        same = _is_stream(output) and last is not None and _is_stream(last)
        if same and last is not None and output.get("name") == last.get("name"):
            joined[-1] = {**last, "text": last["text"] + output["text"]}
        else:
            joined.append(output)
    return joined


def _is_stream(output: Any) -> bool:
    return (
        type(output) is dict
        and output.get("output_type") == "stream"
        and type(output.get("text")) is str
    )


def _removed(index: int) -> Op:
    return {"change": "removed", "before": index, "after": None}


def _pair_entry(i: int, j: int, before: Output, after: Output) -> Op:
    ops = compare(before, after)
    same = not ops or same_output(before, after)
    entry: Op = {"change": "unchanged" if same else "modified", "before": i, "after": j}
    return entry | {"ops": ops} if ops else entry


def _paired(before: list[Output], after: list[Output]) -> list[tuple[int, int]]:
    """Pair outputs in order: equal ones, then those of one kind, by type, stream and MIME types."""
    old = [item_key(_meant(o)) if type(o) is dict else item_key(o) for o in before]
    new = [item_key(_meant(o)) if type(o) is dict else item_key(o) for o in after]
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
    from nbvc.diff.jsonops import apply, unpacked
    from nbvc.errors import PatchError

    after: list[Output] = []
    for entry in entries:
        if entry["change"] == "removed":
            continue
        if entry["change"] == "added":
            after.append(unpacked(entry, "output"))
            continue
        if entry["before"] >= len(before):
            raise PatchError("the diff was made from another notebook: an output is missing")
        after.append(apply(before[entry["before"]], entry.get("ops", [])))
    return after
