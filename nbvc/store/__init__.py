"""The output store: what was stripped from notebooks, on this machine only.

    store = OutputStore(folder)                     in the common git dir, or the user's data folder
    store.put("analysis.ipynb", before, after, spans)
    store.sync()                                    before anything that was stripped is let go
    restore_outputs(store, "analysis.ipynb", content)      → the notebook with its results again

Nothing here is ever part of a commit, an archive or a push.
"""

from __future__ import annotations
