"""Versions, what they changed, one cell's life, search, and the index, on small repositories."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from nbvc.checkpoint.store import Store
from nbvc.errors import NbvcError, NotebookError
from nbvc.versions.changing import What
from nbvc.versions.history import History
from nbvc.versions.model import Version, VersionType
from nbvc.versions.searching import CellPart
from tests.integration.git.sandbox import commit_all, git, new, opened, processes, snapshot, write
from tests.integration.versions.making import Made
from tests.making import code, file, markdown, result, stream

if TYPE_CHECKING:
    from nbvc.git import Repository
    from nbvc.versions.blaming import Blame

LONG = "\n".join(f"value_{number} = compute({number})" for number in range(12))


def history(folder: Path, name: str = "a.ipynb", **more: object) -> History:
    return History(opened(folder), name, **more)  # type: ignore[arg-type]


def blame(repository: Repository, name: str, **options: Any) -> Blame:
    with History(repository, name) as found:
        return found.blame(**options)


def titles(found: tuple[Version, ...]) -> list[str]:
    return [one.title for one in found]


def repository(folder: Path) -> Path:
    """one ── two ── renamed ──────── merged     (b.ipynb at the end)
    └─ side (still a.ipynb) ──┘
    """
    new(folder)
    cells = [code(LONG), code("second = 2"), code("third = 3"), markdown("# The end, in words")]
    write(folder / "a.ipynb", file(*cells))
    commit_all(folder, "one")
    git(folder, "branch", "side")
    cells[0] = code(LONG + "\nmore = 1")
    write(folder / "a.ipynb", file(*cells))
    commit_all(folder, "two")
    git(folder, "mv", "a.ipynb", "b.ipynb")
    commit_all(folder, "renamed")
    git(folder, "checkout", "-q", "side")
    side = [code(LONG), *cells[1:3], markdown("# Another end, in words")]
    write(folder / "a.ipynb", file(*side))
    commit_all(folder, "side")
    git(folder, "checkout", "-q", "main")
    git(folder, "merge", "-q", "--no-commit", "side")
    write(folder / "b.ipynb", file(cells[0], *side[1:]))
    commit_all(folder, "merged")
    return folder


def test_both_sides_of_a_merge_are_followed_across_a_rename_on_one(tmp_path: Path) -> None:
    folder = repository(tmp_path / "work")
    with history(folder, "b.ipynb") as found:
        every = found.versions()
        assert sorted(titles(every)) == ["merged", "one", "renamed", "side", "two"]
        names = {one.title: one.name for one in every}
        assert names["side"] == names["two"] == "a.ipynb"
        assert names["renamed"] == names["merged"] == "b.ipynb"
        merge = every[0]
        ids = {one.title: one.id for one in every}
        assert set(merge.parents) == {ids["renamed"], ids["side"]}
        blamed = [cell.source.title for cell in found.blame().cells]
        assert blamed == ["two", "one", "one", "side"]
        changes = found.changes(merge)
        assert changes.merged
        assert changes.cells == ()


@pytest.mark.parametrize(
    "name", ["-rf.ipynb", "*.ipynb", ":(glob)x.ipynb", "über a\n.ipynb", 'q".ipynb']
)
def test_fault_60_odd_names_are_names(name: str, tmp_path: Path) -> None:
    folder = new(tmp_path / "work")
    write(folder / name, file(code("x = 1")))
    write(folder / "other.ipynb", file(code("y = 1")))
    commit_all(folder, "one")
    write(folder / "other.ipynb", file(code("y = 2")))
    commit_all(folder, "two")
    git(folder, "--literal-pathspecs", "mv", "--", name, "new.ipynb")
    commit_all(folder, "three")
    with history(folder, "new.ipynb") as found:
        assert titles(found.versions()) == ["three", "one"]
        assert found.versions()[1].name == name


def test_a_deleted_notebook_has_its_history_and_a_new_one_of_that_name_starts_again(
    tmp_path: Path,
) -> None:
    made = Made(tmp_path / "work")
    made.commit(file(code("old = 1")))
    made.commit(None)
    with made.history() as found:
        assert [one.blob is None for one in found.versions()] == [True, False]
        assert found.changes(found.versions()[0]).deleted
        with pytest.raises(NotebookError, match="no version of it can be read"):
            found.blame()
    last = made.commit(file(code("old = 1")))
    with made.history() as found:
        assert [cell.source.id for cell in found.blame().cells] == [last]


def test_what_a_version_changed(tmp_path: Path) -> None:
    made = Made(tmp_path / "work")
    a, b, c = code(LONG, [stream("1\n")]), code("x = 1\ny = 2"), markdown("# Some words that stay")
    made.commit(file(a, b, c))
    made.commit(file({**a, "execution_count": 7}, b, c))
    made.commit(file({**a, "outputs": [stream("2\n")]}, b, c))
    made.commit(file({**a, "outputs": [stream("2\n")]}, code("x = 1"), code("y = 2"), c))
    made.commit(file(c, {**a, "outputs": [stream("2\n")]}, code("x = 1"), code("y = 2")))
    made.commit(b"{")
    with made.history() as found:
        every = [found.changes(one) for one in reversed(found.versions())]
    told = [[cell.what for cell in one.cells] for one in every]
    assert told == [
        [What.ADDED] * 3, [What.NOISE], [What.OUTPUTS], [What.SPLIT], [What.MOVED], [],
    ]  # fmt: skip
    assert [one.first for one in every] == [True, False, False, False, False, False]
    assert [one.noise for one in every] == [False, True, False, False, False, False]
    assert every[-1].problem.startswith("not a notebook: line 1, column 2")


def test_a_cell_is_followed_through_moves_splits_and_joins(tmp_path: Path) -> None:
    made = Made(tmp_path / "work")
    rest = [markdown(f"# Chapter {n} of a long story") for n in range(3)]
    one = made.commit(file(code(LONG), *rest))
    made.commit(file(*rest, code(LONG)))
    rows = LONG.split("\n")
    first, second = "\n".join(rows[:6]), "\n".join(rows[6:])
    split = made.commit(file(*rest, code(first), code(second)))
    joined = made.commit(file(*rest, code(LONG)))
    edit = made.commit(file(*rest, code(LONG.replace("value_3 ", "changed "))))
    with made.history() as found:
        cells = found.blame(lines=True).cells
        assert [cell.source.id for cell in cells] == [one, one, one, edit]
        assert {version.id for version in cells[3].lines or ()} == {one, edit}
        moments = found.life("4")
        assert [moment.version.id for moment in moments][:3] == [edit, joined, split]
        assert moments[-1].version.id == one
        assert moments[-1].cells[0].what is What.ADDED


@pytest.mark.parametrize("cell", ["0", "9", "nope", "-1", "²"])
def test_a_cell_that_is_not_there_is_an_error_that_says_so(cell: str, tmp_path: Path) -> None:
    made = Made(tmp_path / "work")
    made.commit(file(code("x = 1")))
    with made.history() as found, pytest.raises(NbvcError, match="no cell has the number or ID"):
        found.life(cell)


def test_changes_on_the_disk_are_not_committed_yet(tmp_path: Path) -> None:
    made = Made(tmp_path / "work")
    one = made.commit(file(code("x = 1", [stream("1\n")]), code("y = 2")))
    now = file(code("x = 1", [stream("2\n")]), code("y = 2"), code("z = 3"))
    found = blame(opened(made.folder), "a.ipynb", lines=True, work_tree=now)
    assert [(c.source.kind, c.source.id) for c in found.cells] == [
        (VersionType.COMMIT, one), (VersionType.COMMIT, one), (VersionType.WORK_TREE, ""),
    ]  # fmt: skip
    assert found.cells[0].outputs is not None
    assert found.cells[0].outputs.kind is VersionType.WORK_TREE
    assert found.cells[1].outputs is None


def test_outputs_that_show_the_same_keep_their_blame(tmp_path: Path) -> None:
    made = Made(tmp_path / "work")
    one = made.commit(file(code("x", [result({"text/plain": "<T at 0x7f00aa10>"}, 1)])))
    made.commit(file(code("x", [result({"text/plain": "<T at 0x7f00aa10>"}, 9)])))
    with made.history() as found:
        cells = found.blame().cells
        assert cells[0].outputs is not None
        assert cells[0].outputs.id == one


def test_commits_and_checkpoints_stand_together_by_time(tmp_path: Path) -> None:
    made = Made(tmp_path / "work")
    one = made.commit(file(code("x = 1")))
    path = made.folder / "a.ipynb"
    with Store(opened(made.folder), "here", clock=lambda: made.clock + 5) as store:
        write(path, file(code("x = 2")))
        saved = store.create(os.fspath(path), "saved").checkpoint
        two = made.commit(file(code("x = 3")))
        with History(opened(made.folder), "a.ipynb", store) as found:
            every = found.versions()
            assert [one_.id for one_ in every] == [two, saved.id, one]
            assert every[1].kind is VersionType.CHECKPOINT
            assert [cell.what for cell in found.changes(every[1]).cells] == [What.EDITED]
            assert found.content(every[1]) == file(code("x = 2"))
            assert found.versions(limit=1) == every[:1]
    with history(made.folder) as again:
        assert again.content(every[2]) == file(code("x = 1"))


def test_a_text_is_found_where_it_came_and_went(tmp_path: Path) -> None:
    made = Made(tmp_path / "work")
    made.commit(file(code("x = 1")))
    two = made.commit(file(code("x = 1", [stream("the score is 0.8731\n")])))
    made.commit(b"no notebook")
    four = made.commit(file(code("x = 2", [stream("the score is 0.8731\n")])))
    five = made.commit(file(code("score = 2")))
    with made.history() as found:
        hits = found.search(re.compile(r"0\.8731"))
        assert [one.version.id for one in hits if one.hits] == [four, two]
        assert [one.version.id for one in hits if one.appeared] == [two]
        assert [one.version.id for one in hits if one.gone] == [five]
        assert [hit.place for one in hits for hit in one.hits] == [CellPart.OUTPUT] * 2
        sources = found.search(re.compile("score"), frozenset((CellPart.SOURCE,)))
        assert [one.version.id for one in sources if one.hits] == [five]


def test_the_second_call_reads_no_content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = Made(tmp_path / "work")
    for number in range(4):
        made.commit(file(code(f"x = {number}"), code("y = 2")))
    found = opened(made.folder)
    before = snapshot(made.folder)
    first = blame(found, "a.ipynb", lines=True)
    started = processes(monkeypatch)
    assert blame(found, "a.ipynb", lines=True) == first
    assert len(started) == 2, "for HEAD and blame.ignoreRevsFile"
    assert snapshot(made.folder) == before


@pytest.mark.parametrize(
    "damage",
    [
        lambda _: b"",
        lambda content: content[:-9],
        lambda content: content[:60] + b"\xff" + content[61:],
        lambda content: content.replace(b"nbvc history", b"nbvc hystery", 1),
        lambda content: os.urandom(len(content)),
    ],
)
def test_a_damaged_index_is_made_again_silently(damage: object, tmp_path: Path) -> None:
    made = Made(tmp_path / "work")
    made.commit(file(code("x = 1")))
    made.commit(file(code("x = 2")))
    found = opened(made.folder)
    first = blame(found, "a.ipynb")
    (kept,) = (made.folder / ".git" / "nbvc" / "history").iterdir()
    whole = kept.read_bytes()
    kept.write_bytes(damage(whole))  # type: ignore[operator]
    assert blame(found, "a.ipynb") == first
    assert kept.read_bytes() == whole


def test_an_index_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    made = Made(tmp_path / "work")
    one = made.commit(file(code("x = 1")))
    (made.folder / ".git" / "nbvc").write_text("in the way")
    assert blame(opened(made.folder), "a.ipynb").cells[0].source.id == one


def test_new_commits_are_seen_by_an_old_index(tmp_path: Path) -> None:
    made = Made(tmp_path / "work")
    made.commit(file(code("x = 1"), code("y = 1")))
    found = opened(made.folder)
    blame(found, "a.ipynb")
    last = made.commit(file(code("x = 1"), code("y = 2")))
    assert [cell.source.id for cell in blame(found, "a.ipynb").cells][1] == last


def test_a_notebook_moved_but_not_committed_has_the_history_of_its_old_name(tmp_path: Path) -> None:
    folder = new(tmp_path / "work")
    write(folder / "a.ipynb", file(code(LONG)))
    commit_all(folder, "one")
    git(folder, "mv", "a.ipynb", "b.ipynb")
    with history(folder, "b.ipynb") as found:
        assert titles(found.versions()) == ["one"]


def test_links_are_no_notebooks_and_start_no_history(tmp_path: Path) -> None:
    folder = new(tmp_path / "work")
    (folder / "a.ipynb").symlink_to("/etc/passwd")
    commit_all(folder, "link")
    with history(folder) as found:
        assert found.versions() == ()
