"""Write what the Jupyter extension knows of characters: `python -m tests.unit.render.characters`.

The tables come from `nbvc.render`, and the cases show that both draw the same.
"""

from __future__ import annotations

import json

from nbvc.diffing.values import to_builtins
from nbvc.diffing.words import find_changed_words
from nbvc.render import looks, naming
from nbvc.render.alike import show_apart
from nbvc.render.escape import escape_text
from tests.conftest import ROOT

FOLDER = ROOT / "jupyter_extension" / "src" / "shared"
TEXTS = (
    "plain = 'text'\n\tx",
    "a\u200bb",
    "a\u200db",
    "x\ufe0f",
    "a\xadb",
    "a\u3164b",
    "a\u034fb",
    "a\U000e0041b",
    "a\u2062b",
    "\u202eadmin\u202c",
    "x\xa0= 1",
    "a\u2007b\u202fc",
    "a\u3000b",
    "日本\u3000語",
    "\x1b[31m\r\x00\x85\x0c",
    "<U+200B> \u200b",
    "〈U+200B〉",
    "<U+200b>",
    "<U+>",
    "caf\u00e9 cafe\u0301",
    "o\u0323\u0302",
    " \u0301",
    "p\u0430ypal",
    "r\u0430y",
    "\u0440\u0430y\u0440\u0430l",
    "сумма",
    '"\\nсумма"',
    "👩\u200d👩\u200d👧 ❤\ufe0f 1\ufe0f\u20e3 a1\ufe0f",
    "👍🏽 🙋🏽\u200d♀\ufe0f",
    "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
    "🏴\U000e0067\U000e0061",
    "می\u200cخواهم",
    "क\u094d\u200dष",
    "葛\U000e0100",
    "葛a\U000e0100",
    "\u1112\u1161\u11ab",
    "\u212a \u037e \u2126",
    "⠁⠀⠂ a⠀b",
    "\ue000 \ufdd0 \uffff \U0010ffff",
    "\u2028\u2029",
    "\ufeffx\ufeff",
    "α_max ν_0 μ",
    "Ελλάδα Привет שלום",
    "ﬁ ² ½ —",
    "\u17b4\u115f\u1160\uffa0\u180b",
    "\U0001d173\U0001bca0\ufff9",
)
PAIRS = (
    ("x = а + 1", "x = a + 1"),
    ("total = а + 1", "total = a + 2"),
    ("café", "cafe\u0301"),
    ("foо1 = 2", "foo2 = 2"),
    ("y = x−1 + foo", "y = x-1 + foo"),
    ("a;b", "a\u037eb"),
    ("print(“a”)", 'print("a")'),
    ("می\u200cخواهم x", "میخواهم x"),
    ("❤\ufe0f ok", "❤ ok"),
    ("👩\u200d💻 hi", "👨\u200d💻 hi"),
    ("x = 1", "x = 1  "),
    ("\tx = 1", "        x = 1"),
    ("a b", "a\xa0b"),
    ("日本 語", "日本\u3000語"),
    ("ﬁle", "file"),
    ("ＡＢ = 1", "AB = 1"),
    ("m2", "m²"),
    ("дом и сад", "house and garden"),
    ("x, y = а, a", "x, y = a, а"),
    ("μ = 1", "µ = 1"),
    ("한글 = 1", "\u1112\u1161\u11ab\u1100\u1173\u11af = 1"),
    ("葛\U000e0100城", "葛城"),
    ("# комментарий 1", "# комментарий 2"),
    ("if x:\n\treturn 1\nelse", "if x:\n    return 1\nelse"),
    ("    ", ""),
    ("", "x "),
    ("𝐚 = '😀' + а", "a = '😀' + a"),
    ("Ωmega", "\u2126mega"),
)


def tables() -> dict[str, dict[str, object]]:
    """Return the tables: what is shown by name, and what words look like."""
    return {
        "CHARACTERS": {
            "unseen": naming.UNSEEN,
            "singletons": naming.SINGLETONS,
            "jamo": naming.JAMO,
            "brackets": naming.BRACKETS,
            "closing": naming.CLOSING,
            "joining": naming.JOINING,
            "wide": naming.WIDE,
            "ideographs": naming.IDEOGRAPHS,
            "mongolian": naming.MONGOLIAN,
            "braille": naming.BRAILLE,
            "tones": naming.TONES,
            "emoji": naming.EMOJI,
            "flags": naming.FLAGS,
        },
        "LOOKS": {
            "letters": naming.LETTERS,
            "signs": looks.SIGNS,
            "ignored": looks.IGNORED,
            "figures": looks.FIGURES,
            "marks": naming.MARKS,
        },
    }


def cases() -> dict[str, object]:
    """Return texts, and both sides of changes with their words, as they are shown."""
    pairs = []
    for before, after in PAIRS:
        found = find_changed_words(f"{before}\n", f"{after}\n")
        for words in (None, found):
            shown = show_apart(before, after, words)
            pairs.append([before, after, to_builtins(words), shown[0].text, shown[1].text])
    return {"texts": [[text, escape_text(text)] for text in TEXTS], "pairs": pairs}


def files() -> dict[str, str]:
    """Return the files by name."""
    head = "/** Written by `python -m tests.unit.render.characters`. */\n"
    parts = [
        f"export const {name} = {json.dumps(table, indent=2)};\n"
        for name, table in tables().items()
    ]
    return {
        "characters.ts": head + "".join(parts),
        "naming.cases.json": json.dumps(cases(), indent=1) + "\n",
    }


if __name__ == "__main__":
    for name, content in files().items():
        (FOLDER / name).write_text(content)
