"""All versions of a notebook as one page with a slider."""

from nbvc.render.timeline.page import timeline

__all__ = ["timeline"]
