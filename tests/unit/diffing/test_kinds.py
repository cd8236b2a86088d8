"""What each comparator says of the odd ones of its kind, and what it takes for the same."""

from __future__ import annotations

import base64
import io
import struct
import sys
import time
import zlib
from typing import Any

import pytest

from nbvc.diffing import DiffPolicy
from nbvc.diffing.meaning import comparing, document, html, image, svg, text, traceback
from nbvc.diffing.meaning.comparing import compare_content, compare_outputs
from nbvc.diffing.meaning.document import compare_documents, format_path, summarize_value
from nbvc.diffing.meaning.folding import fold_text
from nbvc.diffing.meaning.image import compare_images, format_percent
from nbvc.diffing.meaning.markup import Comment, scan
from nbvc.diffing.meaning.model import MOST_LISTED, TableMeaning
from nbvc.diffing.meaning.numbers import close, value_of
from nbvc.diffing.meaning.png import _STEP, read_pixels, read_png
from nbvc.diffing.meaning.svg import compare_svg
from nbvc.diffing.meaning.tables import read_tables
from nbvc.diffing.meaning.text import compare_streams, compare_text
from nbvc.diffing.policy import ALL_MASKS, Mask

EXACT = DiffPolicy()
LOOSE = DiffPolicy(rtol=1e-3, masks=ALL_MASKS)
PLOTLY = "application/vnd.plotly.v1+json"
VEGA = "application/vnd.vegalite.v5+json"


def said(mime: str, before: Any, after: Any, policy: DiffPolicy = EXACT) -> str:
    found = compare_content(mime, before, after, policy)
    assert found.same == compare_content(mime, after, before, policy).same
    return f"{'same' if found.same else 'differ'}: {found.summary}"


# JSON


@pytest.mark.parametrize(
    ("before", "after", "wanted"),
    [
        ({"a": 1}, {"a": 1, "b": 2}, "b: 2 added"),
        ({"a": 1, "b": 2}, {"a": 1}, "b: 2 removed"),
        ({"a": {"b": [1, {"c": 1}]}}, {"a": {"b": [1, {"c": 2}]}}, "a.b[1].c: 1 → 2"),
        ([1, 2, 3], [1, 9, 2, 3], "[1]: 9 added"),
        ([1, 2, 3], [1, 3], "[1]: 2 removed"),
        ([1, 2, 3], [0, 1, 2, 3], "[0]: 0 added"),
        ([1, 2, 3], [1, 2, 3, 4], "[3]: 4 added"),
        ([[1], [2]], [[1], [3], [2]], "[1]: [3] added"),
        ([1, 2, 3], [1, 7, 8, 3], "2 values changed"),
        (1, "1", "the whole: 1 → 1"),
        (None, False, "the whole: null → false"),
        ([], {}, "the whole: [] → {}"),
        (10**400, 10**400 + 1, "the whole: 1"),
        ('{"a": 1}', {"a": 2}, "a: 1 → 2"),
        ('{"a": 1', '{"a": 2', 'the whole: {"a": 1 → {"a": 2'),
        ('{"a": "\ud800"}', '{"a": 2}', "the whole: "),
    ],
)
def test_json_by_path(before: Any, after: Any, wanted: str) -> None:
    assert said("application/json", before, after).startswith(f"differ: {wanted}")


@pytest.mark.parametrize(
    ("before", "after"),
    [(1, 1.0), ('{"a": [1]}', {"a": [1.0]}), ([float("nan")], [float("nan")]), (10**400, 10**400)],
)
def test_json_that_is_the_same(before: Any, after: Any) -> None:
    assert said("application/json", before, after) == "same: the values are the same"


def test_json_within_a_tolerance_and_with_masks() -> None:
    before, after = {"a": [1.0, "at 0x7f01aa"]}, {"a": [1.0001, "at 0x7f99bb"]}
    assert compare_content("application/json", before, after, LOOSE).same
    assert said("application/json", before, after) == "differ: 2 values changed"
    assert not compare_content("application/json", 10**400, 10**399, LOOSE).same
    masks = DiffPolicy(masks=frozenset([Mask.UUIDS]))
    assert not compare_content("application/json", before, after, masks).same


