"""The table of git's filter: made of a project's settings when its user says so, and compared with them.

compile_table(repository)    settings files ──▶ Table
accept(repository)           the same, and from then on the filter goes by it
find_changed(repository)     which settings files say something else than the filter does
"""

from __future__ import annotations

import os
from contextlib import suppress

import msgspec

from nbvc.errors import NbvcError, make_visible
from nbvc.names import PATTERN, list_some
from nbvc.normalising.settings import FILES
from nbvc.workflow.filter_table import (
    TABLE,
    FilterTable,
    FolderEntry,
    has_table,
    policy_of,
    read_table,
    spell,
    table_paths,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from nbvc.git.plumbing.repository import Repository
    from nbvc.normalising.settings import Rules

_FEW = 3


def compile_table(repository: Repository, preset: str | None = None) -> FilterTable:
    """Return the table of all settings files of a working tree. Raises `NbvcError`.

    `preset` comes before theirs. Settings that drop cells are refused.
    """
    from nbvc.normalising.configuring import CLEAN_FORM
    from nbvc.workflow.deciding import Resolver

    policy_of(FolderEntry(""), preset)
    resolver = Resolver.of_folder(repository.top)
    folders: dict[str, FolderEntry] = {}
    built_from: dict[str, str] = {}
    for folder in _list_folders(repository):
        rules = resolver.find_rules(folder)
        if rules.files and os.path.dirname(rules.files[-1].name) == folder:
            folders[spell(folder)] = _make_entry(rules, preset)
            built_from.update({spell(one.name): _digest(one.content) for one in rules.files})
    return FilterTable(CLEAN_FORM, preset, built_from, folders)


def _list_folders(repository: Repository) -> list[str]:
    """Return the folders that have notebooks or settings files, and all above them."""
    specs = [f":(top,glob)**/{name}" for name in (PATTERN, *FILES)]
    listing = repository.git.reading.run(
        *("ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate"),
        *("--", *specs),
    )
    found = {""}
    for name in map(os.fsdecode, listing.split(b"\0")):
        folder = os.path.dirname(name)
        while folder not in found:
            found.add(folder)
            folder = os.path.dirname(folder)
    return sorted(found)


def _make_entry(rules: Rules, preset: str | None) -> FolderEntry:
    from nbvc.normalising.configuring import find_dropping

    if dropping := find_dropping(rules.clean):
        raise NbvcError(
            f"{' and '.join(dropping)} would make git's filter take cells out of your files: git "
            "writes back what it stored",
            where=rules.label,
            hint="remove it there and pass it to nbvc clean, or omit --filter",
        )
    exclude = tuple([(one.text, spell(one.folder)) for one in rules.exclude])
    entry = FolderEntry(spell(rules.files[-1].name), exclude, rules.clean)
    policy_of(entry, preset)
    return entry


def _digest(content: bytes) -> str:
    from hashlib import sha256

    return sha256(content).hexdigest()


def accept(repository: Repository, preset: str | None = None) -> bool:
    """Let the filter go by the settings as they are now; return whether that changes anything.

    Raises `NbvcError`, with nothing changed.
    """
    from nbvc.git.plumbing.sharing import share
    from nbvc.notebook.saving import save

    table = compile_table(repository, preset)
    content = msgspec.json.format(msgspec.json.encode(table), indent=1) + b"\n"
    paths = table_paths(repository.common_dir)
    known = [_read_content(path) for path in paths]
    for path, before in zip(paths, known, strict=True):
        if before != content:
            os.makedirs(os.path.dirname(path), exist_ok=True)
            save(path, content)
            share(repository, path)
    return known[0] != content


def _read_content(path: str) -> bytes | None:
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError:
        return None


def global_words(preset: str | None) -> list[str]:
    """Return the words of a filter for all repositories, which takes the settings of none of them.

    Raises `NbvcError` for an unknown preset.
    """
    from nbvc.normalising.configuring import CLEAN_FORM

    policy_of(FolderEntry(""), preset)
    return [f"form={CLEAN_FORM}", f"preset={preset or 'strip'}"]


def renew(repository: Repository, program: list[str]) -> bool:
    """Let a filter that is set up in this clone go by the settings as they are now.

    Return whether that changes what it does. `program` starts nbvc from anywhere. Raises `NbvcError`.
    """
    from nbvc.git.setup.install import has_own_filter
    from nbvc.git.setup.install import renew as renew_setup

    if not has_own_filter(repository):
        return False
    before = _read_accepted(repository)
    accept(repository, before.preset if before else None)
    renew_setup(repository, program, [TABLE])
    after = read_table(repository.common_dir)
    return before is None or before.folders != after.folders


def update_attributes(repository: Repository) -> str | None:
    """Copy the user's own attributes again if they changed, where the filter has taken their place.

    Return the file that changed. If the copy cannot be written, it stays as it is.
    """
    from nbvc.git.plumbing.copied_attributes import find_changed
    from nbvc.git.setup.filter_file import FilterFile

    changed = find_changed(repository.common_dir, repository.git_dir)
    if changed is not None:
        with suppress(NbvcError, OSError):
            FilterFile(repository).update()
    return changed


def _read_accepted(repository: Repository) -> FilterTable | None:
    try:
        return read_table(repository.common_dir)
    except NbvcError:
        return None


def forget(repository: Repository) -> None:
    """Remove the table."""
    from nbvc.git.setup.filter_file import remove_with_folder

    for path in table_paths(repository.common_dir):
        remove_with_folder(path)


def find_changed(repository: Repository) -> list[str]:
    """Return the settings files that changed what the filter would do, since its user agreed.

    Raises `NbvcError` for settings and tables that are wrong, `GitError`.
    """
    if not has_table(repository.common_dir):
        return []
    table = read_table(repository.common_dir)
    now = compile_table(repository, table.preset)
    if now.folders == table.folders:
        return []
    names = {*now.built_from, *table.built_from}
    changed = [name for name in names if now.built_from.get(name) != table.built_from.get(name)]
    return sorted(changed or names)


def describe_changed(repository: Repository) -> str | None:
    """Return in one line that settings changed and what to do; None if there is nothing to report.

    Settings that are wrong are not the filter's: it goes on as before.
    """
    try:
        changed = find_changed(repository)
    except NbvcError as error:
        return f"{make_visible(str(error))}; git's filter keeps its earlier settings"
    if not changed:
        return None
    names = list_some([*map(make_visible, changed)], _FEW)
    return f"{names} changed; git's filter uses the earlier settings until you run nbvc refresh"
