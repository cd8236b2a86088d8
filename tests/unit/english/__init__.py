"""How nbvc speaks: what a person reads follows the rules of style that a pattern can check."""
