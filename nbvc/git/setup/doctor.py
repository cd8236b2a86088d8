"""What may be wrong with nbvc in git, each with its fix.

for finding in examined(git, repository, program):
    finding.level, finding.what, finding.fix
"""

from __future__ import annotations

import os
import re
import time
from enum import Enum

import msgspec

from nbvc.errors import GitError, make_visible
from nbvc.git.plumbing.messages import find_gist
from nbvc.git.plumbing.objects import Objects
from nbvc.git.plumbing.process import Finished, Running, run_to_end
from nbvc.git.plumbing.programs import DRIVER, can_run, find_program
from nbvc.git.setup.attributes import content_of, find_effective, has_filter, shared_file
from nbvc.git.setup.drivers import TEXT_VERSION
from nbvc.git.setup.filter_file import FilterFile
from nbvc.git.setup.hooks import idle_hooks
from nbvc.git.setup.install import (
    InstallTarget,
    Scope,
    driver_values,
    find_foreign,
    has_local_filter,
    owner_of,
    wanted_settings,
)
from nbvc.git.setup.others import find_others
from nbvc.git.state.changes import list_tracked
from nbvc.names import SUFFIX, list_some

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from nbvc.git.plumbing.command import Git
    from nbvc.git.plumbing.repository import Repository
    from nbvc.git.setup.install import Owner

OLDEST = (2, 31)
"""The first git that knows all options that we use."""

_FILTERED_AT_MOST = 20
"""So many notebooks are run through a filter to see whether it changes them: it may be slow."""

_NAMED_AT_MOST = 5
"""So many files are named in a command line."""

_SPECS = (f":(top,glob)**/*{SUFFIX}",)


class Severity(Enum):
    """How bad a finding is."""

    GOOD = "good"
    NOTE = "note"
    PROBLEM = "problem"


class Diagnosis(msgspec.Struct, frozen=True):
    """One thing that was looked at: what is so, and what to do about it if it is wrong."""

    level: Severity
    what: str
    fix: str = ""


def examine_setup(
    git: Git, repository: Repository | None, program: list[str]
) -> Iterator[Diagnosis]:
    """Yield what was found: first about git and nbvc, then about the repository around.

    `program` starts this nbvc from anywhere. Raises `GitError` if git fails on simple questions.
    """
    yield _check_version(git)
    yield from _on_path(git, program)
    if repository is None:
        yield from _check_settings(git, program, "nbvc install --global")
        return
    yield from _check_settings(repository.git, program, "nbvc install")
    names = list_tracked(repository)
    if driver_values(repository.git):
        yield from _check_owners(repository, names)
    yield from _check_filters(repository, names)
    yield from _check_place(repository)
    yield from _find_idle(repository)
    yield from _find_missing(repository)
    yield from _find_conflicts(repository)
    yield from _find_external(repository)


def _check_version(git: Git) -> Diagnosis:
    said = git.line("version")
    numbers = re.search(r"(\d+)\.(\d+)", said)
    if numbers and (int(numbers[1]), int(numbers[2])) < OLDEST:
        needed = ".".join(map(str, OLDEST))
        return Diagnosis(Severity.PROBLEM, f"{said} is too old", f"install git {needed} or newer")
    return Diagnosis(Severity.GOOD, said)


# The program


def _on_path(git: Git, program: list[str]) -> Iterator[Diagnosis]:
    """Look at the nbvc that git's commands find first."""
    found = find_program("nbvc", git.environ)
    if found is None:
        where = program[0] if len(program) == 1 else "its interpreter"
        yield Diagnosis(
            Severity.NOTE,
            f"nbvc is not on PATH; git starts it as {make_visible(where)}",
            "put that folder on PATH, or run nbvc install again after moving it",
        )
        return
    started = _try_command(git, [found, "git-textconv", str(TEXT_VERSION), os.devnull])
    if started.code:
        yield Diagnosis(
            Severity.PROBLEM,
            f"{make_visible(found)}, the nbvc on PATH, does not start: {_describe_failure(started)}",
            "install it again (pip install --force-reinstall nbvc), or remove that file",
        )
        return
    yield Diagnosis(Severity.GOOD, f"git finds nbvc on PATH: {make_visible(found)}")
    yield from _other_version(git, found, program)


