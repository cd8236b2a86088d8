from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from nbvc.errors import GitError
from nbvc.git.plumbing.objects import Objects
from nbvc.git.plumbing.packs import draft_object, draft_trees, store
from nbvc.git.plumbing.refs import Refs, Swap, swap
from tests.integration.git import sandbox
from tests.integration.git.sandbox import git, write

if TYPE_CHECKING:
    from nbvc.git.plumbing.repository import Repository

PREFIX = "refs/nbvc/x/"


@pytest.fixture(params=["sha1", "sha256"])
def repository(request: pytest.FixtureRequest, tmp_path: Path) -> Repository:
    top = sandbox.committed(tmp_path / "repo", options=(f"--object-format={request.param}",))
    sandbox.commit_all(top, "two")
    return sandbox.opened(top)


def commits(repository: Repository) -> list[str]:
    return git(Path(repository.top), "rev-list", "HEAD").splitlines()


def test_a_swap_happens_only_from_what_it_is_thought_to_be(repository: Repository) -> None:
    new, old = commits(repository)
    refs, ref = Refs(repository, PREFIX), f"{PREFIX}m/a"
    for before, after, fits in (
        *((old, new, False), (None, old, True), (None, new, False), (new, old, False)),
        *((old, new, True), (old, None, False), (new, None, True), (new, None, False)),
    ):
        now = refs.get("m/a")
        assert swap(repository, [Swap(ref, before, after)]) is fits
        assert refs.get("m/a") == (after if fits else now)


def test_several_swaps_happen_together_or_not_at_all(repository: Repository) -> None:
    new, old = commits(repository)
    refs = Refs(repository, PREFIX)
    assert swap(repository, [Swap(f"{PREFIX}m/a", None, old)])
    assert not swap(repository, [Swap(f"{PREFIX}m/b", None, new), Swap(f"{PREFIX}m/a", new, None)])
    assert refs.below("m") == {"m/a": old}
    assert swap(repository, [Swap(f"{PREFIX}m/b", None, old), Swap(f"{PREFIX}m/a", old, None)])
    assert refs.below("m") == {"m/b": old}


def test_what_is_nobodys_fault_is_an_error(repository: Repository) -> None:
    missing = "1" * len(repository.null_oid)
    with pytest.raises(GitError):
        swap(repository, [Swap(f"{PREFIX}m/a", None, missing)])
    with pytest.raises(GitError):
        swap(repository, [Swap(f"{PREFIX}a..b", None, commits(repository)[0])])


@pytest.mark.parametrize("pack", [False, True], ids=["loose", "packed"])
def test_refs_are_read_as_git_has_them(repository: Repository, *, pack: bool) -> None:
    new, old = commits(repository)
    top = Path(repository.top)
    refs = Refs(repository, PREFIX)
    assert (refs.folders(), refs.below("m"), refs.get("m/a")) == ([], {}, None)
    for name, oid in (("m/a", new), ("m/b%20c", old), ("n/a", old)):
        git(top, "update-ref", PREFIX + name, oid)
    if pack:
        git(top, "pack-refs", "--all")
        git(top, "update-ref", f"{PREFIX}m/a", old)
        assert refs.get("m/a") == old
        git(top, "update-ref", f"{PREFIX}m/a", new)
    assert refs.folders() == ["m", "n"]
    assert refs.below("m") == {"m/a": new, "m/b%20c": old} == refs._list_refs("m/")
    assert refs.get("n/a") == old
    git(top, "update-ref", "-d", f"{PREFIX}n/a")
    assert refs.get("n/a") is None
    assert refs.get("none") is None


def test_a_damaged_ref_is_an_error_that_names_it(repository: Repository) -> None:
    write(Path(repository.git_dir, PREFIX, "m", "a"), b"")
    with pytest.raises(GitError, match=r"refs/nbvc/x/m/a is damaged"):
        Refs(repository, PREFIX).get("m/a")


def test_repositories_of_other_formats_are_asked(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    new, _ = commits(repository)
    git(Path(repository.top), "update-ref", f"{PREFIX}m/a", new)
    monkeypatch.setattr(Refs, "_in_files", False)
    refs = Refs(repository, PREFIX)
    assert (refs.folders(), refs.below("m"), refs.get("m/a")) == (["m"], {"m/a": new}, new)


SIZES = (0, 1, 15, 16, 17, 2047, 2048, 2049, 65_536, 300_000)


def test_objects_of_all_sizes_are_stored_as_they_are(repository: Repository) -> None:
    drafts = [draft_object(repository, "blob", os.urandom(size)) for size in SIZES]
    store(repository, [*drafts, *drafts[:3]])
    store(repository, drafts[:2])
    with Objects(repository) as objects:
        assert [objects.blob(draft.oid, None) for draft in drafts] == [
            draft.content for draft in drafts
        ]
    assert git(Path(repository.top), "fsck", "--strict", "--no-dangling") == ""


def test_trees_hold_one_file_at_its_path(repository: Repository) -> None:
    blob = draft_object(repository, "blob", b"x")
    trees = draft_trees(repository, "a b/c/é.ipynb", blob.oid)
    store(repository, [blob, *trees])
    listing = git(Path(repository.top), "ls-tree", "-r", "-z", trees[-1].oid)
    assert listing == f"100644 blob {blob.oid}\ta b/c/é.ipynb\0"


def test_an_interrupted_answer_does_not_answer_the_next_question(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    from nbvc.git.plumbing.conversation import Conversation

    drafts = [draft_object(repository, "blob", text) for text in (b"one", b"two")]
    store(repository, drafts)
    with Objects(repository) as objects:
        with monkeypatch.context() as patch:

            def interrupted(*_: object) -> bytes:
                raise KeyboardInterrupt

            patch.setattr(Conversation, "receive", interrupted)
            with pytest.raises(KeyboardInterrupt):
                objects.blob(drafts[0].oid, None)
        assert objects.blob(drafts[1].oid, None) == b"two"
