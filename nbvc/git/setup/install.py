"""Git set up for notebooks, and put back as it was.

    .git/config                  [diff "nbvc"] and [merge "nbvc"]: what to run
    .git/info/attributes         *.ipynb diff=nbvc merge=nbvc: on which files
    .git/info/nbvc-attributes    *.ipynb filter=nbvc: which ones the filter cleans, see `filter_file`

The settings come first and go last: attributes never name a driver that isn't there.
"""

from __future__ import annotations

import os
import re
from enum import Enum

import msgspec

from nbvc.errors import GitError, make_visible
from nbvc.git.plumbing.filter_settings import filter_settings, filter_words
from nbvc.git.plumbing.programs import DRIVER
from nbvc.git.plumbing.sharing import share
from nbvc.git.setup.attributes import (
    content_of,
    find_effective,
    has_filter,
    info_file,
    own_lines,
    settings_around,
    shared_file,
    user_file,
    with_drivers,
    with_filter,
    without_lines,
)
from nbvc.git.setup.drivers import HUNKS, WEB_TOOL, driver_settings, shows_hunks
from nbvc.git.setup.filter_file import FilterFile, is_stripping
from nbvc.git.setup.others import find_others
from nbvc.git.state.changes import list_tracked
from nbvc.names import SUFFIX

TYPE_CHECKING = False
if TYPE_CHECKING:
    from nbvc.git.plumbing.command import Git
    from nbvc.git.plumbing.repository import Repository
    from nbvc.git.setup.attributes import DriverSetting
    from nbvc.git.setup.others import OtherFilter

CACHE = f"diff.{DRIVER}.cachetextconv"
CACHE_REF = f"refs/notes/textconv/{DRIVER}"
"""Where git keeps texts of notebooks, if it is asked to."""

SECTIONS = (
    f"diff.{DRIVER}",
    f"merge.{DRIVER}",
    f"filter.{DRIVER}",
    f"mergetool.{DRIVER}",
    f"mergetool.{WEB_TOOL}",
)
"""Those of git's settings that are nbvc's alone."""


class Scope(Enum):
    """For which repositories: the one around, or all of this user's."""

    LOCAL = "local"
    GLOBAL = "global"


class InstallTarget(msgspec.Struct, frozen=True):
    """What is set up. `shared` is for attributes that are committed, for everyone.

    `repository` is the one around, None if there is none and the scope is global.
    """

    git: Git
    scope: Scope
    repository: Repository | None = None
    shared: bool = False

    @property
    def attributes(self) -> str:
        """The attributes file that gets nbvc's line."""
        if self.scope is Scope.GLOBAL:
            return user_file(self.git, "--global")
        assert self.repository is not None
        return shared_file(self.repository) if self.shared else info_file(self.repository)

    @property
    def filter_file(self) -> FilterFile | None:
        """The weakest attributes file, if it is what gives notebooks nbvc's filter."""
        if self.scope is Scope.GLOBAL or self.shared or self.repository is None:
            return None
        return FilterFile(self.repository)

    @property
    def asking(self) -> Git:
        """Git in the place whose settings are meant."""
        return self.git if self.repository is None else self.repository.git


class Owner(msgspec.Struct, frozen=True):
    """Another driver that holds for notebooks here: for what, its name, and where it is set."""

    role: str
    driver: str
    tool: str | None
    where: str | None


class Installed(msgspec.Struct, frozen=True):
    """What was done: settings and attributes files written, and who else is there.

    `attributes` are the files with nbvc's lines in them.

    `replaced` held for diffs and merges of these notebooks until now; `kept` are filters that go on;
    `stronger` still hold instead of nbvc, for the paths beside them. `others` are filters that hold
    instead of nbvc's, each with its owner. `hunks` is the command of somebody else that shows what
    `git add -p` asks about.
    """

    settings: tuple[str, ...]
    attributes: tuple[tuple[str, tuple[str, ...]], ...]
    replaced: tuple[Owner, ...] = ()
    kept: tuple[Owner, ...] = ()
    stronger: tuple[tuple[Owner, str], ...] = ()
    hunks: str | None = None
    filtered: bool = False
    others: tuple[tuple[Owner, OtherFilter], ...] = ()


