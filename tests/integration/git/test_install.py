"""Setting git up and putting it back, on real repositories."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from nbvc.errors import GitError
from nbvc.git.plumbing.repository import discover
from nbvc.git.setup.attributes import (
    LINE,
    find_effective,
    read_settings,
    with_drivers,
    with_filter,
    without_lines,
    without_old_filter,
)
from nbvc.git.setup.drivers import HUNKS, driver_settings
from nbvc.git.setup.install import CACHE, InstallTarget, Scope, install, read_configured, uninstall
from tests.conftest import IS_ROOT
from tests.integration.git.installed import set_up, target
from tests.integration.git.sandbox import commit_all, committed, git, new, opened

NBVC = ["/opt/a b/nbvc"]


@pytest.mark.parametrize(
    "content",
    [
        "",
        "*.png binary\n",
        "*.png binary",
        "# a comment\r\n*.txt text\r\n",
        "\n\n",
        "*.ipynb diff=jupyternotebook merge=jupyternotebook\n",
        "*.ipynb filter=nbstripout\n*.ipynb diff=ipynb",
        "*.ipynb\tfilter=nbstripout  text\n",
        "\xe4*.ipynb diff=x\n",
    ],
)
def test_the_line_comes_and_goes(content: str) -> None:
    before = content.encode("latin-1")
    once = with_drivers(before)
    assert once.rstrip(b"\n").split(b"\n")[-1] == LINE.encode()
    assert with_drivers(once) == once
    assert without_lines(once) == before


@pytest.mark.parametrize(
    ("content", "wanted"),
    [
        ("*.ipynb diff=nbvc text merge=nbvc\n", "*.ipynb text\n"),
        ("*.ipynb diff=nbvc merge=nbvc filter=nbvc\n", ""),
        ("# *.ipynb diff=nbvc\n", "# *.ipynb diff=nbvc\n"),
        ("a.ipynb diff=nbvc\n", "a.ipynb diff=nbvc\n"),
    ],
)
def test_only_our_words_go(content: str, wanted: str) -> None:
    assert without_lines(content.encode()) == wanted.encode()


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("content", ["", "*.png binary\n", "*.png binary", "*.ipynb filter=x\n"])
def test_the_filters_line_is_the_first_or_the_last(content: str, first: bool) -> None:
    once = with_filter(content.encode(), first=first)
    lines = once.rstrip(b"\n").split(b"\n")
    assert lines[0 if first else -1] == b"*.ipynb filter=nbvc"
    assert with_filter(once, first=first) == once
    assert without_lines(once, ("filter",)).decode() == content


@pytest.mark.parametrize(
    ("content", "wanted"),
    [
        ("*.ipynb diff=nbvc merge=nbvc filter=nbvc\n", "*.ipynb diff=nbvc merge=nbvc\n"),
        ("*.ipynb filter=nbvc\n*.txt text\n", "*.ipynb filter=nbvc\n*.txt text\n"),
        ("*.ipynb diff=nbvc merge=nbvc filter=lfs\n", "*.ipynb diff=nbvc merge=nbvc filter=lfs\n"),
    ],
)
def test_only_the_filter_of_older_versions_goes(content: str, wanted: str) -> None:
    assert without_old_filter(content.encode()).decode() == wanted


def test_lines_that_choose_drivers() -> None:
    text = b"*.png diff=exif\n*.ipynb -diff filter=a\n* -merge\n#x.ipynb diff=b\nx.ipynb binary\n"
    found = [(one.line, one.pattern, one.values) for one in read_settings("f", text)]
    assert found == [
        (2, "*.ipynb", {"diff": "-", "filter": "a"}),
        (3, "*", {"merge": "-"}),
        (5, "x.ipynb", {"diff": "-", "merge": "-"}),
    ]


def everything(folder: Path) -> dict[str, bytes]:
    """All files but git's objects and logs."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not {"objects", "logs", "index"} & set(path.parts)
    }


@pytest.mark.parametrize("options", [(), ("--template=",)])
def test_install_and_uninstall_leave_nothing_behind(
    tmp_path: Path, options: tuple[str, ...]
) -> None:
    folder = committed(tmp_path / "a repo", options=options)
    before = everything(folder)
    done = install(target(folder), NBVC, cache=True)
    assert set(done.settings) == {*driver_settings(NBVC), CACHE}
    assert done.attributes == ((str(folder / ".git/info/attributes"), (LINE,)),)
    assert (done.replaced, done.kept, done.stronger) == ((), (), ())
    assert find_effective(opened(folder), ["x/y.ipynb"])["x/y.ipynb"] == {
        "diff": "nbvc",
        "merge": "nbvc",
    }
    git(folder, "update-ref", "refs/notes/textconv/nbvc", "HEAD")
    gone = uninstall(target(folder))
    tools = ("mergetool.nbvc", "mergetool.nbvc-web")
    assert gone.sections == ("diff.nbvc", "merge.nbvc", *tools, HUNKS)
    assert gone.cache
    assert everything(folder) == before
    assert not (folder / ".git/info/attributes").exists()
    assert uninstall(target(folder)).sections == ()


