"""No version claims trust when it leaves the server, and a restore puts back what was: two laws."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nbvc.notebook.content import content_digest
from nbvc_jupyter.refusals import RefusedError
from nbvc_jupyter.trust import as_sent, make_restorable, remove_trust
from tests.generate.strategies import notebooks, serialise, styles
from tests.integration.git.sandbox import commit_all, git, new
from tests.integration.jupyter.conftest import FIRST, Ask
from tests.integration.jupyter.tasks import asked, site_of
from tests.making import code, file, markdown, result

if TYPE_CHECKING:
    from nbvc_jupyter.site import Site

SCRIPT = result({"text/html": "<script>ran()</script>"})
TRUE: tuple[Any, ...] = (True, 1, "yes", [], {}, 0.5, [False])
"""What JavaScript takes for true."""


@st.composite
def claiming(draw: st.DrawFn) -> dict[str, Any]:
    """A notebook in which some metadata claims trust."""
    notebook = draw(notebooks())
    parts = [notebook, *notebook["cells"]]
    parts += [output for cell in notebook["cells"] for output in cell.get("outputs", ())]
    for part in parts:
        if "metadata" in part and draw(st.booleans()):
            key = draw(
                st.sampled_from(("trusted", "signature") if part is notebook else ("trusted",))
            )
            part["metadata"] = {**part["metadata"], key: draw(st.sampled_from(TRUE))}
    return notebook


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("trust")
    keep = dict(os.environ)
    os.environ.update(HOME=str(folder), GIT_CONFIG_GLOBAL=str(folder / "gitconfig"))
    (folder / "gitconfig").write_text("[user]\nname = Ada\nemail = ada@example.org\n")
    top = new(folder / "repo")
    site = site_of(top, folder / "data")
    yield top, site
    site.close()
    os.environ.clear()
    os.environ.update(keep)


LAW = settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))


@LAW
@given(notebook=claiming(), style=styles())
def test_no_answer_claims_trust(world: tuple[Path, Site], notebook: Any, style: Any) -> None:
    top, site = world
    content = serialise(notebook, style)
    (top / "a.ipynb").write_bytes(content)
    commit = commit_all(top, "theirs")
    made = json.loads(asked(site, "checkpoints/make", {"path": "a.ipynb"}))["checkpoint"]["id"]
    (top / "a.ipynb").write_bytes(FIRST)
    there = {"kind": "commit", "ref": commit}
    here = {"kind": "content", "notebook": notebook}
    answers = [
        asked(site, "diff", {"path": "a.ipynb", "before": there, "after": here}),
        asked(site, "diff", {"path": "a.ipynb", "before": here, "after": there, "lean": True}),
        asked(site, "diff", {"path": "a.ipynb", "before": {"kind": "disk"}, "after": there}),
        asked(site, "version", path="a.ipynb", kind="commit", id=commit),
        asked(site, "version", path="a.ipynb", kind="checkpoint", id=made),
        asked(site, "jupyter/content", path="a.ipynb", id=made),
    ]
    body = {"path": "a.ipynb", "kind": "checkpoint", "id": made, "expected": content_digest(FIRST)}
    answers.append(asked(site, "restore", body))
    answers += [(top / "a.ipynb").read_bytes(), asked(site, "resolve/open", {"path": "a.ipynb"})]
    (top / "a.ipynb").write_bytes(FIRST)
    asked(site, "jupyter/restore", path="a.ipynb", id=made)
    answers += [(top / "a.ipynb").read_bytes(), as_sent(json.dumps(notebook).encode())]
    for answer in answers:
        assert not re.search(rb'"(trusted|signature)"\s*:', answer)


@LAW
@given(notebook=notebooks() | claiming(), style=styles())
def test_what_is_restored_is_what_was(world: tuple[Path, Site], notebook: Any, style: Any) -> None:
    top, site = world
    content = serialise(notebook, style)
    (top / "a.ipynb").write_bytes(content)
    commit = commit_all(top, "as it was")
    (top / "a.ipynb").write_bytes(FIRST)
    body = {"path": "a.ipynb", "kind": "commit", "id": commit, "expected": content_digest(FIRST)}
    said = json.loads(asked(site, "restore", body))
    now = (top / "a.ipynb").read_bytes()
    assert said["digest"] == content_digest(now)
    assert now == remove_trust(content).to_bytes()
    if b'"trusted"' not in content and b'"signature"' not in content:
        assert now == content
    sides = {"before": {"kind": "commit", "ref": commit}, "after": {"kind": "disk"}}
    diff = json.loads(asked(site, "diff", {"path": "a.ipynb", **sides}))
    assert diff["before"]["notebook"] == diff["after"]["notebook"] == said["notebook"]
    assert [one["change"] for one in diff["diff"]["cells"]] == ["unchanged"] * len(
        notebook["cells"]
    )
    assert diff["noise"]["cells"] == 0


def test_format_3_and_what_no_writer_would_write() -> None:
    cell = {"cell_type": "code", "input": "x", "language": "python", "outputs": []}
    old = {
        "metadata": {"signature": "sha256:1", "name": ""},
        "nbformat": 3,
        "nbformat_minor": 0,
        "worksheets": [{"cells": [{**cell, "metadata": {"trusted": True}, "prompt_number": 1}]}],
    }
    content = json.dumps(old).encode()
    kept = json.loads(make_restorable(content, "v"))
    assert kept["nbformat"] == 3
    assert kept["metadata"] == {"name": ""}
    assert kept["worksheets"][0]["cells"] == [{**cell, "metadata": {}, "prompt_number": 1}]
    escaped = file(markdown("x", metadata={"trusted": True})).replace(b"trusted", b"tr\\u0075sted")
    assert remove_trust(escaped).cells[0].metadata == {}
    twice = escaped.replace(b'"tr\\u0075sted": true', b'"trusted": false, "trusted": true')
    assert remove_trust(twice).cells[0].metadata == {}
    with pytest.raises(RefusedError, match=r"twice"):
        make_restorable(twice, "v")


def test_what_claims_nothing_stays_to_the_byte() -> None:
    shown = result({"text/plain": "trusted", "application/json": {"metadata": {"trusted": True}}})
    false = file(code("trusted = 1", [shown], metadata={"trusted": False}))
    assert remove_trust(false).to_bytes() == make_restorable(false, "v") == false


@pytest.mark.parametrize("content", [b"", b"null", b"[]", b'{"cells": [', b"text", b"\xff\xfe"])
async def test_a_version_that_is_no_notebook_is_not_restored(
    repo: Path, ask: Ask, content: bytes
) -> None:
    (repo / "a.ipynb").write_bytes(content)
    broken = commit_all(repo, "broken")
    _, made = await ask("checkpoints", {"path": "a.ipynb"})
    (repo / "a.ipynb").write_bytes(FIRST)
    git(repo, "rm", "-q", "--cached", "a.ipynb")
    gone = git(repo, "commit-tree", "-m", "gone", f"{git(repo, 'write-tree')}")
    for kind, which in (
        ("commit", broken),
        ("commit", gone),
        ("checkpoint", made["checkpoint"]["id"]),
    ):
        body = {"path": "a.ipynb", "kind": kind, "id": which, "expected": content_digest(FIRST)}
        status, said = await ask("restore", body)
        assert (status, said["reason"]) in {(409, "not-restorable"), (404, "not-in-commit")}
        assert (repo / "a.ipynb").read_bytes() == FIRST


async def test_jupyter_signs_nothing_that_was_restored(
    repo: Path, ask: Ask, jp_fetch: Any, jp_serverapp: Any
) -> None:
    theirs = file(code("x = 1", [SCRIPT], metadata={"trusted": True}))
    (repo / "a.ipynb").write_bytes(theirs)
    commit = commit_all(repo, "theirs")
    (repo / "a.ipynb").write_bytes(FIRST)
    body = {"path": "a.ipynb", "kind": "commit", "id": commit, "expected": content_digest(FIRST)}
    assert (await ask("restore", body))[0] == 200
    answer = await jp_fetch("api", "contents", "a.ipynb", params={"content": "1"})
    content = json.loads(answer.body)["content"]
    assert content["cells"][0]["metadata"] == {"trusted": False}
    # Saving it as it came signs nothing, either.
    model = json.dumps({"type": "notebook", "format": "json", "content": content})
    await jp_fetch("api", "contents", "a.ipynb", method="PUT", body=model)
    answer = await jp_fetch("api", "contents", "a.ipynb", params={"content": "1"})
    assert json.loads(answer.body)["content"]["cells"][0]["metadata"] == {"trusted": False}


async def test_what_the_user_trusted_comes_back_trusted(
    repo: Path, ask: Ask, jp_fetch: Any
) -> None:
    own = json.loads(file(code("x = 1", [SCRIPT], metadata={"trusted": True})))
    model = json.dumps({"type": "notebook", "format": "json", "content": own})
    await jp_fetch("api", "contents", "a.ipynb", method="PUT", body=model)
    _, made = await ask("checkpoints", {"path": "a.ipynb"})
    (repo / "a.ipynb").write_bytes(FIRST)
    which = made["checkpoint"]["id"]
    body = {"path": "a.ipynb", "kind": "checkpoint", "id": which, "expected": content_digest(FIRST)}
    assert (await ask("restore", body))[0] == 200
    answer = await jp_fetch("api", "contents", "a.ipynb", params={"content": "1"})
    assert json.loads(answer.body)["content"]["cells"][0]["metadata"] == {"trusted": True}


def _table(text: str) -> dict[str, Any]:
    return {"output_type": "display_data", "data": {"text/html": text}, "metadata": {}}


STATE = "application/vnd.jupyter.widget-state+json"


@pytest.mark.parametrize(
    ("theirs", "trusted"),
    [
        ((code("x = 1", [_table("<b>own</b>")]), code("y = 2")), True),
        ((code("x = 100", [_table("<b>own</b>")]), code("new = 1")), True),
        ((code("x = 1", [_table("<b>own</b>")]), code("y = 1", [_table("<i>theirs</i>")])), False),
        ((code("x = 1", [_table("<b>theirs</b>")]), code("y = 1")), False),
    ],
)
@pytest.mark.parametrize("signed", [True, False])
async def test_a_merge_carries_trust_and_gives_none(
    repo: Path,
    remote: Path,
    ask: Ask,
    jp_fetch: Any,
    tmp_path: Path,
    theirs: tuple[Any, ...],
    trusted: bool,
    signed: bool,
) -> None:
    own = json.loads(file(code("x = 1", [_table("<b>own</b>")]), code("y = 1")))
    for cell in own["cells"]:
        cell["metadata"]["trusted"] = signed
    model = json.dumps({"type": "notebook", "format": "json", "content": own})
    await jp_fetch("api", "contents", "a.ipynb", method="PUT", body=model)
    commit_all(repo, "own")
    git(repo, "push", "-q")
    git(tmp_path, "clone", "-q", str(remote), "clone")
    (tmp_path / "clone" / "a.ipynb").write_bytes(file(*theirs))
    commit_all(tmp_path / "clone", "theirs")
    git(tmp_path / "clone", "push", "-q")
    assert (await ask("pull", {"path": "a.ipynb"}))[1]["pull"]["outcome"] == "fast-forwarded"
    answer = await jp_fetch("api", "contents", "a.ipynb", params={"content": "1"})
    cells = json.loads(answer.body)["content"]["cells"]
    assert {cell["metadata"]["trusted"] for cell in cells} == {trusted and signed}


async def test_the_state_of_widgets_from_elsewhere_is_not_trusted(
    repo: Path, ask: Ask, jp_fetch: Any
) -> None:
    own = json.loads(file(code("x = 1", [_table("<b>own</b>")], metadata={"trusted": True})))
    model = json.dumps({"type": "notebook", "format": "json", "content": own})
    await jp_fetch("api", "contents", "a.ipynb", method="PUT", body=model)
    hook = repo / ".git" / "hooks" / "pre-commit"
    hook.parent.mkdir(exist_ok=True)
    changed = json.loads((repo / "a.ipynb").read_bytes())
    changed["metadata"]["widgets"] = {STATE: {"state": {"m": {"value": "<script>"}}}}
    (repo / "other").write_text(json.dumps(changed))
    hook.write_text("#!/bin/sh\ncp other a.ipynb && git add a.ipynb\n")
    hook.chmod(0o755)
    _, said = await ask("commit", {"path": "a.ipynb", "message": "m"})
    assert said["commit"]["edited"] == ["a.ipynb"]
    answer = await jp_fetch("api", "contents", "a.ipynb", params={"content": "1"})
    cells = json.loads(answer.body)["content"]["cells"]
    assert cells[0]["metadata"]["trusted"] is False


def test_the_server_reads_notebooks_in_one_place() -> None:
    import nbvc_jupyter

    folder = Path(nbvc_jupyter.__file__).parent
    found = {
        path.name
        for path in folder.glob("*.py")
        if re.search(r"^from nbvc.notebook import .*\bread\b", path.read_text(), re.MULTILINE)
    }
    # What is on the disk is the user's: a cell is put into it, and outputs are left out of a commit.
    assert found <= {"trust.py", "restoring.py", "committing.py", "managers.py"}
