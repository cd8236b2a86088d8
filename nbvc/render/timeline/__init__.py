"""All versions of a notebook as one page with a slider."""

from nbvc.render.timeline.page import render_timeline

__all__ = ["render_timeline"]
