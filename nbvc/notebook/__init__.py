"""Notebooks: bytes to model and back, without changing what nobody changed."""

from nbvc.notebook.cell import ABSENT, Cell
from nbvc.notebook.notebook import Notebook
from nbvc.notebook.reading import read
from nbvc.notebook.style import Style

__all__ = ["ABSENT", "Cell", "Notebook", "Style", "read"]
