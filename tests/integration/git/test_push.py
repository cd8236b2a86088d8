from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from nbvc.git.actions.pull import PullOutcome, PullResult, pull
from nbvc.git.actions.push import PushOutcome, PushResult, Upstream, push
from nbvc.git.state.links import make_links
from nbvc.git.state.remotes import Remote, RemoteRefusedError, check_url, find_remote
from tests.integration.git import sandbox, servers
from tests.integration.git.sandbox import git, notebook, write

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def top(tmp_path: Path) -> Path:
    """A clone with one commit more than its remote."""
    sandbox.committed(tmp_path / "first")
    git(tmp_path, "clone", "-q", "--bare", "first", "origin.git")
    git(tmp_path, "clone", "-q", "origin.git", "repo")
    top = tmp_path / "repo"
    write(top / "a.ipynb", notebook("mine"))
    sandbox.commit_all(top, "mine")
    return top


def pushing(top: Path, **options: object) -> PushResult:
    return push(sandbox.opened(top), **{"deadline": 20, **options})  # type: ignore[arg-type]


def pulling(top: Path, *settings: str) -> PullResult:
    return pull(sandbox.opened(top), settings=settings, deadline=20)


def theirs(top: Path, name: str = "a.ipynb", content: str = "theirs") -> str:
    """Somebody else pushes a commit."""
    other = top.parent / "other"
    if not other.exists():
        git(top.parent, "clone", "-q", "origin.git", "other")
    write(other / name, notebook(content))
    sandbox.commit_all(other, "theirs")
    git(other, "push", "-q")
    return git(other, "rev-parse", "HEAD")


def on_remote(top: Path, ref: str = "refs/heads/main") -> str:
    return git(top.parent / "origin.git", "rev-parse", ref)


def hook(folder: Path, name: str, script: str) -> None:
    write(folder / "hooks" / name, f"#!/bin/sh\n{script}\n".encode()).chmod(0o755)


def test_a_push_to_the_upstream(top: Path) -> None:
    result = pushing(top)
    assert (result.outcome, result.remote, result.ref) == (
        PushOutcome.PUSHED,
        "origin",
        "refs/heads/main",
    )
    assert result.succeeded
    assert on_remote(top) == git(top, "rev-parse", "HEAD")
    assert pushing(top).outcome is PushOutcome.UP_TO_DATE


def test_only_the_current_branch_is_pushed_and_nothing_forced(top: Path) -> None:
    git(top, "branch", "side")
    git(top, "tag", "v1")
    git(top, "config", "push.default", "matching")
    git(top, "config", "--add", "remote.origin.push", "+refs/heads/*:refs/heads/*")
    assert pushing(top).outcome is PushOutcome.PUSHED
    refs = git(top.parent / "origin.git", "for-each-ref", "--format=%(refname)")
    assert refs == "refs/heads/main"
    theirs(top)
    write(top / "a.ipynb", notebook("mine 2"))
    sandbox.commit_all(top, "mine 2")
    before = on_remote(top)
    assert pushing(top).outcome is PushOutcome.REJECTED
    assert on_remote(top) == before


def test_fault_40_a_detached_head_is_not_pushed(top: Path) -> None:
    git(top, "switch", "-q", "--detach")
    result = pushing(top)
    assert result.outcome is PushOutcome.DETACHED
    assert "git switch -c" in (result.hint or "")


def test_an_unborn_branch_is_not_pushed(tmp_path: Path) -> None:
    assert pushing(sandbox.new(tmp_path / "repo")).outcome is PushOutcome.UNBORN


def test_fault_52_no_remote(tmp_path: Path) -> None:
    for upstream in Upstream:
        result = pushing(sandbox.committed(tmp_path / upstream.value), upstream=upstream)
        assert result.outcome is PushOutcome.NO_REMOTE
        assert "git remote add" in (result.hint or "")


def test_fault_52_no_upstream(top: Path) -> None:
    git(top, "switch", "-qc", "topic")
    result = pushing(top)
    assert result.outcome is PushOutcome.NO_UPSTREAM
    assert result.hint == "git push --set-upstream origin topic"
    result = pushing(top, upstream=Upstream.SET)
    assert (result.outcome, result.ref) == (PushOutcome.PUSHED, "refs/heads/topic")
    assert git(top, "rev-parse", "--abbrev-ref", "@{u}") == "origin/topic"
    assert pushing(top).outcome is PushOutcome.UP_TO_DATE


