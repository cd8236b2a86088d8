"""Where output goes: with colors or without, through a pager or straight."""

from __future__ import annotations

import os
import sys

import msgspec

from nbvc.platform import shows_colors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from nbvc.notebook.saving import Stamp
    from nbvc.render.paint import Painter


class Look(msgspec.Struct, frozen=True):
    """Whether stdout gets colors, and how many; whether its background is dark, and its width.

    `width` is None if stdout is not a terminal.
    """

    on: bool
    dark: bool
    colors: int = 16
    width: int | None = None

    def painter(self, *, links: bool = False) -> Painter:
        """Return the painter for stdout, with `links` to files if the terminal has them."""
        from nbvc.render.paint import Depth, Painter

        links = links and self.width is not None and _has_links()
        depth = Depth(self.colors)
        return Painter(on=self.on, dark=self.dark, depth=depth, width=self.width, links=links)


def make_look(color: str, theme: str) -> Look:
    """Return how stdout looks, given the options --color and --theme."""
    on = _wants_color(color)
    return Look(on, _is_dark(theme), _count_colors() if on else 16, _find_width())


def _find_width() -> int | None:
    """Return the width of the terminal, None if stdout is not one."""
    if not sys.stdout.isatty():
        return None
    from shutil import get_terminal_size

    return get_terminal_size().columns


def _count_colors() -> int:
    """Return how many colors the terminal has: by COLORTERM, TERM, or how else terminals say it."""
    environ = os.environ
    name, program = environ.get("TERM", ""), environ.get("TERM_PROGRAM", "")
    if environ.get("COLORTERM") in ("truecolor", "24bit") or name.endswith("-direct"):
        return 1 << 24
    if "WT_SESSION" in environ or program in _TRUE_PROGRAMS or environ.get("FORCE_COLOR") == "3":
        return 1 << 24
    if name in _TRUE_TERMS:
        return 1 << 24
    return 256 if "256" in name or environ.get("FORCE_COLOR") == "2" else 16


def _has_links() -> bool:
    """Return whether the terminal is one that has links; multiplexers may not pass them on."""
    environ = os.environ
    if "TMUX" in environ or environ.get("TERM", "").startswith(("screen", "tmux")):
        return False
    known = ("VTE_VERSION", "WT_SESSION", "KONSOLE_VERSION")
    return (
        any(name in environ for name in known)
        or environ.get("TERM_PROGRAM") in _TRUE_PROGRAMS
        or environ.get("TERM") in _TRUE_TERMS
    )


_TRUE_PROGRAMS = ("iTerm.app", "WezTerm", "vscode", "ghostty")
_TRUE_TERMS = ("xterm-kitty", "alacritty", "foot", "xterm-ghostty")
"""Terminals with 24-bit colors; COLORTERM does not come along through ssh."""


def _wants_color(choice: str) -> bool:
    """Decide on colors: the option, then NO_COLOR and FORCE_COLOR, then whether a person looks."""
    if choice != "auto":
        return choice == "always"
    environ = os.environ
    if environ.get("NO_COLOR") or environ.get("TERM") == "dumb":
        return False
    if environ.get("FORCE_COLOR") or environ.get("CLICOLOR_FORCE"):
        return True
    return sys.stdout.isatty() and shows_colors()


def _is_dark(theme: str) -> bool:
    """Return whether the background is dark, which most are that don't say."""
    if theme != "auto":
        return theme == "dark"
    background = os.environ.get("COLORFGBG", "").rpartition(";")[2]
    return not background.isdigit() or int(background) in (0, 1, 2, 3, 4, 5, 6, 8)


def show(lines: Iterable[str], *, paged: bool = True) -> None:
    """Write lines to stdout, through the pager that git would use where a person looks."""
    if paged and sys.stdout.isatty():
        from nbvc.git.state.pager import find_pager

        if pager := find_pager(os.environ):
            _run_pager(pager, lines)
            return
    write = sys.stdout.write
    for line in lines:
        write(f"{line}\n")
    sys.stdout.flush()


def write_lines(path: str, lines: Iterable[str]) -> None:
    """Write lines to a file, which is replaced at once; `-` is stdout. Raises `OSError`."""
    if path == "-":
        show(lines, paged=False)
        return
    from nbvc.notebook.saving import save

    save(path, "".join(f"{line}\n" for line in lines).encode(errors="backslashreplace"))


def write_content(path: str | None, content: bytes, seen: Stamp | None = None) -> None:
    """Write a file, which is replaced at once; `-` or no path is stdout. Paired texts stay in step.

    `seen` is the stamp of the file as it was read. Raises `OSError`, and `ContentChangedError`.
    """
    if path is None or path == "-":
        sys.stdout.flush()
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
        return
    from nbvc.workflow.texts import save_with_texts

    save_with_texts(path, content, seen)


def _run_pager(pager: str, lines: Iterable[str]) -> None:
    from nbvc.git.state.pager import page

    # Bars reach the edge: less passes on what ends in "m" alone, unless it is told otherwise.
    environ = {"LESS": "FRX", "LESSANSIENDCHARS": "mK", "LV": "-c", **os.environ}
    chunks = (f"{line}\n".encode(errors="backslashreplace") for line in lines)
    for chunk in page(pager, chunks, environ):
        sys.stdout.buffer.write(chunk)
    sys.stdout.flush()


def describe_invalid(path: str, content: bytes) -> str:
    """Return what to report if the content of a file is not a valid notebook, else ""."""
    from nbvc.notebook import read
    from nbvc.notebook.validity import find_problems

    problems = find_problems(read(content))
    return f"{path}: not a valid notebook: {problems[0].line}" if problems else ""


def notice_invalid(path: str, content: bytes) -> None:
    """Print on stderr if what was written to a file is not a valid notebook."""
    if message := describe_invalid(path, content):
        notice(message)


def notice(message: str) -> None:
    """Print something about a notebook on stderr, behind what was printed so far."""
    from nbvc.render.escape import escape_line

    sys.stdout.flush()
    print(f"nbvc: {escape_line(message)}", file=sys.stderr)
