"""A notebook as plain text: what `nbvc show` prints and unified diffs are made of.

    # %% [markdown]
    # Rainfall
    # %% [code]
    print(total)
    #> 1024
    #> image/png, 640×480, 23.1 kB (1f0c9a77)

Counts, ids and other noise are left out, and cells are not numbered: inserting one changes
nothing below it. Binary content is as a line that changes when it does.
"""

from __future__ import annotations

from nbvc.diffing.policy import DEFAULT_PARTS, Part
from nbvc.normalising.metadata import MetadataPolicy
from nbvc.normalising.noise import read_language
from nbvc.render.escape import escape_line, escape_text, without_colours
from nbvc.render.media import describe_media, digest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from nbvc.notebook import Cell, Notebook

_NOISE = MetadataPolicy()
_PREFERRED = ("text/plain", "text/markdown", "text/latex", "text/html")


def format_notebook(notebook: Notebook, parts: frozenset[Part] = DEFAULT_PARTS) -> list[str]:
    """Return the lines of a notebook as text, without line ends."""
    lines: list[str] = []
    if Part.METADATA in parts or Part.DETAILS in parts:
        meant = _NOISE.find_meant_notebook(notebook.metadata)
        if meant["language"] == "python":
            del meant["language"]
        lines += _format_metadata(notebook.metadata, meant, parts)
    language = read_language(notebook.metadata)
    for cell in notebook.cells:
        lines += format_cell(cell, parts, language)
    return lines


def format_cell(
    cell: Cell, parts: frozenset[Part] = DEFAULT_PARTS, language: str = "python"
) -> list[str]:
    """Return the lines of one cell; `language` is the notebook's."""
    lines = [f"# %% [{escape_line(cell.cell_type)}]{_format_extras(cell, parts)}"]
    if Part.METADATA in parts or Part.DETAILS in parts:
        meant = _NOISE.find_meant_cell(cell.metadata, language)
        lines += _format_metadata(cell.metadata, meant, parts)
    if Part.SOURCES in parts:
        lines += escape_text(cell.source).split("\n") if cell.source else []
    if Part.ATTACHMENTS in parts:
        for name, bundle in cell.attachments.items():
            lines += [f"#> {line}" for line in attachment_lines(name, bundle)]
    if Part.OUTPUTS in parts:
        lines += [f"#> {line}" for output in cell.outputs for line in format_output(output)]
    return lines


def attachment_lines(name: str, bundle: Any) -> list[str]:
    """Return a line for every type of an attachment; none if there is no attachment."""
    return [f"attachment {escape_line(name)}: {line}" for line in _format_contents(bundle)]


def _format_extras(cell: Cell, parts: frozenset[Part]) -> str:
    extras = ""
    if Part.ID in parts and cell.id is not None:
        extras += f" id={escape_line(cell.id)}"
    if Part.DETAILS in parts and cell.execution_count is not None:
        extras += f" count={cell.execution_count}"
    return extras


def _format_metadata(
    metadata: dict[str, Any], meant: dict[str, Any], parts: frozenset[Part]
) -> list[str]:
    """Return a line for each key; `meant` is the metadata without noise."""
    import json

    if Part.METADATA not in parts:
        shown = {key: value for key, value in metadata.items() if meant.get(key) != value}
    else:
        shown = metadata if Part.DETAILS in parts else meant
    return [
        f"#: {escape_line(key)} = {escape_line(json.dumps(value, ensure_ascii=False, sort_keys=True))}"
        for key, value in sorted(shown.items())
    ]


def format_output(output: Any, *, brief: bool = False) -> list[str]:
    """Return the lines of one output: its text, or what it is where it has none.

    With `brief`, other textual forms of what is shown already aren't mentioned.
    """
    if type(output) is not dict:
        return [escape_line(repr(output))]
    kind = output.get("output_type")
    if kind == "stream":
        lines = text_lines(output.get("text", ""))
        return lines if output.get("name") != "stderr" else [f"stderr: {line}" for line in lines]
    if kind == "error":
        return [escape_line(f"{output.get('ename', '')}: {output.get('evalue', '')}")]
    return _format_contents(output.get("data"), brief=brief)


def text_lines(text: Any) -> list[str]:
    """Return the lines of an output's text, escaped and without colors."""
    text = text if type(text) is str else repr(text)
    return escape_text(without_colours(text)).removesuffix("\n").split("\n")


def _format_contents(bundle: Any, *, brief: bool = False) -> list[str]:
    """Return the text of a MIME bundle by its most readable type, and a line for each other one."""
    if type(bundle) is not dict:
        return [] if bundle is None else [escape_line(repr(bundle))]
    shown = next((mime for mime in _PREFERRED if type(bundle.get(mime)) is str), None)
    lines = text_lines(bundle[shown]) if shown else []
    for mime, content in sorted(bundle.items()):
        if mime != shown and not (brief and shown and mime in _PREFERRED):
            lines.append(f"{escape_line(describe_media(mime, content))} ({digest(content)})")
    return lines
