"""Notebooks made from a seed."""