def test_a_long_list_of_changes_is_cut_and_counted() -> None:
    found = compare_documents([0] * 500, [1] * 500, EXACT)
    assert (found.changed, len(found.changes)) == (500, MOST_LISTED)
    assert found.summary == "500 values changed"


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        ({}, "{}"),
        ({"a": 1}, "{1 member}"),
        ([1, 2], "[1, 2]"),
        ([1, "a"], "[2 items]"),
        ([1] * 9, "[9 items]"),
        ("a  b\nc", "a b c"),
        ("", '""'),
        (" \n", '" \\n"'),
        ("x" * 99, "x" * 59 + "…"),
    ],
)
def test_a_value_in_a_few_characters(value: Any, wanted: str) -> None:
    assert summarize_value(value) == wanted


def test_the_whole_is_called_so() -> None:
    assert [format_path(()), format_path(("a", 1, "b")), format_path((0,))] == [
        "the whole",
        "a[1].b",
        "[0]",
    ]


def test_lists_in_lists_take_no_longer_for_each_level() -> None:
    before: Any = [1]
    after: Any = [2, 3]
    for _ in range(40):
        before, after = [before], [after, 0]
    started = time.process_time()
    assert said("application/json", before, after) == "differ: 42 values changed"
    assert time.process_time() - started < 5


def test_what_is_too_large_or_too_deep_to_look_into_differs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    deep: Any = 1
    for _ in range(300):
        deep = [deep]
    assert said("application/json", deep, [deep]).startswith("differ: [0][0]")
    monkeypatch.setattr(document._DocumentComparer.__init__, "__defaults__", (5,))
    large = said("application/json", list(range(9)), [*range(8), 9])
    assert large == "differ: the data differ, and are too large to look into"
    assert said("application/json", list(range(9)), [*range(8), 9, 10]) == large
    few = compare_documents({"a": 1}, {"a": 2}, EXACT)
    assert few.summary == "a: 1 → 2"


def test_nothing_that_is_nested_too_deeply_ends_a_diff(monkeypatch: pytest.MonkeyPatch) -> None:
    def too_deep(*_: object) -> None:
        raise RecursionError

    monkeypatch.setattr(comparing, "_compare_mime", too_deep)
    found = compare_content("application/json", [1], [2], EXACT)
    assert (found.same, found.summary) == (False, "nested too deeply to look into")


def array(kind: str, numbers: str, *values: float, **more: Any) -> dict[str, Any]:
    content = struct.pack(f"<{len(values)}{numbers}", *values)
    return {"dtype": kind, "bdata": base64.b64encode(content).decode(), **more}


@pytest.mark.parametrize(
    ("before", "after", "wanted"),
    [
        (array("f8", "d", 1, 2), array("f8", "d", 1, 3), "differ: x[1]: 2.0 → 3.0"),
        (array("f8", "d", 1, 2), array("i2", "h", 1, 2), "same: the values are the same"),
        (array("int32", "i", 1, 2), array("int32", "i", 1, 2, 3), "differ: x[2]: 3 added"),
        (array("u1", "B", 1, 2), array("i1", "b", 1, 2), "same: the values are the same"),
        (
            array("f8", "d", 1, 2, shape="2, 1"),
            array("f8", "d", 1, 2, shape="1, 2"),
            "differ: x.shape: 2, 1 → 1, 2",
        ),
        (array("f8", "d", 1), {"dtype": "f8", "bdata": "no"}, "differ: x.bdata: "),
        (array("f8", "d", 1), {"dtype": "f8", "bdata": "AAAA"}, "differ: x.bdata: "),
        (array("f8", "d", 1), {"dtype": "f8", "bdata": 7}, "differ: x.bdata: "),
        (array("f8", "d", 1), array("c8", "d", 1), "differ: x.dtype: f8 → c8"),
        (array("f8", "d", 1), {**array("f8", "d", 1), "dtype": ["f8"]}, "differ: x.dtype: "),
        (array("f8", "d", 1), {"bdata": array("f8", "d", 1)["bdata"]}, "differ: x.dtype: f8 "),
        (array("f8", "d", 1), array("f8", "d", 1, other=1), "differ: x.other: 1 added"),
    ],
)
def test_arrays_of_plotly_are_compared_by_their_numbers(
    before: Any, after: Any, wanted: str
) -> None:
    assert said(PLOTLY, {"x": before}, {"x": after}).startswith(wanted)


