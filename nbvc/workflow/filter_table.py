"""What git's filter removes, as a table that its user agreed to.

    pyproject.toml, papers/.nbvc.toml  ──nbvc install --filter, nbvc refresh──▶  .git/nbvc/policy.json
    git add papers/a.ipynb  ──nbvc git-filter --table──▶  the entry of papers/

The filter reads this one file, and none that a pull can change. Settings that arrive with a pull hold
for it as soon as its user says so. Without a table, the words behind `git-filter` say what is removed:
so it is for a filter that is set up for all repositories, and as older versions set it up.
"""

from __future__ import annotations

import os

import msgspec

from nbvc.errors import NbvcError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from nbvc.normalising.patterns import Pattern
    from nbvc.normalising.policy import Policy

FORM = 1
"""Goes up when a table means something else."""

TABLE = "--table"
"""The word of a filter that has to have a table."""

FILES = ("nbvc/policy.json", "info/nbvc-policy.json")
"""The table in git's folder, and its copy: if one is damaged or deleted, the other one holds."""


class FolderEntry(msgspec.Struct, frozen=True):
    """What one settings file says of its folder: `exclude` has pairs of a pattern and its folder."""

    file: str
    exclude: tuple[tuple[str, str], ...] = ()
    clean: dict[str, Any] = {}


class FilterTable(msgspec.Struct, frozen=True):
    """What holds in a working tree, by folder: the nearest entry at or above a notebook.

    `built_from` are the settings files with digests of what they contained. `preset` was named on the
    command line, and comes before theirs. `clean_form` is that of the nbvc that made the table.
    """

    clean_form: int
    preset: str | None = None
    built_from: dict[str, str] = {}
    folders: dict[str, FolderEntry] = {}
    form: int = FORM


class FilterRules:
    """What the filter does with each notebook, in the repository that shares this git folder.

    `words` are those behind `git-filter` in git's settings.
    """

    def __init__(self, words: Sequence[str], common_dir: str) -> None:
        self._words = words
        self._common_dir = common_dir
        self._table: FilterTable | None = None
        self._policies: dict[str, Policy] = {}
        self._patterns: dict[str, tuple[Pattern, ...]] = {}

    def decide(self, name: str) -> Policy | None:
        """Return what is removed from a notebook, None if it is excluded. Raises `NbvcError`.

        `name` is its path from the top of the working tree.
        """
        name = spell(name)
        table = self._table = self._table or self._find_table()
        entry = _find_nearest(table, name)
        if entry.exclude and self._is_excluded(entry, name):
            return None
        if entry.file not in self._policies:
            self._policies[entry.file] = policy_of(entry, table.preset)
        return self._policies[entry.file]

    def find_exemption(self, name: str) -> tuple[str, str]:
        """Return the settings file that holds for a notebook, and the pattern that excludes it."""
        name = spell(name)
        entry = _find_nearest(self._table or self._find_table(), name)
        file = entry.file if entry.file.endswith(".toml") else ".nbvc.toml"
        below = name.removeprefix(file.rpartition("/")[0]).lstrip("/")
        return file, "/" + "".join(f"\\{sign}" if sign in "*?[\\" else sign for sign in below)

    def _is_excluded(self, entry: FolderEntry, name: str) -> bool:
        from nbvc.normalising.patterns import Pattern, find_excluding

        if entry.file not in self._patterns:
            patterns = tuple([Pattern(text, folder) for text, folder in entry.exclude])
            self._patterns[entry.file] = patterns
        return find_excluding(self._patterns[entry.file], name) is not None

    def _find_table(self) -> FilterTable:
        if TABLE in self._words or has_table(self._common_dir):
            return read_table(self._common_dir)
        from nbvc.normalising.configuring import CLEAN_FORM, from_words

        entry = FolderEntry("filter.nbvc.process in git's settings", clean=from_words(self._words))
        return FilterTable(CLEAN_FORM, folders={"": entry})


def policy_of(entry: FolderEntry, preset: str | None) -> Policy:
    """Return what the filter removes by an entry: never a cell. Raises `NbvcError`.

    Git writes back what it stored: a cell that the filter drops would be lost at the next checkout.
    """
    from nbvc.normalising.configuring import keep_cells, make_policy

    settings = {**entry.clean, "preset": preset} if preset else entry.clean
    return keep_cells(make_policy(settings, entry.file or None))


def _find_nearest(table: FilterTable, name: str) -> FolderEntry:
    folder = name
    while folder:
        folder = folder.rpartition("/")[0]
        if folder in table.folders:
            return table.folders[folder]
    return FolderEntry("")


def spell(name: str) -> str:
    """Return a path as tables have it: valid Unicode, also if the file's name is not."""
    return os.fsencode(name).decode(errors="backslashreplace")


def table_paths(common_dir: str) -> tuple[str, str]:
    """Return where the table is, and where its copy."""
    first, last = (os.path.join(common_dir, name) for name in FILES)
    return first, last


def has_table(common_dir: str) -> bool:
    """Return whether there is a table, readable or not."""
    return any(map(os.path.lexists, table_paths(common_dir)))


def read_table(common_dir: str) -> FilterTable:
    """Return the table, or its copy if it is damaged. Raises `NbvcError` if both are."""
    # A pipe would keep git waiting.
    for path in filter(os.path.isfile, table_paths(common_dir)):
        try:
            with open(path, "rb") as file:
                return _understand(msgspec.json.decode(file.read()))
        except (OSError, ValueError, TypeError, KeyError, RecursionError):
            continue
    raise NbvcError(
        "the settings of git's filter cannot be read",
        where=table_paths(common_dir)[0],
        hint="nbvc install --filter writes them anew",
    )


def _understand(said: Any) -> FilterTable:
    """Return the table that a JSON document stands for. Raises `ValueError`, `TypeError`, `KeyError`."""
    # Without msgspec's types: to read their annotations takes longer than all the rest.
    if said["form"] != FORM:
        raise ValueError("another form")
    folders = {
        folder: FolderEntry(
            entry["file"], tuple([(text, root) for text, root in entry["exclude"]]), entry["clean"]
        )
        for folder, entry in said["folders"].items()
    }
    return FilterTable(said["clean_form"], said["preset"], said["built_from"], folders)
