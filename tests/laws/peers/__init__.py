"""What other tools make of the same notebooks; where nbvc differs, docs/TRICKY_CASES.md says why."""
