"""Single cells of a notebook: listed, committed, unstaged and discarded, through the server."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.integration.git.installed import use_program
from tests.integration.git.sandbox import commit_all, git, snapshot, try_git
from tests.making import code, file, markdown, stream

if TYPE_CHECKING:
    from tests.integration.jupyter.conftest import Ask

NAME = "p.ipynb"
SOURCES = [f"v{n} = {n}\nprint(v{n})" for n in range(5)]
EDITED = [source.replace("= ", "= 10 + ", 1) for source in SOURCES]


def make(*sources: str, outputs: str = "", minor: int = 5) -> bytes:
    named = minor == 5
    cells = [
        code(
            one, [stream(outputs)] if outputs else [], **({"id": f"id-{one[:2]}"} if named else {})
        )
        for one in sources
    ]
    return file(markdown("# T", **({"id": "top"} if named else {})), *cells, minor=minor)


@pytest.fixture(params=[4, 5], ids=["without-ids", "with-ids"])
def minor(request: pytest.FixtureRequest) -> int:
    return int(request.param)


@pytest.fixture
def five(repo: Path, minor: int) -> Path:
    """Five cells changed since the last commit, which had no outputs."""
    (repo / NAME).write_bytes(make(*SOURCES, minor=minor))
    commit_all(repo, "two")
    (repo / NAME).write_bytes(make(*EDITED, minor=minor))
    return repo


async def cells(ask: Ask, **more: Any) -> Any:
    status, said = await ask("project/cells", {"path": "", "name": NAME, **more})
    assert status == 200, said
    return said


def picked(said: Any, *numbers: int) -> dict[str, Any]:
    """Return a choice of cells by their numbers."""
    entries = [one["entry"] for one in said["cells"] if set(one["numbers"]) & set(numbers)]
    assert len(entries) == len(numbers)
    return {"name": NAME, "cells": entries, "state": said["state"]}


def sources(repo: Path, spec: str) -> list[str]:
    stored = json.loads(git(repo, "show", "--no-textconv", f"{spec}:{NAME}"))
    return ["".join(cell["source"]) for cell in stored["cells"]][1:]


def on_disk(repo: Path) -> list[str]:
    stored = json.loads((repo / NAME).read_bytes())
    return ["".join(cell["source"]) for cell in stored["cells"]][1:]


async def commit(ask: Ask, *choices: dict[str, Any], **more: Any) -> Any:
    body = {"path": "", "names": [], "message": "some", "picked": choices, **more}
    return await ask("project/commit", body)


async def test_changed_cells_are_listed_as_a_person_sees_them(five: Path, ask: Ask) -> None:
    (five / NAME).write_bytes(make(*EDITED[:2], *SOURCES[2:4], "new = 1"))
    said = await cells(ask)
    shown = [
        (one["change"], one["numbers"], one["text"], one["added"], one["removed"])
        for one in said["cells"]
    ]
    assert shown == [
        ("modified", [2], "v0 = 10 + 0", 1, 1),
        ("modified", [3], "v1 = 10 + 1", 1, 1),
        ("removed", [6], "v4 = 4", 0, 0),
        ("added", [6], "new = 1", 0, 0),
    ]
    assert (said["partly_staged"], said["is_new"], said["staged"]) == (False, False, [])


async def test_two_of_five_cells_are_committed_and_nothing_else(five: Path, ask: Ask) -> None:
    before = (five / NAME).read_bytes()
    status, said = await commit(ask, picked(await cells(ask), 3, 5))
    assert (status, said["commit"]["outcome"]) == (200, "committed")
    assert sources(five, "HEAD") == [SOURCES[0], EDITED[1], SOURCES[2], EDITED[3], SOURCES[4]]
    assert (five / NAME).read_bytes() == before
    assert git(five, "diff", "--cached") == ""
    left = await cells(ask)
    assert [one["numbers"] for one in left["cells"]] == [[2], [4], [6]]


async def test_the_dialog_commits_single_cells_too(five: Path, ask: Ask) -> None:
    choice = picked(await cells(ask), 2)
    body = {"path": NAME, "message": "one", "picked": choice}
    status, said = await ask("commit", body)
    assert (status, said["commit"]["outcome"]) == (200, "committed")
    assert sources(five, "HEAD") == [EDITED[0], *SOURCES[1:]]


async def test_cells_go_with_whole_files_in_one_commit(five: Path, ask: Ask) -> None:
    (five / "helper.py").write_text("one\n")
    (five / "other.ipynb").unlink()
    names = ["helper.py", "other.ipynb", NAME]
    status, said = await commit(ask, picked(await cells(ask), 2), names=names)
    assert (status, said["commit"]["outcome"]) == (200, "committed"), said
    assert git(five, "show", "--format=", "--name-status").splitlines() == [
        "A\thelper.py",
        "D\tother.ipynb",
        f"M\t{NAME}",
    ]
    assert sources(five, "HEAD") == [EDITED[0], *SOURCES[1:]]
    assert git(five, "status", "--porcelain") == f" M {NAME}"


async def test_a_list_that_is_out_of_date_is_refused(five: Path, ask: Ask) -> None:
    choice = picked(await cells(ask), 2)
    (five / NAME).write_bytes(make("v0 = 7", *SOURCES[1:]))
    before = snapshot(five)
    status, said = await commit(ask, choice)
    assert (status, said["reason"]) == (409, "content-changed")
    unnamed = {"name": NAME, "cells": choice["cells"]}
    assert (await commit(ask, unnamed))[0] == 409
    known = {**choice, "state": (await cells(ask))["state"], "cells": [99]}
    assert (await commit(ask, known))[0] == 400
    for endpoint in ("project/cells/discard", "project/cells/unstage"):
        assert (await ask(endpoint, {"path": "", **choice}))[0] == 409
    assert snapshot(five) == before


async def test_keys_stay_while_a_person_goes_on(five: Path, ask: Ask) -> None:
    before = {one["key"]: one["numbers"] for one in (await cells(ask))["cells"]}
    now = make("first = 0", EDITED[0], SOURCES[1], f"{EDITED[2]}\nmore = 1", *EDITED[3:])
    said = await cells(ask, notebook=json.loads(now))
    after = {one["key"]: one["numbers"] for one in said["cells"]}
    assert {tuple(after[key]): tuple(before[key]) for key in before.keys() & after.keys()} == {
        (3,): (2,),
        (5,): (4,),
        (6,): (5,),
        (7,): (6,),
    }
    assert len({*after}) == 5


async def test_a_partly_staged_notebook_keeps_both_versions(five: Path, ask: Ask) -> None:
    """One cell is staged in a terminal, and the same cell goes on: none of the two is lost."""
    staged = make(EDITED[0], SOURCES[1], "v2 = 'staged'", *SOURCES[3:])
    (five / NAME).write_bytes(staged)
    git(five, "add", NAME)
    (five / NAME).write_bytes(make(*EDITED))
    status, said = await ask("project/commit", {"path": "", "names": [NAME], "message": "all"})
    assert (status, said["commit"]["outcome"]) == (200, "partly staged")
    said = await cells(ask)
    assert said["partly_staged"]
    assert [one["text"] for one in said["staged"]] == ["v0 = 10 + 0", "v2 = 'staged'"]
    assert [one["numbers"] for one in said["cells"]] == [[3], [4], [5], [6]]
    status, said = await commit(ask, picked(said, 3))
    assert (status, said["commit"]["outcome"]) == (200, "committed")
    assert sources(five, "HEAD") == [EDITED[0], EDITED[1], "v2 = 'staged'", *SOURCES[3:]]
    assert on_disk(five) == EDITED
    assert git(five, "diff", "--cached") == ""


async def test_what_is_staged_alone_is_committed(five: Path, ask: Ask) -> None:
    (five / NAME).write_bytes(make(EDITED[0], *SOURCES[1:]))
    git(five, "add", NAME)
    (five / NAME).write_bytes(make(*EDITED))
    status, said = await commit(ask, {"name": NAME})
    assert (status, said["commit"]["outcome"]) == (200, "committed")
    assert sources(five, "HEAD") == [EDITED[0], *SOURCES[1:]]
    assert on_disk(five) == EDITED


async def test_a_cell_is_unstaged_and_the_file_stays(five: Path, ask: Ask) -> None:
    (five / NAME).write_bytes(make(*EDITED[:2], *SOURCES[2:]))
    git(five, "add", NAME)
    (five / NAME).write_bytes(make(*EDITED))
    before = (five / NAME).read_bytes()
    said = await cells(ask)
    out = {"path": "", "name": NAME, "state": said["state"], "cells": [said["staged"][0]["entry"]]}
    status, answer = await ask("project/cells/unstage", out)
    assert status == 200, answer
    assert sources(five, "") == [SOURCES[0], EDITED[1], *SOURCES[2:]]
    assert (five / NAME).read_bytes() == before


async def test_unstaging_all_of_a_new_notebook_takes_it_out_of_the_index(
    repo: Path, ask: Ask
) -> None:
    (repo / NAME).write_bytes(make(*SOURCES))
    git(repo, "add", NAME)
    (repo / NAME).write_bytes(make(*EDITED))
    said = await cells(ask)
    every = [one["entry"] for one in said["staged"]]
    out = {"path": "", "name": NAME, "state": said["state"], "cells": every, "notebook": True}
    assert (await ask("project/cells/unstage", out))[0] == 200
    assert git(repo, "status", "--porcelain", NAME) == f"?? {NAME}"


@pytest.mark.parametrize("staged", [False, True])
async def test_a_cell_is_discarded_and_comes_back(five: Path, ask: Ask, *, staged: bool) -> None:
    if staged:
        git(five, "add", NAME)
    before = (five / NAME).read_bytes()
    choice = picked(await cells(ask), 3)
    status, said = await ask("project/cells/discard", {"path": "", **choice})
    assert status == 200, said
    now = [EDITED[0], SOURCES[1], *EDITED[2:]]
    assert on_disk(five) == now
    assert sources(five, "") == (now if staged else SOURCES)
    kept = [{"name": one["path"], "id": one["id"]} for one in said["kept"]]
    assert (await ask("project/undo", {"path": "", "kept": kept}))[0] == 200
    assert (five / NAME).read_bytes() == before


async def test_a_cell_that_is_gone_comes_back_at_its_place(five: Path, ask: Ask) -> None:
    (five / NAME).write_bytes(make(*SOURCES[:2], *SOURCES[3:]))
    said = await cells(ask)
    (gone,) = said["cells"]
    body = {"path": "", "name": NAME, "state": said["state"], "cells": [gone["entry"]]}
    assert (await ask("project/cells/discard", body))[0] == 200
    assert on_disk(five) == SOURCES


async def test_the_metadata_of_a_notebook_is_discarded_and_comes_back(five: Path, ask: Ask) -> None:
    changed = {**json.loads((five / NAME).read_bytes()), "metadata": {"title": "Rain"}}
    before = json.dumps(changed).encode()
    (five / NAME).write_bytes(before)
    said = await cells(ask)
    assert said["notebook"]
    body = {"path": "", "name": NAME, "state": said["state"], "notebook": True}
    status, answer = await ask("project/cells/discard", body)
    assert status == 200, answer
    assert json.loads((five / NAME).read_bytes())["metadata"] == {}
    assert on_disk(five) == EDITED
    kept = [{"name": one["path"], "id": one["id"]} for one in answer["kept"]]
    assert (await ask("project/undo", {"path": "", "kept": kept}))[0] == 200
    assert (five / NAME).read_bytes() == before


async def test_under_the_filter_a_cell_that_is_gone_comes_back_with_its_outputs(
    repo: Path, ask: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_program(tmp_path, monkeypatch)
    set_up_filter(repo)
    (repo / NAME).write_bytes(make(*SOURCES, outputs="1\n"))
    commit_all(repo, "two")
    (repo / NAME).write_bytes(make(EDITED[0], SOURCES[1], *SOURCES[3:], outputs="2\n"))
    said = await cells(ask)
    gone = next(one["entry"] for one in said["cells"] if one["change"] == "removed")
    body = {"path": "", "name": NAME, "state": said["state"], "cells": [gone]}
    assert (await ask("project/cells/discard", body))[0] == 200
    stored = json.loads((repo / NAME).read_bytes())
    assert [cell["outputs"][0]["text"] for cell in stored["cells"][1:]] == [
        *["2\n"] * 2,
        "1\n",
        *["2\n"] * 2,
    ]


def set_up_filter(repo: Path) -> None:
    install = [sys.executable, "-m", "nbvc", "install", "--filter"]
    subprocess.run(install, cwd=repo, check=True, capture_output=True)


async def test_under_the_filter_git_and_the_list_agree(
    repo: Path, ask: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Outputs that the filter keeps out of git are no change, and come back with a discarded cell."""
    use_program(tmp_path, monkeypatch)
    set_up_filter(repo)
    (repo / NAME).write_bytes(make(*SOURCES, outputs="1\n"))
    commit_all(repo, "two")
    (repo / NAME).write_bytes(make(*EDITED, outputs="2\n"))
    choice = picked(await cells(ask), 3, 5)
    status, said = await commit(ask, choice)
    assert (status, said["commit"]["outcome"]) == (200, "committed")
    assert sources(repo, "HEAD") == [SOURCES[0], EDITED[1], SOURCES[2], EDITED[3], SOURCES[4]]
    assert "stream" not in git(repo, "show", "--no-textconv", f"HEAD:{NAME}")
    assert git(repo, "diff", "--cached") == ""
    said = await cells(ask)
    assert [one["numbers"] for one in said["cells"]] == [[2], [4], [6]]
    body = {"path": "", "name": NAME, "state": said["state"], "cells": [said["cells"][0]["entry"]]}
    assert (await ask("project/cells/discard", body))[0] == 200
    stored = json.loads((repo / NAME).read_bytes())
    assert "".join(stored["cells"][1]["source"]) == SOURCES[0]
    printed = [cell["outputs"][0]["text"] for cell in stored["cells"][1:]]
    assert printed == ["1\n", *["2\n"] * 4]
    git(repo, "stash")
    assert (await cells(ask))["cells"] == []
    git(repo, "stash", "pop")
    assert [one["numbers"] for one in (await cells(ask))["cells"]] == [[4], [6]]


