"""Comparators: what they look away from, what they tell, and that nothing makes them fail."""

from __future__ import annotations

import base64
import re
import struct
import zlib
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nbvc
from nbvc.diffing import DiffPolicy
from nbvc.diffing.meaning import image, masks
from nbvc.diffing.meaning.comparing import compare_content, compare_outputs, is_same_output
from nbvc.diffing.meaning.folding import fold_text
from nbvc.diffing.meaning.image import compare_images
from nbvc.diffing.meaning.markup import RANDOM, Raw, number_names, scan
from nbvc.diffing.meaning.masks import mask_text
from nbvc.diffing.meaning.model import JsonMeaning, TableMeaning
from nbvc.diffing.meaning.numbers import NUMBER, pairs_of
from nbvc.diffing.meaning.tables import read_tables
from nbvc.diffing.policy import ALL_MASKS, Mask
from tests.making import code, file, notebook, result, stream

EXACT = DiffPolicy()
LOOSE = DiffPolicy(rtol=1e-3, atol=1e-9, masks=ALL_MASKS)
some = settings(max_examples=40, deadline=None)


def png(
    rows: list[bytes], *, filters: str = "0", level: int = 9, extra: bytes = b"", step: int = 3
) -> str:
    """Make a PNG in base64 from rows of RGB samples, filtered as the digits say in turn."""
    width, lines, above = len(rows[0]) // step, b"", bytes(len(rows[0]))
    for number, row in enumerate(rows):
        method = int(filters[number % len(filters)])
        lines += bytes([method]) + _filtered(method, row, above, step)
        above = row
    header = struct.pack(">IIBBBBB", width, len(rows), 8, 2 if step == 3 else 6, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"tEXt", extra), (b"IDAT", zlib.compress(lines, level))]
    content = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in [*chunks, (b"IEND", b"")]
    )
    return base64.b64encode(content).decode()


def _filtered(method: int, row: bytes, above: bytes, step: int) -> bytes:
    left, corner = bytes(step) + row, bytes(step) + above
    guesses: dict[int, Callable[[int], int]] = {
        0: lambda _: 0,
        1: lambda at: left[at],
        2: lambda at: above[at],
        3: lambda at: (left[at] + above[at]) // 2,
        4: lambda at: _paeth(left[at], above[at], corner[at]),
    }
    return bytes([(row[at] - guesses[method](at)) & 255 for at in range(len(row))])


def _paeth(left: int, up: int, corner: int) -> int:
    guess = left + up - corner
    return min((left, up, corner), key=lambda sample: abs(guess - sample))


ROWS = [
    bytes((x * 7 + y * 13 + c * 31) % 256 for x in range(8) for c in range(3)) for y in range(6)
]
ONE_DOT = [*ROWS[:2], ROWS[2][:9] + bytes([255 - ROWS[2][9]]) + ROWS[2][10:], *ROWS[3:]]
ONE_SHADE = [*ROWS[:2], ROWS[2][:9] + bytes([ROWS[2][9] ^ 1]) + ROWS[2][10:], *ROWS[3:]]


