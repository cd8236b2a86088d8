"""Text as a terminal shows it in the end: what was overwritten is gone, colors are dropped.

    " 10%|█   \\r 50%|███  \\r100%|█████\\n"  →  "100%|█████\\n"

Carriage returns, backspaces and erasing within a line, and moving up to earlier lines, as nested
progress bars do (ECMA-48, 8.3). Everything else that steers a terminal shows nothing.
"""

from __future__ import annotations

from nbvc.lazy import compile_lazily

TYPE_CHECKING = False
if TYPE_CHECKING:
    import re

_CONTROL = compile_lazily(
    r"\x1b\[(?P<numbers>[0-?]{0,32})[ -/]{0,4}(?P<final>[@-~])"  # CSI: colors, moves, erasing
    r"|\x1b\][^\x07\x1b]{0,4096}(?:\x07|\x1b\\)"  # OSC: titles, links
    r"|\x1b[ -/]{0,4}[0-~]"
    r"|[\r\b]"
)
_STEERS = compile_lazily(r"[\r\b]|\x1b\[[0-9;?]{0,32}[ABFKJ]")
_MOST_UP = 1000
"""Nobody's screen has more lines than this to go back over."""


def fold_text(text: str) -> str:
    """Return the text as it is in the end; time and size grow with its length alone."""
    if "\x1b" not in text and "\r" not in text and "\b" not in text:
        return text
    text = text.replace("\r\n", "\n")
    if not _STEERS.search(text):
        return _CONTROL.sub("", text)
    return "\n".join(_Screen(len(text)).write(text))


class _Screen:
    """Lines of text and a place to write at.

    Where the cursor was moved behind the end of a line, spaces fill the gap: `spare` of them at
    most, then what is written is at the end of the line.
    """

    def __init__(self, spare: int) -> None:
        self.spare = spare
        self.lines: list[list[str]] = [[]]
        self.row = 0
        self.column = 0

    def write(self, text: str) -> list[str]:
        position = 0
        for found in _CONTROL.finditer(text):
            self._put(text[position : found.start()])
            position = found.end()
            self._steer(found)
        self._put(text[position:])
        return ["".join(line) for line in self.lines]

    def _put(self, text: str) -> None:
        pieces = text.split("\n")
        for number, piece in enumerate(pieces):
            if number:
                self._move_down(1)
            if piece:
                line = self.lines[self.row]
                if self.column > len(line):
                    gap = self.column - len(line)
                    gap = gap if gap <= self.spare else 0
                    self.spare -= gap
                    self.column = len(line) + gap
                    line.extend(" " * gap)
                line[self.column : self.column + len(piece)] = piece
                self.column += len(piece)

    def _move_down(self, count: int) -> None:
        self.row += count
        self.column = 0
        while self.row >= len(self.lines):
            self.lines.append([])

    def _steer(self, found: re.Match[str]) -> None:
        if found[0] == "\r":
            self.column = 0
        elif found[0] == "\b":
            self.column = max(0, self.column - 1)
        elif found["final"]:
            self._run_sequence(found["final"], found["numbers"])

    def _run_sequence(self, final: str, numbers: str) -> None:
        count = int(numbers) if numbers.isascii() and numbers.isdigit() and len(numbers) < 5 else 0
        if final in "AF":
            self.row = max(0, self.row - min(count or 1, _MOST_UP))
            self.column = 0 if final == "F" else self.column
        elif final == "B":
            column = self.column
            self._move_down(min(count or 1, len(self.lines) - 1 - self.row))
            self.column = column
        elif final == "K":
            self._erase(count)

    def _erase(self, count: int) -> None:
        line = self.lines[self.row]
        if count == 0:
            del line[self.column :]
        elif count == 2:
            line.clear()
