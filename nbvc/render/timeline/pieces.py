"""Outputs as a page shows them, each once: text, images, and HTML that was cleaned for a frame."""

from __future__ import annotations

from nbvc.render.escape import escape_text, without_colours
from nbvc.render.html.pictures import BASE64, IMAGES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from nbvc.notebook import Cell

_LONGEST = 200_000
"""Characters of one output; what is longer is cut, and says so."""


class Pieces:
    """The outputs and images of a page, numbered as they come."""

    def __init__(self) -> None:
        self.outputs: list[dict[str, object]] = []
        self.images: list[list[str]] = []
        self._known: dict[bytes, int] = {}
        self._pictures: dict[tuple[str, str], int] = {}
        self._html: dict[str, str] = {}

    def of_cell(self, cell: Cell) -> list[int]:
        """Return the numbers of a cell's outputs."""
        return [self._number_output(self._show_output(output)) for output in cell.outputs]

    def _number_output(self, output: dict[str, object]) -> int:
        import msgspec

        key = msgspec.json.encode(output)
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = len(self.outputs)
            self.outputs.append(output)
        return known

    def _show_output(self, output: Any) -> dict[str, object]:
        if type(output) is not dict:
            return {"text": self.safe(repr(output))}
        kind = output.get("output_type")
        if kind == "stream":
            text = self._cut_text(output.get("text"))
            return {"text": text, "label": self.safe(str(output.get("name", "")))}
        if kind == "error":
            trace = output.get("traceback")
            lines = [str(line) for line in trace] if type(trace) is list and trace else []
            text = "\n".join(lines) or f"{output.get('ename', '')}: {output.get('evalue', '')}"
            return {"text": self._cut_text(text), "error": True}
        data = output.get("data")
        return self._show_bundle(data if type(data) is dict else {})

    def _show_bundle(self, data: dict[str, Any]) -> dict[str, object]:
        """Show the richest form of a bundle that a page can show without running anything."""
        plain = data.get("text/plain")
        for mime in IMAGES[1:]:
            picture = self._show_image(mime, data.get(mime))
            if picture is not None:
                return {"image": picture, "alt": self._cut_text(plain)[:200]}
        svg = data.get("image/svg+xml")
        if type(svg) is str:
            return {"image": self._number_picture("image/svg+xml", _encode_svg(svg)), "alt": "SVG"}
        html = data.get("text/html")
        if type(html) is str:
            shown = self._cut_text(plain if type(plain) is str else html)
            cleaned = self._clean_html(html)
            return {"text": shown, "html": cleaned} if cleaned else {"text": shown}
        for mime in ("text/markdown", "text/latex"):
            if type(data.get(mime)) is str:
                return {"text": self._cut_text(data[mime]), "label": mime}
        if type(plain) is str:
            return {"text": self._cut_text(plain)}
        return self._show_other(data)

    def _show_other(self, data: dict[str, Any]) -> dict[str, object]:
        from nbvc.render.json import as_json

        for mime, value in data.items():
            text = value if type(value) is str else as_json(value)
            return {"text": self._cut_text(text), "label": self.safe(str(mime))}
        return {"text": "", "label": "nothing to show"}

    def _show_image(self, mime: str, content: Any) -> int | None:
        if type(content) is not str:
            return None
        packed = "".join(content.split())
        return self._number_picture(mime, packed) if packed and BASE64.fullmatch(packed) else None

    def _number_picture(self, mime: str, content: str) -> int:
        known = self._pictures.get((mime, content))
        if known is None:
            known = self._pictures[mime, content] = len(self.images)
            self.images.append([mime, content])
        return known

    def _clean_html(self, html: str) -> str:
        from nbvc.render.html.sandbox import clean_html

        found = self._html.get(html)
        if found is None:
            found = self._html[html] = clean_html(html) or ""
        return found

    def _cut_text(self, value: Any) -> str:
        text = without_colours(value) if type(value) is str else ""
        rest = len(text) - _LONGEST
        return self.safe(text if rest <= 0 else f"{text[:_LONGEST]}\n… {rest:,} more characters")

    @staticmethod
    def safe(text: str) -> str:
        """Return text in which nothing unseen steers how it is written."""
        return escape_text(text)


def _encode_svg(svg: str) -> str:
    from base64 import b64encode

    return b64encode(svg.encode(errors="replace")).decode()
