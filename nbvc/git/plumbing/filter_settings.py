"""Git's settings for the clean filter.

filter.nbvc.process    … nbvc git-filter form=1 preset=strip
filter.nbvc.required   true: what can't be cleaned isn't staged
"""

from __future__ import annotations

import re

from nbvc.git.plumbing.programs import DRIVER, SAFE_LOOKUP

_PROCESS = f"filter.{DRIVER}.process"


def filter_settings(program: list[str], words: list[str]) -> dict[str, str]:
    """Return git's settings for the filter, by their full names; `words` are its policy."""
    import shlex

    start = shlex.join(program)
    ask = shlex.join(["git-filter", *words])
    return {
        _PROCESS: _make_command(start, ask),
        f"filter.{DRIVER}.clean": _make_command(start.replace("%", "%%"), f"{ask} --clean %f"),
        f"filter.{DRIVER}.smudge": "cat",
        f"filter.{DRIVER}.required": "true",
    }


def _make_command(start: str, ask: str) -> str:
    program = start.split(" ", 1)[0] if start[:1] != "'" else start[: start.index("'", 1) + 1]
    return (
        f"{SAFE_LOOKUP}if command -v {program} >/dev/null 2>&1; then {start} {ask}; "
        f"elif command -v nbvc >/dev/null 2>&1; then nbvc {ask}; else false; fi || "
        '{ echo "nbvc: the filter for notebooks was not found, or failed. Install nbvc again, or do'
        " without: git config --unset-all filter.nbvc.process; git config filter.nbvc.clean cat."
        ' nbvc doctor finds what is missing afterwards." >&2; exit 1; }'
    )


def filter_words(settings: dict[str, list[str]]) -> list[str] | None:
    """Return the policy that git's settings name, None if there is no filter of nbvc's."""
    from shlex import split

    values = settings.get(_PROCESS)
    found = re.search(r"nbvc git-filter([^;]*);", values[-1]) if values else None
    return split(found[1]) if found else None
