"""Other projects' modules that every command needs, imported without what they hardly use.

They import a dozen modules of the standard library for one function each: a third of a whole
`nbvc diff`. The functions are given to them here.
"""

from __future__ import annotations

import sys
from _thread import _local

from nbvc.lazy import import_lightly


def import_click() -> None:
    """Import click. Its messages stay English, as all of nbvc's are: it brings no translations."""
    _import_uuid()
    import_lightly(
        "click",
        {
            "inspect": {"cleandoc": _clean_help},
            "gettext": {"gettext": str, "ngettext": _choose_number},
            "threading": {"local": _local},
        },
    )


def import_msgspec() -> None:
    """Import msgspec for JSON, without what describes types and writes schemas."""
    _import_uuid()
    unused = ("inspect", "msgpack", "toml", "yaml")
    later = (*(f"msgspec.{name}" for name in unused), "textwrap")
    import_lightly("msgspec", {"typing_extensions": None, **{name: {} for name in later}})


def _import_uuid() -> None:
    if sys.platform == "linux":
        import_lightly("uuid", {"platform": {"system": lambda: "Linux"}})


def _clean_help(text: str) -> str:
    """Do what `inspect.cleandoc` does."""
    if "\n" not in text:
        return text.expandtabs().lstrip()
    from inspect import cleandoc

    return cleandoc(text)


def _choose_number(one: str, many: str, number: int) -> str:
    """Do what `gettext.ngettext` does in English."""
    return one if number == 1 else many
