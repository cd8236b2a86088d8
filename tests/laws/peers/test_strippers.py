"""nbstripout and nb-clean: what each takes away, on real and made notebooks.

`preset("nbstripout")` is meant to be nbstripout's own result, but for the layout of the file. Next
to nb-clean what differs is listed here, with the reasons in docs/TRICKY_CASES.md.
"""

from __future__ import annotations

import copy
import json
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Any

import nbformat
import pytest

import nbvc
from nbvc.normalising import REMOVED, Level, normalise, preset
from tests.laws.peers.material import file_of, pairs

NOTEBOOKS = [(name, after) for name, _, after in pairs(real=40, made=20)]
IDS = [name for name, _ in NOTEBOOKS]


KEYS = [
    *("metadata.signature", "metadata.widgets", "cell.metadata.collapsed"),
    *("cell.metadata.ExecuteTime", "cell.metadata.execution", "cell.metadata.heading_collapsed"),
    *("cell.metadata.hidden", "cell.metadata.scrolled"),
]
"""What its command line adds by itself."""


def exact(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


def joined(value: Any) -> Any:
    """The same notebook with its texts as strings, whatever its file has."""
    return nbvc.Notebook.from_dict(value).to_dict()


@pytest.mark.parametrize("index", range(len(NOTEBOOKS)), ids=IDS)
def test_the_preset_does_what_nbstripout_does(index: int) -> None:
    from nbstripout._utils import strip_output  # type: ignore[import-untyped]

    value = nbvc.Notebook.from_dict(NOTEBOOKS[index][1]).to_dict()
    ours = normalise(nbvc.Notebook.from_dict(value), preset("nbstripout")).to_dict()
    theirs = strip_output(
        nbformat.from_dict(copy.deepcopy(value)), False, False, False, extra_keys=KEYS
    )
    assert exact(ours) == exact(theirs)


def cleaned_by_nb_clean(path: Path) -> dict[str, Any]:
    program = Path(sysconfig.get_path("scripts")) / "nb-clean"
    command = [str(program)] if program.exists() else [sys.executable, "-m", "nb_clean"]
    ran = subprocess.run([*command, "clean", str(path)], capture_output=True, check=False)
    assert ran.returncode == 0, ran.stderr
    return joined(json.loads(path.read_bytes()))  # type: ignore[no-any-return]


@pytest.mark.parametrize("index", range(0, len(NOTEBOOKS), 3), ids=IDS[::3])
def test_next_to_nb_clean(index: int, tmp_path: Path) -> None:
    value = nbvc.Notebook.from_dict(NOTEBOOKS[index][1]).to_dict()
    path = tmp_path / "n.ipynb"
    path.write_bytes(file_of(value))
    theirs = cleaned_by_nb_clean(path)
    ours = normalise(nbvc.Notebook.from_dict(value)).to_dict()
    for one, other, before in zip(ours["cells"], theirs["cells"], value["cells"], strict=True):
        assert one["source"] == other["source"]
        assert one.get("execution_count") == other.get("execution_count")
        # It takes what was to be kept, and all metadata of cells; nbvc takes what tools write.
        if not keeps_outputs(before):
            assert one.get("outputs") == other.get("outputs")
        assert set(other["metadata"]) <= set(one["metadata"])
    # Of the notebook's metadata it keeps view options, which nbvc takes away.
    volatile = REMOVED[Level.NOTEBOOK_METADATA]
    assert set(theirs["metadata"]) - volatile <= set(ours["metadata"])


def keeps_outputs(cell: dict[str, Any]) -> bool:
    metadata = cell["metadata"]
    tags = metadata.get("tags", [])
    return "keep_output" in {*metadata, *tags} or bool(metadata.get("init_cell"))