async def test_the_remembered_choice_for_outputs_counts(five: Path, ask: Ask, minor: int) -> None:
    """One choice: in the panel, for whole notebooks and for single cells."""
    (five / NAME).write_bytes(make(*EDITED[:2], *SOURCES[2:], outputs="1\n", minor=minor))
    assert len((await cells(ask))["cells"]) == 5
    git(five, "config", f"nbvc.{NAME}.commitOutputs", "strip")
    said = await cells(ask)
    assert [one["numbers"] for one in said["cells"]] == [[2], [3]]
    assert len((await cells(ask, outputs="keep", overrides=True))["cells"]) == 5
    status, answer = await commit(ask, picked(said, 3))
    assert (status, answer["commit"]["outcome"]) == (200, "committed")
    assert sources(five, "HEAD") == [SOURCES[0], EDITED[1], *SOURCES[2:]]
    assert '"text"' not in git(five, "show", f"HEAD:{NAME}")
    body = {"path": "", "names": [NAME], "message": "rest"}
    assert (await ask("project/commit", body))[1]["commit"]["outcome"] == "committed"
    assert sources(five, "HEAD") == [*EDITED[:2], *SOURCES[2:]]
    assert '"text"' not in git(five, "show", f"HEAD:{NAME}")
    assert (await cells(ask))["cells"] == []


