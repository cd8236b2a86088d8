"""Rich HTML of a notebook: cleaned, then shut into a frame that can do nothing.

The frame has no script, no forms, no origin of its own page and no way out. What is cleaned away
before would be stopped by the frame; what the cleaning misses is stopped there. Neither trusts the
other. Without nh3 (the `html` extra) there is no rich HTML, and the text is shown alone.
"""

from __future__ import annotations

from nbvc.render.html.elements import Html, make_element, quote_attribute

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

_TAGS = """
    a abbr b blockquote br caption cite code col colgroup dd del details dfn div dl dt em
    figcaption figure h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q s samp small span
    strong sub summary sup table tbody td tfoot th thead tr tt u ul var
"""
_ATTRIBUTES: Mapping[str, set[str]] = {
    "*": {"style", "align", "valign", "dir", "title"},
    "img": {"src", "alt", "width", "height"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "col": {"span", "width"},
    "ol": {"start", "type"},
    "table": {"border"},
}
_STYLES = """
    background-color border border-bottom border-collapse border-color border-left border-radius
    border-right border-spacing border-style border-top border-width color display font-family
    font-size font-style font-variant font-weight height letter-spacing line-height margin
    margin-bottom margin-left margin-right margin-top max-height max-width min-height min-width
    opacity padding padding-bottom padding-left padding-right padding-top text-align
    text-decoration text-indent vertical-align white-space width word-break
"""
_LONGEST = 2_000_000
_MOST_ODD = 1_500
"""So many tags may a document have that is not well nested."""
_DEEPEST = 100
"""So deep may the tags of a document be on average."""
_VOID = frozenset(
    ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "wbr")
)
_IMPLIED = frozenset(("p", "li", "dd", "dt", "tr", "td", "th", "thead", "tbody", "tfoot", "option"))
"""Elements that another one of their kind ends."""
_UNREAD = frozenset(("xmp", "iframe", "noembed", "noframes", "noscript", "plaintext", "template"))
"""Elements in which a browser reads no tags, or others than outside."""
_FRAME = (
    '<meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="'
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'\">"
    "<style>body{font:14px/1.4 system-ui,sans-serif;margin:8px;color:#1f2328;background:#fff}"
    "table{border-collapse:collapse}td,th{padding:2px 8px;text-align:right}"
    "pre{white-space:pre-wrap}img{max-width:100%}</style>"
)


def clean_html(content: str) -> str | None:
    """Return harmless HTML, None without nh3, or if nothing to look at is left."""
    try:
        import nh3
    except ImportError:
        return None
    if len(content) > _LONGEST or not _is_tame(content):
        return None
    found = nh3.clean(
        content.encode(errors="replace").decode(),
        tags=set(_TAGS.split()),
        clean_content_tags={"script", "style", "template", "noscript"},
        attributes={tag: set(names) for tag, names in _ATTRIBUTES.items()},
        attribute_filter=_keep_address,
        url_schemes={"data"},
        link_rel=None,
        filter_style_properties=set(_STYLES.split()),
        generic_attribute_prefixes=set(),
    )
    return found if _shows_anything(found) else None


def _is_tame(content: str) -> bool:
    """Return whether a browser's parser, and nh3's, reads a document in time that fits its length.

    They open again in each paragraph what is open before it: 25 kB of `<p><b a=1><p><b a=2>` took
    two seconds, and twice the size four times as long.
    """
    from nbvc.diffing.meaning.markup import End, Tag, scan

    tags = [token for token in scan(content, depth=_NO_FRAMES) if isinstance(token, (Tag, End))]
    if len(tags) <= _MOST_ODD:
        return True
    opened: list[str] = []
    depths = 0
    for tag in tags:
        depths += len(opened)
        if tag.name in _UNREAD:
            return False
        if tag.name in _VOID or tag.name in _IMPLIED:
            continue
        if isinstance(tag, Tag):
            opened.append(tag.name)
        elif not opened or opened.pop() != tag.name:
            return False
    return depths <= _DEEPEST * len(tags)


_NO_FRAMES = 9
"""So deep in frames, the document of a further frame is an attribute like others."""


def _keep_address(_: str, name: str, value: str) -> str | None:
    """Keep images that the page carries itself, and no other address."""
    if name == "src":
        return value if value.strip().lower().startswith("data:image/") else None
    return None if name == "style" and ("url" in value.lower() or "\\" in value) else value


def _shows_anything(content: str) -> bool:
    import re

    return "<img" in content or bool(re.sub(r"<[^>]*>|&nbsp;|\s", "", content))


def make_frame(content: str, title: str) -> Html | None:
    """Return a frame with the HTML cleaned; None if there is nothing that could be shown."""
    found = clean_html(content)
    if found is None:
        return None
    # As a constant, so that no attribute can be forgotten: an empty sandbox allows nothing.
    return make_element(
        "iframe",
        sandbox=Html(""),
        srcdoc=quote_attribute(_FRAME + found),
        title=title,
        style=f"height:{_guess_height(found)}rem",
    )


def _guess_height(content: str) -> int:
    """Guess how high it is: a frame without scripts can't tell."""
    import re

    lines = len(re.findall(r"<(?:br|div|h\d|li|p|pre|tr)\b|\n", content))
    return 22 if "<img" in content else min(22, 3 + 2 * lines)


def fold_frame(content: str, title: str, label: str = "As HTML") -> Html:
    """Return a fold that makes the frame when it is opened; nothing if there is none."""
    shut = make_frame(content, title)
    if shut is None:
        return Html("")
    inert = make_element("template", shut)
    return make_element("details", make_element("summary", label), inert, class_="rich")
