"""Whether a notebook is what the format's schema says, by nbformat.

nbformat takes half a second to import, so it is asked only about notebooks that are not plainly
valid: those that a model here, as strict as the schemas of 4.0 to 4.5 or stricter, doesn't take.

Source: the schemas that nbformat ships, nbformat.v4.*.schema.json.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from nbvc.errors import RewriteRefusedError
from nbvc.notebook.jsontext import Raw
from nbvc.notebook.multiline import is_json_mime

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Protocol

    class AnyNotebook(Protocol):
        """What is needed of a notebook: `nbvc.notebook.Notebook` has it."""

        name: str
        text: bytes
        file_format: tuple[int, int]

        @property
        def nbformat_minor(self) -> int: ...
        def to_dict(self) -> dict[str, Any]: ...


__all__ = ["Problem", "check_result", "find_problems"]

_MOST = 20
_LONGEST = 160
"""A message quotes the value that is wrong, which may be a whole table."""


class Problem(msgspec.Struct, frozen=True):
    """What the schema does not allow, and the place as keys and indices from the top."""

    place: tuple[str | int, ...]
    what: str

    @property
    def cell(self) -> int | None:
        """The index of the cell, None for the notebook itself."""
        match self.place:
            case ("cells", int(index), *_):
                return index
            case _:
                return None

    @property
    def text(self) -> str:
        """What is wrong, with the place within the cell: `outputs.0: …`."""
        place = self.place if self.cell is None else self.place[2:]
        return ": ".join(filter(None, (".".join(map(str, place)), self.what)))

    @property
    def line(self) -> str:
        """The same, with the cell as people count: `cell 4: outputs.0: …`."""
        return self.text if self.cell is None else f"cell {self.cell + 1}: {self.text}"

    def __str__(self) -> str:
        """Return `cells.3.outputs.0: …`, as programs count."""
        return f"{'.'.join(map(str, self.place)) or 'notebook'}: {self.what}"


def find_problems(notebook: AnyNotebook) -> tuple[Problem, ...]:
    """Return what nbformat's schema does not allow, nothing if the notebook is valid.

    nbvc reads and keeps invalid notebooks all the same: Jupyter opens most of them.
    """
    return () if _is_plainly_valid(notebook) else _judge_notebook(notebook)


def check_result(notebook: AnyNotebook, sources: Iterable[AnyNotebook]) -> None:
    """Refuse a notebook that is not valid although all that it was made of is.

    Raises `RewriteRefusedError`.
    """
    problems = find_problems(notebook)
    if problems and not any(map(find_problems, sources)):
        raise RewriteRefusedError(
            f"the result would not be a valid notebook: {problems[0].line}",
            where=notebook.name or None,
        )


def _judge_notebook(notebook: AnyNotebook) -> tuple[Problem, ...]:
    """Return what nbformat itself says."""
    import warnings

    from nbformat.validator import iter_validate

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            found = list(iter_validate(notebook.to_dict()))[:_MOST]
        except Exception as error:  # noqa: BLE001
            # A version that is not a number, a type that is a list: nbformat trips over its own checks.
            return (Problem((), f"the schema can't be applied: {error}"),)
    return tuple(
        Problem(_name_place(error), _shorten_message(str(error.message))) for error in found
    )


def _name_place(error: object) -> tuple[str | int, ...]:
    return tuple(getattr(error, "absolute_path", None) or ())


def _shorten_message(message: str) -> str:
    """Return a message without the middle of the value that it quotes."""
    half = _LONGEST // 2
    return message if len(message) <= _LONGEST else f"{message[:half]} … {message[-half:]}"


def _is_plainly_valid(notebook: AnyNotebook) -> bool:
    """Return whether the model below takes a notebook; if not, it may be valid nevertheless."""
    model = _WITH_IDS if notebook.nbformat_minor == 5 else _WITHOUT_IDS
    try:
        is_old = notebook.file_format[0] != 4
        text = msgspec.json.encode(notebook.to_dict()) if is_old else notebook.text
        return all(map(_has_plain_data, model.decode(text).cells))
    except (msgspec.MsgspecError, RecursionError, UnicodeEncodeError):
        return False


# The model. Members that the schema leaves open are skipped.

_Text = str | list[str]
_Count = Annotated[int, Meta(ge=0)] | None
_Bundle = dict[str, Raw]
_Name = Annotated[str, Meta(pattern="^[^\n]+$")]
_Tag = Annotated[str, Meta(pattern="^[^,\n]+$")]
_Id = Annotated[str, Meta(pattern="^[a-zA-Z0-9_-]+$", min_length=1, max_length=64)]
_Object = dict[str, Raw]


class _Stream(msgspec.Struct, tag_field="output_type", tag="stream", forbid_unknown_fields=True):
    name: str
    text: _Text


class _Error(msgspec.Struct, tag_field="output_type", tag="error", forbid_unknown_fields=True):
    ename: str
    evalue: str
    traceback: list[str]


class _Display(
    msgspec.Struct, tag_field="output_type", tag="display_data", forbid_unknown_fields=True
):
    data: _Bundle
    metadata: _Object


class _Result(
    msgspec.Struct, tag_field="output_type", tag="execute_result", forbid_unknown_fields=True
):
    data: _Bundle
    metadata: _Object
    execution_count: _Count


class _Metadata(msgspec.Struct):
    jupyter: _Object = {}
    name: _Name = "-"
    tags: list[_Tag] = []


class _CodeMetadata(_Metadata):
    execution: dict[str, str] = {}
    collapsed: bool = False
    scrolled: bool | Literal["auto"] = False


class _RawMetadata(_Metadata):
    format: str = ""


class _Markdown(msgspec.Struct, tag_field="cell_type", tag="markdown", forbid_unknown_fields=True):
    metadata: _Metadata
    source: _Text
    attachments: dict[str, _Bundle] = {}


class _Plain(msgspec.Struct, tag_field="cell_type", tag="raw", forbid_unknown_fields=True):
    metadata: _RawMetadata
    source: _Text
    attachments: dict[str, _Bundle] = {}


class _Code(msgspec.Struct, tag_field="cell_type", tag="code", forbid_unknown_fields=True):
    metadata: _CodeMetadata
    source: _Text
    outputs: list[_Stream | _Error | _Display | _Result]
    execution_count: _Count


class _MarkdownWithId(_Markdown, tag="markdown", kw_only=True):
    id: _Id


class _PlainWithId(_Plain, tag="raw", kw_only=True):
    id: _Id


class _CodeWithId(_Code, tag="code", kw_only=True):
    id: _Id


class _Kernel(msgspec.Struct):
    name: str
    display_name: str


class _Language(msgspec.Struct):
    name: str
    codemirror_mode: str | _Object = ""
    file_extension: str = ""
    mimetype: str = ""
    pygments_lexer: str = ""


class _NotebookMetadata(msgspec.Struct):
    kernelspec: _Kernel | msgspec.UnsetType = msgspec.UNSET
    language_info: _Language | msgspec.UnsetType = msgspec.UNSET
    orig_nbformat: Annotated[int, Meta(ge=1)] = 1
    title: str = ""
    authors: list[Any] = []


class _Old(msgspec.Struct, forbid_unknown_fields=True):
    cells: list[_Markdown | _Plain | _Code]
    metadata: _NotebookMetadata
    nbformat: Literal[4]
    nbformat_minor: Literal[0, 1, 2, 3, 4]


class _New(msgspec.Struct, forbid_unknown_fields=True):
    cells: list[_MarkdownWithId | _PlainWithId | _CodeWithId]
    metadata: _NotebookMetadata
    nbformat: Literal[4]
    nbformat_minor: Literal[5]


_WITHOUT_IDS = msgspec.json.Decoder(_Old)
_WITH_IDS = msgspec.json.Decoder(_New)
_LINES = msgspec.json.Decoder(list[str])


def _has_plain_data(cell: _Markdown | _Plain | _Code) -> bool:
    """Return whether tags are once, and all data that is not JSON is text or a list of lines."""
    if len(set(cell.metadata.tags)) < len(cell.metadata.tags):
        return False
    if not isinstance(cell, _Code):
        return all(map(_is_plain, cell.attachments.values()))
    shown = (one for one in cell.outputs if isinstance(one, (_Display, _Result)))
    return all(_is_plain(one.data) for one in shown)


def _is_plain(bundle: _Bundle) -> bool:
    """Return whether every value in a MIME bundle is of the type that its MIME type asks for."""
    for mime, raw in bundle.items():
        if is_json_mime(mime):
            continue
        start = bytes(memoryview(raw)[:1])
        if start == b"[":
            _LINES.decode(raw)
        elif start != b'"':
            return False
    return True