def test_twice_is_once(tmp_path: Path) -> None:
    folder = committed(tmp_path)
    install(target(folder), NBVC)
    before = everything(folder)
    again = install(target(folder), NBVC)
    assert (again.settings, again.attributes) == ((), ())
    assert everything(folder) == before
    moved = install(target(folder), ["/elsewhere/nbvc"])
    drivers = ("diff.nbvc.textconv", "merge.nbvc.driver", HUNKS)
    tools = ("mergetool.nbvc.cmd", "mergetool.nbvc-web.cmd")
    assert set(moved.settings) == {*drivers, *tools}
    assert all(len(values) == 1 for values in read_configured(target(folder)).values())


def test_somebody_elses_filter_of_hunks_stays(tmp_path: Path) -> None:
    folder = committed(tmp_path)
    theirs = "delta --color-only"
    git(folder, "config", "--global", HUNKS, theirs)
    done = install(target(folder), NBVC)
    assert done.hunks == theirs
    assert HUNKS not in done.settings
    assert install(target(folder), NBVC).settings == ()
    uninstall(target(folder))
    assert git(folder, "config", HUNKS) == theirs
    git(folder, "config", "--global", "--unset", HUNKS)
    install(target(folder), NBVC)
    ours = driver_settings(NBVC)[HUNKS]
    assert git(folder, "config", "--get-all", HUNKS) == ours
    git(folder, "config", "--add", HUNKS, theirs)
    uninstall(target(folder))
    assert git(folder, "config", "--local", "--get-all", HUNKS) == theirs


def test_fault_43_from_a_subfolder_a_worktree_and_a_submodule(tmp_path: Path) -> None:
    folder = committed(tmp_path / "main repo", "sub dir/a.ipynb")
    git(folder, "worktree", "add", "-q", "-b", "other", str(tmp_path / "other tree"))
    inner = committed(tmp_path / "inner")
    allow = ("-c", "protocol.file.allow=always")
    git(folder, *allow, "submodule", "--quiet", "add", str(inner), "module")
    module_dir = folder / ".git/modules/module"
    for place, where in (
        (folder / "sub dir", folder / ".git"),
        (tmp_path / "other tree", folder / ".git"),
        (folder / "module", module_dir),
    ):
        done = install(target(place), NBVC)
        assert done.attributes == ((str(where / "info/attributes"), (LINE,)),)
        assert "diff.nbvc.textconv" in git(place, "config", "--local", "--list", "--name-only")
        uninstall(target(place))
        assert not (where / "info/attributes").exists()


