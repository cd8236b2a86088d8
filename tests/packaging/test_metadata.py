"""What is published says what it needs, and why."""

from __future__ import annotations

import re
from importlib import metadata, resources

import nbvc
from tests.conftest import ROOT

TEXT = (ROOT / "pyproject.toml").read_text("utf-8")


def test_every_dependency_has_a_floor_and_a_reason() -> None:
    block = re.search(r"(?ms)^dependencies = \[\n(.*?)^\]", TEXT)
    assert block
    lines = block[1].splitlines()
    needed = [index for index, line in enumerate(lines) if line.strip().startswith('"')]
    assert len(needed) >= 4
    for index in needed:
        assert re.search(r'"[a-zA-Z]+>=\d', lines[index]), lines[index]
        assert lines[index - 1].strip().startswith("#"), f"no reason: {lines[index]}"


def test_types_ship() -> None:
    assert (resources.files("nbvc") / "py.typed").is_file()


def test_both_distributions_have_one_version() -> None:
    other = ROOT / "jupyter_extension" / "nbvc_jupyter" / "__init__.py"
    said = re.search(r'__version__ = "([^"]+)"', other.read_text("utf-8"))
    assert said
    assert said[1] == nbvc.__version__
    assert metadata.version("nbvc") == nbvc.__version__


def test_the_changelog_knows_this_version_or_what_comes() -> None:
    text = (ROOT / "CHANGELOG.md").read_text("utf-8")
    heads = re.findall(r"(?m)^## \[([^\]]+)\]", text)
    assert heads[0] in {"Unreleased", nbvc.__version__}
    assert set(re.findall(r"(?m)^### (.+)$", text)) <= {
        *("Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"),
    }
