"""Tables that are written as JSON: the Tabular Data Resource of Frictionless, which pandas writes.

    {"schema": {"fields": [{"name": "index"}, {"name": "city"}], "primaryKey": ["index"]},
     "data": [{"index": 0, "city": "Bonn"}]}

    columns  ["city"]        rows  [("0", ["Bonn"])]

Source: https://specs.frictionlessdata.io/tabular-data-resource/
"""

from __future__ import annotations

from nbvc.diffing.meaning.tables import Row, Table
from nbvc.diffing.meaning.tabular import compare_tables, summarize_tables

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from nbvc.diffing.meaning.model import TableMeaning
    from nbvc.diffing.policy import DiffPolicy


def compare_resources(before: Any, after: Any, policy: DiffPolicy) -> TableMeaning | None:
    """Compare two resources by row and column; None if one of them is not a table."""
    tables = _read_table(before), _read_table(after)
    if tables[0] is None or tables[1] is None:
        return None
    change = compare_tables(tables[0], tables[1], (0, 0), policy)
    around = _read_rest(before, after) != _read_rest(after, before)
    return summarize_tables([change], policy, around=around)


def _read_table(value: Any) -> Table | None:
    """Return the table of a resource, or None if a row has other members than its fields."""
    try:
        names = [str(field["name"]) for field in value["schema"]["fields"]]
        keys = value["schema"].get("primaryKey", [])
        keys = [keys] if type(keys) is str else [*keys]
        known = {*names}
        if len(known) < len(names) or not all(row.keys() <= known for row in value["data"]):
            return None
    except (AttributeError, KeyError, TypeError):
        return None
    columns = [name for name in names if name not in keys]
    rows = [
        Row(
            " / ".join(_write(row[key]) for key in names if key in keys and key in row),
            [_write(row[name]) if name in row else "" for name in columns],
            [(number, place) for place in range(len(columns))],
        )
        for number, row in enumerate(value["data"])
    ]
    numbered = all(row.label in ("", str(number)) for number, row in enumerate(rows))
    return Table(columns, rows, numbered, "", ())


def _write(value: Any) -> str:
    """Return a value as text: another text for each value, so that no change is hidden."""
    import json

    if type(value) is str and value and not _is_ambiguous(value):
        return value
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def _is_ambiguous(text: str) -> bool:
    if text[0] in '{["' or text in ("null", "true", "false"):
        return True
    try:
        float(text)
    except ValueError:
        return False
    return True


def _read_rest(value: Any, other: Any) -> tuple[dict[str, Any], ...]:
    """Return what a resource has beside its rows, with the fields that the other has as well."""
    schema = value["schema"]
    names = {str(field["name"]) for field in other["schema"]["fields"]}
    return (
        {key: member for key, member in value.items() if key not in ("schema", "data")},
        {key: member for key, member in schema.items() if key != "fields"},
        {name: field for field in schema["fields"] if (name := str(field["name"])) in names},
    )