def test_fault_65_a_hook_of_another_repository_does_not_lead_astray(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hooked, wanted = committed(tmp_path / "hooked"), committed(tmp_path / "wanted")
    repository = opened(wanted)
    monkeypatch.setenv("GIT_DIR", str(hooked / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(hooked / ".git/index"))
    monkeypatch.chdir(wanted)
    repository = opened(wanted)
    install(InstallTarget(repository.git, Scope.LOCAL, repository), NBVC)
    assert (wanted / ".git/info/attributes").exists()
    assert not (hooked / ".git/info/attributes").exists()
    assert "nbvc" in (wanted / ".git/config").read_text()
    assert "nbvc" not in (hooked / ".git/config").read_text()


def test_foreign_owners_are_named_and_hold_again_afterwards(tmp_path: Path) -> None:
    folder = committed(tmp_path, "a.ipynb", "deep/b.ipynb")
    shared = "*.txt text\n*.ipynb diff=jupyternotebook merge=jupyternotebook\n"
    (folder / ".gitattributes").write_text(shared)
    (folder / ".git/info/attributes").write_text("*.ipynb filter=nbstripout\n")
    git(folder, "config", "diff.jupyternotebook.command", "git-nbdiffdriver diff")
    done = install(target(folder), NBVC)
    named = [(one.role, one.driver, one.tool, one.where) for one in done.replaced]
    where = f"{folder / '.gitattributes'}:2"
    assert named == [
        ("diff", "jupyternotebook", "nbdime", where),
        ("merge", "jupyternotebook", "nbdime", where),
    ]
    kept = [(one.role, one.driver, one.tool) for one in done.kept]
    assert kept == [("filter", "nbstripout", "nbstripout")]
    names = ["a.ipynb", "deep/b.ipynb"]
    for roles in find_effective(opened(folder), names).values():
        assert roles == {"diff": "nbvc", "merge": "nbvc", "filter": "nbstripout"}
    assert not install(target(folder), NBVC).replaced
    uninstall(target(folder))
    assert find_effective(opened(folder), names)["a.ipynb"]["diff"] == "jupyternotebook"
    assert (folder / ".gitattributes").read_text() == shared


def test_in_the_repository_for_everyone(tmp_path: Path) -> None:
    folder = committed(tmp_path)
    done = install(target(folder, shared=True), NBVC)
    assert done.attributes == ((str(folder / ".gitattributes"), (LINE,)),)
    assert uninstall(target(folder)).attributes == (str(folder / ".gitattributes"),)
    assert not (folder / ".gitattributes").exists()
    install(target(folder, shared=True), NBVC)
    commit_all(folder, "for everyone")
    gone = uninstall(target(folder))
    assert gone.committed == str(folder / ".gitattributes")
    assert gone.sections
    assert uninstall(target(folder, shared=True)).attributes == (str(folder / ".gitattributes"),)
    assert git(folder, "status", "--porcelain") == " D .gitattributes"


def test_a_linked_attributes_file_is_not_written_through(tmp_path: Path) -> None:
    folder = committed(tmp_path / "r")
    (tmp_path / "outside").write_text("")
    (folder / ".gitattributes").symlink_to(tmp_path / "outside")
    with pytest.raises(GitError, match="link"):
        install(target(folder, shared=True), NBVC)
    assert (tmp_path / "outside").read_text() == ""
    assert not read_configured(target(folder))


def test_for_all_repositories(tmp_path: Path, hermetic: Path) -> None:
    folder = committed(tmp_path / "r")
    before = everything(hermetic), everything(folder)
    done = install(target(folder, Scope.GLOBAL), NBVC)
    assert done.attributes == ((str(hermetic / ".config/git/attributes"), (LINE,)),)
    assert everything(folder) == before[1]
    other = committed(tmp_path / "other")
    assert find_effective(opened(other), ["a.ipynb"])["a.ipynb"] == {
        "diff": "nbvc",
        "merge": "nbvc",
    }
    uninstall(target(folder, Scope.GLOBAL))
    assert (everything(hermetic), everything(folder)) == before


def test_globally_a_repositorys_own_attributes_are_stronger_and_said(tmp_path: Path) -> None:
    folder = committed(tmp_path, "a.ipynb", "b.txt")
    (folder / ".gitattributes").write_text("*.ipynb -diff\n")
    done = install(target(folder, Scope.GLOBAL), NBVC)
    (stronger,) = done.stronger
    assert (stronger[0].role, stronger[0].driver, stronger[1]) == ("diff", "-", "a.ipynb")


def test_a_users_linked_attributes_file_stays_a_link(tmp_path: Path, hermetic: Path) -> None:
    dotfiles = tmp_path / "dotfiles"
    dotfiles.write_text("")
    chosen = hermetic / "my attributes"
    chosen.symlink_to(dotfiles)
    git(tmp_path, "config", "--global", "core.attributesFile", "~/my attributes")
    folder = committed(tmp_path / "r")
    assert install(target(folder, Scope.GLOBAL), NBVC).attributes == ((str(chosen), (LINE,)),)
    assert dotfiles.read_text() == f"{LINE}\n"
    uninstall(target(folder, Scope.GLOBAL))
    assert chosen.is_symlink()
    assert dotfiles.read_text() == ""


@pytest.mark.skipif(not IS_ROOT, reason="only root can give a file away")
def test_fault_51_a_repository_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    folder = committed(tmp_path / "r")
    for path in (folder, folder / ".git"):
        os.chown(path, 12345, 12345)
    with pytest.raises(GitError, match="dubious ownership"):
        set_up(folder, tmp_path / "nbvc")
    assert "nbvc" not in (folder / ".git/config").read_text()


def test_fault_42_a_bare_repository_is_refused(tmp_path: Path) -> None:
    folder = new(tmp_path / "bare.git", "--bare")
    with pytest.raises(GitError, match="bare"):
        discover(opened(committed(tmp_path / "r")).git, str(folder))