def _other_version(git: Git, found: str, program: list[str]) -> Iterator[Diagnosis]:
    if program == [found]:
        return
    versions = [_try_command(git, [*command, "--version"]).stdout for command in ([found], program)]
    if versions[0] != versions[1]:
        theirs = make_visible(versions[0].decode(errors="replace").strip())
        yield Diagnosis(
            Severity.NOTE,
            f"the nbvc on PATH is another one: {theirs}",
            "put the folder of the one you want first on PATH",
        )


def _try_command(git: Git, command: list[str]) -> Finished:
    try:
        running = Running(command, git.environ)
    except GitError as error:
        return Finished(127, b"", str(error).encode(errors="surrogateescape"))
    return run_to_end(running, b"", time.monotonic() + 30)


def _describe_failure(started: Finished) -> str:
    return find_gist(started.stderr) or f"exit code {started.code}"


# Git's settings


def _check_settings(git: Git, program: list[str], first_mend: str) -> Iterator[Diagnosis]:
    found = {name: values[-1] for name, values in driver_values(git).items()}
    wanted = wanted_settings(git, program)
    missing = [name for name in wanted if name not in found]
    if len(missing) == len(wanted):
        yield Diagnosis(Severity.PROBLEM, "git isn't set up to use nbvc here", first_mend)
        return
    if missing:
        names = ", ".join(missing)
        yield Diagnosis(Severity.PROBLEM, f"git's settings lack {names}", _suggest_install(git))
    broken = list(_find_broken(git, found, program))
    yield from broken
    other = [name for name in wanted if name in found and found[name] != wanted[name]]
    if other and not broken:
        yield Diagnosis(
            Severity.NOTE,
            f"{', '.join(other)} was written by another nbvc than this one, or by hand",
            _suggest_install(git),
        )
    if not missing and not broken and not other:
        yield Diagnosis(Severity.GOOD, "git's settings name the drivers diff.nbvc and merge.nbvc")


def _suggest_install(git: Git) -> str:
    """Return how to write the settings anew: where they are."""
    local = driver_values(git, "--local")
    return "nbvc install" if local else "nbvc install --global"


def _find_broken(git: Git, found: dict[str, str], program: list[str]) -> Iterator[Diagnosis]:
    """Find a recorded nbvc that is missing, or whose interpreter is."""
    for name in (f"diff.{DRIVER}.textconv", f"merge.{DRIVER}.driver"):
        command = _find_recorded(found.get(name, ""))
        if command is None:
            continue
        reason = _why_not(git, command, program)
        if reason:
            yield Diagnosis(
                Severity.PROBLEM,
                f"{name} names {make_visible(command[0])}, which does not start: {reason}",
                _suggest_install(git),
            )


def _why_not(git: Git, command: list[str], program: list[str]) -> str | None:
    """Return why a recorded command does not start, None if it does.

    Only this very nbvc is started: anybody may have written another name into .git/config.
    """
    if command == program:
        started = _try_command(git, [*command, "git-textconv", str(TEXT_VERSION), os.devnull])
        return _describe_failure(started) if started.code else None
    if not can_run(command[0]):
        return "it is not a program"
    with open(command[0], "rb") as file:
        words = file.readline(4096).split()
    interpreter = os.fsdecode(words[0][2:]) if words and words[0][:2] == b"#!" else ""
    return (
        f"{make_visible(interpreter)} is missing"
        if interpreter and not can_run(interpreter)
        else None
    )


