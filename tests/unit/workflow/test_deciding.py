"""What holds for a path: which settings file, which patterns, and where that is written."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from nbvc.diffing.policy import Part
from nbvc.errors import NbvcError
from nbvc.normalising.policy import Outputs
from nbvc.workflow.deciding import Decider, PathOverrides, Resolver
from tests.conftest import ROOT

NOISE = '[clean]\npreset = "noise"\n'


def resolver(files: dict[str, str], asked: PathOverrides | None = None) -> Resolver:
    contents = {name: text.encode() for name, text in files.items()}
    return Resolver(contents.get, asked=asked or PathOverrides())


def keeps_outputs(decided: Resolver, name: str) -> bool:
    return decided.decide(name).policy.outputs is Outputs.KEEP


def test_the_nearest_file_holds_as_a_whole() -> None:
    files = {".nbvc.toml": 'exclude = ["old/"]\n' + NOISE, "a/pyproject.toml": "[tool.nbvc]\n"}
    decided = resolver(files)
    assert keeps_outputs(decided, "x.ipynb")
    assert keeps_outputs(decided, "b/c/x.ipynb")
    assert not keeps_outputs(decided, "a/b/x.ipynb")
    assert decided.decide("b/old/x.ipynb").excluded
    assert not decided.decide("a/old/x.ipynb").excluded


def test_a_settings_file_goes_before_pyproject_and_one_without_a_table_says_nothing() -> None:
    files = {
        ".nbvc.toml": NOISE,
        "pyproject.toml": '[tool.nbvc.clean]\noutputs = "strip"\n',
        "a/pyproject.toml": '[project]\nname = "nbvc"\n',
    }
    assert keeps_outputs(resolver(files), "a/x.ipynb")


def test_folders_may_be_as_deep_as_paths_can_be() -> None:
    decided = resolver({".nbvc.toml": 'exclude = ["a/b/**"]\n' + NOISE})
    assert keeps_outputs(decided, "x/" * 2000 + "x.ipynb")
    assert decided.decide("a/b/" + "x/" * 2000 + "x.ipynb").excluded


def test_extend_puts_settings_on_top_of_another_files() -> None:
    files = {
        ".nbvc.toml": 'exclude = ["old/", "*.tmp.ipynb"]\n'
        '[clean]\npreset = "noise"\nkeep-tags = ["a"]\n',
        "a/.nbvc.toml": 'extend = "../.nbvc.toml"\nexclude = ["/own", "!x.tmp.ipynb"]\n'
        '[clean]\ncounts = "keep"\nkeep-tags = ["b"]\n',
    }
    decision = resolver(files).decide("a/b/x.ipynb")
    assert decision.policy.outputs is Outputs.KEEP
    assert decision.policy.keep_tags == ("keep_output", "a", "b")
    names = ("a/old/x.ipynb", "a/own/x.ipynb", "a/y.tmp.ipynb", "a/x.tmp.ipynb", "own/x.ipynb")
    excluded = [name for name in names if resolver(files).decide(name).excluded]
    assert excluded == ["a/old/x.ipynb", "a/own/x.ipynb", "a/y.tmp.ipynb"]


@pytest.mark.parametrize(
    ("target", "problem"),
    [
        ("../../.nbvc.toml", "out of the repository"),
        ("/etc/nbvc.toml", "out of the repository"),
        (".nbvc.toml", "back to where it began"),
        ("../loop.toml", "back to where it began"),
        ("missing.toml", "does not exist"),
    ],
)
def test_extend_stays_in_the_repository_and_ends(target: str, problem: str) -> None:
    files = {"a/.nbvc.toml": f'extend = "{target}"\n', "loop.toml": 'extend = "a/.nbvc.toml"\n'}
    with pytest.raises(NbvcError, match=problem):
        resolver(files).decide("a/x.ipynb")


def test_a_long_chain_of_files_is_an_error() -> None:
    files = {f"{n}.toml": f'extend = "{n + 1}.toml"\n' for n in range(2000)}
    with pytest.raises(NbvcError, match="more than 20 files"):
        resolver({**files, ".nbvc.toml": 'extend = "0.toml"\n'}).decide("x.ipynb")


def test_what_a_command_line_says_goes_on_top() -> None:
    files = {".nbvc.toml": 'exclude = ["old/"]\n[clean]\npreset = "noise"\nkeep-tags = ["a"]\n'}
    asked = PathOverrides({"outputs": "strip", "keep-tags": ["b"]}, exclude=False)
    decision = resolver(files, asked).decide("old/x.ipynb")
    assert not decision.excluded
    assert decision.policy.outputs is Outputs.STRIP
    assert decision.policy.keep_tags == ("keep_output", "a", "b")


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("exclude = 3\n", "a list of patterns"),
        ("exclude = [3]\n", "a list of patterns"),
        ('excluded = ["a"]\n', "did you mean 'exclude'"),
        ('exclude = ["[a"]\n', "matches nothing"),
        ("clean = 3\n", "a table"),
        ("[clean\n", "invalid TOML"),
        ('[diff]\nmasks = ["timestamp"]\n', "did you mean 'timestamps'"),
        ('[diff]\nignore = ["output"]\n', "did you mean 'outputs'"),
        ('[diff]\nshow-cell-metadata = ["colapsed"]\n', "did you mean 'collapsed'"),
        ("[diff]\nrtoll = 1\n", "did you mean 'rtol'"),
        ("[diff]\nrtol = -1\n", "a number, 0 or more"),
        ('[diff]\nmasks = ["**"]\n', "would hide everything"),
    ],
)
def test_settings_that_mean_nothing_are_errors(content: str, problem: str) -> None:
    with pytest.raises(NbvcError, match=problem) as caught:
        resolver({"a/.nbvc.toml": content}).decide("a/b/x.ipynb")
    assert (caught.value.where or "").split(": line")[0] == "a/.nbvc.toml"


def test_diff_settings() -> None:
    text = """[diff]