class Removed(msgspec.Struct, frozen=True):
    """What was taken away: sections of settings or single ones, lines of attributes files.

    `committed` is a shared attributes file that still names nbvc.
    """

    sections: tuple[str, ...]
    attributes: tuple[str, ...]
    cache: bool = False
    committed: str | None = None


def install(
    target: InstallTarget,
    program: list[str],
    *,
    cache: bool = False,
    policy: list[str] | None = None,
    strongest: bool = False,
) -> Installed:
    """Set git up; what is as it should be is left alone. Raises `GitError`, `OSError`.

    `program` starts nbvc from anywhere. With `cache` git keeps the texts of committed notebooks,
    with the words of a `policy` the clean filter is set up, too. `strongest` puts it before all
    other attributes of this clone, unless a filter that stores another form of a file would go.
    """
    if strongest and target.repository is not None:
        _check_storing(target.repository)
    before = _find_owners(target)
    scope = ("--global",) if target.scope is Scope.GLOBAL else ()
    wanted = wanted_settings(target.asking, program, *scope)
    if cache:
        wanted[CACHE] = "true"
    if policy is not None:
        wanted.update(filter_settings(program, policy))
    found = read_configured(target)
    changed = [name for name, value in wanted.items() if found.get(name) != [value]]
    content = content_of(target.attributes)
    new = _with_lines(target, content, filtered=policy is not None)
    if strongest:
        new = with_filter(new, first=False)
    if new != content:
        _check(target)
    for name in changed:
        target.asking.run("config", f"--{target.scope.value}", "--replace-all", name, wanted[name])
    # The filter comes to its new place before it leaves the one that older versions gave it.
    file = target.filter_file if policy is not None or _needs_file(target) else None
    placed = file.path if file and file.write() else None
    _write(target.attributes, new, content)
    if target.repository and target.scope is Scope.LOCAL and new:
        share(target.repository, target.attributes)
    written = [target.attributes] if new != content else []
    written += [placed] if placed else []
    return _make_installed(target, before, changed, written, filtered=policy is not None)


def _needs_file(target: InstallTarget) -> bool:
    """Return whether a filter is set up in this clone that no committed attributes name."""
    if target.repository is None or not has_local_filter(target):
        return False
    return not has_filter(content_of(shared_file(target.repository)))


def _check_storing(repository: Repository) -> None:
    """Raise `GitError` if a filter holds for notebooks here that must go on, such as a cipher."""
    for other in find_others(repository):
        if other.stores:
            raise GitError(
                f"notebooks such as {make_visible(other.example)} go through the filter "
                f"{make_visible(other.driver)}, and git has room for one",
                hint="omit --strongest: nbvc's filter then applies to all other notebooks",
            )


def _with_lines(target: InstallTarget, content: bytes, *, filtered: bool) -> bytes:
    """Return the target's attributes file with nbvc's lines."""
    new = with_drivers(content)
    theirs = without_lines(content, ("filter",))
    if target.filter_file is None:
        is_ours = filtered or has_filter(content)
    else:
        # Here a stripper, as nbstripout writes itself, is stronger than the filter's own file.
        is_ours = filtered and b"filter=" in theirs and is_stripping(target.asking, theirs)
    return with_filter(new, first=not is_stripping(target.asking, theirs)) if is_ours else new


def renew(repository: Repository, program: list[str], policy: list[str]) -> None:
    """Write anew what gives notebooks the filter that is set up in this clone.

    Where older versions put it, and copies of the user's own attributes that changed meanwhile, are
    no more then. Raises `GitError`, `OSError`.
    """
    shared = has_filter(content_of(shared_file(repository)))
    target = InstallTarget(repository.git, Scope.LOCAL, repository, shared)
    install(target, program, policy=policy)


def has_own_filter(repository: Repository) -> bool:
    """Return whether the filter is set up in this clone, and not only for all repositories."""
    return has_local_filter(InstallTarget(repository.git, Scope.LOCAL, repository))


def has_local_filter(target: InstallTarget) -> bool:
    """Return whether the filter is set up in the target's scope."""
    return f"filter.{DRIVER}.process" in read_configured(target)