def _find_recorded(command: str) -> list[str] | None:
    """Return how a driver's command starts nbvc where it isn't on PATH."""
    from shlex import split

    for part in re.split(r"\|\||;", command):
        start, called, _ = part.partition(" git-textconv ")
        try:
            words = split(start.replace("%%", "%"))
        except ValueError:
            continue
        words = words[1:] if words[:1] in (["elif"], ["if"]) else words
        if called and words and os.path.isabs(words[0]):
            return words
    return None


# The repository


def _check_owners(repository: Repository, names: list[str]) -> Iterator[Diagnosis]:
    used = find_effective(repository, [*names, f"a{SUFFIX}"])
    for role in ("diff", "merge"):
        others = [name for name, roles in used.items() if roles.get(role) != DRIVER]
        if not others:
            yield Diagnosis(Severity.GOOD, f"all notebooks here have the attribute {role}={DRIVER}")
            continue
        owners = [one for found in find_foreign(repository, others).values() for one in found]
        whose = [one for one in owners if one.role == role]
        yield _not_ours(role, [name for name in others if name in names], whose)


def _not_ours(role: str, names: list[str], owners: list[Owner]) -> Diagnosis:
    count = (
        f"{len(names)} notebooks, such as {make_visible(names[0])}," if names else "new notebooks"
    )
    lack, have = "lack", "have"
    if len(names) == 1:
        count, lack, have = make_visible(names[0]), "lacks", "has"
    fix = "nbvc install writes it into .git/info/attributes, which is stronger than other files"
    if not owners:
        return Diagnosis(Severity.PROBLEM, f"{count} {lack} the attribute {role}={DRIVER}", fix)
    return Diagnosis(
        Severity.PROBLEM, f"{count} {have} {_name_owner(owners[0])} instead of nbvc", fix
    )


def _name_owner(owner: Owner) -> str:
    """Return another driver as people know it."""
    of = f" of {owner.tool}" if owner.tool else ""
    where = f" ({make_visible(owner.where)})" if owner.where else ""
    driver = f"{owner.role}={owner.driver}" if owner.driver != "-" else f"-{owner.role}"
    return f"{make_visible(driver)}{of}{where}"


def _check_filters(repository: Repository, names: list[str]) -> Iterator[Diagnosis]:
    by_filter: dict[str, list[str]] = {}
    there = [name for name in names if os.path.isfile(repository.path(name))]
    for name, roles in find_effective(repository, there).items():
        if roles.get("filter", "-") != "-":
            by_filter.setdefault(roles["filter"], []).append(name)
    for driver, files in by_filter.items():
        pattern = rf"^filter\.{re.escape(driver)}\.(clean|process)$"
        if repository.git.ask("config", "--get-regexp", pattern).code:
            yield Diagnosis(
                Severity.PROBLEM,
                f"{len(files)} notebooks want the filter {make_visible(driver)}, "
                "which git doesn't know: they are committed as they are",
                "set its tool up in this clone, or take filter= out of the attributes",
            )
        elif driver != DRIVER and f"filter.{driver}.required" in dict(repository.git.silenced):
            yield Diagnosis(
                Severity.NOTE,
                f"the filter {make_visible(driver)} was not tried: its program is named in .git/config",
                "git add --renormalize . stages what it would change",
            )
        else:
            yield from _find_unclean(repository, driver, files[:_FILTERED_AT_MOST])


def _check_place(repository: Repository) -> Iterator[Diagnosis]:
    """Look at the attributes file that names the filter, and at filters that hold instead of it."""
    target = InstallTarget(repository.git, Scope.LOCAL, repository)
    file = FilterFile(repository)
    if has_local_filter(target) and not has_filter(content_of(shared_file(repository))):
        problem = file.find_problem()
        if problem is not None:
            yield Diagnosis(
                Severity.PROBLEM,
                f"the filter's attributes are not as nbvc writes them: {make_visible(problem)}",
                "nbvc refresh",
            )
    if f"filter.{DRIVER}.process" not in driver_values(repository.git):
        return
    for other in find_others(repository):
        owner = owner_of(repository, other)
        where = ", ".join(
            f"{make_visible(folder)}/" if folder else "./" for folder in other.folders
        )
        yield Diagnosis(
            Severity.NOTE, f"{_name_owner(owner)} holds in {where} instead of nbvc's filter"
        )


