"""Other projects' modules that every command needs, imported without what they hardly use.

They import a dozen modules of the standard library for one function each: a third of a whole
`nbvc diff`. The functions are given to them here.
"""

from __future__ import annotations

from _thread import _local

from nbvc.lazy import import_lightly


class _Unused:
    """A type of which no command has values."""

    unknown = None


def import_click() -> None:
    """Import click. Its messages stay English, as all of nbvc's are: it brings no translations."""
    import_lightly(
        "click",
        {
            "datetime": {"datetime": _Unused},
            "inspect": {"cleandoc": _clean_help},
            "gettext": {"gettext": str, "ngettext": _choose_number},
            "threading": {"local": _local},
            "uuid": {"UUID": _Unused},
        },
    )


def import_msgspec() -> None:
    """Import msgspec for JSON, without what describes types and writes schemas."""
    import _datetime  # type: ignore[import-not-found]

    unused = ("inspect", "msgpack", "toml", "yaml")
    later = (*(f"msgspec.{name}" for name in unused), "textwrap")
    import_lightly(
        "msgspec",
        {
            "datetime": vars(
                _datetime
            ),  # Before Python 3.12, the module is all of it in Python, too.
            "decimal": {"Decimal": _Unused},
            "typing_extensions": None,
            "uuid": {"UUID": _Unused, "SafeUUID": _Unused},
            **{name: {} for name in later},
        },
    )


def _clean_help(text: str) -> str:
    """Do what `inspect.cleandoc` does."""
    if "\n" not in text:
        return text.expandtabs().lstrip()
    from inspect import cleandoc

    return cleandoc(text)


def _choose_number(one: str, many: str, number: int) -> str:
    """Do what `gettext.ngettext` does in English."""
    return one if number == 1 else many
