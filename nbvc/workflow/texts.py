"""Read the text that Jupytext pairs with a notebook as the notebook that it stands for.

    analysis.ipynb   cells, outputs, metadata
    analysis.py      cells alone ──jupytext──▶ the same outputs and metadata, where the code is the same

A text has no outputs, so it gets those of the notebook that it is compared with: only sources and cells
can differ. Jupytext's own package reads the text (the extra nbvc[jupytext]).
"""

from __future__ import annotations

import os
from functools import partial

from nbvc.names import SUFFIX
from nbvc.workflow.compare import Source

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from nbvc.notebook.saving import Stamp

_WITH_IDS = 5
"""The minor format from which on cells have ids."""
_NAMED = b'"jupytext"'
"""The key of the metadata that pairs a notebook with texts."""


def is_text(path: str, other: str) -> bool:
    """Return whether a file is text that Jupytext reads, to be compared with a notebook.

    It is not if Jupytext is not installed: then both files are compared as text.
    """
    ending = os.path.splitext(path)[1]
    if not other.endswith(SUFFIX) or ending in {"", SUFFIX} or not os.path.isfile(path):
        return False
    try:
        from jupytext.formats import NOTEBOOK_EXTENSIONS
    except ImportError:
        return False
    return ending in NOTEBOOK_EXTENSIONS


def text_source(path: str, read_notebook: Callable[[], bytes]) -> Source:
    """Return a text as the notebook that it stands for, beside the notebook that it is paired with."""
    return Source(path, path, path, partial(_read, path, read_notebook))


def write_texts(path: str, before: bytes | None, after: bytes) -> dict[str, bytes]:
    """Return the texts that are paired with a notebook as they have to be when it gets new content.

    Only those that the notebook's own metadata names, and that are in step with `before`: in others is
    what no notebook has. Nothing without Jupytext. Settings files of Jupytext may be programs, and are
    not read.
    """
    if before is None or _NAMED not in after:
        return {}
    try:
        from jupytext import writes
        from jupytext.formats import long_form_multiple_formats
        from jupytext.paired_paths import InconsistentPath, paired_paths
    except ImportError:
        return {}
    from nbvc.errors import NbvcError
    from nbvc.notebook import read

    found: dict[str, bytes] = {}
    try:
        node = read(after).to_node()
        formats = long_form_multiple_formats(node.metadata.get("jupytext", {}).get("formats"))
        notebook = {"extension": SUFFIX}
        for text, fmt in paired_paths(path, notebook, formats) if formats else ():
            if text != path and os.path.isfile(text) and _is_in_step(text, before):
                found[text] = writes(node, fmt).encode()
    except (NbvcError, InconsistentPath, ValueError, KeyError, AssertionError, AttributeError):
        return {}
    return found


def save_with_texts(path: str, content: bytes, seen: Stamp | None = None) -> None:
    """Replace a notebook's file, and the texts that were in step with what it replaces.

    `seen` is the stamp of the file as it was read. Raises `OSError`, `ContentChangedError` and
    `WriteRefusedError`.
    """
    from nbvc.notebook.content import read_content
    from nbvc.notebook.saving import save

    before = read_content(path) if _NAMED in content and os.path.isfile(path) else None
    texts = write_texts(os.path.realpath(path), before, content)
    save(path, content, seen)
    for text, words in texts.items():
        save(text, words)


def _is_in_step(text: str, content: bytes) -> bool:
    """Return whether a text says what a notebook says. Raises `NotebookError`."""
    from nbvc.diffing import diff
    from nbvc.notebook import read

    return not diff(read(content), read(_read(text, lambda: content))).changed


def _read(path: str, read_notebook: Callable[[], bytes]) -> bytes:
    """Return a text as a notebook's file; the text itself if it cannot be read as one."""
    import warnings

    import jupytext
    from jupytext.combine import combine_inputs_with_outputs

    from nbvc.errors import NbvcError
    from nbvc.notebook import Notebook, read
    from nbvc.notebook.content import read_content

    content = read_content(path)
    ending = os.path.splitext(path)[1]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            paired = read(read_notebook())
            text = jupytext.reads(content.decode(), fmt=ending)
            found = combine_inputs_with_outputs(text, paired.to_node(), fmt=ending)
        except (NbvcError, ValueError, KeyError, AssertionError):
            return content
    # Jupytext's own entry says which of the two files it was read from.
    found["metadata"] = paired.metadata
    if paired.nbformat_minor < _WITH_IDS:
        for cell in found["cells"]:
            cell.pop("id", None)
    return Notebook.from_dict(found).to_bytes()