def test_an_upstream_of_another_name_is_not_pushed_to(top: Path) -> None:
    git(top, "switch", "-q", "--track", "-c", "topic", "origin/main")
    write(top / "b.ipynb")
    sandbox.commit_all(top, "b")
    before = on_remote(top)
    result = pushing(top)
    assert result.outcome is PushOutcome.NO_UPSTREAM
    assert "another name, main" in result.message
    assert pushing(top, upstream=Upstream.SET).ref == "refs/heads/topic"
    assert on_remote(top) == before
    git(top, "branch", "-q", "--set-upstream-to=origin/main")
    git(top, "config", "push.default", "upstream")
    assert pushing(top).ref == "refs/heads/main"


def test_several_remotes(top: Path) -> None:
    git(top, "switch", "-qc", "topic")
    git(top, "remote", "rename", "origin", "one")
    git(top, "remote", "add", "two", "../origin.git")
    assert pushing(top, upstream=Upstream.SET).outcome is PushOutcome.NO_REMOTE
    assert pushing(top, to="two").outcome is PushOutcome.PUSHED
    assert pushing(top, to="three").outcome is PushOutcome.URL_REFUSED


def test_fault_53_a_diverged_branch(top: Path) -> None:
    remote_head = theirs(top)
    mine = git(top, "rev-parse", "HEAD")
    result = pushing(top)
    assert result.outcome is PushOutcome.REJECTED
    assert "nbvc pull" in (result.hint or "")
    assert on_remote(top) == remote_head
    assert git(top, "rev-parse", "HEAD") == mine
    git(top, "fetch", "-q")
    assert pushing(top).outcome is PushOutcome.REJECTED


def test_fault_56_a_pre_push_hook(top: Path) -> None:
    hook(top / ".git", "pre-push", "echo not today >&2; exit 1")
    before = on_remote(top)
    result = pushing(top)
    assert result.outcome is PushOutcome.HOOK_REFUSED
    assert "not today" in result.stderr
    assert on_remote(top) == before


def test_a_hook_of_the_remote(top: Path) -> None:
    hook(top.parent / "origin.git", "pre-receive", r"printf 'policy \033]0;x\007\n' >&2; exit 1")
    result = pushing(top)
    assert result.outcome is PushOutcome.REMOTE_REFUSED
    assert "pre-receive hook declined" in result.message
    assert r"policy \x1b]0;x\x07" in result.stderr


@pytest.fixture
def web(top: Path) -> Iterator[str]:
    git(top.parent / "origin.git", "config", "http.receivepack", "true")
    with servers.git_over_http(top.parent) as host:
        yield host


def test_push_and_pull_over_http_with_a_credential_helper(top: Path, web: str) -> None:
    git(top, "remote", "set-url", "origin", f"http://{web}/origin.git")
    helper = f"!f() {{ echo username={servers.USER}; echo password={servers.PASSWORD}; }}; f"
    git(top, "config", "credential.helper", helper)
    assert pushing(top).outcome is PushOutcome.PUSHED
    assert on_remote(top) == git(top, "rev-parse", "HEAD")
    theirs(top, "b.ipynb")
    assert pulling(top).outcome is PullOutcome.FAST_FORWARDED


def test_a_password_in_the_url_is_used_and_never_shown(top: Path, web: str) -> None:
    url = f"http://{servers.USER}:{servers.PASSWORD}@{web}/origin.git"
    git(top, "remote", "set-url", "origin", url)
    good = pushing(top)
    assert good.outcome is PushOutcome.PUSHED
    git(top, "remote", "set-url", "origin", url.replace(servers.PASSWORD, "wr0ng"))
    bad = pushing(top)
    assert bad.outcome is PushOutcome.AUTHENTICATION
    assert servers.PASSWORD not in repr(good)
    assert "wr0ng" not in repr(bad)