def test_arrays_are_little_endian_on_every_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    other = "big" if sys.byteorder == "little" else "little"
    monkeypatch.setattr(sys, "byteorder", other)
    found = compare_content(PLOTLY, {"x": array("i2", "h", 1)}, {"x": array("i2", "h", 2)}, EXACT)
    assert found.summary == "x[0]: 256 → 512"


def chart(digest: str, rows: Any, **more: Any) -> dict[str, Any]:
    name = f"data-{digest * 32}"
    layer = [{"data": {"name": name}}, {"mark": "bar", "name": 7}]
    return {"data": {"name": name}, "layer": layer, "datasets": {name: rows}, **more}


@pytest.mark.parametrize(
    ("before", "after", "wanted"),
    [
        (chart("a", [1]), chart("b", [1]), "same: the values are the same"),
        (chart("a", [1]), chart("b", [2]), "differ: datasets.data-1[0]: 1 → 2"),
        (chart("a", [1]), {**chart("a", [1]), "datasets": {"own": 1}}, "differ: 4 values changed"),
        ({"datasets": 1}, {"datasets": 2}, "differ: datasets: 1 → 2"),
        ({"datasets": {"a": 1}}, {"datasets": {"a": 2}}, "differ: datasets.a: 1 → 2"),
        (1, [1], "differ: the whole: 1 → [1]"),
    ],
)
def test_data_of_vega_have_numbers_for_names(before: Any, after: Any, wanted: str) -> None:
    assert said(VEGA, before, after) == wanted


def test_a_widget_is_the_same_whatever_its_model_is_called() -> None:
    mime = "application/vnd.jupyter.widget-view+json"
    one, other = ({"model_id": name, "version_major": 2} for name in "ab")
    assert said(mime, one, other).startswith("same")
    assert said(mime, one, {**other, "version_major": 3}) == "differ: version_major: 2 → 3"
    assert said(mime, 7, 8).startswith("differ")


# Outputs


@pytest.mark.parametrize(("one", "other"), [(1, {}), ({}, []), ("a", "b")])
def test_outputs_that_are_no_objects_are_of_no_kind(one: Any, other: Any) -> None:
    assert compare_outputs(one, other, EXACT) is None


# Text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("one\ntwo\n\x1b[2A\x1b[BX", "one\nXwo\n"),
        ("one\ntwo\x1b[A\x1b[3CX", "one\ntwo"[:3] + "X\ntwo"),
        ("a\nb\x1b[5BX", "a\nbX"),
        ("abc\x1b[2KX", "   X"),
        ("abc\x1b[1KX", "abcX"),
        ("a\nbc\x1b[FX", "X\nbc"),
        ("a\x1b[KX", "aX"),
        ("a\x1b[99999AX", "aX"),
        ("\bX", "X"),
        ("a\x1bcX", "aX"),
    ],
)
def test_steps_of_a_cursor(text: str, shown: str) -> None:
    assert fold_text(text) == shown


def test_long_texts_are_compared_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    before, after = "at 0x7f01aa\n", "at 0x7f99bb\n"
    for compare in (compare_text, compare_streams):
        assert compare(before, after, LOOSE).same
        assert compare("1.0001", "1.0002", LOOSE).same
    monkeypatch.setattr(text, "_LONGEST_OF_NUMBERS", 5)
    assert not compare_text("1.0001", "1.0002", LOOSE).same
    monkeypatch.setattr(text, "LONGEST", 5)
    for compare in (compare_text, compare_streams):
        assert compare(before, before, LOOSE).same
        found = compare(before, after, LOOSE)
        assert (found.same, found.summary) == (
            False,
            "the text differs, and is too long to look into",
        )


