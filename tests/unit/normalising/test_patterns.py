"""Patterns in .gitignore's language: what git says is the law, the table shows it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nbvc.errors import NbvcError
from nbvc.normalising.patterns import Pattern, check_pattern, find_excluding


def excludes(patterns: list[str], path: str, folder: str = "") -> bool:
    return find_excluding(tuple([Pattern(text, folder) for text in patterns]), path) is not None


@pytest.mark.parametrize(
    ("pattern", "inside", "outside"),
    [
        ("published", ["published/a", "x/published/y/a", "published"], ["published.ipynb"]),
        ("published/", ["published/a", "x/published/y/a"], ["published"]),
        ("/published", ["published/a"], ["x/published/a"]),
        ("a/b", ["a/b", "a/b/c"], ["x/a/b", "a/c/b"]),
        ("*/drafts/*", ["x/drafts/a", "x/drafts/y/a"], ["drafts/a", "x/y/drafts/a"]),
        ("old/**", ["old/a", "old/x/a"], ["x/old/a"]),
        ("**/old", ["old/a", "x/y/old/a"], ["older"]),
        ("a/**/b", ["a/b", "a/x/b", "a/x/y/b"], ["ab", "x/a/b"]),
        ("*.tmp.ipynb", ["a.tmp.ipynb", "x/a.tmp.ipynb"], ["a.ipynb"]),
        ("[a-c]?[!0-9]", ["abc", "c1x"], ["ab1", "dxx", "a/x"]),
        ("[[:digit:]]x", ["1x"], ["ax"]),
        (r"\!a", ["!a"], ["a"]),
        (r"a\ ", ["a "], ["a"]),
        ("a ", ["a"], ["a "]),
    ],
)
def test_what_a_pattern_matches(pattern: str, inside: list[str], outside: list[str]) -> None:
    assert [path for path in inside if not excludes([pattern], path)] == []
    assert [path for path in outside if excludes([pattern], path)] == []


def test_the_last_pattern_decides_and_an_excluded_folder_holds_what_is_in_it() -> None:
    assert not excludes(["*.ipynb", "!keep.ipynb"], "x/keep.ipynb")
    assert excludes(["!keep.ipynb", "*.ipynb"], "x/keep.ipynb")
    assert excludes(["x/", "!x/keep.ipynb"], "x/keep.ipynb")
    assert not excludes(["x/*", "!x/keep.ipynb"], "x/keep.ipynb")


def test_a_pattern_is_relative_to_the_folder_of_its_file() -> None:
    assert excludes(["/a"], "sub/a/x", "sub")
    assert not excludes(["/a"], "a/x", "sub")
    assert not excludes(["a"], "subway/a", "sub")


@pytest.mark.parametrize("text", ["", "!", "/", "# a", "[a", "a\\", "[[:none:]]", "   "])
def test_a_pattern_that_matches_nothing_is_an_error(text: str) -> None:
    with pytest.raises(NbvcError):
        check_pattern(text)


PIECES = st.sampled_from(
    [
        *"ab1*?/-]!#",
        "**",
        "/**/",
        "**/",
        "/**",
        "[a-c]",
        "[!a]",
        "[^b]",
        "[]a]",
        "[b-a]",
        "[a-]",
        "[a",
        *("[[:alpha:]]", "[[:bad:]]", "[[:alpha]", r"[a\-c]", r"\a", "\\", " ", r"\ "),
    ]
)
GLOBS = st.lists(PIECES, min_size=1, max_size=6).map("".join)
PATTERNS = st.builds(lambda sign, glob: sign + glob, st.sampled_from(["", "", "", "!"]), GLOBS)
NAMES = st.sampled_from(["a", "b", "ab", "ba", "x y", "c-d", "a]", "1", "[", "!a", "#b", "a b "])
PATHS = st.lists(st.lists(NAMES, min_size=1, max_size=4).map("/".join), min_size=20, max_size=40)


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("ignoring")
    subprocess.run(["git", "init", "-q", str(folder)], check=True)
    return folder


@settings(max_examples=60)
@given(
    patterns=st.lists(PATTERNS, min_size=1, max_size=4),
    paths=PATHS,
    folder=st.sampled_from(["", "sub", "sub/in"]),
)
def test_git_ignores_the_same_files(
    repository: Path, patterns: list[str], paths: list[str], folder: str
) -> None:
    for other in ("", "sub", "sub/in"):
        (repository / other).mkdir(exist_ok=True)
        text = "\n".join(patterns) + "\n" if other == folder else ""
        (repository / other / ".gitignore").write_text(text)
    paths = [f"{folder}/{path}".lstrip("/") for path in paths] + ["subway/a", "sub.in/a"]
    asked = ["git", "check-ignore", "--no-index", "-z", "--stdin"]
    done = subprocess.run(
        asked, cwd=repository, input="\0".join(paths).encode(), capture_output=True, check=False
    )
    ignored = {*done.stdout.decode().split("\0")} - {""}
    own = [text for text in patterns if not text.startswith("#")]
    assert {path for path in paths if excludes(own, path, folder)} == ignored
