"""Matching of two or three sequences: what stayed, what moved, how alike they are.

Nothing here knows notebooks; items need only be hashable. Three sequences are `columns`, an order into
which items are put is `chain`.
"""

from nbvc.sequence.increasing import find_unavoidable, heaviest_increasing
from nbvc.sequence.lcs import Opcode, common_length, find_matches, find_opcodes
from nbvc.sequence.similarity import measure_ratio

__all__ = [
    "Opcode",
    "common_length",
    "find_matches",
    "find_opcodes",
    "find_unavoidable",
    "heaviest_increasing",
    "measure_ratio",
]
