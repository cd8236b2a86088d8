from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from nbvc.errors import GitError, make_visible, without_userinfo
from nbvc.git.plumbing.command import Git
from nbvc.git.plumbing.environment import make_environment
from nbvc.git.plumbing.messages import clean_lines, find_gist
from tests.integration.git import sandbox


@pytest.fixture
def git(tmp_path: Path) -> Git:
    return Git.find(os.environ, str(tmp_path))


def alias(git: Git, shell: str) -> Git:
    return git.with_settings(f"alias.x=!{shell} #")


def test_git_is_found_on_the_path_that_is_given(tmp_path: Path) -> None:
    with pytest.raises(GitError, match="git was not found") as caught:
        Git.find({"PATH": str(tmp_path)})
    assert caught.value.exit_code == 3


def test_a_relative_path_entry_runs_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sandbox.write(tmp_path / "bin" / "git", b"#!/bin/sh\ntouch ran\n").chmod(0o755)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(GitError, match="not found"):
        Git.find({"PATH": "bin::."})


def test_a_program_that_cannot_be_started(tmp_path: Path) -> None:
    missing = Git(str(tmp_path / "none"), str(tmp_path), {})
    with pytest.raises(GitError, match=r"can't be started: .*(No such file|not found|cannot find)"):
        missing.run("version")


@pytest.mark.parametrize("size", [0, 1, 65_536, 65_537, 5_000_000])
def test_what_goes_in_comes_out(git: Git, size: int) -> None:
    content = os.urandom(1000) * (size // 1000 + 1)
    assert alias(git, "cat").run("x", stdin=content[:size]) == content[:size]


def test_a_program_that_does_not_listen(git: Git) -> None:
    assert alias(git, "exec <&-; echo done").run("x", stdin=b"x" * 1_000_000) == b"done\n"


def test_both_outputs_at_length(git: Git) -> None:
    program = "import sys; sys.stdout.write('x' * 300_000); sys.stderr.write('x' * 300_000)"
    both = alias(git, f"'{Path(sys.executable).as_posix()}' -c \"{program}\"").ask("x")
    assert (both.code, len(both.stdout), len(both.stderr)) == (0, 300_000, 300_000)


@pytest.mark.parametrize("trap", ["", "trap '' TERM; "])
def test_a_deadline_ends_all_that_was_started(git: Git, trap: str, tmp_path: Path) -> None:
    started = time.monotonic()
    hanging = alias(git, f"{trap}(sleep 1.5; touch late) & sleep 30").ask("x", deadline=0.3)
    assert hanging.timed_out
    assert hanging.code != 0
    assert time.monotonic() - started < 5
    time.sleep(1.6)
    assert trap or not (tmp_path / "late").exists()
    with pytest.raises(GitError, match=r"git x took longer than 0\.1 seconds"):
        alias(git, "sleep 30").run("x", deadline=0.1)


def test_what_a_program_leaves_running_is_not_waited_for(git: Git) -> None:
    started = time.monotonic()
    assert alias(git, "sleep 20 & echo done").run("x") == b"done\n"
    assert time.monotonic() - started < 5


def test_no_terminal_is_there_to_prompt_on(git: Git) -> None:
    assert alias(git, "exec 3</dev/tty").ask("x").code != 0


def test_closed_standard_streams_do_not_mix_up_the_pipes(tmp_path: Path) -> None:
    program = (
        "import os; os.closerange(0, 3); from nbvc.git.plumbing.command import Git;"
        "g = Git.find(os.environ).with_settings('alias.x=!cat; echo err >&2 #');"
        "r = g.ask('x', stdin=b'in'); open('result', 'wb').write(r.stdout + r.stderr)"
    )
    subprocess.run([sys.executable, "-c", program], cwd=tmp_path, check=True)
    assert (tmp_path / "result").read_bytes() == b"inerr\n"


def test_an_argument_with_nul_is_refused(git: Git) -> None:
    with pytest.raises(GitError, match="NUL"):
        git.run("rev-parse", "a\0b")


def test_errors_are_one_clear_line(git: Git) -> None:
    script = (
        r"printf 'noise\nfatal: bad \033[31mred\033[0m \033]0;title\007 x\nmore\n' >&2; exit 128"
    )
    with pytest.raises(GitError) as caught:
        alias(git, script).run("x")
    assert str(caught.value) == r"git x: bad red \x1b]0;title\x07 x"
    assert caught.value.exit_code == 3
    with pytest.raises(GitError, match=r"^git x: bad red"):
        alias(git, script).run("-c", "core.abbrev=7", "-c", "a.b=c", "x")


def test_no_descriptor_and_no_process_leaks(git: Git) -> None:
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(20):
        git.ask("version")
        git.talk("cat-file", "--batch").close()
        git.talk("version")
    assert len(os.listdir("/proc/self/fd")) == before
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


def test_a_conversation_ends_with_what_git_said(git: Git) -> None:
    talk = git.talk("cat-file", "--batch")
    with pytest.raises(GitError, match="not a git repository"):
        talk.receive_line()
    assert talk.over


def test_a_conversation_has_a_deadline(git: Git) -> None:
    talk = alias(git, "sleep 20").talk("x", deadline=0.2)
    with pytest.raises(GitError, match="took longer"):
        talk.receive_line()


def test_the_environment_prompts_nobody_and_strays_nowhere() -> None:
    inherited = {
        "GIT_DIR": "/x",
        "GIT_INDEX_FILE": "i",
        "GIT_ASKPASS": "/hang",
        "SSH_ASKPASS": "/hang",
        "GIT_ICASE_PATHSPECS": "1",
        "GIT_SSH_COMMAND": "ssh -v",
        "GIT_AUTHOR_NAME": "Ada",
        "HOME": "/home/ada",
    }
    made = make_environment(inherited)
    assert made["GIT_ASKPASS"] == ""
    assert made["GIT_TERMINAL_PROMPT"] == "0"
    assert not {"GIT_DIR", "GIT_INDEX_FILE", "SSH_ASKPASS", "GIT_ICASE_PATHSPECS"} & set(made)
    assert {"GIT_SSH_COMMAND", "GIT_AUTHOR_NAME", "HOME"} <= set(made)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain é ü 漢", "plain é ü 漢"),
        ("a\x1b[2Jb", "a\\x1b[2Jb"),
        ("a\nb\tc", "a\\nb\\tc"),
        ("\u202egnp.exe", "\\u202egnp.exe"),
        ("\udcff", "\\udcff"),
    ],
)
def test_control_characters_are_shown(text: str, shown: str) -> None:
    assert make_visible(text) == shown


def test_messages_hold_no_password() -> None:
    said = b"fatal: unable to access 'https://ada:secret@example.org/x.git/': no\n"
    assert "secret" not in find_gist(said)
    assert "secret" not in clean_lines(said)
    assert without_userinfo("ssh://git@h/x and a@b") == "ssh://h/x and a@b"


def test_what_the_filter_said_tells_more_than_what_git_says_of_the_filter() -> None:
    said = b"nbvc: a.ipynb: No space left on device\nfatal: a.ipynb: clean filter 'nbvc' failed\n"
    assert find_gist(said) == "a.ipynb: No space left on device"