def _make_installed(
    target: InstallTarget,
    before: dict[str, list[Owner]],
    changed: list[str],
    written: list[str],
    *,
    filtered: bool,
) -> Installed:
    """Return what was done, given the owners of notebooks before."""
    after = _find_owners(target)
    replaced = {owner for owners in before.values() for owner in owners}
    still = {owner: name for name, owners in after.items() for owner in owners}
    others = find_others(target.repository) if filtered and target.repository else []
    scope = ("--global",) if target.scope is Scope.GLOBAL else ()
    return Installed(
        tuple(changed),
        tuple((path, _lines_of_ours(path)) for path in written),
        tuple(
            one for one in _sort_owners(replaced - set(still)) if one.role != "filter" or filtered
        ),
        tuple(one for one in _sort_owners(set(still)) if one.role == "filter" and not filtered),
        tuple(
            (owner, still[owner]) for owner in _sort_owners(set(still)) if owner.role != "filter"
        ),
        hunk_filter(target.asking, *scope),
        filtered,
        tuple((owner_of(target.repository, one), one) for one in others if target.repository),
    )


def _lines_of_ours(path: str) -> tuple[str, ...]:
    return tuple(line.decode() for line in own_lines(content_of(path)))


def owner_of(repository: Repository, other: OtherFilter) -> Owner:
    """Return who another filter belongs to, and where it is set."""
    around = settings_around(repository, [other.example])
    return _make_owner(repository, "filter", other.driver, around)


def wanted_settings(git: Git, program: list[str], *scope: str) -> dict[str, str]:
    """Return the settings as they should be: somebody else's filter of `git add -p` is left alone."""
    wanted = driver_settings(program)
    if hunk_filter(git, *scope):
        del wanted[HUNKS]
    return wanted


def hunk_filter(git: Git, *scope: str) -> str | None:
    """Return the filter that shows hunks of `git add -p`, None if it is nobody's or nbvc's."""
    value = os.fsdecode(git.ask("config", *scope, "--get", HUNKS).stdout).removesuffix("\n")
    return value if value and not shows_hunks(value) else None


def _check(target: InstallTarget) -> None:
    if target.shared and os.path.islink(target.attributes):
        raise GitError(
            "it is a link, which git doesn't follow there",
            where=make_visible(target.attributes),
            hint="make it a file, or leave --in-repo out",
        )


def read_configured(target: InstallTarget) -> dict[str, list[str]]:
    """Return the settings of nbvc's drivers in the target's scope, by full name."""
    return driver_values(target.asking, f"--{target.scope.value}")


def find_filter(git: Git) -> list[str] | None:
    """Return the policy words of nbvc's filter that holds here, None if there is no filter."""
    return filter_words(driver_values(git))


def driver_values(git: Git, *scope: str) -> dict[str, list[str]]:
    """Return nbvc's settings, with all their values, in a scope or in all of them."""
    sections = "|".join(map(re.escape, SECTIONS))
    pattern = rf"^(({sections})\.|{re.escape(HUNKS.lower())}$)"
    finished = git.ask("config", *scope, "-z", "--get-regexp", pattern)
    found: dict[str, list[str]] = {}
    for entry in os.fsdecode(finished.stdout).split("\0"):
        name, _, value = entry.partition("\n")
        if name == HUNKS.lower():
            name = HUNKS if shows_hunks(value) else ""
        if name:
            found.setdefault(name, []).append(value)
    return found


def _find_owners(target: InstallTarget) -> dict[str, list[Owner]]:
    """Return who but nbvc holds for notebooks here, by the path of one of their notebooks."""
    if target.repository is None:
        return {}
    names = [*list_tracked(target.repository), f"a{SUFFIX}"]
    return find_foreign(target.repository, names)


def find_foreign(repository: Repository, names: list[str]) -> dict[str, list[Owner]]:
    """Return the drivers other than nbvc's that hold for files, by path; first paths only."""
    around = settings_around(repository, names)
    seen: set[tuple[str, str]] = set()
    found: dict[str, list[Owner]] = {}
    for name, roles in find_effective(repository, names).items():
        for role, driver in roles.items():
            if driver != DRIVER and (role, driver) not in seen:
                seen.add((role, driver))
                found.setdefault(name, []).append(_make_owner(repository, role, driver, around))
    return found


