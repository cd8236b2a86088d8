"""The page of a history: one file, which fetches nothing and runs nothing but its own script.

Text is packed (deflate, base64) and unpacked by the browser; images are packed already. What the
page takes long to make is kept in the index, for the next time.
"""

from __future__ import annotations

import os

import msgspec

from nbvc.render.html.elements import Html, make_element
from nbvc.render.html.page import render_page
from nbvc.render.words import count

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from nbvc.versions.history import History
    from nbvc.versions.model import Version

FORMAT = "nbvc timeline 4"
"""To be counted up whenever what the page's blocks hold changes."""


def render_timeline(
    history: History,
    versions: Sequence[Version],
    report: Callable[[int, int], None] = lambda _done, _all: None,
    *,
    older: int = 0,
) -> Iterator[str]:
    """Yield the page of these versions, newest first, piece by piece. Raises `GitError`.

    So many `older` versions are not on the page: numbers of versions count them, too.
    """
    name = history.name.rpartition("/")[2]
    blocks = _make_blocks(history, versions, report)
    yield from render_page(
        f"{name}: {count(len(versions), 'version')}",
        _render_body(name, blocks, older),
        styles=("page.css", "timeline.css"),
        scripts=("alike.js", "timeline.js"),
        folder=os.path.dirname(__file__),
    )


def _render_body(name: str, blocks: tuple[str, str], older: int) -> Iterator[Html]:
    yield make_element(
        "header",
        make_element(
            "div",
            make_element("h1", name),
            make_element(
                "p", "Loading …", class_="summary", id="position", data_older=older or None
            ),
        ),
        _render_buttons(),
        _render_steps(),
        _render_choice(),
    )
    slider = make_element(
        *("input",), type="range", id="slider", min=0, value=0, step=1, aria_label="Version"
    )
    yield make_element("div", slider, class_="bar")
    yield Html('<div class="columns">')
    yield make_element(
        "nav",
        make_element("h2", "Versions"),
        make_element("ol", id="versions", class_="index"),
        aria_label="Versions",
    )
    yield Html("<div>")
    yield make_element(
        "section",
        make_element("h2", id="title"),
        make_element("p", id="about", class_="summary"),
        make_element("pre", id="message", hidden=True),
        make_element("p", id="changes", class_="summary", aria_live="polite"),
        make_element(
            "button",
            "Download without outputs",
            type="button",
            id="download",
            title="Save this version as a notebook, without outputs",
        ),
        class_="about",
    )
    yield make_element("main", id="cells", tabindex="-1")
    yield Html("</div></div>")
    yield make_element(
        "noscript", make_element("p", "This page needs JavaScript to show its versions.")
    )
    yield Html(f'<script type="text/plain" id="story">{blocks[0]}</script>')
    yield Html(f'<script type="application/json" id="images">{blocks[1]}</script>')


def _render_buttons() -> Html:
    shown = (
        ("first", "First version", "|‹"),
        ("back", "Previous version", "‹"),
        ("play", "Play", "▶ Play"),
        ("on", "Next version", "›"),
        ("last", "Last version", "›|"),
    )
    return _render_group("Versions", shown)


def _render_steps() -> Html:
    shown = (("up", "Previous change (p)", "↑ Change"), ("down", "Next change (n)", "↓ Change"))
    return _render_group("Changes", shown)


def _render_group(name: str, shown: Iterable[tuple[str, str, str]]) -> Html:
    """Return buttons, each given by its ID, its title and its text."""
    buttons = (
        make_element("button", sign, type="button", id=key, title=label, aria_label=label)
        for key, label, sign in shown
    )
    return make_element("div", *buttons, class_="buttons", role="group", aria_label=name)


def _render_choice() -> Html:
    only = make_element("input", type="checkbox", id="only")
    return make_element(
        "div",
        make_element("label", "Compare with ", make_element("select", id="base")),
        make_element("label", only, " Changes only"),
        class_="comparing",
    )


def _make_blocks(
    history: History, versions: Sequence[Version], report: Callable[[int, int], None]
) -> tuple[str, str]:
    """Return the two blocks of the page's content; nothing in them could end their elements."""
    key = _make_key(versions)
    kept = history.read_kept("page", key)
    if kept is not None:
        story, _, images = kept.partition(b"\n")
        return story.decode(), images.decode()
    from nbvc.render.json import as_json
    from nbvc.render.timeline.story import make_story

    found = make_story(history, versions, report)
    story = _pack_content(as_json(found.story).encode())
    # Names of image types come from our own list, and base64 has no markup in it.
    images = msgspec.json.encode(found.images)
    assert b"<" not in images
    history.keep_also("page", key, story + b"\n" + images)
    return story.decode(), images.decode()


def _pack_content(content: bytes) -> bytes:
    import zlib
    from base64 import b64encode

    return b64encode(zlib.compress(content, 6))


def _make_key(versions: Sequence[Version]) -> bytes:
    from hashlib import blake2b

    from nbvc import __version__
    from nbvc.render.json import as_json

    said = as_json([FORMAT, __version__, *(one.to_dict() for one in versions)])
    return blake2b(said.encode(), digest_size=16).digest()