@pytest.fixture(params=["with Pillow", "without"])
def pillow(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "without":
        monkeypatch.setattr(image, "_by_pillow", lambda *_: None)
    else:
        pytest.importorskip("PIL")


@pytest.mark.usefixtures("pillow")
def test_images_are_compared_by_their_pixels() -> None:
    before = png(ROWS)
    for after in (
        png(ROWS, extra=b"Software\0run 2"),
        png(ROWS, level=0),
        png(ROWS, filters="01234"),
        "\n".join([before[:40], before[40:]]),
    ):
        assert compare_images(before, after, EXACT).same
    dot = compare_images(before, png(ONE_DOT), EXACT)
    assert (dot.same, dot.verdict, dot.box) == (False, "different", (3, 2, 4, 3))
    assert dot.share == pytest.approx(1 / 48)
    shade = compare_images(before, png(ONE_SHADE, filters="4"), EXACT)
    assert (shade.same, shade.verdict, shade.largest) == (False, "visually same", 1)
    assert compare_images(before, png(ONE_SHADE), LOOSE).same
    size = compare_images(before, png(ROWS[:5]), EXACT)
    assert "8×6 → 8×5" in size.summary


def test_two_runs_of_a_plot_with_other_metadata_are_no_change() -> None:
    def run(extra: bytes, address: str) -> nbvc.Notebook:
        plot = result({"image/png": png(ROWS, extra=extra), "text/plain": "<Figure>"})
        line = result({"text/plain": f"[<matplotlib.lines.Line2D at {address}>]"})
        return nbvc.Notebook.from_dict(notebook(code("plot()", [line, plot])))

    before, after = run(b"a\0 1", "0x7f01aa00"), run(b"a\0 2", "0x7f99bb00")
    found = nbvc.diff(before, after)
    assert before != after
    assert not found.changed
    assert nbvc.patch(before, found) == after


def table(rows: list[list[Any]], columns: list[str], labels: list[Any] | None = None) -> str:
    """Write a table as pandas does."""
    names = labels or [*range(len(rows))]
    head = "".join(f"<th>{name}</th>" for name in columns)
    body = "".join(
        f"<tr><th>{name}</th>{''.join(f'<td>{value}</td>' for value in row)}</tr>"
        for name, row in zip(names, rows, strict=True)
    )
    head = f"<thead><tr><th></th>{head}</tr></thead>"
    return f"<table class='dataframe'>{head}<tbody>{body}</tbody></table>"


GRID = [[100 * y + x for x in range(10)] for y in range(200)]
NAMES = [f"c{number}" for number in range(10)]


def test_three_of_two_thousand_values_are_named() -> None:
    changed = [[*row] for row in GRID]
    changed[5][1], changed[77][0], changed[199][9] = -1, -2, -3
    found = compare_content("text/html", table(GRID, NAMES), table(changed, NAMES), EXACT)
    assert found.summary == "3 of 2,000 values changed"
    assert isinstance(found, TableMeaning)
    assert [(v.row, v.column, v.before, v.after) for v in found.tables[0].values] == [
        ("5", "c1", "501", "-1"),
        ("77", "c0", "7700", "-2"),
        ("199", "c9", "19909", "-3"),
    ]


SMALL = [["1.00", "x"], ["2.00", "y"], ["3.00", "z"]]
TABLES = [
    ("a row on top", [["0.50", "w"], *SMALL], ["a", "b"], None, "1 row added"),
    ("a row less", SMALL[:2], ["a", "b"], None, "1 row removed"),
    ("a new column", [[*row, 7] for row in SMALL], ["a", "b", "c"], None, "1 column added"),
    ("another name", SMALL, ["a", "q"], None, "1 column added, 1 column removed"),
    ("columns turned", [row[::-1] for row in SMALL], ["b", "a"], None, "columns in another order"),
    ("a value", [["1.01", "x"], *SMALL[1:]], ["a", "b"], None, "1 of 6 values changed"),
]


@pytest.mark.parametrize(("rows", "columns", "labels", "said"), [t[1:] for t in TABLES],
                         ids=[t[0] for t in TABLES])  # fmt: skip
def test_rows_and_columns(rows: Any, columns: Any, labels: Any, said: str) -> None:
    before, after = table(SMALL, ["a", "b"]), table(rows, columns, labels)
    assert compare_content("text/html", before, after, EXACT).summary == said


RESOURCE = "application/vnd.dataresource+json"


def resource(rows: list[list[Any]], columns: list[str], key: list[str] | None = None) -> Any:
    data = [{"index": n} | dict(zip(columns, row, strict=True)) for n, row in enumerate(rows)]
    fields = [{"name": name} for name in ("index", *columns)]
    return {"schema": {"fields": fields, "primaryKey": key or ["index"]}, "data": data}


@pytest.mark.parametrize(
    ("rows", "columns", "said"),
    [(rows, columns, said) for _, rows, columns, _, said in TABLES],
    ids=[one[0] for one in TABLES],
)
def test_a_data_resource_is_a_table(rows: Any, columns: Any, said: str) -> None:
    found = compare_content(RESOURCE, resource(SMALL, ["a", "b"]), resource(rows, columns), EXACT)
    assert isinstance(found, TableMeaning)
    assert found.summary == said


@pytest.mark.parametrize(
    ("before", "after"), [(None, ""), (None, "null"), (1, "1"), (True, "true"), ("", [])]
)
def test_no_value_of_a_data_resource_is_taken_for_another(before: Any, after: Any) -> None:
    one, other = (resource([[value]], ["a"]) for value in (before, after))
    assert compare_content(RESOURCE, one, other, EXACT).summary == "1 of 1 value changed"


def test_what_is_beside_the_rows_of_a_data_resource_is_compared() -> None:
    one, other = resource(SMALL, ["a", "b"]), resource(SMALL, ["a", "b"])
    other["schema"]["fields"][1]["type"] = "number"
    assert not compare_content(RESOURCE, one, other, EXACT).same
    other["data"][0]["more"] = 1  # No field: not a table.
    assert compare_content(RESOURCE, one, other, EXACT).summary.endswith("2 values changed")


SIXTY = [n * n for n in range(60)]


@pytest.mark.parametrize(
    ("after", "changed"),
    [
        ([-1, *SIXTY], 1),
        ([*SIXTY[:5], -1, *SIXTY[5:40], -2, *SIXTY[41:]], 2),
        ([*SIXTY[1:], -1], 2),
        ([-value for value in SIXTY], 59),
        ([*SIXTY[:3], -1, *SIXTY[4:]], 1),
        (SIXTY[::2], 30),
    ],
)
def test_items_of_a_list_keep_their_partners(after: list[int], changed: int) -> None:
    for one, other in ((SIXTY, after), (after, SIXTY)):
        found = compare_content("application/json", {"a": one}, {"a": other}, EXACT)
        assert isinstance(found, JsonMeaning)
        assert found.changed == changed


def test_named_rows_may_stand_in_another_order() -> None:
    before = table(SMALL, ["a", "b"], ["Oslo", "Bergen", "Bodø"])
    after = table([SMALL[2], SMALL[0], SMALL[1]], ["a", "b"], ["Bodø", "Oslo", "Bergen"])
    found = compare_content("text/html", before, after, EXACT)
    assert (found.same, found.summary) == (False, "rows in another order")


TOLERANT = [
    ("text/plain", "loss 0.12345", "loss 0.12346", True),
    ("text/plain", "loss 0.12345", "loss 0.13", False),
    ("text/plain", "loss 0.12345", "gain 0.12345", False),
    ("text/plain", "1e400", "2e400", False),
    ("text/plain", "nan inf", "nan inf ", True),
    ("text/html", table([["1.0001"]], ["a"]), table([["1.0002"]], ["a"]), True),
    ("text/html", table([["1.0001"]], ["a"]), table([["1.1"]], ["a"]), False),
    ("application/json", {"a": [1.0, 2]}, {"a": [1.0001, 2]}, True),
    ("application/json", {"a": [1.0, 2]}, {"a": [1.0, 3]}, False),
    ("application/geo+json", {"type": "Point"}, {"type": "Polygon"}, False),
]


@pytest.mark.parametrize(("mime", "before", "after", "same"), TOLERANT)
def test_numbers_within_a_tolerance(mime: str, before: Any, after: Any, same: bool) -> None:
    policy = DiffPolicy(rtol=1e-3)
    assert compare_content(mime, before, after, policy).same is same
    assert (
        not compare_content(mime, before, after, EXACT).same or before == after or "nan" in before
    )


MASKED = [
    (Mask.ADDRESSES, "<Model at 0x7f3c2a10>", "<Model at 0x7f99bb00>"),
    (Mask.TIMESTAMPS, "at 2024-03-04 09:12:07", "at 2025-11-30 19:02:59"),
    (Mask.TIMESTAMPS, "2024-03-04T09:12:07.123Z", "2025-01-01T00:00:00Z"),
    (Mask.TIMESTAMPS, "Mon Mar  4 09:12:07 2024", "Tue Apr 12 10:00:00 2025"),
    (Mask.UUIDS, "id 1b4e28ba-2fa1-11d2-883f-0016d3cca427", "id 9c5b94b1-35ad-49bb-b118-8e8fc24abf80"),
    (Mask.DURATIONS, "took 1.03 s", "took 17 ms"),
    (Mask.DURATIONS, "17.1 ms ± 2 ms per loop", "18 µs ± 1.5 µs per loop"),
    (Mask.PATHS, "wrote /tmp/tmpab12/x.csv", "wrote /tmp/tmpzz99/y.csv"),
    (Mask.PATHS, "/var/folders/zz/q1/T/tmp1 is gone", "/private/tmp/q2 is gone"),
]  # fmt: skip


@pytest.mark.parametrize(("mask", "before", "after"), MASKED)
def test_masks_leave_out_what_they_name_and_nothing_else(
    mask: Mask, before: str, after: str
) -> None:
    assert mask_text(before, [mask]) == mask_text(after, [mask])
    assert not compare_content("text/plain", before, after, EXACT).same
    assert compare_content("text/plain", before, after, DiffPolicy(masks=frozenset([mask]))).same
    assert mask_text("x = 17, rain in Oslo", [mask]) == "x = 17, rain in Oslo"


FOLDED = [
    ("10%\r50%\r100%\n", "100%\n"),
    ("abc\rX", "Xbc"),
    ("abc\r\x1b[KX", "X"),
    ("\x1b[31mred\x1b[0m", "red"),
    ("one\ntwo\x1b[A\rTOP", "TOP\ntwo"),
    ("ab\b\bX", "Xb"),
    ("a\r\nb", "a\nb"),
    ("\x1b]8;;http://x\x07link\x1b]8;;\x07", "link"),
]


@pytest.mark.parametrize(("text", "shown"), FOLDED)
def test_text_is_folded_as_a_terminal_shows_it(text: str, shown: str) -> None:
    assert fold_text(text) == shown


def test_a_stream_may_be_cut_into_other_pieces() -> None:
    def run(*pieces: tuple[str, str]) -> nbvc.Notebook:
        outputs = [{**stream(text), "name": name} for name, text in pieces]
        return nbvc.Notebook.from_dict(notebook(code("work()", outputs)))

    before = run(("stdout", "a\n"), ("stderr", "w\n"), ("stdout", "b\n"))
    after = run(("stdout", "a\nb\n"), ("stderr", "w\n"))
    found = nbvc.diff(before, after)
    assert not found.changed
    assert nbvc.patch(before, found) == after
    assert nbvc.diff(before, run(("stdout", "a\nc\n"), ("stderr", "w\n"))).changed


def test_a_digest_that_people_read_is_no_made_up_name() -> None:
    one, other = "ab" * 16, "cd" * 16
    read = compare_content("text/html", f"<p>{one}</p>", f"<p>{other}</p>", EXACT)
    made_up = compare_content("text/html", f"<p id='{one}'>x</p>", f"<p id='{other}'>x</p>", EXACT)
    assert (read.same, made_up.same) == (False, True)


CHART = "application/vnd.vegalite.v5+json"
SHOWN = {CHART: {"mark": "bar"}, "text/plain": "alt.Chart(...)"}
DRAWN = {**SHOWN, "image/png": png(ROWS)}
OTHER = {**DRAWN, "image/png": "iVBORw0KGgo="}


@pytest.mark.parametrize(
    ("before", "after", "changed"),
    [
        (SHOWN, DRAWN, False),
        (DRAWN, SHOWN, False),
        (DRAWN, OTHER, True),
        (SHOWN, {**DRAWN, CHART: {"mark": "line"}}, True),
        (SHOWN, {**SHOWN, "image/svg+xml": "<svg/>"}, True),
        ({"text/html": "x"}, {"text/html": "x", "image/png": png(ROWS)}, True),
        ({"image/png": png(ROWS)}, DRAWN, True),
    ],
)
def test_a_picture_that_the_page_added_to_a_chart(before: Any, after: Any, changed: bool) -> None:
    old, new = (nbvc.read(file(code("chart", [result(side)]))) for side in (before, after))
    found = nbvc.diff(old, new)
    assert found.changed == changed
    assert nbvc.patch(old, found) == new
    one, other = (nbvc.Notebook.from_dict(side.to_dict()) for side in (old, new))
    assert nbvc.diff(one, other).changed == changed


MIMES = ("text/html", "image/svg+xml", "text/plain", "image/png", "image/jpeg",
         "application/json", "application/vnd.plotly.v1+json", "application/pdf",
         "application/vnd.jupyter.widget-view+json", "application/vnd.vegalite.v5+json",
         "application/vnd.dataresource+json")  # fmt: skip
PIECES = st.sampled_from([
    "<table>", "</table>", "<tr>", "<td rowspan='9'>", "<th>", "<td colspan=3>", "</td>", "<thead>",
    "<!--", "-->", "<script>", "</script", "<svg id='a'>", "<use href='#a'>", "&lt;", "\0", "'", '"',
    "1.5", " 2e9", "0x7fabcd", "\r", "\b", "\x1b[A", "\x1b[2K", "\n", "50%|##  | 1/2", "\ud800", "<",
    "text", "é", "iVBORw0KGgo", "2024-01-02 03:04:05", "in /tmp/x",
])  # fmt: skip
texts = st.lists(PIECES, max_size=25).map("".join)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)


