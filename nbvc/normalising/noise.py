"""What tools write into a notebook unasked: one table for the diff and for `clean`.

    ignored  a diff does not count it as a change, unless details are asked for
    removed  `clean` takes it away

`language_info` and the details of `kernelspec` are ignored but kept: GitHub and nbconvert choose
the syntax colours by them. Cell ids are ignored but kept: they are what later diffs pair cells by.
"""

from __future__ import annotations

import enum

import msgspec


class Level(enum.Enum):
    """Which object of a notebook a key belongs to."""

    NOTEBOOK = "notebook"
    NOTEBOOK_METADATA = "notebook metadata"
    CELL = "cell"
    CELL_METADATA = "cell metadata"
    OUTPUT = "output"
    OUTPUT_METADATA = "output metadata"


class Noise(msgspec.Struct, frozen=True):
    """One key that is noise, who writes it, and what is done about it."""

    level: Level
    key: str
    writer: str
    ignored: bool = True
    removed: bool = True


NOISE: tuple[Noise, ...] = (
    Noise(Level.NOTEBOOK, "nbformat_minor", "every upgrade of Jupyter", removed=False),
    Noise(Level.NOTEBOOK_METADATA, "signature", "IPython 2"),
    Noise(Level.NOTEBOOK_METADATA, "orig_nbformat", "nbformat's upgrade, VS Code"),
    Noise(Level.NOTEBOOK_METADATA, "orig_nbformat_minor", "nbformat's upgrade"),
    Noise(Level.NOTEBOOK_METADATA, "kernelspec", "the kernel that was started", removed=False),
    Noise(Level.NOTEBOOK_METADATA, "language_info", "the kernel that was started", removed=False),
    Noise(Level.NOTEBOOK_METADATA, "widgets", "ipywidgets: the state of every widget"),
    Noise(Level.NOTEBOOK_METADATA, "vscode", "VS Code: the interpreter's hash"),
    Noise(Level.NOTEBOOK_METADATA, "interpreter", "VS Code: the interpreter's hash"),
    Noise(Level.NOTEBOOK_METADATA, "colab", "Colab: provenance, open sections"),
    Noise(Level.NOTEBOOK_METADATA, "accelerator", "Colab: the kind of machine", removed=False),
    Noise(Level.NOTEBOOK_METADATA, "papermill", "papermill: times and status of a run"),
    Noise(Level.NOTEBOOK_METADATA, "execution", "Jupyter: timings"),
    Noise(Level.NOTEBOOK_METADATA, "toc", "nbextensions: the sidebar's state"),
    Noise(Level.NOTEBOOK_METADATA, "varInspector", "nbextensions: the inspector's state"),
    Noise(Level.NOTEBOOK_METADATA, "hide_input", "nbextensions: a view option"),
    Noise(Level.NOTEBOOK_METADATA, "toc-autonumbering", "JupyterLab: a view option"),
    Noise(Level.NOTEBOOK_METADATA, "toc-showcode", "JupyterLab: a view option"),
    Noise(Level.NOTEBOOK_METADATA, "toc-showmarkdowntxt", "JupyterLab: a view option"),
    Noise(Level.CELL, "id", "tools renumber and renew them", removed=False),
    Noise(Level.CELL, "execution_count", "every run"),
    Noise(Level.CELL_METADATA, "ExecuteTime", "nbextensions: timings"),
    Noise(Level.CELL_METADATA, "execution", "JupyterLab: timings"),
    Noise(Level.CELL_METADATA, "papermill", "papermill: times and status of a run"),
    Noise(Level.CELL_METADATA, "collapsed", "Jupyter: a view option"),
    Noise(Level.CELL_METADATA, "scrolled", "Jupyter: a view option"),
    Noise(Level.CELL_METADATA, "hidden", "nbextensions: a view option"),
    Noise(Level.CELL_METADATA, "heading_collapsed", "nbextensions: a view option"),
    Noise(Level.CELL_METADATA, "jp-MarkdownHeadingCollapsed", "JupyterLab: a view option"),
    Noise(Level.CELL_METADATA, "outputHidden", "nteract: a view option"),
    Noise(Level.CELL_METADATA, "inputHidden", "nteract: a view option"),
    Noise(Level.CELL_METADATA, "trusted", "Jupyter: meant for memory only"),
    Noise(Level.CELL_METADATA, "colab", "Colab: output state, widths"),
    Noise(Level.CELL_METADATA, "colab_type", "Colab"),
    Noise(Level.CELL_METADATA, "outputId", "Colab"),
    Noise(Level.CELL_METADATA, "executionInfo", "Colab: who ran it, and when"),
    Noise(Level.CELL_METADATA, "vscode", "VS Code: the language it guessed"),
    Noise(Level.CELL_METADATA, "pycharm", "PyCharm: a view option"),
    Noise(Level.CELL_METADATA, "ExecutionTime", "Databricks: timings"),
    Noise(Level.CELL_METADATA, "run_control", "nbextensions: state of a run"),
    Noise(Level.CELL_METADATA, "nbvc", "nbvc: what a merge left to do", removed=False),
    Noise(Level.CELL_METADATA, "_uuid", "Kaggle: an id"),
    Noise(Level.CELL_METADATA, "_cell_guid", "Kaggle: an id"),
    Noise(Level.OUTPUT, "execution_count", "every run"),
    Noise(Level.OUTPUT_METADATA, "executionInfo", "Colab: who ran it, and when"),
)


def _keys(level: Level, *, removed: bool) -> frozenset[str]:
    return frozenset(
        noise.key
        for noise in NOISE
        if noise.level is level and (noise.removed if removed else noise.ignored)
    )


IGNORED: dict[Level, frozenset[str]] = {level: _keys(level, removed=False) for level in Level}
"""The keys at each level that a diff does not count as a change."""

REMOVED: dict[Level, frozenset[str]] = {level: _keys(level, removed=True) for level in Level}
"""The keys at each level that `clean` takes away."""


IDENTITIES: tuple[tuple[str, ...], ...] = (
    ("nbgrader", "grade_id"),
    ("application/vnd.databricks.v1+cell", "nuid"),
    ("azdata_cell_guid",),
    ("cell_id",),  # Deepnote
    ("datalore", "node_id"),
    ("_cell_guid",),  # Kaggle
    ("nbpresent", "id"),
    ("id",),  # Colab
)
"""Where tools keep ids of their own in the metadata of cells: what cells without ids are paired by."""