def _find_idle(repository: Repository) -> Iterator[Diagnosis]:
    """Find hooks of nbvc's that git does not run."""
    folder = idle_hooks(repository)
    if folder is not None:
        yield Diagnosis(
            Severity.NOTE,
            f"the hooks in {make_visible(folder)} run instead of those with nbvc's lines",
            "nbvc install --filter --hooks prints the line to add there",
        )


def _find_unclean(repository: Repository, driver: str, names: list[str]) -> Iterator[Diagnosis]:
    """Find committed notebooks that their filter would change: they show as modified for ever.

    And those that it fails on.
    """
    unclean, failed = [], []
    reason = ""
    with Objects(repository) as objects:
        for name in names:
            blob = objects.get(f":0:{name}")
            if blob is None or blob.kind != "blob":
                continue
            words = ("hash-object", "--stdin", f"--path={name}")
            try:
                oid = repository.git.line(*words, stdin=blob.content)
            except GitError as error:
                failed.append(name)
                reason = reason or error.message
                continue
            if oid != blob.oid:
                unclean.append(name)
    if failed:
        listed = _format_names(failed)
        yield Diagnosis(
            Severity.PROBLEM,
            f"the filter {make_visible(driver)} fails on {listed}: {reason}",
            "repair or install its program: git can't stage these notebooks without it",
        )
    if unclean:
        listed = _format_names(unclean)
        yield Diagnosis(
            Severity.PROBLEM,
            f"the filter {make_visible(driver)} would change what git stores of {listed}",
            "commit your other changes, then run git add --renormalize . && git commit",
        )


def _find_missing(repository: Repository) -> Iterator[Diagnosis]:
    """Find notebooks that went from the working tree, as when a filter failed in a checkout."""
    names = _split_names(repository.git.run("ls-files", "-z", "--deleted", "--", *_SPECS))
    if names:
        yield Diagnosis(
            Severity.NOTE,
            f"{_format_names(names)} disappeared from the working tree; a failed filter can cause this",
            f"{_suggest_restore(repository, names)} restores the file; git rm deletes it for good",
        )


def _suggest_restore(repository: Repository, names: list[str]) -> str:
    """Return the command line that brings deleted files back, and touches no other."""
    import shlex

    git = make_visible(shlex.join(["git", "-C", repository.top]))
    if len(names) > _NAMED_AT_MOST:
        listed = f"{git} ls-files -dz '*{SUFFIX}'"
        return f"{listed} | {git} checkout --pathspec-from-file=- --pathspec-file-nul"
    return f"{git} checkout -- {make_visible(shlex.join(names))}"


def _find_conflicts(repository: Repository) -> Iterator[Diagnosis]:
    listing = repository.git.run("ls-files", "-z", "--unmerged", "--", *_SPECS)
    names = list(dict.fromkeys(name.partition("\t")[2] for name in _split_names(listing)))
    if names:
        yield Diagnosis(
            Severity.PROBLEM,
            f"{_format_names(names)} is in conflict",
            "nbvc resolve FILE, or nbvc fix FILE where it does not open; then git add FILE",
        )


def _find_external(repository: Repository) -> Iterator[Diagnosis]:
    finished = repository.git.ask("config", "--get", "diff.external")
    if finished.code == 0 and finished.lines:
        yield Diagnosis(
            Severity.NOTE,
            f"diff.external is {make_visible(finished.lines[0])}, which shows notebooks instead of nbvc",
            "git diff --no-ext-diff skips it; nbvc diff never uses it",
        )


def _split_names(listing: bytes) -> list[str]:
    return [os.fsdecode(name) for name in listing.split(b"\0") if name]


def _format_names(names: Iterable[str]) -> str:
    return list_some([*map(make_visible, names)], 1)