@some
@given(st.sampled_from(MIMES), values | texts, values | texts, st.sampled_from([EXACT, LOOSE]))
def test_comparators_take_anything_and_are_fair(
    mime: str, one: Any, other: Any, policy: DiffPolicy
) -> None:
    there, back = (compare_content(mime, *pair, policy) for pair in ((one, other), (other, one)))
    assert there.same == back.same
    assert compare_content(mime, one, one, policy).same
    assert there.summary


@some
@given(st.binary(max_size=200), st.binary(max_size=200), st.booleans())
def test_images_of_any_bytes(one: bytes, other: bytes, real: bool) -> None:
    start = base64.b64decode(png(ROWS))[: 60 if real else 0]
    a, b = (base64.b64encode(start + tail).decode() for tail in (one, other))
    assert compare_images(a, b, EXACT).same == compare_images(b, a, EXACT).same
    assert compare_images(a, a, EXACT).same


@some
@given(values, values)
def test_outputs_of_any_shape(one: Any, other: Any) -> None:
    for kind in ("stream", "error", "display_data"):
        pair = [
            {"output_type": kind, "name": "stdout", "text": value, "traceback": value,
             "evalue": value, "ename": value, "data": value, "metadata": {}}
            for value in (one, other)
        ]  # fmt: skip
        for policy in (EXACT, LOOSE):
            found = compare_outputs(pair[0], pair[1], policy)
            assert is_same_output(pair[0], pair[1], policy) == (found is not None and found.same)