def _make_owner(
    repository: Repository, role: str, driver: str, around: list[DriverSetting]
) -> Owner:
    lines = [one for one in around if one.values.get(role) == driver]
    where = f"{lines[0].file}:{lines[0].line}" if lines else None
    return Owner(role, driver, _find_tool(repository.git, driver), where)


_TOOLS = {
    "ipynb": "nbstripout",
    "nbstripout": "nbstripout",
    "nbdev-merge": "nbdev",
    "nb-clean": "nb-clean",
    "lfs": "Git LFS",
}


def _find_tool(git: Git, driver: str) -> str | None:
    """Return which tool uses a driver of that name, None if nobody known does."""
    if driver != "jupyternotebook":
        return _TOOLS.get(driver)
    finished = git.ask("config", "--get-regexp", r"^(diff|merge)\.jupyternotebook\.")
    values = finished.stdout
    if b"nbdev" in values:
        return "nbdev"
    return "nbdime" if b"nbd" in values or b"nbm" in values else "nbdime or nbdev"


def _sort_owners(owners: set[Owner]) -> list[Owner]:
    return sorted(owners, key=lambda owner: (owner.role, owner.driver))


def uninstall(target: InstallTarget) -> Removed:
    """Take everything away that `install` made. Raises `GitError`, `OSError`.

    What is committed is left to the repository's people, unless the target is `shared`.
    """
    files, committed = _attribute_files(target)
    is_local = target.scope is Scope.LOCAL and target.repository is not None
    restored = FilterFile(target.repository).remove() if is_local and target.repository else ()
    cleared = [path for path in files if _clear(path)]
    found = read_configured(target)
    gone = [one for one in SECTIONS if any(name.startswith(f"{one}.") for name in found)]
    for section in gone:
        target.asking.run("config", f"--{target.scope.value}", "--remove-section", section)
    if HUNKS in found:
        exactly = ("--fixed-value", "--unset-all", HUNKS, found[HUNKS][0])
        target.asking.run("config", f"--{target.scope.value}", *exactly)
        gone.append(HUNKS)
    if target.scope is Scope.GLOBAL and gone:
        _drop_empty_settings(target.git)
    cache = target.scope is Scope.LOCAL and _forget_texts(target.asking)
    return Removed((*gone, *restored), tuple(cleared), cache, committed)


def _attribute_files(target: InstallTarget) -> tuple[list[str], str | None]:
    """Return the files to clear, and the one that names nbvc but isn't this user's alone."""
    if target.scope is Scope.GLOBAL or target.repository is None:
        return [target.attributes], None
    own, shared = info_file(target.repository), shared_file(target.repository)
    content = content_of(shared)
    if content == without_lines(content):
        return [own], None
    if not target.shared and _in_head(target.repository, b".gitattributes"):
        return [own], shared
    return [own, shared], None


def _in_head(repository: Repository, name: bytes) -> bool:
    """Return whether the current commit's version of a file names nbvc."""
    finished = repository.git.ask("cat-file", "blob", b"HEAD:" + name)
    content = finished.stdout if finished.code == 0 else b""
    return content != without_lines(content)


def _clear(path: str) -> bool:
    content = content_of(path)
    new = without_lines(content)
    _write(path, new, content)
    return new != content


def _write(path: str, new: bytes, content: bytes) -> None:
    """Write a file that changed; an empty one goes, and so does the folder it was alone in."""
    if new == content:
        return
    from nbvc.notebook.saving import save

    folder = os.path.dirname(path)
    if new or os.path.islink(path):
        os.makedirs(folder, exist_ok=True)
        save(path, new)
        return
    os.unlink(path)
    try:
        os.rmdir(folder)
    except OSError:
        pass


def _drop_empty_settings(git: Git) -> None:
    """Remove the user's settings file if nothing is left in it: git made it for us."""
    from nbvc.platform import home_folder

    home = home_folder(git.environ)
    path = git.environ.get("GIT_CONFIG_GLOBAL") or os.path.join(home, ".gitconfig")
    if os.path.isfile(path) and not os.path.islink(path) and not os.path.getsize(path):
        os.unlink(path)


def _forget_texts(git: Git) -> bool:
    """Remove the cache of texts that git may have made for the driver."""
    if git.ask("rev-parse", "--verify", "--quiet", CACHE_REF).code:
        return False
    git.run("update-ref", "-d", CACHE_REF)
    return True
