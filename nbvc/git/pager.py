"""The pager that git would use, and text on its way through it."""

from __future__ import annotations

from nbvc.git.process import core_pager as pager_setting
from nbvc.git.process import through_pager as page

__all__ = ["page", "pager_setting"]
