"""What is noise in a notebook, and how it is taken away."""

from nbvc.normalise.noise import IGNORED, NOISE, REMOVED, Level, Noise

__all__ = ["IGNORED", "NOISE", "REMOVED", "Level", "Noise"]
