"""What hostile texts repeat: the beginnings of things that never end, and what looks like a number."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def _named(*units: str) -> dict[str, str]:
    return {unit: unit for unit in units}


UNITS = {
    **{f"sign-{ord(sign):02x}": sign for sign in map(chr, range(32, 127))},
    # markup
    **_named("<td", "<a ", "<a\n", "<!--", "<!", "<?", "</", "<![CDATA[", "<a b=", "<a b='"),
    **_named("<a b='c", '<a b="', "<div>", "<b>x", "<p><b>a", "<table><tr><td>", "<svg><g>"),
    **_named("<tr><td>1</td></tr>", "<td>1</td>", "<td colspan=1000>", "<td rowspan=1000>"),
    **_named("<tr><th>a</th></tr>", "<script>", "<style>", "<textarea>", "<title>", " a=1"),
    **_named("a<br>", "&#", "&#1", "&#x", "&amp", "&lt;", "&a", "-->", "<a>", "<iframe srcdoc='"),
    # Markdown and code
    **_named("[](", "![", "[a]", "*a_", "*a**", "`a``", "> ", "- ", "$a$$", "[a]: b ", "```\n"),
    **_named('"""', "f'{", "/*", "//", "(*", "{-", "#if ", "a(", "a b", "${", "$(", "<<A ", 'r"'),
    **_named(" \n", "  ", " a", "a ", "\\\\n", "foo_bar", "fooBar", "a.b", "a::", "@a ", "\t"),
    # terminals
    **_named("\x1b[", "\x1b]", "\x1b]8;;", "\x1b[1m", "\x1b[31mA", "\x1b", "\x1b[38;5;", "1;"),
    **_named("\r", "a\r", "\b", "a\b", "a\n\x1b[A", "\x1b[Ax", "\x1b[Bx", "\x1b[K", "a\x1b[2K"),
    # what differs from run to run
    **_named(" 10%|# | 1/10 [00:01<00:09]\r", "10%| [00:00< ", "[00:00<", "[1:00", "1%|"),
    **_named("━", "█", "[====", "1.", "1,", "1,111", "1e", "-1-", "0x", "12345678-", "abcdef01"),
    **_named(" at 0x7f", "<a at 0x7fff", "<aaaaaaaaaaaaaaaaaa ", "2024-01-01T", "10:", "10:00:00 "),
    **_named("/a", "/private/tmp/", "C:\\a", "C:\\", "1 ms ± "),
    **_named("1.5 ", "1 s ", "1 day, ", "Jan 1 ", "eta "),
    **_named("T_0", "sk-container-id-", "0" * 31 + "g", "٣", "²", "ipykernel_1/", "(/a", "1 it/"),
    # tracebacks
    **_named('File "<ipython-input-1>"', "---> 1 ", "-----\n", "Cell In[1], line 1\n", "a.a "),
    **_named("cell\n---> 1 a\n", "/lib/python3.1/a", "a:", "a.b in ", "In [1"),
    # words, addresses, letters
    **_named("http://a", "a@", "é", "e\u0301", "\u0301", "\u202e", "\u200d", "漢", "\U0001f600"),
    # conflicts and JSON
    **_named("<<<<<<< a\n", "=======\n", ">>>>>>> b\n", "||||||| c\n", "<<<<<<< a\n=======\n"),
    **_named('{"a":', "[1,", "[[", "[}", "{]", '"a', "\\", '{"a":1}', "QUJD", "key = 'AKIA"),
}  # fmt: skip
"""Each text that is repeated, by its name; most are their own name."""


def _numbered(unit: str, size: int) -> str:
    width = len(unit) + 8
    return "\n".join(f"{number} {unit.rstrip()}" for number in range(size // width + 1))[:size]


SHAPES: dict[str, Callable[[str, int], str]] = {
    "run": lambda unit, size: (unit * (size // len(unit) + 1))[:size],
    "lines": _numbered,
    "ended": lambda unit, size: (unit * (size // len(unit) + 1))[:size] + " >]})'\"`\n-->x",
}
"""How a text repeats its unit: again and again, in lines that all differ, and with an end at last."""


def changed(text: str) -> str:
    """Return a text that differs at its beginning and in its middle."""
    half = len(text) // 2
    return f"z{text[1:half]}y{text[half + 1 :]}"
