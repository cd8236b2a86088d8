"""What can go wrong with checkpoints."""

from __future__ import annotations

from nbvc.errors import GitError


class CheckpointError(GitError):
    """A checkpoint that isn't there, or can't be made, restored or deleted."""


class ForeignCheckpointError(CheckpointError):
    """A checkpoint that only the clone that made it can delete."""
