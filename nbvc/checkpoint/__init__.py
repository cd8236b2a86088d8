"""Checkpoints: saved states of a notebook as commits on hidden refs.

    store = open_store(Git.find(environ), "analysis.ipynb", machine="laptop", data_folder=…)
    store.create("analysis.ipynb", "before the rewrite")
    store.list("analysis.ipynb")       → (Checkpoint(id=…, message=…, …), …), oldest first

Nothing here touches the working tree, the index, HEAD or a branch.
"""
