"""Set up git for notebooks, diagnose what is wrong with that, and remove it."""