ALIKE = ("<A at 0x7fabcd>", "<A at 0x7f1234>", "1.5", "1.50001", "a \n", "a\n", "<td>1</td>", "b")
bundles = st.dictionaries(st.sampled_from(MIMES), st.sampled_from(ALIKE) | values, max_size=3)


@some
@given(bundles, bundles, st.sampled_from([EXACT, LOOSE, DiffPolicy(masks=ALL_MASKS)]))
def test_whether_outputs_show_the_same_is_told_as_what_changed(
    one: Any, other: Any, policy: DiffPolicy
) -> None:
    pair = [{"output_type": "display_data", "metadata": {}, "data": data} for data in (one, other)]
    found = compare_outputs(pair[0], pair[1], policy)
    assert found is not None
    assert is_same_output(pair[0], pair[1], policy) == found.same


HOSTILE = ['<a "', "<a '> ", "<!--", "<", "<script>", "<table>", "<td>", "<tr><td rowspan=1000>",
           "\b\r", "x\x1b[A", "1,", "0.", "-", "[0:00<", "at 0x"]  # fmt: skip


@pytest.mark.parametrize("piece", HOSTILE)
def test_hostile_text_is_gone_through_once(piece: str) -> None:
    """A step that looked back over all of it would not end on this."""
    text = piece * 4_000
    for mime in ("text/html", "text/plain", "image/svg+xml"):
        assert compare_content(mime, text, text, LOOSE).same
        compare_content(mime, text, f"{text}x", LOOSE)


