"""Notebooks and diffs as text that people and programs read."""
