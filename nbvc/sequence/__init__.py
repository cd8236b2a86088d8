"""Matching of any two sequences: what stayed, what moved, how alike they are.

Nothing here knows notebooks; items need only be hashable.
"""

from nbvc.sequence.increasing import heaviest_increasing, unavoidable
from nbvc.sequence.lcs import Opcode, common_length, matches, opcodes
from nbvc.sequence.similarity import ratio

__all__ = [
    "Opcode",
    "common_length",
    "heaviest_increasing",
    "matches",
    "opcodes",
    "ratio",
    "unavoidable",
]
