"""Mutation testing: the code is broken on purpose, one place at a time, and a test must notice."""
