"""Blame agrees with a plain replay of all diffs: on made repositories, and on real ones."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nbvc.git.plumbing.objects import Objects
from nbvc.versions.history import History
from nbvc.versions.model import VersionType
from tests.integration.git.sandbox import git, opened
from tests.integration.versions.making import clone, random_history
from tests.integration.versions.replay import Commit, Origin, blamed

if TYPE_CHECKING:
    from nbvc.versions.blaming import Blame
    from nbvc.versions.model import Graph

BUNDLES = (
    "Bayesian-Methods-Chapter1-renames-and-merges",
    "ipywidgets-Widget-List-renames-and-merges",
)
LARGE = (
    "pytudes-Advent-2024",
    "python-public-policy-lecture_0",
    "Probabilistic-Programmin-MorePyMC",
    "handson-ml2-02_end_to_end_machine_learning_project",
)


def as_origins(found: Blame) -> list[Origin]:
    return [
        Origin(
            cell.source.id,
            None if cell.outputs is None else cell.outputs.id,
            tuple(version.id for version in cell.lines or ()),
        )
        for cell in found.cells
    ]


@settings(max_examples=12)
@given(seed=st.integers(0, 10_000))
def test_blame_is_a_replay_of_diffs_on_made_repositories(seed: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        made = random_history(Path(folder) / "work", seed)
        expected = blamed(made.commits)
        for _ in ("found out", "read from the index"):
            with made.history() as history:
                assert as_origins(history.blame(lines=True)) == expected


def replayed(graph: Graph, objects: Objects) -> list[Origin]:
    """Replay the commits of a walk, each content as git itself has it."""
    commits = []
    for node in graph.nodes:
        found = objects.get(f"{node.commit}:{node.name}")
        assert (found.oid if found else None) == node.blob
        commits.append(Commit(node.key, tuple(node.parents), found.content if found else None))
    return [
        Origin(one.source[:40], one.outputs and one.outputs[:40], tuple(n[:40] for n in one.lines))
        for one in blamed(commits)
    ]


@pytest.mark.parametrize(
    "name", [*BUNDLES, *(pytest.param(name, marks=pytest.mark.slow) for name in LARGE)]
)
def test_blame_is_a_replay_of_diffs_on_real_histories(
    name: str, corpus: Path, tmp_path: Path
) -> None:
    folder = clone(corpus / "histories" / f"{name}.bundle", tmp_path / "work")
    notebook = git(folder, "ls-files", "--", "*.ipynb")
    repository = opened(folder)
    with History(repository, notebook) as history, Objects(repository) as objects:
        assert as_origins(history.blame(lines=True)) == replayed(history.graph, objects)


@pytest.mark.parametrize("name", BUNDLES)
def test_every_commit_of_a_history_with_renames_and_merges_is_walked(
    name: str, corpus: Path, tmp_path: Path
) -> None:
    folder = clone(corpus / "histories" / f"{name}.bundle", tmp_path / "work")
    notebook = git(folder, "ls-files", "--", "*.ipynb")
    # The bundles hold nothing but this notebook: every commit is one of its history.
    expected = {
        line.split()[0]: line.split()[1:]
        for line in git(folder, "rev-list", "--parents", "HEAD").splitlines()
    }
    with History(opened(folder), notebook) as history:
        nodes = history.graph.nodes
        names = {node.name for node in nodes}
        assert {node.commit: [key[:40] for key in node.parents] for node in nodes} == expected
        assert len(names) > 3
        assert all(one.kind is VersionType.COMMIT for one in history.versions())
