"""Write the browser's types of what it sends and gets: `python -m tests.integration.jupyter.contract`.

    contract.ts   from the types in `nbvc_jupyter.requests` and `nbvc_jupyter.answers`
    format.ts     from the schema of nbvc's diff

A struct becomes an interface, and a field with a default becomes optional.
"""

from __future__ import annotations

import enum
import inspect
import typing
from functools import cache
from pathlib import Path
from types import ModuleType, NoneType, UnionType
from typing import Any

import msgspec

import nbvc
from nbvc_jupyter import answers, refusals, requests, tasks
from tests.conftest import ROOT

SOURCES = ROOT / "jupyter_extension" / "src"
SCHEMA = Path(nbvc.__file__).parent / "diffing" / "nbvc-diff.schema.json"
_HEAD = "/** Written by `python -m tests.integration.jupyter.contract`. */\n"
_IMPORTS = """\
import type { INotebookDiff, LineOp } from '../diff/format';
import type { ICell, INotebook } from '../shared/notebook';
"""
_PLAIN = {
    str: "string",
    bool: "boolean",
    int: "number",
    NoneType: "null",
    Any: "unknown",
    msgspec.Raw: "unknown",
}


def files() -> dict[str, str]:
    """Return the content of each file, by its path from `SOURCES`."""
    return {"server/contract.ts": render_contract(), "diff/format.ts": render_format()}


# Structs


def render_contract() -> str:
    """Return the types of requests and answers."""
    structs = [one for module in (requests, answers) for one in _structs(module)]
    enums = {found for one in structs for hint in _hints(one).values() for found in _enums(hint)}
    choices = {one.__name__: _literals(one) for one in enums}
    choices |= {name: _choices(hint) for hint, name in _aliases().items()}
    known = {name: _endpoint(task) for name, task in tasks.TASKS.items()}
    ends = [
        [f"'{name}': {pair[side]}" for name, pair in known.items() if pair] for side in range(2)
    ]
    parts = [_interface(_name(one), _fields(one), inspect.getdoc(one) or "") for one in structs]
    parts += [_alias(name, choices[name]) for name in sorted(choices)]
    parts.append(_interface("IRequests", ends[0], "The request of each task."))
    parts.append(_interface("IAnswers", ends[1], "The answer of each task."))
    return "\n".join([_HEAD + _IMPORTS, *parts])


def _structs(module: ModuleType) -> list[type[msgspec.Struct]]:
    """Return the structs that a module defines, in their order, without their bases."""
    return [
        one
        for one in vars(module).values()
        if inspect.isclass(one) and issubclass(one, msgspec.Struct)
        if one.__module__ == module.__name__ and not one.__subclasses__()
    ]


@cache
def _aliases() -> dict[Any, str]:
    """Return the choices that have names."""
    return {
        hint: name
        for module in (requests, refusals, answers)
        for name, hint in vars(module).items()
        if isinstance(hint, UnionType) or typing.get_origin(hint) is typing.Literal
    }


def _hints(struct: type) -> dict[str, Any]:
    return typing.get_type_hints(struct, include_extras=True)


def _enums(hint: Any) -> list[type[enum.Enum]]:
    if inspect.isclass(hint) and issubclass(hint, enum.Enum):
        return [hint]
    return [one for arg in typing.get_args(hint) for one in _enums(arg)]


def _fields(struct: type[msgspec.Struct]) -> list[str]:
    hints, config = _hints(struct), struct.__struct_config__
    fields = [f"{config.tag_field}: '{config.tag}'"] if config.tag_field else []
    for field in msgspec.structs.fields(struct):
        mark = "" if field.required else "?"
        fields.append(f"{field.name}{mark}: {_type(hints[field.name])}")
    return fields


def _interface(name: str, fields: list[str], doc: str) -> str:
    summary = doc.partition("\n")[0].replace("None", "null").replace("False", "false")
    head = f"/** {summary} */\n" if summary else ""
    if not fields:
        return f"{head}export type {name} = Record<string, never>;\n"
    return (
        f"{head}export interface {name} {{\n{''.join(f'  {one};{chr(10)}' for one in fields)}}}\n"
    )


