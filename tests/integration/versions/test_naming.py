"""The name of a notebook in a commit: through renames, on other branches, and after a reuse."""

from __future__ import annotations

from pathlib import Path

import pytest

from nbvc.checkpoint.store import Store
from nbvc.versions.history import History
from tests.integration.git.sandbox import commit_all, git, new, opened
from tests.making import code, file, result

ONE = file(code("import os"), code("x = 1"), code("y = 2"), code("z = 3"))
TWO = file(code("import os"), code("x = 1"), code("y = 2"), code("z = 33"))
OTHER = file(code("def f():\n    return 1"), code("f()"), code("print(f)"))


@pytest.fixture
def top(tmp_path: Path) -> Path:
    return new(tmp_path / "repo")


def put(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def name_in(top: Path, name: str, commit: str, *, checkpoints: bool = False) -> str | None:
    repository = opened(top / "any.ipynb")
    with Store(repository, "here") as store:
        shelf = store if checkpoints else None
        with History(repository, name, shelf, objects=store.objects) as history:
            return history.name_in(git(top, "rev-parse", commit))


def test_a_chain_of_renames_and_folders(top: Path) -> None:
    put(top / "a.ipynb", ONE)
    first = commit_all(top, "one")
    (top / "work").mkdir()
    git(top, "mv", "a.ipynb", "work/b.ipynb")
    second = commit_all(top, "moved")
    git(top, "mv", "work", "done")
    third = commit_all(top, "folder")
    assert name_in(top, "done/b.ipynb", first) == "a.ipynb"
    assert name_in(top, "done/b.ipynb", second) == "work/b.ipynb"
    assert name_in(top, "done/b.ipynb", third) == "done/b.ipynb"


def test_a_name_that_another_notebook_has_now(top: Path) -> None:
    put(top / "a.ipynb", ONE)
    first = commit_all(top, "one")
    git(top, "mv", "a.ipynb", "b.ipynb")
    second = commit_all(top, "renamed")
    put(top / "a.ipynb", OTHER)
    third = commit_all(top, "another")
    assert name_in(top, "a.ipynb", first) is None
    assert name_in(top, "a.ipynb", second) is None
    assert name_in(top, "a.ipynb", third) == "a.ipynb"
    assert name_in(top, "b.ipynb", first) == "a.ipynb"


def test_other_branches(top: Path) -> None:
    put(top / "a.ipynb", ONE)
    put(top / "other.ipynb", OTHER)
    commit_all(top, "one")
    git(top, "switch", "-qc", "topic")
    git(top, "mv", "a.ipynb", "t.ipynb")
    commit_all(top, "renamed there")
    put(top / "t.ipynb", OTHER)  # Nothing of it is like a.ipynb any more.
    commit_all(top, "rewritten there")
    git(top, "switch", "-q", "main")
    assert name_in(top, "a.ipynb", "topic") == "t.ipynb"
    git(top, "mv", "a.ipynb", "b.ipynb")
    commit_all(top, "renamed here")
    assert name_in(top, "b.ipynb", "topic") == "t.ipynb"
    assert name_in(top, "b.ipynb", "topic~2") == "a.ipynb"
    git(top, "switch", "-q", "topic")
    assert name_in(top, "t.ipynb", "main") == "b.ipynb"
    assert name_in(top, "other.ipynb", "main") == "other.ipynb"


def test_both_sides_of_a_merge(top: Path) -> None:
    put(top / "a.ipynb", ONE)
    first = commit_all(top, "one")
    git(top, "switch", "-qc", "topic")
    put(top / "a.ipynb", TWO)
    theirs = commit_all(top, "edited there")
    git(top, "switch", "-q", "main")
    git(top, "mv", "a.ipynb", "b.ipynb")
    ours = commit_all(top, "renamed here")
    git(top, "merge", "-q", "--no-edit", "topic")
    assert (top / "b.ipynb").read_bytes() == TWO
    assert [name_in(top, "b.ipynb", one) for one in (first, theirs, ours, "HEAD")] == [
        *("a.ipynb", "a.ipynb", "b.ipynb", "b.ipynb")
    ]


def test_a_commit_that_shares_nothing(top: Path) -> None:
    put(top / "a.ipynb", ONE)
    commit_all(top, "one")
    git(top, "switch", "-q", "--orphan", "apart")
    put(top / "b.ipynb", OTHER)
    commit_all(top, "another start")
    git(top, "switch", "-q", "main")
    assert name_in(top, "a.ipynb", "apart") is None


def test_a_rename_that_is_not_committed(top: Path) -> None:
    put(top / "a.ipynb", ONE)
    put(top / "other.ipynb", OTHER)
    first = commit_all(top, "one")
    (top / "a.ipynb").rename(top / "b.ipynb")
    assert name_in(top, "b.ipynb", first) == "a.ipynb"
    put(top / "b.ipynb", TWO)
    assert name_in(top, "b.ipynb", first) == "a.ipynb"
    put(top / "b.ipynb", OTHER)
    assert name_in(top, "b.ipynb", first) is None  # Nothing of it was in a.ipynb.


def test_checkpoints_know_a_rename_whatever_became_of_the_content(top: Path) -> None:
    put(top / "a.ipynb", ONE)
    first = commit_all(top, "one")
    repository = opened(top / "any.ipynb")
    with Store(repository, "here") as store:
        store.create(str(top / "a.ipynb"))
        for old, new_ in (("a.ipynb", "b.ipynb"), ("b.ipynb", "c.ipynb")):
            (top / old).rename(top / new_)
            store.rename(str(top / old), str(top / new_))
    put(top / "c.ipynb", OTHER)
    assert name_in(top, "c.ipynb", first) is None
    assert name_in(top, "c.ipynb", first, checkpoints=True) == "a.ipynb"


def test_a_copy_and_a_new_notebook_are_no_renames(top: Path) -> None:
    put(top / "a.ipynb", ONE)
    put(top / "gone.ipynb", OTHER)
    first = commit_all(top, "one")
    put(top / "copy.ipynb", ONE)
    (top / "gone.ipynb").unlink()
    put(top / "new.ipynb", file(code("import os"), code("print(1)")))
    assert name_in(top, "copy.ipynb", first) is None
    assert name_in(top, "new.ipynb", first) is None
    assert name_in(top, "a.ipynb", first) == "a.ipynb"


def test_of_two_that_are_alike_none_is_guessed(top: Path) -> None:
    put(top / "one/a.ipynb", ONE)
    put(top / "two/b.ipynb", ONE)
    first = commit_all(top, "one")
    for old in ("one/a.ipynb", "two/b.ipynb"):
        (top / old).unlink()
    put(top / "c.ipynb", ONE)
    assert name_in(top, "c.ipynb", first) is None
    put(top / "three/b.ipynb", ONE)  # The folder was renamed.
    assert name_in(top, "three/b.ipynb", first) == "two/b.ipynb"


def renamed_from(top: Path, name: str) -> str | None:
    repository = opened(top / "any.ipynb")
    with (
        Store(repository, "here") as store,
        History(repository, name, store, objects=store.objects) as history,
    ):
        return history.renamed_from()


def test_a_similar_notebook_is_no_reason_to_commit_a_deletion(top: Path) -> None:
    put(top / "a.ipynb", ONE)
    first = commit_all(top, "one")
    (top / "a.ipynb").unlink()
    put(top / "b.ipynb", TWO)
    assert name_in(top, "b.ipynb", first) == "a.ipynb"
    assert renamed_from(top, "b.ipynb") is None
    put(top / "b.ipynb", ONE)
    assert renamed_from(top, "b.ipynb") == "a.ipynb"


def test_what_is_staged_under_a_name_is_not_taken_out(top: Path) -> None:
    put(top / "a.ipynb", ONE)
    commit_all(top, "one")
    put(top / "a.ipynb", TWO)
    git(top, "add", "a.ipynb")
    (top / "a.ipynb").unlink()
    put(top / "b.ipynb", ONE)
    assert renamed_from(top, "b.ipynb") is None


def test_a_former_name_that_another_notebook_took_is_no_former_name(top: Path) -> None:
    put(top / "a.ipynb", ONE)
    commit_all(top, "one")
    with Store(opened(top / "any.ipynb"), "here") as store:
        store.create(str(top / "a.ipynb"))
        (top / "a.ipynb").rename(top / "b.ipynb")
        store.rename(str(top / "a.ipynb"), str(top / "b.ipynb"))
    assert renamed_from(top, "b.ipynb") == "a.ipynb"
    put(top / "a.ipynb", OTHER)
    commit_all(top, "two")
    (top / "a.ipynb").unlink()
    (top / "b.ipynb").rename(top / "c.ipynb")
    with Store(opened(top / "any.ipynb"), "here") as store:
        store.rename(str(top / "b.ipynb"), str(top / "c.ipynb"))
    assert renamed_from(top, "c.ipynb") == "b.ipynb"


def test_a_rename_is_told_by_source_lines_and_not_by_outputs(top: Path) -> None:
    cells = [f"value_{n} = compute({n})" for n in range(4)]
    picture = result({"image/png": "iVBORw0KGgo" * 400})
    put(top / "a.ipynb", file(*(code(cell, outputs=[picture]) for cell in cells)))
    first = commit_all(top, "one")
    git(top, "mv", "a.ipynb", "b.ipynb")
    put(top / "b.ipynb", file(*map(code, cells)))
    commit_all(top, "renamed and cleared")
    assert name_in(top, "b.ipynb", first) == "a.ipynb"
    put(top / "c.ipynb", file(*map(code, cells), code("more = 1")))
    (top / "b.ipynb").unlink()
    second = commit_all(top, "renamed and edited")
    assert name_in(top, "c.ipynb", first) == "a.ipynb"
    (top / "c.ipynb").unlink()
    put(top / "d.ipynb", file(*(code(f"another_{n}()") for n in range(5))))
    commit_all(top, "deleted, and an unlike one added")
    assert name_in(top, "d.ipynb", second) is None


def test_of_two_copies_none_is_the_renamed_one(top: Path) -> None:
    put(top / "a.ipynb", ONE)
    first = commit_all(top, "one")
    (top / "a.ipynb").unlink()
    for name in ("b", "c"):
        put(
            top / f"{name}.ipynb", file(code("import os"), code("x = 1"), code("y = 2"), code(name))
        )
    commit_all(top, "two copies, both edited")
    assert [name_in(top, f"{name}.ipynb", first) for name in ("b", "c")].count("a.ipynb") <= 1
