"""Markup that can't be wrong: elements whose text and attributes are escaped where they are made.

    element("a", name, href="#c3", class_="moved")  →  <a href="#c3" class="moved">…</a>

Whatever is `Html` was made here. Every other string is text, wherever it came from, and stays text.
"""

from __future__ import annotations

from nbvc.render.escape import escape_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    import re
    from typing import Any

_VOID = frozenset(("br", "hr", "img", "input", "link", "meta"))


class Html(str):
    """A piece of a page that is safe to put into it as it is."""

    __slots__ = ()


NOTHING = Html("")


def escape_html(content: str) -> Html:
    """Return text as markup; what is not seen, or steers the writing, is shown by name."""
    return show_names(escape_text(content))


def show_names(content: str) -> Html:
    """Return text that was escaped as markup, with the names of characters standing out."""
    markup = _without_markup(content)
    if "<U+" not in content:
        return Html(markup)
    import re

    return Html(re.sub(r"&lt;U\+([0-9A-F]{4,6})&gt;", _name_character, markup))


def _name_character(found: re.Match[str]) -> str:
    import unicodedata

    name = unicodedata.name(chr(int(found[1], 16)), "")
    title = f' title="{name}"' if name else ""
    return f"<i class=u{title}>{found[0]}</i>"


def join_pieces(*pieces: str) -> Html:
    """Return pieces as one; those that aren't markup are text."""
    return Html("".join(p if type(p) is Html else escape_html(p) for p in pieces))


def make_element(tag: str, *children: str, **attributes: str | float | bool | None) -> Html:
    """Return an element. An attribute that is None or False is left out, True has no value.

    `class_` is `class`, `data_row` is `data-row`. A value that is `Html` was escaped by its maker, for
    single quotes (`quote_attribute`).
    """
    start = f"<{tag}{''.join(map(_write_attribute, attributes.items()))}>"
    if tag in _VOID:
        return Html(start)
    if tag == "title":  # it has no elements in it
        return Html(f"{start}{_without_markup(escape_text(''.join(children)))}</{tag}>")
    return Html(f"{start}{join_pieces(*children)}</{tag}>")


def _write_attribute(pair: tuple[str, Any]) -> str:
    name, value = pair
    if value is None or value is False:
        return ""
    name = name.rstrip("_").replace("_", "-")
    if value is True:
        return f" {name}"
    if type(value) is Html:
        return f" {name}='{value}'"
    return f' {name}="{_escape_attribute(escape_text(str(value)))}"'


def quote_attribute(content: str) -> Html:
    """Return markup as the value of an attribute, for `srcdoc`.

    Such values are between single quotes, since markup is full of the other ones.
    """
    return Html(content.replace("&", "&amp;").replace("'", "&#39;"))


def _without_markup(content: str) -> str:
    return content.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _escape_attribute(content: str) -> str:
    return _without_markup(content).replace('"', "&quot;").replace("'", "&#39;")
