"""nbvc for programs: the engine on any kind of notebook, histories and checkpoints as objects.

    nbvc.diff(repo.commit("HEAD~1").tree / "a.ipynb", nbformat.read("a.ipynb", 4))
    for version in nbvc.history(repo, "a.ipynb"): …
    nbvc.Checkpoints(repo).create("a.ipynb", "before the rewrite")

Objects of nbformat and GitPython go in and come out; neither is imported before one is needed.
"""
