"""Every call of nbvc in the code of the pages runs, in a repository that has what it names."""

from __future__ import annotations

import json
import re
import shlex
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from tests.conftest import ROOT
from tests.integration.docs.test_pages import PAGES, called
from tests.integration.git import sandbox
from tests.making import code, file, markdown, stream

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.integration.conftest import Cli

_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_ASKS = {"-p", "--web"}
"""Options with which a person is asked, in a terminal or on a page."""
_FILES = (
    *("a", "b", "after", "base", "before", "local", "mine", "new", "old", "remote", "report"),
    *("results", "task", "task-new", "task-old", "template", "theirs"),
    *("analysis/rain", "submissions/ada"),
)


def examples() -> Iterator[tuple[str, str]]:
    """Yield the calls of nbvc in all pages' code, without comments and redirections."""
    for page in PAGES:
        for language, block in _FENCE.findall(page.read_text("utf-8")):
            if language not in ("", "sh"):
                continue
            for line in block.replace("\\\n", " ").splitlines():
                for part in re.split(r"&&|;|\s#\s.*|\s{3,}[a-z:].*", line):
                    command = re.sub(r"\s>\s.*", "", part).strip()
                    if command.startswith("nbvc ") and command.split()[1] != "git-hook":
                        yield called(page), command


def is_for_a_person(command: str) -> bool:
    return not _ASKS.isdisjoint(shlex.split(command))


EXAMPLES = sorted(set(examples()))


def make_cells(rate: str) -> list[dict[str, Any]]:
    shown = [stream(f"rmse {rate}\n")]
    return [
        markdown("# Rain", id="f3a1"),
        *(code(f"x{n} = {n}", id=f"cell-{n}") for n in range(2, 7)),
        code(f"print('rmse', {rate})", shown, execution_count=1, id="cell-7"),
    ]


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a repository, its remote, and all notebooks that pages name."""
    top = tmp_path_factory.mktemp("scene")
    sandbox.new(top / "origin.git", "--bare", "-b", "main")
    folder = sandbox.new(top / "r", "-b", "main")
    for name in _FILES:
        path = folder / f"{name}.ipynb"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(file(*make_cells("0.1"), minor=5))
    shutil.copytree(ROOT / "fixtures" / "demo", folder / "fixtures" / "demo")
    marked = file(code("x = 1")).replace(
        b'"x = 1"', b'[\n<<<<<<< a\n"x = 2"\n=======\n"x = 3"\n>>>>>>> b\n]'
    )
    (folder / "broken.ipynb").write_bytes(marked)
    for number in range(5):
        (folder / "analysis.ipynb").write_bytes(file(*make_cells(f"0.873{number}"), minor=5))
        sandbox.commit_all(folder, f"version {number}")
    sandbox.git(folder, "tag", "v1.0", "HEAD~2")
    sandbox.git(folder, "tag", "v2.0")
    sandbox.git(folder, "branch", "topic", "HEAD~1")
    sandbox.git(folder, "remote", "add", "origin", "../origin.git")
    sandbox.git(folder, "push", "-q", "-u", "origin", "main")
    sandbox.git(folder, "config", "nbvc.shareCheckpoints", "true")
    for name in ("a", "analysis", "results", "report"):
        (folder / f"{name}.ipynb").write_bytes(file(*make_cells("0.99"), minor=5))
    return top


@pytest.fixture
def ids(scene: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cli: Cli) -> dict[str, str]:
    """Go into a copy of the scene; return the checkpoints by the IDs that pages give them."""
    shutil.copytree(scene, tmp_path / "s")
    monkeypatch.chdir(tmp_path / "s" / "r")
    monkeypatch.setattr("webbrowser.open", lambda _: True)
    made = cli("diff", "a.ipynb", "b.ipynb", "--format", "json")
    (tmp_path / "s" / "r" / "changes.json").write_text(json.dumps(json.loads(made.out)), "utf-8")
    found = {}
    for name in ("91ab", "02c4"):
        cli("checkpoint", "create", "analysis.ipynb", "-m", name)
        listed = cli("checkpoint", "list", "analysis.ipynb", "--format", "json")
        found[name] = json.loads(listed.out)[0]["id"]
    return found


@pytest.mark.parametrize(("page", "command"), EXAMPLES)
def test_every_example_of_a_page_runs(
    ids: dict[str, str], cli: Cli, page: str, command: str
) -> None:
    if is_for_a_person(command):
        pytest.skip("asks a person")
    ran = cli(*(ids.get(word, word) for word in shlex.split(command)[1:]))
    assert ran.code in (0, 1), (page, ran)
    assert "Traceback" not in ran.err


def test_most_examples_run_without_a_person() -> None:
    asked = [command for _, command in EXAMPLES if is_for_a_person(command)]
    assert len(EXAMPLES) > 70
    assert len(asked) < 10
