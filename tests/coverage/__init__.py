"""Branch coverage: which ways through the engine no test has taken."""
