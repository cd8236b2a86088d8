"""Keys that stand twice are found in whatever text."""

from __future__ import annotations

import json

from hypothesis import example, given
from hypothesis import strategies as st

from nbvc.notebook.duplicates import duplicate_keys


class Pairs(tuple[tuple[str, object], ...]):
    """The members of an object, of which some may have one key."""

    __slots__ = ()


KEYS = st.text('a\\":\x00é', max_size=3) | st.sampled_from(["\\", '":', '\\"', "\ud800"])
VALUES = st.recursive(
    st.none() | st.integers() | KEYS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.lists(st.tuples(KEYS, inner), max_size=3).map(Pairs)
    ),
    max_leaves=8,
)


def write(value: object, colon: str, *, ascii_only: bool) -> str:
    """Write JSON with the members as they are."""
    if isinstance(value, Pairs):
        names = [json.dumps(key, ensure_ascii=ascii_only) for key, _ in value]
        values = [write(one, colon, ascii_only=ascii_only) for _, one in value]
        members = (f"{name}{colon}{one}" for name, one in zip(names, values, strict=True))
        return f"{{{', '.join(members)}}}"
    if isinstance(value, list):
        return f"[{', '.join(write(one, colon, ascii_only=ascii_only) for one in value)}]"
    return json.dumps(value, ensure_ascii=ascii_only)


def count_doubled(value: object) -> int:
    """Count the keys that stand several times in an object which is left when the text is read."""
    if isinstance(value, Pairs):
        keys = [key for key, _ in value]
        own = sum(keys.count(key) > 1 for key in set(keys))
        return own + sum(count_doubled(one) for _, one in value)
    return sum(map(count_doubled, value)) if isinstance(value, list) else 0


@given(VALUES, st.sampled_from([":", ": ", " :", "\n: "]), st.booleans())
@example(Pairs((("\\", 1), ("\\", 2))), ":", True)
@example(Pairs((("a", 1), ("a", 2), ('":', 3))), ":", True)
@example(Pairs(((":", 1), (":", 2))), "\n: ", True)
def test_every_key_that_stands_twice_is_found(value: object, colon: str, ascii_only: bool) -> None:
    text = write(value, colon, ascii_only=ascii_only).encode(errors="surrogatepass")
    try:
        json.loads(text)
    except ValueError:
        return
    assert len(duplicate_keys(text)) == count_doubled(value)
