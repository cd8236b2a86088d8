"""How fast nbvc is, beside its peer: `python -m tests.benchmarks`."""
