"""A world of its own for every test: no user's settings, no clock, no network prompt."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

ROOT = Path(__file__).resolve().parent.parent
IS_ROOT = hasattr(os, "geteuid") and os.geteuid() == 0
"""Whether no permission stops this user. Windows has no such user."""

IDENTITY = {"name": "Ada Example", "email": "ada@example.org"}
NOW = "2024-05-06T07:08:09+00:00"
"""The only moment there is, for git's commits."""

_GIT_CONFIG = f"""\
[user]
\tname = {IDENTITY["name"]}
\temail = {IDENTITY["email"]}
[init]
\tdefaultBranch = main
[advice]
\tdetachedHead = false
[gc]
\tauto = 0
[maintenance]
\tauto = false
"""

_FOREIGN = ("GIT_", "SSH_", "XDG_", "NBVC_", "JUPYTER", "PRE_COMMIT", "COV_CORE", "LC_")
"""Prefixes of what a user, a hook or an editor may have set for programs that the tests start."""

_FOREIGN_NAMES = (
    *("COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "COLORTERM"),
    *("COLORFGBG", "LESS", "LV", "LANGUAGE", "EDITOR", "VISUAL", "EMAIL"),
)

# Random search by day, the same cases on every run where a red result must mean a change.
settings.register_profile("default", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "default")


def _corpus() -> Path:
    """Say where the real notebooks are, which the project does not ship."""
    return Path(os.environ.get("NBVC_CORPUS") or ROOT.parent / "shared" / "corpus").resolve()


# Asked before a test can hide the variable.
CORPUS = _corpus()


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "slow: the long version of a test; runs with -m slow")
    config.addinivalue_line("markers", "lab: in the browser, enough in JupyterLab alone")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if "slow" in str(config.getoption("-m")):
        return
    for item in items:
        if item.get_closest_marker("slow"):
            item.add_marker(pytest.mark.skip(reason="long: runs with -m slow"))


@pytest.fixture(autouse=True)
def hermetic(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a test a home folder, git settings, an identity and a date that are nobody's.

    Returns the home folder. Git's settings are the file `.gitconfig` in it.
    """
    home = tmp_path_factory.mktemp("home")
    (home / ".gitconfig").write_text(_GIT_CONFIG, encoding="utf-8")
    for name in tuple(os.environ):
        if name.startswith(_FOREIGN) or name in _FOREIGN_NAMES:
            monkeypatch.delenv(name)
    for name, value in _environment(home).items():
        monkeypatch.setenv(name, value)
    return home


def _environment(home: Path) -> dict[str, str]:
    folders = {
        "XDG_CONFIG_HOME": home / ".config",
        "XDG_CACHE_HOME": home / ".cache",
        "XDG_DATA_HOME": home / ".local" / "share",
        "XDG_STATE_HOME": home / ".local" / "state",
    }
    return {
        "HOME": str(home),
        "USERPROFILE": str(home),
        **{name: str(folder) for name, folder in folders.items()},
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": str(home / ".gitconfig"),
        "GIT_AUTHOR_DATE": NOW,
        "GIT_COMMITTER_DATE": NOW,
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_EDITOR": "true",
        "GIT_PAGER": "cat",
        "PAGER": "cat",
        "TERM": "dumb",
        "LC_ALL": "C.UTF-8",
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        # A program started in another folder finds this checkout's nbvc, installed or not.
        "PYTHONPATH": str(ROOT),
    }


@pytest.fixture(scope="session")
def corpus() -> Path:
    """Give the folder of real notebooks, or skip the test where there is none."""
    if not CORPUS.is_dir():
        pytest.skip(f"no corpus at {CORPUS} (set NBVC_CORPUS)")
    return CORPUS


@pytest.fixture(scope="session")
def fixtures_dir() -> Path:
    """Give the folder of the project's own notebooks."""
    return ROOT / "fixtures"
