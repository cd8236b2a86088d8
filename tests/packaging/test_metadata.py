"""What is published says what it needs, and why."""

from __future__ import annotations

import re
from importlib import metadata, resources

import yaml

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


def test_the_conda_recipe_is_in_step() -> None:
    recipe = yaml.safe_load((ROOT / "conda" / "recipe.yaml").read_text("utf-8"))
    assert recipe["context"]["version"] == nbvc.__version__
    first, second = recipe["outputs"]
    needed = {_spell(one) for one in first["requirements"]["run"]}
    block = re.search(r"(?ms)^dependencies = \[\n(.*?)^\]", TEXT)
    assert block
    declared = {_spell(re.sub("[;].*", "", one)) for one in re.findall(r'"(.*)",', block[1])}
    # A noarch package has no markers: it takes the highest floor, and tomli everywhere.
    assert declared - needed == {"msgspec>=0.18.6"}
    assert needed - declared == {"python>=3.10", "git>=2.31"}
    assert "jupyter_server>=2.4,<3" in {_spell(one) for one in second["requirements"]["run"]}
    started = first["build"]["python"]["entry_points"]
    assert started == ["nbvc = nbvc.__main__:main"]
    assert 'nbvc = "nbvc.__main__:main"' in TEXT


def _spell(requirement: str) -> str:
    """Return a requirement as both write it: conda has another name for msgspec."""
    return re.sub(r"\s", "", requirement).lower().replace("msgspec-python", "msgspec")


def test_ci_and_docs_pin_this_version() -> None:
    for name in ("README.md", "docs/REPORTS.md", "docs/CLEAN.md", "docs/install.md"):
        text = (ROOT / name).read_text("utf-8")
        pins = re.findall(r"(?:rev: |nbvc/nbvc@)v([0-9][0-9.]*[0-9])", text)
        assert set(pins) == {nbvc.__version__}, name
        assert "not published yet" in text or "Nothing is published yet" in text, name