@pytest.mark.parametrize("how", ["GIT_ASKPASS", "SSH_ASKPASS", "core.askPass"])
def test_fault_54_a_password_prompt_that_hangs_is_not_asked(
    top: Path, web: str, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    program = write(top.parent / "askpass", b"#!/bin/sh\nsleep 60\n")
    program.chmod(0o755)
    if how == "core.askPass":
        git(top, "config", how, str(program))
    else:
        monkeypatch.setenv(how, str(program))
    git(top, "remote", "set-url", "origin", f"http://{web}/origin.git")
    started = time.monotonic()
    assert pushing(top).outcome is PushOutcome.AUTHENTICATION
    assert pulling(top).outcome is PullOutcome.AUTHENTICATION
    assert time.monotonic() - started < 10


@pytest.mark.parametrize("scheme", ["http", "git", "ssh"])
def test_fault_55_a_server_that_hangs(top: Path, scheme: str) -> None:
    with servers.silence() as host:
        git(top, "remote", "set-url", "origin", f"{scheme}://{host}/origin.git")
        if scheme == "ssh":
            git(top, "config", "core.sshCommand", "sh -c 'sleep 60'")
        started = time.monotonic()
        result = pushing(top, deadline=1)
        assert result.outcome is PushOutcome.TIMEOUT
        assert time.monotonic() - started < 5


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:1/x.git", "git://127.0.0.1:1/x.git", "/nowhere/x.git", "../none.git"]
)
def test_a_remote_that_is_not_there(top: Path, url: str) -> None:
    git(top, "remote", "set-url", "origin", url)
    assert pushing(top).outcome is PushOutcome.UNREACHABLE


@pytest.mark.parametrize(
    "url",
    [
        *(
            "ext::sh -c touch% ran",
            "fd::3",
            "ssh://-oProxyCommand=touch ran/x",
            "-oProxyCommand=x:y",
        ),
        *("ssh://a@-oProxyCommand=x/y", "ssh://-l@host/x", "a@-oProxyCommand=x:y", "ftp://host/x"),
        *("persistent-https://h/x", "EXT::x", "foo::bar"),
    ],
)
def test_fault_57_urls_that_run_programs(top: Path, url: str) -> None:
    with pytest.raises(RemoteRefusedError):
        check_url(url)
    for name in ("ext", "fd", "foo"):
        git(top, "config", f"protocol.{name}.allow", "always")
    git(top, "config", "remote.origin.url", url)
    assert pushing(top).outcome is PushOutcome.URL_REFUSED
    assert pulling(top).outcome is PullOutcome.URL_REFUSED
    assert not list(top.rglob("ran*"))


@pytest.mark.parametrize(
    ("url", "is_ssh"),
    [
        ("https://example.org/a.git", False),
        ("ssh://git@example.org:22/a.git", True),
        ("git@example.org:team/a.git", True),
        ("[::1]:a.git", True),
        ("/srv/a.git", False),
        ("../a-b.git", False),
        ("C:/a.git", True),
        ("file:///srv/a", False),
    ],
)
def test_urls_that_are_fine(url: str, is_ssh: bool) -> None:
    check_url(url)
    assert Remote("x", url).is_ssh is is_ssh


@pytest.mark.parametrize("name", ["--upload-pack=touch ran", "-v", "", "none"])
def test_what_is_no_remote(top: Path, name: str) -> None:
    with pytest.raises(RemoteRefusedError):
        find_remote(sandbox.opened(top), name)


def test_ssh_never_asks(top: Path, tmp_path: Path) -> None:
    write(tmp_path / "ssh", b'#!/bin/sh\necho "$@" >> "$0.log"\nexit 255\n').chmod(0o755)
    git(top, "remote", "set-url", "origin", "git@example.org:a.git")
    git(top, "config", "core.sshCommand", f"'{(tmp_path / 'ssh').as_posix()}'")
    assert pushing(top).outcome is PushOutcome.UNREACHABLE
    assert "-oBatchMode=yes" in (tmp_path / "ssh.log").read_text()


def test_a_pull_that_fast_forwards(top: Path) -> None:
    assert pushing(top).succeeded
    head = theirs(top)
    result = pulling(top)
    assert (result.outcome, result.oid) == (PullOutcome.FAST_FORWARDED, head)
    assert pulling(top).outcome is PullOutcome.UP_TO_DATE


def test_a_pull_that_merges_and_then_pushes(top: Path) -> None:
    theirs(top, "b.ipynb")
    assert pushing(top).outcome is PushOutcome.REJECTED
    assert pulling(top).outcome is PullOutcome.MERGED
    assert (top / "a.ipynb").read_bytes() == notebook("mine")
    assert (top / "b.ipynb").read_bytes() == notebook("theirs")
    assert pushing(top).outcome is PushOutcome.PUSHED


def test_a_pull_merges_with_the_drivers_it_is_given(top: Path) -> None:
    theirs(top)
    attributes = write(top.parent / "attributes", b"*.ipynb merge=mine\n")
    driver = "cat %B >> %A; echo %P >> %A; true"
    settings = (f"core.attributesFile={attributes}", f"merge.mine.driver={driver}")
    assert pulling(top, *settings).outcome is PullOutcome.MERGED
    expected = notebook("mine") + notebook("theirs") + b"a.ipynb\n"
    assert (top / "a.ipynb").read_bytes() == expected