def test_what_is_too_large_is_compared_by_bytes() -> None:
    huge = "<p>x</p>" * 1_000_000
    assert not compare_content("text/html", huge, huge + "y", EXACT).same


def test_tables_of_any_shape_are_read() -> None:
    ragged = "<table><tr><td>1<td>2<tr><td rowspan=3>3</table><table><tr><th>x"
    found = read_tables(ragged)
    assert [[row.values for row in one.rows] for one in found] == [[["1", "2"], ["3"]], [[]]]
    assert scan("a < b & c")[0].text.startswith("a ")  # type: ignore[union-attr]


UUID = "12345678-9abc-1234-5678-123456789abc"
NAME_PIECES = [
    *("0123abcd", "-", "_", "12ab", "f" * 32, "e" * 31, "T_", "T_0a1b2", "sk-container-id-", "12"),
    *(" ", "x", "é", "\ud800", UUID, UUID.replace("-", "_")),
]


@given(st.lists(st.sampled_from(NAME_PIECES), min_size=20, max_size=60))
def test_made_up_names_are_found_in_long_texts_as_in_short_ones(pieces: list[str]) -> None:
    text = "".join(pieces)
    tokens = number_names([Raw("script", text)])
    names: dict[str, str] = {}
    wanted = RANDOM.sub(lambda found: names.setdefault(found[0], f"\0{len(names)}"), text)
    assert tokens == [Raw("script", wanted)]


