"""What a change of an output means, as values that encode to the JSON format (docs/FORMAT.md).

kind       the value        what it was compared by
image      ImageMeaning     decoded pixels; for SVG its shapes and texts
table      TableMeaning     tables in HTML and JSON, by cell
text       TextMeaning      text and HTML without tables, by line and by number
json       JsonMeaning      values by path: Vega-Lite, Plotly, GeoJSON, widget views
stream     StreamMeaning    text as a terminal shows it in the end
traceback  TracebackMeaning exception, message and frames
bytes      BytesMeaning     anything else
"""

from __future__ import annotations

import msgspec

MOST_LISTED = 200
"""So many changes of one output are listed; the counts are always whole."""


class MeaningBase(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="kind"):
    """What became of one output, or of one MIME type in it.

    `same` says that both show the same although they are written differently; `summary` is one
    line for people; `also` are the other MIME types of the output that differ.
    """

    same: bool
    summary: str
    mime: str | None = None
    also: tuple[Meaning, ...] = ()


class BytesMeaning(MeaningBase, frozen=True, kw_only=True, tag="bytes"):
    """Content that nothing is known about."""


class ImageMeaning(MeaningBase, frozen=True, kw_only=True, tag="image"):
    """Two images: sizes in pixels as (width, height), and where they differ.

    `share` of the pixels changed (0 to 1), all of them inside `box` (left, top, right, bottom; the
    last two not included); `largest` is the greatest difference of a channel, 0 to 255. All three
    are None if the pixels could not be compared. `texts` are what an SVG lost and gained.
    """

    verdict: str
    """`same`, `visually same` (no channel differs by more than 2 of 255) or `different`."""
    before_size: tuple[int, int] | None = None
    after_size: tuple[int, int] | None = None
    share: float | None = None
    box: tuple[int, int, int, int] | None = None
    largest: int | None = None
    removed_texts: tuple[str, ...] = ()
    added_texts: tuple[str, ...] = ()


class ValueChange(msgspec.Struct, frozen=True, omit_defaults=True):
    """One cell of a table: its names, its text before and after, and where it is.

    A position is (number of the `<tr>` in the table, number of the `<td>` or `<th>` in it).
    """

    row: str
    column: str
    before: str
    after: str
    before_at: tuple[int, int]
    after_at: tuple[int, int]


class Line(msgspec.Struct, frozen=True, omit_defaults=True):
    """A whole row or column of a table: its name, its number, and the first values of a row."""

    name: str
    index: int
    values: tuple[str, ...] = ()


class TableChange(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What became of one table of an HTML output; `before` and `after` are numbers of tables.

    `changed` of `of` values differ (`of` counts the cells that both have); `values` lists them, the
    first `MOST_LISTED`.
    """

    before: int | None
    after: int | None
    changed: int = 0
    of: int = 0
    values: tuple[ValueChange, ...] = ()
    rows_added: tuple[Line, ...] = ()
    rows_removed: tuple[Line, ...] = ()
    columns_added: tuple[Line, ...] = ()
    columns_removed: tuple[Line, ...] = ()
    rows_reordered: bool = False
    columns_reordered: bool = False
    styled: bool = False
    """Whether the look of cells changed, such as the colors of a pandas Styler."""


class TableMeaning(MeaningBase, frozen=True, kw_only=True, tag="table"):
    """An HTML output with tables; `around` says that the HTML around them changed, too."""

    tables: tuple[TableChange, ...] = ()
    around: bool = False


class Numbers(msgspec.Struct, frozen=True):
    """How many of the numbers in two texts differ that are otherwise equal."""

    changed: int
    of: int


class TextMeaning(MeaningBase, frozen=True, kw_only=True, tag="text"):
    """A text; `numbers` where it differs in nothing else; else lines gone and new."""

    numbers: Numbers | None = None
    lines_removed: int = 0
    lines_added: int = 0


class StreamMeaning(TextMeaning, frozen=True, kw_only=True, tag="stream"):
    """What a program printed, as it is in the end."""


class PathChange(msgspec.Struct, frozen=True, omit_defaults=True):
    """One value of a JSON document; a side that lacks it is None. Values are texts, cut short."""

    path: tuple[str | int, ...]
    before: str | None = None
    after: str | None = None


class JsonMeaning(MeaningBase, frozen=True, kw_only=True, tag="json"):
    """A JSON document; `changed` counts all changes, `changes` lists the first `MOST_LISTED`."""

    changed: int = 0
    changes: tuple[PathChange, ...] = ()


class TracebackMeaning(MeaningBase, frozen=True, kw_only=True, tag="traceback"):
    """An exception: its name, its message, and the frames that went and came.

    Names and messages are only where they differ. A frame is one line: place, function, code.
    """

    before_exception: str | None = None
    after_exception: str | None = None
    before_message: str | None = None
    after_message: str | None = None
    frames_removed: tuple[str, ...] = ()
    frames_added: tuple[str, ...] = ()


Meaning = (
    BytesMeaning
    | ImageMeaning
    | TableMeaning
    | TextMeaning
    | StreamMeaning
    | JsonMeaning
    | TracebackMeaning
)
