"""The documentation is true: its sessions run, its commands exist, its site builds."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import click
import pytest

from nbvc.cli.group import COMMANDS, nbvc
from tests.conftest import ROOT
from tests.integration.docs.console import Session, same, steps
from tests.integration.docs.programs import PROGRAM, run_program

PAGES = sorted([*(ROOT / "docs").rglob("*.md"), ROOT / "README.md"])
# Sessions that begin with nothing; the others speak of somebody's analysis.
SESSIONS = [page for page in PAGES if "```console\n$ git init" in page.read_text("utf-8")]
_CODE = re.compile(r"^(?:```(?:sh|console|yaml)\n(.*?)^```$)", re.MULTILINE | re.DOTALL)


def called(page: Path) -> str:
    return str(page.relative_to(ROOT))


@pytest.mark.parametrize("page", SESSIONS, ids=called)
def test_a_session_runs_as_the_page_says(page: Path, tmp_path: Path) -> None:
    (tmp_path / "nbvc").symlink_to(ROOT)
    session = Session(tmp_path)
    for step in steps(page.read_text("utf-8")):
        got = session.run(step.command)
        assert same(step.output, got), f"{page.name}:{step.line}: $ {step.command}\n{got}"


def commands(page: Path) -> list[str]:
    """The calls of nbvc in a page's code, and in its running text."""
    text = page.read_text("utf-8")
    found = [
        re.sub(r"\s#\s.*", "", part).strip()
        for block in _CODE.finditer(text)
        for line in block[1].replace("\\\n", " ").splitlines()
        for part in re.split(r"&&|\|\|?|;|\$\(|<\(|\brun:", line)
    ]
    prose = _CODE.sub("", text)
    found += [" ".join(part.split()) for part in re.findall(r"`(nbvc [a-z][^`]*)`", prose)]
    found = [one.removeprefix("$ ").removeprefix("- ").strip() for one in found]
    return [one for one in found if one.startswith("nbvc ") and not one.startswith("nbvc is ")]


@pytest.mark.parametrize("page", PAGES, ids=called)
def test_every_link_in_a_page_leads_to_a_file_of_the_clone(page: Path) -> None:
    if page == ROOT / "docs" / "index.md":
        pytest.skip("the first page of the site, which has pages that are made for it")
    links = re.findall(r"\]\(([^)#\s]+)", page.read_text("utf-8"))
    missing = [link for link in links if "://" not in link and not (page.parent / link).exists()]
    assert missing == []


@pytest.mark.parametrize("page", PAGES, ids=called)
def test_every_command_in_a_page_exists_with_its_options(page: Path) -> None:
    for line in commands(page):
        words = shlex.split(line.rstrip(")").replace("'", ""))[1:]
        if words[0].startswith("-"):
            continue
        assert words[0] in (*COMMANDS, "git-merge-driver", "git-filter", "git-textconv"), line
        if words[0] not in COMMANDS:
            continue
        command = nbvc.get_command(click.Context(nbvc), words[0])
        words = words[1:]
        while isinstance(command, click.Group) and words:
            command = command.get_command(click.Context(command), words.pop(0))
        assert command is not None, line
        known = {option for one in command.params for option in (*one.opts, *one.secondary_opts)}
        for word in words:
            if re.fullmatch(r"--[a-z][a-z-]*(=.*)?|-[a-zA-Z]", word):
                assert word.partition("=")[0] in {*known, "--help", "-h"}, (line, word)


PROGRAMS = {
    f"{called(page)} {number}": code
    for page in PAGES
    for number, code in enumerate(PROGRAM.findall(page.read_text("utf-8")))
}


@pytest.mark.parametrize("code", PROGRAMS.values(), ids=[*PROGRAMS])
def test_every_program_in_a_page_runs(code: str, tmp_path: Path) -> None:
    for word, package in (("dask", "distributed"), ("jupytext", "jupytext")):
        if word in code:
            pytest.importorskip(package)
    run_program(sys.executable, code, tmp_path)


def every_command() -> list[tuple[str, click.Command]]:
    found: list[tuple[str, click.Command]] = []
    waiting: list[tuple[str, click.Command]] = [
        (name, command)
        for name in COMMANDS
        if (command := nbvc.get_command(click.Context(nbvc), name))
    ]
    while waiting:
        name, command = waiting.pop()
        found.append((name, command))
        if isinstance(command, click.Group):
            context = click.Context(command)
            inner = {
                one: command.get_command(context, one) for one in command.list_commands(context)
            }
            waiting += [(f"{name} {one}", value) for one, value in inner.items() if value]
    return found


@pytest.mark.parametrize(("name", "command"), every_command(), ids=str)
def test_every_help_has_an_example_that_could_be_typed(name: str, command: click.Command) -> None:
    text = command.get_help(click.Context(command, info_name=f"nbvc {name}", terminal_width=200))
    assert f"Example: nbvc {name.partition(' ')[0]}" in text
    assert command.get_short_help_str(200)


def test_the_site_builds_without_a_warning(tmp_path: Path) -> None:
    pytest.importorskip("material")
    command = [sys.executable, "-W", "ignore", "-m", "mkdocs", "build", "--strict", "-q"]
    ran = subprocess.run(
        [*command, "-d", str(tmp_path / "site")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    page = (tmp_path / "site" / "reference" / "commands.html").read_text("utf-8")
    for name in COMMANDS:
        assert f"nbvc {name}" in page
    api = (tmp_path / "site" / "reference" / "api.html").read_text("utf-8")
    import nbvc as library

    for name in library.__all__:
        assert f'id="{name.lower()}' in api, name
