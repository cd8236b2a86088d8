"""The JSON schema of a diff, read and checked once: that alone takes longer than to use it."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import jsonschema

from tests.conftest import ROOT


@cache
def _make_validator() -> Any:
    schema = json.loads((ROOT / "nbvc" / "diffing" / "nbvc-diff.schema.json").read_text("utf-8"))
    kind = jsonschema.validators.validator_for(schema)
    kind.check_schema(schema)
    return kind(schema)


def check_schema(found: Any) -> None:
    """Raise `jsonschema.ValidationError` if this is not a diff as nbvc prints it."""
    _make_validator().validate(found)
