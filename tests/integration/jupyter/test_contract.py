"""The browser's types are those of the server, and of nbvc's diff."""

from __future__ import annotations

from typing import get_args

import msgspec
import pytest

from nbvc.diffing.meaning.model import Meaning
from tests.integration.jupyter.contract import SCHEMA, SOURCES, files


@pytest.mark.parametrize("name", files())
def test_the_types_of_the_browser_are_up_to_date(name: str) -> None:
    """If this fails: `python -m tests.integration.jupyter.contract`, then `npm run build:lib`."""
    assert (SOURCES / name).read_text() == files()[name]


@pytest.mark.parametrize("kind", get_args(Meaning), ids=lambda kind: kind.__name__)
def test_the_schema_has_the_fields_of_each_meaning(kind: type[msgspec.Struct]) -> None:
    tag = kind.__struct_config__.tag
    kinds = msgspec.json.decode(SCHEMA.read_bytes())["$defs"]
    schema = next(
        one
        for name, one in kinds.items()
        if name.endswith("_meaning")
        if tag in one["properties"]["kind"].values()
        or tag in one["properties"]["kind"].get("enum", [])
    )
    assert schema["properties"].keys() - {"kind"} == {*kind.__struct_fields__}
    required = {field.name for field in msgspec.structs.fields(kind) if field.required}
    assert {*schema["required"]} == {"kind", *required}