def test_a_long_traceback_is_one_frame(monkeypatch: pytest.MonkeyPatch) -> None:
    output = {"output_type": "error", "traceback": ["a\n", "b"]}
    monkeypatch.setattr(traceback, "LONGEST", 3)
    assert traceback.find_frames(output, EXACT) == ["a\n\nb"]
    assert traceback.find_frames({"traceback": "a"}, EXACT) == ["a"]
    assert traceback.find_frames({}, EXACT) == []


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (1.0, 1.0, True),
        (float("nan"), float("nan"), True),
        (float("nan"), 1.0, False),
        (float("inf"), float("inf"), True),
        (float("inf"), 1e308, False),
        (float("inf"), float("-inf"), False),
        (1000.0, 1001.0, True),
        (1000.0, 1001.1, False),
        (0.0, 1e-12, False),
    ],
)
def test_two_numbers_are_close_both_ways(one: float, other: float, same: bool) -> None:
    assert close(one, other, LOOSE) == close(other, one, LOOSE) == same


@pytest.mark.parametrize(
    ("written", "value"),
    [("1,000.5", 1000.5), (" \u22122 ", -2.0), ("x", None), ("1e999", None), ("inf", float("inf"))],
)
def test_the_number_that_a_text_is(written: str, value: float | None) -> None:
    assert value_of(written) == value


# HTML


def table(*rows: str, head: str = "<tr><th>a<th>b</tr>", corner: str = "") -> str:
    body = "".join(f"<tr>{row}</tr>" for row in rows)
    return f"<table><thead>{head.replace('<tr>', f'<tr>{corner}')}</thead><tbody>{body}</tbody></table>"


ONE = table("<td>1<td>2")


@pytest.mark.parametrize(
    ("before", "after", "wanted"),
    [
        (ONE, ONE + ONE, "differ: a table added"),
        (ONE + ONE, ONE, "differ: a table removed"),
        (ONE, ONE * 6, "differ: " + "a table added; " * 3 + "2 more tables"),
        (f"<p>x{ONE}", f"<p>y{ONE}", "differ: the text around the table changed"),
        (
            f"<p>x{ONE}",
            f"<p>y{table('<td>1<td>3')}",
            "differ: 1 of 2 values changed; the text around changed",
        ),
        (f"<p>x  y{ONE}", f"<p>x y{ONE}", "same: the values are the same"),
        (
            f"<style>td {{color: red}}</style>{ONE}",
            f"<style>td {{color: blue}}</style>{ONE}",
            "differ: the look changed",
        ),
        (
            table("<th>r<td>1", corner="<th>x"),
            table("<th>r<td>1", corner="<th>y"),
            "differ: the text around the table changed",
        ),
        ("<p>a<!-- b --></p>", "<p>a<!-- c --></p>", "same: shows the same"),
        ("<p>a<!-- b --></p>", "<p>a</p>", "same: shows the same"),
        ("<p>a<!-- b</p>", "<p>a<!-- c</p>", "differ: 1 line changed"),
    ],
)
def test_html(before: str, after: str, wanted: str) -> None:
    assert said("text/html", before, after) == wanted


def test_comments_are_found_where_they_end() -> None:
    assert [type(token) is Comment for token in scan("<!-- a --><!-- <b> -->x<!-- c")] == [
        True,
        True,
        *[False] * len(scan("x<!-- c")),
    ]


@pytest.mark.parametrize(
    ("markup", "rows"),
    [
        ("<table><td>1<td>2</table>", [["1", "2"]]),
        ("<table><tr><td rowspan=2>1<td>2<tr><td>3</table>", [["1", "2"], ["1", "3"]]),
        (
            "<table><tr><td>0<td rowspan=3>1<tr><td>2<tr><td>3</table>",
            [["0", "1"], ["2", "1"], ["3", "1"]],
        ),
        ("<table><tr><td colspan=2>1<td>2</table>", [["1", "1", "2"]]),
        ("<table><tr><td colspan=0>1<td colspan=x>2</table>", [["1", "2"]]),
        ("<table><tr><td>a<br>b<p>c<td><!-- no -->d</table>", [["a b c", "d"]]),
        ("<table><tr><td>a<script>b</script><td>c</table>", [["a", "c"]]),
        (
            "<table><tr><td>a<table><tr><td>b<td>c</table>d<td>e</table>",
            [["a b cd", "e"]],
        ),
    ],
)
def test_the_values_of_a_table(markup: str, rows: list[list[str]]) -> None:
    (found,) = read_tables(markup)
    assert [row.values for row in found.rows] == rows


