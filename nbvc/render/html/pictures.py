"""Images of outputs and attachments, and two of them compared.

An image is in the page once: the style sheet lays the newer one over the older one for the
slider and for the difference.
"""

from __future__ import annotations

from nbvc.lazy import compile_lazily
from nbvc.render.html.elements import NOTHING, Html, join_pieces, make_element
from nbvc.render.media import describe_media

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from nbvc.diffing.meaning.model import ImageMeaning

IMAGES = ("image/svg+xml", "image/png", "image/jpeg", "image/gif", "image/webp", "image/bmp")
"""What a browser shows from a `data:` address, the best first. As an image an SVG runs no script and
fetches nothing."""

BASE64 = compile_lazily(r"[A-Za-z0-9+/]+={0,2}")


def make_address(mime: str, content: Any) -> Html | None:
    """Return the `data:` address of an image as the value of an attribute, None if it is none."""
    if type(content) is not str or mime not in IMAGES:
        return None
    if mime == "image/svg+xml":
        return _write_svg(content)
    compact = "".join(content.split())
    return Html(f"data:{mime};base64,{compact}") if BASE64.fullmatch(compact) else None


def _write_svg(content: str) -> Html | None:
    """Write an SVG as it is but for what an address or an attribute would take for its own end."""
    if "<svg" not in content:
        return None
    content = content.encode(errors="replace").decode()
    for found, written in _IN_ADDRESSES:
        content = content.replace(found, written)
    return Html(f"data:image/svg+xml;charset=utf-8,{content.replace('&', '&amp;')}")


_IN_ADDRESSES = (
    ("%", "%25"), ("#", "%23"), ("'", "%27"), ("<", "%3C"), (">", "%3E"),
    ("\r\n", "%0A"), ("\n", "%0A"), ("\r", "%0A"), ("\t", "%09"),
)  # fmt: skip


def render_image(mime: str, content: Any, name: str = "") -> Html | None:
    """Return an image, None if a browser wouldn't show it."""
    source = make_address(mime, content)
    if source is None:
        return None
    return make_element(
        "img",
        src=source,
        alt=name or describe_media(mime, content),
        decoding="async",
        loading="lazy",
    )


def render_picture(mime: str, content: Any, title: str = "", change: str = "") -> Html | None:
    """Return an image with what it is below it; `change` is `added`, `removed` or empty."""
    shown = render_image(mime, content, title)
    if shown is None:
        return None
    words = describe_media(mime, content)
    caption = make_element("figcaption", f"{title} · {words}" if title else words)
    return make_element(
        "figure", make_element("span", shown, class_="paper"), caption, class_=change or None
    )


def render_compared(
    mime: str, before: Any, after: Any, meaning: ImageMeaning | None, key: str
) -> Html | None:
    """Return two images side by side, one over the other with a slider, or their difference.

    `meaning` is what the comparison of pixels found, None without one; `key` distinguishes this
    pair from all others of the page.
    """
    old, new = render_image(mime, before, "before"), render_image(mime, after, "after")
    if old is None or new is None:
        return None
    modes = join_pieces(*(
        make_element(
            "label",
            make_element("input", type="radio", name=f"m{key}", value=value, checked=value == "two"),
            make_element("span", label),
        )
        for value, label in (("two", "Side by side"), ("over", "Overlay"), ("less", "Difference"))
    ))  # fmt: skip
    slider = make_element(
        "input", type="range", min="0", max="100", value="50", class_="slider",
        aria_label="How much of the image after is shown",
    )  # fmt: skip
    figures = join_pieces(
        _render_figure(old, "Before", mime, before, "removed", ""),
        _render_figure(new, "After", mime, after, "added", _render_box(meaning)),
    )
    return make_element(
        "div",
        make_element(
            "div", modes, slider, class_="modes", role="group", aria_label="How to compare"
        ),
        _note_pixels(meaning),
        make_element("div", figures, class_="figures"),
        class_="images",
    )


def _note_pixels(meaning: ImageMeaning | None) -> Html:
    """Return what is missing if pixels could not be compared; nothing if they were."""
    if meaning is None or meaning.verdict == "same" or meaning.share is not None:
        return NOTHING
    if meaning.mime == "image/svg+xml" or meaning.before_size != meaning.after_size:
        return NOTHING
    from importlib.util import find_spec

    if find_spec("PIL"):
        return NOTHING
    words = "To compare the pixels, install Pillow: pip install 'nbvc[images]'."
    return make_element("p", words, class_="note")


def _render_figure(shown: Html, title: str, mime: str, content: Any, css: str, box: str) -> Html:
    caption = make_element("figcaption", f"{title} · {describe_media(mime, content)}")
    return make_element(
        "figure", make_element("span", shown, box, class_="paper"), caption, class_=css
    )


def _render_box(meaning: ImageMeaning | None) -> Html:
    """Return a frame around what changed, in percent of the image."""
    size = meaning.after_size if meaning else None
    if not meaning or not meaning.box or not size or not all(size) or meaning.before_size != size:
        return Html("")
    left, top, right, bottom = meaning.box
    width, height = size
    place = {
        "left": left / width, "top": top / height,
        "width": (right - left) / width, "height": (bottom - top) / height,
    }  # fmt: skip
    style = ";".join(f"{name}:{100 * share:.2f}%" for name, share in place.items())
    return make_element("span", class_="box", style=style)
