"""The shell of every page that nbvc writes: one file that fetches nothing and runs nothing foreign.

The policy in its head lets the page show images that it carries, style itself, and run the scripts
whose digests it names: its own. Frames inherit it. A page opened years later is the same page.
"""

from __future__ import annotations

import os

from nbvc.render.html.elements import Html, make_element

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence


def render_page(
    title: str,
    body: Iterable[str],
    *,
    styles: Sequence[str] = ("page.css", "diff.css"),
    scripts: Sequence[str] = ("page.js",),
    folder: str | None = None,
    visit: str = "",
) -> Iterator[str]:
    """Yield a whole page, piece by piece. `body` are pieces of markup.

    `visit` is the name of a page that is served: it may post to the place that it came from.

    `styles` and `scripts` are names of files in this package, or in `folder` where they are there.
    """
    codes = [_read_file(name, folder) for name in scripts]
    yield "<!doctype html>\n"
    named = f' data-visit="{visit}"' if visit else ""
    yield f'<html lang="en"{named}>\n<head>\n<meta charset="utf-8">\n'
    yield f"{_make_policy(codes, answers=bool(visit))}\n"
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
    yield '<meta name="color-scheme" content="light dark">\n'
    yield '<meta name="referrer" content="no-referrer">\n'
    # Without one a browser asks the server for it.
    yield '<link rel="icon" href="data:,">\n'
    yield f"{make_element('title', title)}\n"
    for name in styles:
        yield f"<style>\n{_read_file(name, folder)}</style>\n"
    yield "</head>\n<body>\n"
    for piece in body:
        assert type(piece) is Html
        yield piece
        yield "\n"
    for code in codes:
        yield f"<script>{code}</script>\n"
    yield "</body>\n</html>\n"


def _make_policy(scripts: Sequence[str], *, answers: bool) -> Html:
    """Return the Content-Security-Policy (CSP level 3) as an element of the head."""
    hashes = " ".join(f"'sha256-{_hash_code(code)}'" for code in scripts) or "'none'"
    rules = (
        "default-src 'none'",
        "img-src data:",
        "style-src 'unsafe-inline'",
        f"script-src {hashes}",
        *(["connect-src 'self'"] if answers else []),
        "base-uri 'none'",
        "form-action 'none'",
    )
    # Written out: the rules are full of single quotes and hold nothing from elsewhere.
    return Html(f'<meta http-equiv="Content-Security-Policy" content="{"; ".join(rules)}">')


def _hash_code(code: str) -> str:
    from base64 import b64encode
    from hashlib import sha256

    return b64encode(sha256(code.encode()).digest()).decode()


def _read_file(name: str, folder: str | None) -> str:
    here = os.path.dirname(__file__)
    path = os.path.join(folder or here, name)
    if not os.path.exists(path):
        path = os.path.join(here, name)
    with open(path, encoding="utf-8") as file:
        return file.read()