def test_columns_have_their_names_from_all_header_rows() -> None:
    head = "<tr><th colspan=2>a<th>b</tr><tr><th>x<th><th>b</tr>"
    (found,) = read_tables(table("<td>1<td>2<td>3<td>4", head=head))
    assert found.columns == ["a / x", "a", "b", "column 4"]


def test_cells_that_span_many_columns_do_not_make_a_table_large() -> None:
    wide = "<table>" + "<tr><td colspan=1000>1" * 3000 + "</table>"
    (found,) = read_tables(wide)
    assert len(found.rows) == 3000
    assert sum(len(row.values) for row in found.rows) < 110_000


def test_rows_with_one_label_are_paired_by_their_values() -> None:
    rows = ["<th>r<td>1", "<th>r<td>2", "<th>r<td>3"]
    before, after = table(*rows, corner="<th>"), table(*rows[1:], corner="<th>")
    assert said("text/html", before, after) == "differ: 1 row removed"
    policy = DiffPolicy(masks=frozenset([Mask.ADDRESSES]))
    old = table(*(f"{row} at 0x7f01aa" for row in rows), corner="<th>")
    new = table(*(f"{row} at 0x7f99bb" for row in rows[1:]), corner="<th>")
    assert said("text/html", old, new, policy) == "differ: 1 row removed"


def test_a_value_that_is_not_there_has_changed() -> None:
    before, after = table("<td>1<td>2", "<td>3<td>4"), table("<td>1<td>2", "<td>3")
    assert said("text/html", before, after) == "differ: 1 of 4 values changed"


def test_of_many_values_that_changed_some_are_listed() -> None:
    before, after = (table(*(f"<td>{sign}{n}<td>{n}" for n in range(1, 900))) for sign in ("", "9"))
    found = compare_content("text/html", before, after, EXACT)
    assert isinstance(found, TableMeaning)
    assert found.tables[0].changed == 899
    assert len(found.tables[0].values) == MOST_LISTED


# Images


def png(
    rows: list[bytes],
    *,
    depth: int = 8,
    colour: int = 2,
    width: int = 0,
    interlace: int = 0,
    more: tuple[tuple[bytes, bytes], ...] = (),
    content: bytes | None = None,
) -> str:
    """Make a PNG in base64 from scan lines, with any header and any other chunks."""
    samples = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}.get(colour, 1)
    wide = width or len(rows[0]) * 8 // (samples * depth)
    header = struct.pack(">IIBBBBB", wide, len(rows), depth, colour, 0, 0, interlace)
    packed = zlib.compress(b"".join(b"\0" + row for row in rows)) if content is None else content
    chunks = [(b"IHDR", header), *more, (b"IDAT", packed), (b"IEND", b"")]
    return base64.b64encode(
        b"\x89PNG\r\n\x1a\n"
        + b"".join(
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
            for kind, body in chunks
        )
    ).decode()


RED, BLUE = (b"PLTE", b"\xff\0\0\0\0\xff"), (b"PLTE", b"\0\0\xff\xff\0\0")
GREY = [b"\0\1\2\3", b"\4\5\6\7"]


@pytest.fixture
def without_pillow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "PIL", None)


