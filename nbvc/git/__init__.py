"""Git, as bytes and paths; it knows no cells.

plumbing   processes, git's environment, objects and refs
state      what a repository is in the middle of, and what changed in it
setup      drivers, filter and hooks: installed, diagnosed and removed
actions    commit, push, pull and merge
"""