async def test_a_renamed_notebook_is_committed_by_cell(
    five: Path, ask: Ask, jp_fetch: Any, minor: int
) -> None:
    (five / NAME).write_bytes(make(*SOURCES, minor=minor))
    await ask("checkpoints", {"path": NAME})
    body = json.dumps({"path": "q.ipynb"})
    assert (await jp_fetch("api", "contents", NAME, method="PATCH", body=body)).code == 200
    (five / "q.ipynb").write_bytes(make(*EDITED[:2], *SOURCES[2:], minor=minor))
    status, said = await ask("project/cells", {"path": "", "name": "q.ipynb"})
    assert (status, len(said["cells"])) == (200, 2)
    choice = {**picked(said, 2), "name": "q.ipynb"}
    status, said = await commit(ask, choice)
    assert said["commit"]["outcome"] == "committed"
    assert git(five, "ls-tree", "--name-only", "HEAD").splitlines() == [
        "a.ipynb",
        "other.ipynb",
        "q.ipynb",
    ]
    stored = json.loads(git(five, "show", "HEAD:q.ipynb"))
    assert ["".join(cell["source"]) for cell in stored["cells"]][1:] == [EDITED[0], *SOURCES[1:]]


async def test_a_file_in_conflict_or_outside_has_no_list(five: Path, ask: Ask) -> None:
    commit_all(five, "mine")
    git(five, "switch", "-qc", "topic", "HEAD~")
    (five / NAME).write_bytes(make("v0 = 'theirs'", *SOURCES[1:]))
    commit_all(five, "theirs")
    assert try_git(five, "merge", "-q", "main")
    status, said = await ask("project/cells", {"path": "", "name": NAME})
    assert (status, "not resolved" in said["message"]) == (409, True)
    for name in ("../p.ipynb", ".git/config", "gone.ipynb"):
        assert (await ask("project/cells", {"path": "", "name": name}))[0] in {404, 409}
