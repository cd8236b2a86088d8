"""How notebooks are called."""

from __future__ import annotations

SUFFIX = ".ipynb"
"""What the name of a notebook's file ends with."""

PATTERN = f"*{SUFFIX}"
"""The same for git's attributes and pathspecs."""
