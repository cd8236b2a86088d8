"""A notebook is UTF-8, whatever stands where it is cut into pieces to be looked at."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nbvc.errors import NotebookError
from nbvc.notebook import parsing


@given(
    st.lists(
        st.sampled_from([b"a", "é".encode(), "語".encode(), "🐍".encode(), b"\xa9", b"\xf0\x9f"]),
        max_size=12,
    ).map(b"".join),
    st.integers(1, 5),
)
@settings(max_examples=300)
def test_pieces_are_valid_where_the_whole_is(text: bytes, size: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parsing, "_PIECE", size)
        assert b"".join(parsing._cut_pieces(text)) == text
        try:
            text.decode()
        except UnicodeDecodeError as error:
            with pytest.raises(NotebookError, match=f"column {error.start + 1}: not valid UTF-8"):
                parsing._check_encoding(text)
        else:
            parsing._check_encoding(text)