NUMBER_PIECES = [
    *("1", "2.5", "1,000", "-3", "\u22121", "nan", "inf", "x", "x1", "e", "1e5", ".", "é", ","),
    *(" ", "  ", "\t", "\n", "--", "---"),
]


@given(st.lists(st.sampled_from(NUMBER_PIECES), max_size=9), st.data())
def test_numbers_pair_where_all_but_numbers_is_the_same(pieces: list[str], data: Any) -> None:
    other = [data.draw(st.sampled_from([piece, piece, *NUMBER_PIECES])) for piece in pieces]
    before, after = "".join(pieces), "".join(other)
    frames = [re.sub(r"[ \t]*\0[ \t]*", " \0 ", NUMBER.sub("\0", text)) for text in (before, after)]
    frames = [re.sub(r"-{2,}", "--", re.sub(r"[ \t]+", " ", frame)) for frame in frames]
    olds, news = NUMBER.findall(before), NUMBER.findall(after)
    same = frames[0] == frames[1] and len(olds) == len(news)
    assert pairs_of(before, after) == (list(zip(olds, news, strict=True)) if same else None)


@given(st.text("1%|[]=>.#- ━╸╺█▓▒░x\n", max_size=24))
def test_a_text_is_searched_for_bars_wherever_one_may_be(text: str) -> None:
    assert masks._may_have_bar(text) or not masks._BAR.search(text)
    lines = text.split("\n")
    searched = [bool(masks._BAR.search(line)) for line in lines]
    changed = masks.bar_timings(text).split("\n")
    assert all(
        found or old == new for found, old, new in zip(searched, lines, changed, strict=True)
    )
