"""Processes, the environment that git runs in, objects and refs."""