@pytest.mark.usefixtures("without_pillow")
@pytest.mark.parametrize(
    ("before", "after", "wanted"),
    [
        (
            png(GREY, colour=3, more=(RED,)),
            png([GREY[0], b"\4\5\6\0"], colour=3, more=(RED,)),
            "different: 12% of pixels changed (region 1×1 at x=3, y=1)",
        ),
        (
            png(GREY, colour=3, more=(RED,)),
            png(GREY, colour=3, more=(BLUE,)),
            "different: the images differ",
        ),
        (
            png(GREY, colour=3, more=(RED,)),
            png(GREY, colour=3, more=(RED, (b"tRNS", b"\0"))),
            "different: the images differ",
        ),
        (
            png(GREY, colour=0),
            png([GREY[0], b"\4\5\6\5"], colour=0),
            "visually same: visually identical: 12% of pixels changed (region 1×1 at x=3, y=1) by 2",
        ),
        (
            png(GREY, colour=0, depth=16),
            png(GREY[::-1], colour=0, depth=16),
            "different: the images differ",
        ),
        (
            png(GREY, colour=0, interlace=1),
            png(GREY[::-1], colour=0, interlace=1),
            "different: the images differ",
        ),
        (png(GREY, colour=0), png(GREY, colour=4), "different: the size changed: 4×2 → 2×2 pixels"),
        (
            png(GREY, colour=0),
            png(GREY, colour=0, content=b"no deflate!"),
            "different: the images differ",
        ),
        (
            png(GREY, colour=0, more=((b"acTL", b""),)),
            png(GREY, colour=0),
            "different: the images differ",
        ),
        (png(GREY, colour=5), png(GREY, colour=0), "different: the images differ"),
        (png(GREY, colour=0), "A", "different: the images differ, and can't be read"),
        ("AAAA\nA", "AAAAA", "same: the pixels are the same"),
        ("AAAA", "BBBB", "different: the images differ"),
    ],
)
def test_images_without_pillow(before: str, after: str, wanted: str) -> None:
    found = compare_images(before, after, EXACT)
    said = f"{found.verdict}: {found.summary}"
    assert said.replace("by at most 2 of 255", "by 2") == wanted
    assert found.same == (found.verdict == "same")
    assert compare_images(after, before, EXACT).verdict == found.verdict


