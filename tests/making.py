"""Small notebooks for tests."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from nbvc.errors import NotebookError
from nbvc.workflow.compare import Comparison, Pair, make_source

if TYPE_CHECKING:
    from nbvc.diffing import NotebookDiff


def code(source: str, outputs: list[dict[str, Any]] | None = None, **more: Any) -> dict[str, Any]:
    cell: dict[str, Any] = {
        "cell_type": "code",
        "source": source,
        "metadata": {},
        "execution_count": None,
    }
    return {**cell, "outputs": outputs or [], **more}


def markdown(source: str, **more: Any) -> dict[str, Any]:
    return {"cell_type": "markdown", "source": source, "metadata": {}, **more}


def stream(text: str, name: str = "stdout") -> dict[str, Any]:
    return {"output_type": "stream", "name": name, "text": text}


def result(data: dict[str, Any], count: int | None = None) -> dict[str, Any]:
    return {
        "output_type": "execute_result",
        "data": data,
        "metadata": {},
        "execution_count": count,
    }


def notebook(*cells: dict[str, Any], minor: int = 4, **metadata: Any) -> dict[str, Any]:
    return {"cells": [*cells], "metadata": metadata, "nbformat": 4, "nbformat_minor": minor}


def file(*cells: dict[str, Any], **more: Any) -> bytes:
    """The bytes of a notebook as Jupyter writes them, sources aside."""
    text = json.dumps(notebook(*cells, **more), indent=1, ensure_ascii=False, sort_keys=True)
    return f"{text}\n".encode()


def comparison(
    name: str,
    diff: NotebookDiff | None = None,
    note: str = "",
    *,
    problem: str = "",
    texts: tuple[str, str] | None = None,
) -> Comparison:
    """A comparison of two versions of a notebook, or the problem with one of them."""
    side = make_source(b"", name, name, name)
    error = NotebookError(problem) if problem else None
    return Comparison(Pair(side, side, note=note), diff, error, texts)