def _alias(name: str, choices: list[str]) -> str:
    line = f"export type {name} = {' | '.join(choices)};\n"
    rows = "".join(f"\n  | {one}" for one in choices)
    return line if len(line) < 98 else f"export type {name} ={rows};\n"


def _type(hint: Any) -> str:
    """Return the TypeScript type of an annotation."""
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if hint in _PLAIN or hint in _aliases():
        return _PLAIN.get(hint) or _aliases()[hint]
    if origin is typing.Annotated:
        return args[1] if type(args[1]) is str else _type(args[0])
    if origin in (typing.Literal, typing.Union, UnionType):
        return " | ".join(_choices(hint))
    if origin in (list, tuple):
        return _array(_type(args[0]))
    if origin is dict:
        return f"Record<{_type(args[0])}, {_type(args[1])}>"
    return _name(hint)


def _choices(hint: Any) -> list[str]:
    args = typing.get_args(hint)
    if typing.get_origin(hint) is typing.Literal:
        return _literals(args)
    return [_type(arg) for arg in args if arg is not msgspec.UnsetType]


def _literals(values: typing.Iterable[Any]) -> list[str]:
    return [repr(one.value if isinstance(one, enum.Enum) else one) for one in values]


def _array(item: str) -> str:
    return f"({item})[]" if " | " in item else f"{item}[]"


def _name(hint: Any) -> str:
    return hint.__name__ if issubclass(hint, enum.Enum) else f"I{hint.__name__}"


def _endpoint(task: Any) -> tuple[str, str] | None:
    """Return the types of request and answer of a task; None for those that Jupyter itself asks."""
    hints = task.__annotations__
    if not hints["return"].startswith("a."):
        return None
    answer = getattr(answers, hints["return"].removeprefix("a."))
    return _type(getattr(requests, hints["request"])), _type(answer)


# Schema


def render_format() -> str:
    """Return the types of nbvc's diff."""
    schema = msgspec.json.decode(SCHEMA.read_bytes())
    kinds: dict[str, Any] = {**schema["$defs"], "notebook_diff": schema}
    parts = []
    for key, node in kinds.items():
        name = _defined(key, node)
        if "properties" in node:
            parts.append(_interface(name, _members(node, kinds), ""))
        elif name:
            choices = node.get("oneOf", [node])
            parts.append(_alias(name, [_shape(one, kinds) for one in choices]))
    return "\n".join([_HEAD, *parts])


def _defined(key: str, node: Any) -> str:
    """Return the name of a definition, empty for those that have none in TypeScript."""
    name = "".join(word.title() for word in key.split("_"))
    if "properties" in node:
        return f"I{name}"
    return name if "oneOf" in node or key == "range" else ""


def _members(node: Any, kinds: dict[str, Any]) -> list[str]:
    required = node.get("required", ())
    return [
        f"{key}{'' if key in required else '?'}: {_shape(value, kinds)}"
        for key, value in node["properties"].items()
    ]


def _shape(node: Any, kinds: dict[str, Any]) -> str:
    """Return the TypeScript type of a part of the schema."""
    if node is True:
        return "unknown"
    if "$ref" in node:
        key = node["$ref"].rpartition("/")[2]
        return _defined(key, kinds[key]) or _shape(kinds[key], kinds)
    if "const" in node or "enum" in node:
        return " | ".join(_literals(node.get("enum", [node.get("const")])))
    if "properties" in node:
        return f"{{ {'; '.join(_members(node, kinds))} }}"
    if node["type"] == "array":
        item = _shape(node["items"], kinds)
        exact = node.get("maxItems") == node.get("minItems", -1)
        return f"[{', '.join([item] * node['maxItems'])}]" if exact else _array(item)
    names = {"integer": "number", "object": "Record<string, unknown>"}
    listed = [node["type"]] if type(node["type"]) is str else node["type"]
    return " | ".join(names.get(one, one) for one in listed)


if __name__ == "__main__":
    for name, content in files().items():
        (SOURCES / name).write_text(content)
