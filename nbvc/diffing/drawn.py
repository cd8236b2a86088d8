"""The picture that a page adds to a chart.

    {"application/vnd.vegalite.v5+json": spec}               as the kernel wrote it
    {"application/vnd.vegalite.v5+json": spec, "image/png"}  as JupyterLab saves it, once drawn

Whoever looks at the notebook and saves it has not changed it. Two different pictures are a change.
"""

from __future__ import annotations

DRAWN = "image/png"
"""What JupyterLab adds to a chart of Vega or Vega-Lite (vega5-extension, `renderModel`)."""


def is_drawn_by_page(before: dict[str, object], after: dict[str, object]) -> bool:
    """Return whether a page may have added the picture that one of two MIME bundles lacks."""
    charts = (mime for mime in before.keys() & after.keys() if mime.startswith(_CHART))
    return (DRAWN in before) != (DRAWN in after) and any(charts)


_CHART = ("application/vnd.vega.", "application/vnd.vegalite.")