def test_a_pull_with_conflicts(top: Path) -> None:
    theirs(top)
    result = pulling(top)
    assert (result.outcome, result.names) == (PullOutcome.CONFLICTS, ("a.ipynb",))
    assert pulling(top).outcome is PullOutcome.OPERATION_IN_PROGRESS


@pytest.mark.parametrize("theirs_change", ["a.ipynb", "b.ipynb"])
@pytest.mark.parametrize("staged", [False, True])
@pytest.mark.parametrize("forward", [False, True])
def test_a_pull_keeps_changes_and_goes_on_where_git_would(
    top: Path, theirs_change: str, staged: bool, forward: bool
) -> None:
    if forward:
        git(top, "reset", "--quiet", "--hard", "@{upstream}")
    theirs(top, theirs_change)
    write(top / "a.ipynb", notebook("more"))
    if staged:
        git(top, "add", ".")
    head, content = git(top, "rev-parse", "HEAD"), git(top, "diff", "HEAD", "--", "a.ipynb")
    result = pulling(top)
    if theirs_change == "b.ipynb" and (forward or not staged):
        assert result.succeeded
    else:
        assert (result.outcome, result.names) == (PullOutcome.DIRTY, ("a.ipynb",))
        assert git(top, "rev-parse", "HEAD") == head
    assert git(top, "diff", "HEAD", "--", "a.ipynb") == content


def test_a_pull_names_the_new_name_of_a_file_that_it_would_overwrite(top: Path) -> None:
    git(top, "reset", "--quiet", "--hard", "@{upstream}")
    git(top, "mv", "a.ipynb", "c.ipynb")
    git(top, "commit", "--quiet", "-m", "renamed")
    theirs(top, "a.ipynb")
    write(top / "c.ipynb", notebook("more"))
    result = pulling(top)
    assert (result.outcome, result.names) == (PullOutcome.DIRTY, ("c.ipynb",))


def test_a_pull_does_not_overwrite_what_git_does_not_know(top: Path) -> None:
    theirs(top, "new.ipynb")
    write(top / "new.ipynb", notebook("precious"))
    assert pulling(top).outcome is PullOutcome.FAILED
    assert (top / "new.ipynb").read_bytes() == notebook("precious")
    assert git(top, "log", "-1", "--format=%s") == "mine"


def test_pulls_that_lead_nowhere(top: Path) -> None:
    git(top, "switch", "-qc", "topic")
    assert pulling(top).outcome is PullOutcome.NO_UPSTREAM
    git(top, "switch", "-q", "--detach")
    assert pulling(top).outcome is PullOutcome.DETACHED
    git(top, "switch", "-q", "main")
    git(top, "remote", "set-url", "origin", "../none.git")
    assert pulling(top).outcome is PullOutcome.UNREACHABLE


@pytest.mark.parametrize(
    ("url", "base"),
    [
        ("git@github.com:team/repo.git", "https://github.com/team/repo"),
        ("https://user:pw@github.com/team/repo", "https://github.com/team/repo"),
        ("ssh://git@github.com:22/team/repo.git", "https://github.com/team/repo"),
        ("https://gitlab.com/a/b/c.git", "https://gitlab.com/a/b/c/-"),
        ("git@bitbucket.org:team/repo.git", "https://bitbucket.org/team/repo"),
        ("https://codeberg.org/team/repo.git", "https://codeberg.org/team/repo"),
    ],
)
def test_links_of_hosts_that_are_known(url: str, base: str) -> None:
    found = make_links(url, "abc", "topic", "My notebook.ipynb")
    assert found is not None
    assert found.commit.startswith(f"{base}/commit")
    assert found.commit.endswith("/abc")
    assert "topic" in (found.request or "")
    assert "pw" not in repr(found)
    if "github" in url:
        expected = "https://nbviewer.org/github/team/repo/blob/abc/My%20notebook.ipynb"
        assert found.notebook == expected


@pytest.mark.parametrize("url", ["/srv/x.git", "https://example.org/x.git", "../x", "file:///x"])
def test_links_of_hosts_that_are_not(url: str) -> None:
    assert make_links(url, "abc", "main", "a.ipynb") is None


def test_links_quote_what_they_are_given() -> None:
    found = make_links('https://github.com/a/b"><script>', "abc", 'x"<', "é?#.ipynb")
    assert found is not None
    assert not set('"<>') & set(repr(found).replace("Links(", ""))
    assert "%C3%A9%3F%23.ipynb" in (found.notebook or "")
