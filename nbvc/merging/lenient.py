"""JSON that was cut anywhere: what can still be read of it.

    {"cells": [{"source": ["a"], "cell_type": "code"      no comma, brackets never closed,
       "source": ["b"], "cell_type": "code"}}             a cell that begins without its bracket

A key that is a second time in an item of a list begins the next item: git's merge drops the
`}, {` between two cells. Nothing is raised, whatever the text.
"""

from __future__ import annotations

from nbvc.lazy import compile_lazily

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

_TOKEN = compile_lazily(
    r'"(?:[^"\\\n]|\\.)*"?|[{}\[\]:,]|-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?|true|false|null'
)
_MOST_UNCLOSED = 50
"""A bracket closes at most so many containers that were left open in it."""
_LITERALS = {"true": True, "false": False, "null": None}
_CELL_KEYS = frozenset(("cell_type", "source", "outputs"))
_NEXT_CELL = frozenset(("cell_type", "source", "outputs", "execution_count", "id", "metadata"))


class _Open:
    """A container that is being read; `key` waits for its value."""

    __slots__ = ("key", "value")

    def __init__(self, value: Any) -> None:
        self.value = value
        self.key: str | None = None


def parse_leniently(text: str) -> dict[str, Any]:
    """Return the object that a text was meant to be, as far as it can be recognized."""
    top: list[Any] = []
    stack = [_Open(top)]
    words = [match[0] for match in _TOKEN.finditer(text)]
    for index, word in enumerate(words):
        if word in "{[":
            value: Any = {} if word == "{" else []
            _add(stack, value)
            stack.append(_Open(value))
        elif word in "}]":
            _close(stack, dict if word == "}" else list)
        elif word in ":,":
            continue
        elif word[0] == '"' and words[index + 1 : index + 2] == [":"]:
            _add_key(stack, _parse_string(word))
        else:
            _add(stack, _parse_scalar(word))
    return next((item for item in top if type(item) is dict), {})


def _add_key(stack: list[_Open], key: str) -> None:
    while len(stack) > 1 and type(stack[-1].value) is not dict:
        stack.pop()
    here = stack[-1]
    if type(here.value) is not dict:
        here.value.append({})
        here = _Open(here.value[-1])
        stack.append(here)
    in_list = len(stack) > 1 and type(stack[-2].value) is list
    if key in here.value and in_list and key in _NEXT_CELL:
        value: dict[str, Any] = {}
        stack.pop()
        stack[-1].value.append(value)
        here = _Open(value)
        stack.append(here)
    here.key = key
    here.value.setdefault(key, None)


def _add(stack: list[_Open], value: Any) -> None:
    here = stack[-1]
    if type(here.value) is list:
        here.value.append(value)
    elif here.key is not None:
        here.value[here.key] = value
        here.key = None
    elif type(value) is dict and len(stack) > 2 and type(stack[-2].value) is list:
        stack.pop()  # a cell begins where the last one was not closed
        stack[-1].value.append(value)


def _close(stack: list[_Open], kind: type) -> None:
    """Close up to the nearest container of that kind; a bracket too many is passed over."""
    for depth in range(len(stack) - 1, max(1, len(stack) - 1 - _MOST_UNCLOSED), -1):
        if type(stack[depth].value) is kind:
            del stack[depth:]
            return


def _parse_string(word: str) -> str:
    import json

    try:
        whole = word.endswith('"') and len(word) > 1
        found = json.loads(word if whole else f'{word}"', strict=False)
    except ValueError:
        return word.strip('"')
    return str(found)


def _parse_scalar(word: str) -> Any:
    if word[0] == '"':
        return _parse_string(word)
    if word in _LITERALS:
        return _LITERALS[word]
    number = float(word)
    if abs(number) == float("inf"):
        return word  # a file never gets an infinity that it did not have
    if not any(mark in word for mark in ".eE") and len(word) < 4000:
        return int(word)
    return number


def cells_in(value: Any) -> Iterator[dict[str, Any]]:
    """Yield everything in a JSON value that looks like a cell, in order."""
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if type(item) is dict:
            if len(_CELL_KEYS & item.keys()) > 1 or ("cell_type" in item and "source" in item):
                yield item
            else:
                waiting += reversed(list(item.values()))
        elif type(item) is list:
            waiting += reversed(item)
