"""Notebooks without trust: the one way in which the server reads a notebook, and writes one back.

Trust is what a user said about a notebook that they saw, and Jupyter keeps it outside of the file.
A file that claims it (`metadata.trusted`, IPython's `metadata.signature`) was written by others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nbvc.errors import NbvcError, NotebookError, RewriteRefusedError
from nbvc.notebook import Notebook, read
from nbvc.notebook.jsonedit import edit_object, locate_elements, locate_members
from nbvc.notebook.jsontext import decode
from nbvc.notebook.places import cell_places, splice, top_places
from nbvc.notebook.style import JUPYTER
from nbvc_jupyter.refusals import RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterator

    import msgspec

    from nbvc.notebook.places import CellPlace, Span

_CLAIMS = ("trusted", "signature")
_SIGNS = (b"trusted", b"signature", b"\\u00")
"""What the text of a notebook that claims trust contains: letters of a key may be escapes."""


def remove_trust(content: bytes, name: str = "") -> Notebook:
    """Return the notebook in a file without its claims of trust. Raises `NbvcError`."""
    notebook = read(content, name=name)
    try:
        return _without_claims(notebook)
    except RewriteRefusedError:  # A key occurs twice. This is not written: the last one counts.
        return _without_claims(Notebook.from_dict(notebook.to_dict(), name=name))


def make_restorable(content: bytes, name: str) -> bytes:
    """Return a version as it may be written to a file: byte for byte, except claims of trust.

    Raises `RefusedError` if the version is not a notebook.
    """
    try:
        return _without_claims(read(content)).to_bytes()
    except NbvcError as error:
        text = f"{name}: this version can't be restored: {error.message}"
        raise RefusedError(409, "not-restorable", text, hint="nothing was written") from error


def as_written(model: Any) -> bytes:
    """Return a notebook of the contents API as Jupyter writes it to a file. Raises `NotebookError`."""
    try:
        return _without_claims(Notebook.from_dict(model)).to_bytes()
    except NbvcError:
        raise
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise NotebookError(f"not a notebook ({type(error).__name__})") from None


def as_sent(notebook: bytes | msgspec.Raw) -> bytes:
    """Return a notebook that the browser sent as Jupyter writes it to a file. Raises `NbvcError`."""
    try:
        model = decode(bytes(notebook))
    except NotebookError:
        raise RefusedError(400, "bad-request", "the notebook can't be read") from None
    return as_written(model)


def _without_claims(notebook: Notebook) -> Notebook:
    """Return a notebook without claims of trust; the rest of its text stays, byte for byte.

    Raises `RewriteRefusedError` if a key occurs twice.
    """
    if not any(sign in notebook.text for sign in _SIGNS):
        return notebook
    spans = sorted(_find_claims(notebook))
    if not spans:
        return notebook
    return Notebook.parse(splice(notebook.text, spans), notebook.name, bom=notebook.bom)


def _find_claims(notebook: Notebook) -> Iterator[Span]:
    """Yield the metadata that claims trust, and what takes its place."""
    text, top = notebook.text, top_places(notebook.text)
    if notebook.file_format[0] >= 4:
        top.pop("worksheets", None)  # Only formats 2 and 3 keep cells there.
    if "metadata" in top:
        yield from _claim(text, *top["metadata"])
    for cell in cell_places(notebook, top):
        if any(sign in text[cell.start : cell.end] for sign in _SIGNS):
            yield from _claims_of_cell(text, cell)


def _claims_of_cell(text: bytes, cell: CellPlace) -> Iterator[Span]:
    if "metadata" in cell.places:
        yield from _claim(text, *cell.places["metadata"])
    start, end = cell.places.get("outputs", (0, 0))
    if text[start : start + 1] != b"[":
        return
    for output in locate_elements(text[start:end]):
        at = start + output.start
        if text[at : at + 1] == b"{":
            for member in locate_members(text[at : start + output.end]):
                if member.key == "metadata":
                    yield from _claim(text, at + member.value_start, at + member.end)


def _claim(text: bytes, start: int, end: int) -> Iterator[Span]:
    metadata = text[start:end]
    if not any(sign in metadata for sign in _SIGNS):
        return
    value = decode(metadata)
    if type(value) is not dict:
        return
    # JavaScript takes an empty list for true, Python does not: only these are false in both.
    gone = [key for key in _CLAIMS if key in value and value[key] not in (False, None, "")]
    if gone:
        yield start, end, edit_object(metadata, dict.fromkeys(gone), JUPYTER.style, 1)
