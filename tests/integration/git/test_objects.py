from __future__ import annotations

import os
from pathlib import Path

import pytest

from nbvc.errors import GitError, UnknownRefError
from nbvc.git.plumbing.objects import Objects, empty_tree, merge_base
from tests.integration.git import sandbox


@pytest.fixture(params=["loose", "packed", "alternates", "worktree", "sha256"])
def top(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    options = ("--object-format=sha256",) if request.param == "sha256" else ()
    top = sandbox.committed(tmp_path / "repo", "a.ipynb", "deep/b c.ipynb", options=options)
    sandbox.write(top / "a.ipynb", sandbox.notebook("2"))
    sandbox.commit_all(top, "two")
    if request.param == "packed":
        sandbox.git(top, "gc", "-q", "--prune=now")
    if request.param == "alternates":
        sandbox.git(tmp_path, "clone", "-q", "--shared", "repo", "clone")
        return tmp_path / "clone"
    if request.param == "worktree":
        sandbox.git(top, "worktree", "add", "-q", "--detach", "../tree")
        return tmp_path / "tree"
    return top


def test_objects_are_read_wherever_they_lie(top: Path) -> None:
    repository = sandbox.opened(top)
    with Objects(repository) as objects:
        head = objects.commit("HEAD")
        assert head == sandbox.git(top, "rev-parse", "HEAD") == objects.head()
        assert len(head) == len(repository.null_oid)
        assert objects.at(objects.commit("HEAD~1"), "a.ipynb") == sandbox.notebook()
        assert objects.at(head, "a.ipynb") == sandbox.notebook("2")
        assert objects.at(head, "gone.ipynb") is None
        assert objects.at(head, "deep") is None
        assert [entry.name for entry in objects.files(head)] == ["a.ipynb", "deep/b c.ipynb"]
        assert all(entry.is_file for entry in objects.files(head))
        assert objects.blob(objects.files(head)[0].oid, None) == sandbox.notebook("2")
        assert objects.files(empty_tree(repository)) == []
        with pytest.raises(GitError, match="is missing"):
            objects.blob(repository.null_oid, None)


def test_gitpython_reads_the_same(tmp_path: Path) -> None:
    import git as gitpython

    top = sandbox.committed(tmp_path / "repo", "a.ipynb", "b/c.ipynb", "d é.ipynb")
    with gitpython.Repo(top) as repo, Objects(sandbox.opened(top)) as objects:
        commit = repo.commit("HEAD")
        theirs = {
            (blob.path, blob.mode, blob.hexsha, blob.data_stream.read())
            for blob in commit.tree.traverse()
            if isinstance(blob, gitpython.Blob)
        }
        files = objects.files(objects.commit("HEAD"))
        assert {(f.name, f.mode, f.oid, objects.blob(f.oid, None)) for f in files} == theirs


@pytest.mark.parametrize("name", ["two\nlines.ipynb", "a\tb.ipynb", "-rf.ipynb", ":(glob)x.ipynb"])
def test_fault_60_any_name_can_be_read(tmp_path: Path, name: str) -> None:
    top = sandbox.committed(tmp_path / "repo", name)
    with Objects(sandbox.opened(top)) as objects:
        assert objects.at(objects.commit("HEAD"), name) == sandbox.notebook()


def test_fault_60_a_name_that_is_not_utf8(tmp_path: Path) -> None:
    name = os.fsdecode(b"caf\xe9.ipynb")
    top = sandbox.committed(tmp_path / "repo", name)
    with Objects(sandbox.opened(top)) as objects:
        assert objects.at(objects.commit("HEAD"), name) == sandbox.notebook()
        assert [entry.name for entry in objects.files("HEAD")] == [name]


@pytest.mark.parametrize(
    "revision",
    [
        *("--output=x", "--all", "-n", "HEAD..x", "HEAD..HEAD", "^HEAD", "HEAD^!", "", "nope"),
        *("a\0b", "HEAD\nHEAD", "\x1b[2J", "HEAD missing", "0" * 40, "HEAD:a.ipynb", "@{-9}"),
    ],
)
def test_fault_58_what_is_no_commit_is_refused(tmp_path: Path, revision: str) -> None:
    top = sandbox.committed(tmp_path / "repo")
    with Objects(sandbox.opened(top)) as objects, pytest.raises(UnknownRefError) as caught:
        objects.commit(revision)
    assert str(caught.value).isprintable()
    assert sorted(path.name for path in top.iterdir()) == [".git", "a.ipynb"]


@pytest.mark.parametrize(
    "revision", ["HEAD", "main", "@", "HEAD~0", "v1", "heads/main", "HEAD^{/one}", "bé"]
)
def test_what_is_a_commit_is_found(tmp_path: Path, revision: str) -> None:
    top = sandbox.committed(tmp_path / "repo")
    sandbox.git(top, "tag", "-a", "-m", "t", "v1")
    sandbox.git(top, "branch", "bé")
    with Objects(sandbox.opened(top)) as objects:
        assert objects.commit(revision) == sandbox.git(top, "rev-parse", "HEAD")


def test_an_unborn_branch_has_no_head(tmp_path: Path) -> None:
    with Objects(sandbox.opened(sandbox.new(tmp_path / "repo"))) as objects:
        assert objects.head() is None


def test_asking_goes_on_after_close_and_repack(tmp_path: Path) -> None:
    top = sandbox.committed(tmp_path / "repo")
    objects = Objects(sandbox.opened(top))
    first = objects.commit("HEAD")
    sandbox.write(top / "a.ipynb", sandbox.notebook("2"))
    second = sandbox.commit_all(top, "two")
    sandbox.git(top, "gc", "-q", "--prune=now")
    assert objects.commit("HEAD") == second
    assert objects.at(first, "a.ipynb") == sandbox.notebook()
    objects.close()
    assert objects.commit("HEAD") == second
    objects.close()


def test_merge_base(tmp_path: Path) -> None:
    top = sandbox.committed(tmp_path / "repo")
    base = sandbox.git(top, "rev-parse", "HEAD")
    sandbox.git(top, "switch", "-qc", "side")
    side = sandbox.commit_all(top, "side")
    sandbox.git(top, "switch", "-q", "main")
    main = sandbox.commit_all(top, "main")
    repository = sandbox.opened(top)
    assert merge_base(repository, side, main) == base
    sandbox.git(top, "switch", "-q", "--orphan", "apart")
    apart = sandbox.commit_all(top, "apart")
    with pytest.raises(GitError, match="no common ancestor"):
        merge_base(repository, apart, main)


def test_what_was_expected_and_what_was_not_are_answered_alike(tmp_path: Path) -> None:
    names = [f"n{number:02}.ipynb" for number in range(30)]
    top = sandbox.new(tmp_path)
    for number, name in enumerate(names):
        sandbox.write(top / name, sandbox.notebook(name, pad=number * 100))
    sandbox.commit_all(top, "thirty")
    with Objects(sandbox.opened(top)) as objects:
        oids = [entry.oid for entry in objects.files(objects.commit("HEAD"))]
        walks = (range(30), range(0, 30, 7), range(29, -1, -1), [0, 0, 1, 5, 2, 29, 29, 6, 7])
        for walk in walks:
            objects.expect(oids)
            for index in walk:
                assert objects.blob(oids[index], None) == (top / names[index]).read_bytes()
                assert index % 3 or objects.at("HEAD", names[4]) == (top / names[4]).read_bytes()
                assert index != 14 or objects.at("HEAD", "gone") is None
        objects.expect(oids)
        objects.blob(oids[0], None)
        objects.close()
        assert objects.blob(oids[1], None) == (top / names[1]).read_bytes()
