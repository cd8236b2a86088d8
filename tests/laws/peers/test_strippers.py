"""nbstripout, nb-clean and nbdev: what each takes away, on real and made notebooks.

Each has a preset, which is meant to be its own result but for the layout of the file. What differs
is listed here, with the reasons in docs/TRICKY_CASES.md.
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
from nbvc.normalising import normalise, preset
from tests.laws.peers.material import file_of, pairs

NOTEBOOKS = [(name, after) for name, _, after in pairs(real=40, made=20)]
IDS = [name for name, _ in NOTEBOOKS]


KEYS = [
    *("metadata.signature", "metadata.widgets", "cell.metadata.collapsed"),
    *("cell.metadata.ExecuteTime", "cell.metadata.execution", "cell.metadata.heading_collapsed"),
    *("cell.metadata.hidden", "cell.metadata.scrolled"),
]
"""What its command line adds by itself."""

PEOPLE = ["cell.metadata.executionInfo.user", "cell.metadata.executionInfo.user_tz"]
"""Data about people, which every preset of nbvc removes."""


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
        nbformat.from_dict(copy.deepcopy(value)), False, False, False, extra_keys=[*KEYS, *PEOPLE]
    )
    assert exact(ours) == exact(theirs)


def cleaned_by_nb_clean(path: Path) -> dict[str, Any]:
    program = Path(sysconfig.get_path("scripts")) / "nb-clean"
    command = [str(program)] if program.exists() else [sys.executable, "-m", "nb_clean"]
    ran = subprocess.run([*command, "clean", str(path)], capture_output=True, check=False)
    assert ran.returncode == 0, ran.stderr
    return joined(json.loads(path.read_bytes()))  # type: ignore[no-any-return]


@pytest.mark.parametrize("index", range(0, len(NOTEBOOKS), 3), ids=IDS[::3])
def test_the_preset_does_what_nb_clean_does(index: int, tmp_path: Path) -> None:
    value = nbvc.Notebook.from_dict(NOTEBOOKS[index][1]).to_dict()
    path = tmp_path / "n.ipynb"
    path.write_bytes(file_of(value))
    theirs = cleaned_by_nb_clean(path)
    ours = normalise(nbvc.Notebook.from_dict(value), preset("nb-clean")).to_dict()
    for one, other, before in zip(ours["cells"], theirs["cells"], value["cells"], strict=True):
        if keeps_outputs(before):  # nb-clean removes outputs that somebody wants to keep
            for cell in (one, other):
                cell.pop("outputs")
                cell["metadata"] = {}
    assert exact(ours) == exact(theirs)


@pytest.mark.parametrize("index", range(len(NOTEBOOKS)), ids=IDS)
def test_the_preset_does_what_nbdev_does(index: int) -> None:
    clean = pytest.importorskip("nbdev.clean")
    value = nbvc.Notebook.from_dict(NOTEBOOKS[index][1]).to_dict()
    ours = normalise(nbvc.Notebook.from_dict(value), preset("nbdev")).to_dict()
    theirs = copy.deepcopy(value)
    clean.clean_nb(theirs, clean_ids=False, repair=False)
    for side in (ours, theirs):
        # nbdev upgrades the format, and names the kernel as its kernelspec does.
        side["nbformat_minor"] = 5
        side["metadata"].get("kernelspec", {}).pop("display_name", None)
        for cell in side["cells"]:
            cell.pop("id", None)
            for output in cell.get("outputs", ()):
                output.pop("transient", None)
                # nbdev removes spaces around images, and what Colab adds to a table.
                for mime, item in list(output.get("data", {}).items()):
                    if mime == "application/vnd.google.colaboratory.intrinsic+json":
                        del output["data"][mime]
                    elif mime.startswith("image") and "svg" not in mime:
                        output["data"][mime] = item.rstrip()
    assert exact(ours) == exact(theirs)


def keeps_outputs(cell: dict[str, Any]) -> bool:
    metadata = cell["metadata"]
    tags = metadata.get("tags", [])
    return "keep_output" in {*metadata, *tags} or bool(metadata.get("init_cell"))
