"""Whether a notebook is what the format's schema says, by nbformat.

nbformat takes a second to import, so it is imported here and only when somebody asks.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_MOST = 20


def problems(notebook: dict[str, Any]) -> tuple[str, ...]:
    """Return what nbformat's schema finds wrong, a line for each; empty if it is valid.

    Nbvc reads and keeps invalid notebooks all the same: Jupyter opens most of them.
    """
    import warnings

    from nbformat.validator import iter_validate

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            found = list(iter_validate(notebook))[:_MOST]
        except Exception as error:  # noqa: BLE001
            # A version that is no number, a type that is a list: nbformat trips over its own checks.
            return (f"notebook: the schema can't be applied: {error}",)
    return tuple(f"{_place(error)}: {str(error.message)[:200]}" for error in found)


def _place(error: object) -> str:
    steps = [str(step) for step in getattr(error, "absolute_path", None) or ()]
    return ".".join(steps) or "notebook"
