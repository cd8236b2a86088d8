"""Pages: reports that are one file each, run nothing foreign and fetch nothing.

Everything from a notebook, a file name or a commit is text until `elements.make_element` has escaped it.
"""

from __future__ import annotations

from nbvc.render.html.report import report

__all__ = ["report"]
