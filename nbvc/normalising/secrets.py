"""Passwords, keys and tokens everywhere in a notebook, found by detect-secrets.

Other scanners read a notebook as text: a token in an output is then one of ten thousand lines of
base64, or not looked at. Here each text is looked at by itself, and images are not.
"""

from __future__ import annotations

import msgspec

from nbvc.errors import NbvcError
from nbvc.normalising.findings import Finding

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import Any

    from nbvc.notebook.notebook import Notebook

SECRET = "secret"  # noqa: S105 (the name of a kind)
LONGEST = 4000
"""Longer lines are looked through in pieces: nobody types them, and patterns grow slow on them."""
_OVERLAP = 200
_KEYWORD = "Secret Keyword"


class ScannedText(msgspec.Struct, frozen=True, gc=False):
    """One text of a notebook: its cell, the part of the cell or notebook, and its key in there."""

    cell: int | None
    part: str
    key: str
    value: str

    def at(self, line: int) -> str:
        """Return the place of a line for people."""
        is_long = self.part == "source" or "\n" in self.value.strip()
        return f"{self.part}, line {line}" if is_long else self.part


def make_scanner(baseline: str | None = None) -> Callable[[Notebook], Iterator[Finding]]:
    """Return a function that finds secrets in a notebook, but those that a baseline lists.

    `baseline` is the path of a file that detect-secrets wrote. Raises `NbvcError` if it cannot be
    read, or if detect-secrets is not installed.
    """
    try:
        # What it does with the lines of a file. Its `scan_line` is for one suspected secret: that
        # calls every word a string of high entropy.
        from detect_secrets.core.scan import _process_line_based_plugins as scanned
        from detect_secrets.settings import default_settings
    except ImportError:
        raise NbvcError(
            "looking for secrets needs the package detect-secrets",
            hint="pip install 'nbvc[secrets]'",
        ) from None
    known = _read_baseline(baseline) if baseline is not None else frozenset()

    def scan(text: ScannedText) -> Iterator[tuple[int, str]]:
        pieces = [
            (number, piece)
            for number, line in enumerate(text.value.splitlines(), 1)
            for piece in _cut_pieces(line)
        ]
        lines = [piece for _, piece in pieces]
        for secret in scanned([*enumerate(lines, 1)], "notebook"):
            if secret.secret_hash not in known:
                yield pieces[secret.line_number - 1][0], secret.type
        if text.key and len(lines) == 1:
            # A password is known by the name that it has.
            for secret in scanned([(1, f'{text.key} = "{lines[0]}"')], "notebook"):
                if secret.type == _KEYWORD and secret.secret_hash not in known:
                    yield 1, secret.type

    def find_secrets(notebook: Notebook) -> Iterator[Finding]:
        with default_settings():
            named = (
                (text.cell, f"secret in {text.at(line)}: {kind}")
                for text in _texts_of(notebook)
                for line, kind in scan(text)
            )
            for cell, what in dict.fromkeys(named):
                yield Finding(cell, what, SECRET)

    return find_secrets


def _read_baseline(path: str) -> frozenset[str]:
    """Return the digests of the secrets that a baseline lists."""
    import json

    from nbvc.notebook.content import read_content

    try:
        results = json.loads(read_content(path))["results"]
        return frozenset([one["hashed_secret"] for listed in results.values() for one in listed])
    except (ValueError, KeyError, TypeError, AttributeError):
        raise NbvcError(
            "not a baseline of detect-secrets",
            where=path,
            hint=f"make one with `detect-secrets scan > {path}`",
        ) from None


def _texts_of(notebook: Notebook) -> Iterator[ScannedText]:
    """Yield all texts of a notebook."""
    for name in notebook.fields:
        if name not in {"cells", "worksheets"}:
            for key, value in _find_texts(notebook.value(name), name):
                yield ScannedText(None, name, key, value)
    for index, cell in enumerate(notebook.cells):
        yield ScannedText(index, "source", "", cell.source)
        for number, output in enumerate(cell.outputs, 1):
            for _, value in _find_texts(output):
                yield ScannedText(index, f"output {number}", "", value)
        others = {"metadata": cell.metadata, "attachments": cell.attachments, **cell.extra}
        for name, other in others.items():
            for key, value in _find_texts(other, name):
                yield ScannedText(index, name, key, value)


def _cut_pieces(line: str) -> Iterator[str]:
    for start in range(0, max(len(line), 1), LONGEST - _OVERLAP):
        yield line[start : start + LONGEST]


def _find_texts(value: Any, key: str = "") -> Iterator[tuple[str, str]]:
    """Yield all texts in a value but images and other media, each with its key."""
    if type(value) is str:
        yield key, value
    elif type(value) is list:
        for item in value:
            yield from _find_texts(item, key)
    elif type(value) is dict:
        for name, item in _list_readable(value):
            yield from _find_texts(item, name)


def _list_readable(value: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, item in value.items():
        if not key.startswith(("image/", "audio/", "video/")) or key == "image/svg+xml":
            yield key, item