@pytest.mark.usefixtures("without_pillow")
def test_large_images_are_compared_a_piece_at_a_time() -> None:
    rows = [bytes([n % 251]) * 3000 for n in range(2 * _STEP // 3000 + 2)]
    before, again = png(rows), png(rows, more=((b"tEXt", b"run 2"),))
    assert compare_images(before, again, EXACT).same
    other = png([*rows[:-1], bytes(3000)], content=None)
    assert not compare_images(before, other, EXACT).same
    assert not compare_images(png(rows[:-1], width=1000), before, EXACT).same


def test_an_image_is_unpacked_up_to_a_size(monkeypatch: pytest.MonkeyPatch) -> None:
    made = read_png(base64.b64decode(png(GREY, colour=0)))
    assert made is not None
    for most in (9, 10):
        monkeypatch.setattr("nbvc.diffing.meaning.png.ASKED", most)
        assert read_pixels(made) == (b"".join(GREY) if most == 10 else None)
    short = read_png(base64.b64decode(png(GREY, colour=0, content=zlib.compress(b"\0\1"))))
    assert short is not None
    assert read_pixels(short) is None


def test_images_that_are_too_large_are_not_looked_into(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(image, "_LONGEST", 3)
    found = compare_images("AAAA", "AA\nAA", EXACT)
    assert (found.same, found.summary) == (
        False,
        "the images differ, and are too large to look into",
    )


JPEG = b"\xff\xd8\xff\xe0\0\4ab\xff\xdb\0\4cd\xff\xda\0\2scan"


@pytest.mark.usefixtures("without_pillow")
@pytest.mark.parametrize(
    ("after", "same"),
    [
        (JPEG.replace(b"ab", b"xy"), True),  # an application's segment
        (JPEG.replace(b"\xff\xdb", b"\xff\xfe\0\4no\xff\xdb"), True),  # a comment
        (
            JPEG.replace(b"\xff\xdb", b"\xff\xee\0\4no\xff\xdb"),
            False,
        ),  # Adobe's: how colours are meant
        (JPEG.replace(b"cd", b"ce"), False),
        (JPEG.replace(b"scan", b"sxan"), False),
        (JPEG[:8], False),
    ],
)
def test_jpegs_without_pillow(after: bytes, same: bool) -> None:
    before, new = (base64.b64encode(content).decode() for content in (JPEG, after))
    assert compare_images(before, new, EXACT).same == same


def saved(picture: Any, kind: str = "PNG", **options: Any) -> str:
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return base64.b64encode(out.getvalue()).decode()


def test_images_with_pillow(monkeypatch: pytest.MonkeyPatch) -> None:
    pillow = pytest.importorskip("PIL.Image")
    red, dot = pillow.new("RGB", (40, 40), "red"), pillow.new("RGB", (40, 40), "red")
    dot.putpixel((3, 5), (0, 0, 255))
    clear = pillow.new("RGBA", (4, 4), (0, 0, 0, 0))
    hidden = pillow.new("RGBA", (4, 4), (90, 0, 0, 0))
    deep = [pillow.new("I;16", (4, 4), level) for level in (300, 301)]
    gif = {"save_all": True, "append_images": [dot]}
    for one, other, same, summary in (
        (saved(red), saved(red, "GIF"), True, "the pixels are the same"),
        (saved(red), saved(dot), False, "1 pixel changed (region 1×1 at x=3, y=5)"),
        (saved(red, "BMP"), saved(dot, "TIFF"), False, "1 pixel changed (region 1×1 at x=3, y=5)"),
        (saved(red, "BMP"), saved(clear, "TIFF"), False, "40×40 → 4×4"),
        (saved(clear), saved(hidden), True, "the pixels are the same"),
        (saved(deep[0]), saved(deep[1]), False, "the images differ"),
        (saved(deep[0]), saved(deep[0], compress_level=0), True, "the pixels are the same"),
        (saved(deep[0], "TIFF"), saved(deep[0]), True, "the pixels are the same"),
        (saved(red, "GIF", **gif), saved(red, "BMP"), False, "the images differ"),
        (saved(red, "BMP")[:80], saved(dot, "BMP"), False, "the images differ"),
    ):
        found = compare_images(one, other, EXACT)
        assert found.same == same, summary
        assert found.summary.removeprefix("the size changed: ").startswith(summary)
    monkeypatch.setattr(image, "_MOST_PIXELS", 39 * 40)
    assert (
        compare_images(saved(red, "BMP"), saved(dot, "BMP"), EXACT).summary == "the images differ"
    )


@pytest.mark.parametrize(
    ("share", "wanted"),
    [
        (0.0005, "less than 0.1%"),
        (0.001, "0.1%"),
        (0.0994, "9.9%"),
        (0.0996, "10%"),
        (0.5, "50%"),
        (0.99, "99%"),
        (0.9911, "99.1%"),
        (0.99999, "99.9%"),
        (1.0, "100%"),
    ],
)
def test_a_share_in_percent(share: float, wanted: str) -> None:
    assert format_percent(share) == wanted


# SVG


def drawing(inside: str, width: int = 10) -> str:
    return f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="5">{inside}</svg>'


@pytest.mark.parametrize(
    ("before", "after", "wanted"),
    [
        (drawing("<text>a</text>"), drawing("<text>b</text>"), "changed, and a text in it: a → b"),
        (drawing("<text>a</text>"), drawing(""), "changed, and texts in it"),
        (drawing("<g/>"), drawing("<g/>", 11), "has another size"),
        (drawing("<path d='M0'/>"), drawing("<path d='M1'/>"), "changed"),
        (
            drawing("<!-- a --><path d='M0'/>"),
            drawing("<!-- b --><path d='M1'/>"),
            "changed, and a text in it: a → b",
        ),
    ],
)
def test_drawings(before: str, after: str, wanted: str) -> None:
    found = compare_svg(before, after, EXACT)
    assert (found.same, found.summary) == (False, f"the drawing {wanted}")


def test_drawings_that_are_too_large_are_not_looked_into(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(svg, "_LONGEST", 3)
    monkeypatch.setattr(html, "_LONGEST", 3)
    found = compare_svg("<svg/>", "<svg />", EXACT)
    assert (found.same, found.summary) == (
        False,
        "the drawings differ, and are too large to look into",
    )
    assert not compare_content("text/html", "<p>a", "<p >a", EXACT).same
