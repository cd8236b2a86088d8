"""Where output goes: with colours or without, through a pager or straight."""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from nbvc.notebook.saving import Stamp
    from nbvc.render.paint import Painter


def wants_colour(choice: str) -> bool:
    """Decide on colours: the option, then NO_COLOR and FORCE_COLOR, then whether a person looks."""
    if choice != "auto":
        return choice == "always"
    environ = os.environ
    if environ.get("NO_COLOR") or environ.get("TERM") == "dumb":
        return False
    return bool(environ.get("FORCE_COLOR") or environ.get("CLICOLOR_FORCE")) or sys.stdout.isatty()


def painter(choice: str, theme: str = "auto") -> Painter:
    """Return a painter for stdout."""
    from nbvc.render.paint import Painter

    return Painter(on=wants_colour(choice), dark=_is_dark(theme))


def _is_dark(theme: str) -> bool:
    """Tell whether the background is dark, which most are that don't say."""
    if theme != "auto":
        return theme == "dark"
    background = os.environ.get("COLORFGBG", "").rpartition(";")[2]
    return not background.isdigit() or int(background) in (0, 1, 2, 3, 4, 5, 6, 8)


def show(lines: Iterable[str], *, paged: bool = True) -> None:
    """Write lines to stdout, through the pager that git would use where a person looks."""
    pager = _pager() if paged and sys.stdout.isatty() else None
    if pager is None:
        write = sys.stdout.write
        write_anything()
        for line in lines:
            write(f"{line}\n")
        sys.stdout.flush()
        return
    _through(pager, lines)


def write_lines(path: str, lines: Iterable[str]) -> None:
    """Write lines to a file, which is replaced at once; `-` is stdout. Raises `OSError`."""
    if path == "-":
        show(lines, paged=False)
        return
    from nbvc.notebook.saving import save

    save(path, "".join(f"{line}\n" for line in lines).encode(errors="backslashreplace"))


def write_content(path: str | None, content: bytes, seen: Stamp | None = None) -> None:
    """Write a file, which is replaced at once; `-` or no path is stdout.

    `seen` is the stamp of the file as it was read. Raises `OSError`, and `ContentChangedError`.
    """
    if path is None or path == "-":
        sys.stdout.flush()
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
        return
    from nbvc.notebook.saving import save

    save(path, content, seen)


def write_anything() -> None:
    """Let text go out as UTF-8 even where the locale can't say it."""
    from io import TextIOWrapper

    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace", newline="\n")


def _pager() -> str | None:
    """Return the pager by git's rules (GIT_PAGER, core.pager, PAGER, less), None for none."""
    from nbvc.git.plumbing.pager import pager_setting

    found = os.environ.get("GIT_PAGER")
    if found is None:
        found = pager_setting(os.environ)
    if found is None:
        found = os.environ.get("PAGER", _less())
    return None if found in ("", "cat") else found


def _less() -> str:
    """Return the pager if none is set: small systems lack it."""
    from nbvc.git.plumbing.programs import find_program

    return "less" if find_program("less", os.environ) else ""


def _through(pager: str, lines: Iterable[str]) -> None:
    from nbvc.git.plumbing.pager import page

    environ = {"LESS": "FRX", "LV": "-c", **os.environ}
    chunks = (f"{line}\n".encode(errors="backslashreplace") for line in lines)
    for chunk in page(pager, chunks, environ):
        sys.stdout.buffer.write(chunk)
    sys.stdout.flush()


def notice(message: str) -> None:
    """Say something about a notebook on stderr, behind what was printed so far."""
    from nbvc.render.escape import escaped_line

    sys.stdout.flush()
    print(f"nbvc: {escaped_line(message)}", file=sys.stderr)
