"""Which strings of a notebook are written as lists of lines, and both directions of that.

nbformat keeps sources, streams and textual MIME data on disk as a list of lines and in memory as
one string. Data of JSON MIME types is left alone: there a list of strings is a list of strings.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_TEXT_MIMES = ("application/javascript", "image/svg+xml")


def is_json_mime(mime: str) -> bool:
    """Return whether data of this MIME type is a JSON value rather than text or base64."""
    return mime == "application/json" or (
        mime.startswith("application/") and mime.endswith("+json")
    )


def _is_text(mime: str) -> bool:
    return mime.startswith("text/") or mime in _TEXT_MIMES


def join(value: Any) -> Any:
    """Return a list of lines as one string; any other value as it is."""
    if type(value) is list:
        try:
            return "".join(value)
        except TypeError:
            return value
    return value


def join_bundle(bundle: Any) -> None:
    """Join the text of a MIME bundle, in place."""
    if type(bundle) is dict:
        for mime, content in bundle.items():
            if type(content) is list and not is_json_mime(mime):
                bundle[mime] = join(content)


def join_outputs(outputs: Any) -> None:
    """Join the text of streams and MIME bundles in a list of outputs, in place."""
    if type(outputs) is not list:
        return
    for output in outputs:
        if type(output) is not dict:
            continue
        if "data" in output:
            join_bundle(output["data"])
        if "text" in output:
            output["text"] = join(output["text"])


def join_attachments(attachments: Any) -> None:
    """Join the text of attachments, in place."""
    if type(attachments) is dict:
        for bundle in attachments.values():
            join_bundle(bundle)


def join_cell(cell: dict[str, Any]) -> dict[str, Any]:
    """Join all text of a cell as nbformat does when it reads, in place, and return it."""
    if "source" in cell:
        cell["source"] = join(cell["source"])
    if "outputs" in cell:
        join_outputs(cell["outputs"])
    if "attachments" in cell:
        join_attachments(cell["attachments"])
    return cell


def split_lines(text: str) -> list[str]:
    """Return the lines of a text as nbformat writes them, ends kept."""
    return text.splitlines(keepends=True)


def split_bundle(bundle: Any) -> Any:
    """Return a MIME bundle with its text as lists of lines."""
    if type(bundle) is not dict:
        return bundle
    return {
        mime: split_lines(content) if type(content) is str and _is_text(mime) else content
        for mime, content in bundle.items()
    }


def split_output(output: Any) -> Any:
    """Return an output with its text as lists of lines."""
    if type(output) is not dict:
        return output
    changed = dict(output)
    if "data" in output:
        changed["data"] = split_bundle(output["data"])
    if type(output.get("text")) is str:
        changed["text"] = split_lines(output["text"])
    return changed


def split_cell(cell: dict[str, Any]) -> dict[str, Any]:
    """Return a cell as it is on disk: its text as lists of lines."""
    changed = dict(cell)
    if type(cell.get("source")) is str:
        changed["source"] = split_lines(cell["source"])
    if type(cell.get("outputs")) is list:
        changed["outputs"] = [split_output(output) for output in cell["outputs"]]
    if type(cell.get("attachments")) is dict:
        changed["attachments"] = {k: split_bundle(v) for k, v in cell["attachments"].items()}
    return changed
