"""Passwords, keys and tokens in sources and in outputs, found by detect-secrets.

Other scanners read a notebook as text: a token in an output is then one of ten thousand lines of
base64, or not looked at. Here each text is looked at by itself, and images are not.
"""

from __future__ import annotations

from nbvc.errors import NbvcError
from nbvc.normalising.cleaning import Finding

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from nbvc.notebook.notebook import Notebook

LONGEST = 4000
"""Longer lines are looked through in pieces: nobody types them, and patterns grow slow on them."""
_OVERLAP = 200


def scanner() -> Callable[[Notebook], Iterator[Finding]]:
    """Return a function that finds secrets in a notebook.

    Raises `NbvcError` where detect-secrets isn't installed.
    """
    try:
        # What it does with the lines of a file. Its `scan_line` is for one suspected secret: that
        # calls every word a string of high entropy.
        from detect_secrets.core.scan import _process_line_based_plugins as scanned
        from detect_secrets.settings import default_settings
    except ImportError:
        raise NbvcError(
            "looking for secrets takes the package detect-secrets",
            hint="pip install 'nbvc[secrets]'",
        ) from None

    def found(notebook: Notebook) -> Iterator[Finding]:
        seen: set[tuple[int, str, str]] = set()
        with default_settings():
            for index, place, line in _lines(notebook):
                for secret in scanned([(1, line)], "notebook"):
                    if (index, place, secret.type) not in seen:
                        seen.add((index, place, secret.type))
                        yield Finding(index, f"secret in {place}: {secret.type}")

    return found


def _lines(notebook: Notebook) -> Iterator[tuple[int, str, str]]:
    for index, cell in enumerate(notebook.cells):
        for number, line in enumerate(cell.source.splitlines(), 1):
            for piece in _pieces(line):
                yield index, f"source, line {number}", piece
        for number, output in enumerate(cell.outputs, 1):
            for text in _texts(output):
                for line in text.splitlines():
                    for piece in _pieces(line):
                        yield index, f"output {number}", piece


def _pieces(line: str) -> Iterator[str]:
    for start in range(0, max(len(line), 1), LONGEST - _OVERLAP):
        yield line[start : start + LONGEST]


def _texts(value: Any) -> Iterator[str]:
    """Yield all texts in an output but images and other media."""
    if type(value) is str:
        yield value
    elif type(value) is list:
        for item in value:
            yield from _texts(item)
    elif type(value) is dict:
        for key, item in value.items():
            if not key.startswith(("image/", "audio/", "video/")) or key == "image/svg+xml":
                yield from _texts(item)
