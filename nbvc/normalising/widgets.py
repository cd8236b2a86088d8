"""Which widgets the outputs of a notebook show: their models stay as long as the outputs do.

output     application/vnd.jupyter.widget-view+json: {"model_id": "a1"}
metadata   widgets.….state: {"a1": {"state": {"layout": "IPY_MODEL_b2"}}, "b2": …, "c3": …}
shown      a1, b2
"""

from __future__ import annotations

from nbvc.notebook.jsontext import decode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

    from nbvc.notebook.jsontext import Raw

_VIEW = "widget-view+json"
"""How the MIME type of a widget ends: of ipywidgets, and of Synapse."""

_REFERENCE = "IPY_MODEL_"
"""How a model names another one."""


def find_shown(metadata: Any, outputs: Iterable[Raw | bytes]) -> frozenset[str]:
    """Return the IDs of all models that outputs show, with the models that these need.

    `metadata` is the notebook's, `outputs` the texts of the outputs of its cells.
    """
    waiting = [
        name
        for text in outputs
        if _VIEW.encode() in bytes(text)
        for name in _find_views(decode(text))
    ]
    states = dict(_find_states(metadata))
    shown: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name not in shown:
            shown.add(name)
            waiting += [
                other
                for text in _find_texts(states.get(name))
                if (other := _read_name(text)) in states
            ]
    return frozenset(shown)


def _find_views(outputs: Any) -> Iterator[str]:
    for output in outputs if type(outputs) is list else ():
        data = output.get("data") if type(output) is dict else None
        for mime, view in data.items() if type(data) is dict else ():
            if mime.endswith(_VIEW):
                yield from _find_texts(view)


def _find_states(value: Any) -> Iterator[tuple[str, Any]]:
    """Yield the models below every key `state` of the metadata of a notebook."""
    for key, item in value.items() if type(value) is dict else ():
        if key == "state" and type(item) is dict:
            yield from item.items()
        else:
            yield from _find_states(item)


def _read_name(text: str) -> str:
    return text.removeprefix(_REFERENCE)


def _find_texts(value: Any) -> Iterator[str]:
    """Yield all strings in a value."""
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if type(item) is str:
            yield item
        elif type(item) is dict:
            waiting += item.values()
        elif type(item) is list:
            waiting += item
