"""The page of a history: one file, which fetches nothing and runs nothing but its own script.

Text is packed (deflate, base64) and unpacked by the browser; images are packed already. What the
page takes long to make is kept in the index, for the next time.
"""

from __future__ import annotations

import os

import msgspec

from nbvc.render.html.elements import Html, element
from nbvc.render.html.page import page
from nbvc.render.words import count

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from nbvc.versions.history import History
    from nbvc.versions.model import Version

FORMAT = "nbvc timeline 2"
"""To be counted up whenever what the page's blocks hold changes."""


def timeline(
    history: History,
    versions: Sequence[Version],
    told: Callable[[int, int], None] = lambda _done, _all: None,
) -> Iterator[str]:
    """Yield the page of these versions, newest first, piece by piece. Raises `GitError`."""
    name = history.name.rpartition("/")[2]
    blocks = _blocks(history, versions, told)
    yield from page(
        f"{name}: {count(len(versions), 'version')}",
        _body(name, blocks),
        styles=("page.css", "timeline.css"),
        scripts=("alike.js", "timeline.js"),
        folder=os.path.dirname(__file__),
    )


def _body(name: str, blocks: tuple[str, str]) -> Iterator[Html]:
    yield element(
        "header",
        element(
            "div", element("h1", name), element("p", "Loading …", class_="summary", id="position")
        ),
        _buttons(),
        _comparing(),
    )
    slider = element(
        *("input",), type="range", id="slider", min=0, value=0, step=1, aria_label="Version"
    )
    yield element("div", slider, class_="bar")
    yield element(
        "section",
        element("h2", id="title"),
        element("p", id="about", class_="summary"),
        element("pre", id="message", hidden=True),
        element("p", id="changes", class_="summary", aria_live="polite"),
        class_="about",
    )
    yield element("main", id="cells", tabindex="-1")
    yield element("noscript", element("p", "This page needs JavaScript to show its versions."))
    yield Html(f'<script type="text/plain" id="story">{blocks[0]}</script>')
    yield Html(f'<script type="application/json" id="images">{blocks[1]}</script>')


def _buttons() -> Html:
    shown = (
        ("first", "First version", "|◀"),
        ("back", "Previous version", "◀"),
        ("play", "Play", "▶▶"),
        ("on", "Next version", "▶"),
        ("last", "Last version", "▶|"),
    )
    buttons = (
        element("button", sign, type="button", id=key, title=label, aria_label=label)
        for key, label, sign in shown
    )
    return element("div", *buttons, class_="buttons", role="group", aria_label="Versions")


def _comparing() -> Html:
    only = element("input", type="checkbox", id="only")
    return element(
        "div",
        element("label", "Compare with ", element("select", id="base")),
        element("label", only, " changes only"),
        class_="comparing",
    )


def _blocks(
    history: History, versions: Sequence[Version], told: Callable[[int, int], None]
) -> tuple[str, str]:
    """Return the two blocks of the page's content; nothing in them could end their elements."""
    key = _key(versions)
    kept = history.kept("page", key)
    if kept is not None:
        story, _, images = kept.partition(b"\n")
        return story.decode(), images.decode()
    from nbvc.render.json import as_json
    from nbvc.render.timeline.story import tell

    found = tell(history, versions, told)
    story = _packed(as_json(found.story).encode())
    # Names of image types come from our own list, and base64 has no markup in it.
    images = msgspec.json.encode(found.images)
    assert b"<" not in images
    history.keep_also("page", key, story + b"\n" + images)
    return story.decode(), images.decode()


def _packed(content: bytes) -> bytes:
    import zlib
    from base64 import b64encode

    return b64encode(zlib.compress(content, 6))


def _key(versions: Sequence[Version]) -> bytes:
    from hashlib import blake2b

    from nbvc import __version__
    from nbvc.render.json import as_json

    said = as_json([FORMAT, __version__, *(one.to_dict() for one in versions)])
    return blake2b(said.encode(), digest_size=16).digest()