ids = true
ignore = ["outputs"]
masks = ["uuids", "run-*"]
rtol = 1e-6
ignore-cell-metadata = ["mine"]
[clean]
drop-cell-metadata = ["theirs"]
keep-notebook-metadata = ["colab.name"]
"""
    policy = resolver({".nbvc.toml": text}).decide("x.ipynb").diff
    assert policy.parts == {Part.SOURCES, Part.ATTACHMENTS, Part.METADATA, Part.ID}
    assert policy.rtol == 1e-6
    assert "run-*" in policy.masks
    assert policy.metadata.cell.drop == ("theirs", "mine")
    assert policy.metadata.notebook.keep == ("colab.name",)


def test_where_it_is_written() -> None:
    text = (
        '# exclude\n\nexclude = [\n  "a/",\n  \'old/\',\n]\n\n[clean]\n# preset\npreset = "noise"\n'
    )
    decided = resolver(
        {".nbvc.toml": text, "a/pyproject.toml": "[project]\n[tool.nbvc]\ndiff.ids = true\n"}
    )
    assert str(decided.decide("old/x.ipynb").why) == ".nbvc.toml:5"
    rules = decided.decide("x.ipynb").rules
    assert [*map(str, rules.find_origins("clean", "preset"))] == [".nbvc.toml:10"]
    below = decided.decide("a/x.ipynb").rules
    assert [*map(str, below.find_origins("diff", "ids"))] == ["a/pyproject.toml:3"]


@pytest.mark.parametrize("how", ["absolute", "dots", "folder link", "inside"])
def test_a_path_means_the_same_however_it_is_typed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    (tmp_path / "top/.git").mkdir(parents=True)
    (tmp_path / "top/.nbvc.toml").write_text('exclude = ["/published"]\n')
    (tmp_path / ".nbvc.toml").write_text("broken\n")
    (tmp_path / "top/published").mkdir()
    (tmp_path / "link").symlink_to("top/published")
    monkeypatch.chdir(tmp_path / "top/published" if how == "inside" else tmp_path)
    path = {
        "absolute": str(tmp_path / "top/published/x.ipynb"),
        "dots": "link/../published/x.ipynb",
        "folder link": "link/x.ipynb",
        "inside": "x.ipynb",
    }[how]
    assert Decider().decide(path).excluded


PACKAGE = {"nbvc/normalising/__init__.py", "nbvc/normalising/configuring.py"}
READERS = {
    "preset": PACKAGE,
    "PRESETS": {
        *PACKAGE,
        "nbvc/cli/naming/completing.py",  # lists their names
        "nbvc/workflow/deciding.py",
        "nbvc/workflow/filtered.py",  # does what another tool's filter does
    },
    "configured": {
        "nbvc/normalising/configuring.py",
        "nbvc/workflow/deciding.py",
        "nbvc/workflow/filter_table.py",  # of what its user agreed to, from a table
    },
    "configured_diff": {"nbvc/diffing/configuring.py", "nbvc/workflow/deciding.py"},
    "read_settings": {"nbvc/normalising/settings.py", "nbvc/workflow/deciding.py"},
    "load_toml": {"nbvc/normalising/settings_lines.py", "nbvc/normalising/settings.py"},
    "loads": {"nbvc/normalising/settings_lines.py"},
}
"""Who may import what turns settings into policies, or text into TOML."""


def test_nothing_else_reads_settings() -> None:
    for folder in ("nbvc", "jupyter_extension/nbvc_jupyter"):
        for path in (ROOT / folder).rglob("*.py"):
            name = path.relative_to(ROOT).as_posix()
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Import):
                    assert not {"tomllib", "tomli"} & {one.name for one in node.names}, name
                elif isinstance(node, ast.ImportFrom):
                    for one in node.names:
                        is_toml = node.module in {"tomllib", "tomli"}
                        if one.name in READERS and (one.name != "loads" or is_toml):
                            assert name in READERS[one.name], f"{name} imports {one.name}"
