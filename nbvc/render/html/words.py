"""What HTML says: its text, line by line, for those who see no frame."""

from __future__ import annotations

import re
from html.parser import HTMLParser

_SILENT = frozenset(("script", "style", "template", "title", "head"))
_BREAKS = frozenset(
    ("p", "div", "br", "li", "tr", "table", "pre", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "dt")
)


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.silent += tag in _SILENT
        if tag in _BREAKS:
            self.pieces.append("\n")
        elif tag in ("td", "th"):
            self.pieces.append("\t")
        elif tag == "img":
            self.pieces.append(dict(attrs).get("alt") or "")

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in _SILENT and self.silent > 0
        if tag in _BREAKS:
            self.pieces.append("\n")

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.pieces.append(data)


def words(content: str) -> str:
    """Return the text of a piece of HTML, without empty lines."""
    parser = _Words()
    parser.feed(content)
    parser.close()
    lines = (re.sub(r"[^\S\t]+", " ", line).strip() for line in "".join(parser.pieces).split("\n"))
    return "\n".join(line for line in lines if line)
