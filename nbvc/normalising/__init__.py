"""Taking out of a notebook what doesn't belong into version control.

    nbvc.normalise(notebook)                           outputs, counts and volatile metadata go
    nbvc.normalise(notebook, preset("noise"))          outputs stay

`noise.txt` is the table of what tools write unasked, `metadata.py` compiles it, `policy.py` is what can
be chosen, `rules.py` what is stripped, `cleaning.py` how.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from nbvc.normalising.cleaning import Cleaned
    from nbvc.normalising.metadata import Keys, MetadataPolicy
    from nbvc.normalising.noise import Kind, Level
    from nbvc.normalising.policy import PRESETS, Counts, Ids, Outputs, Policy, preset
    from nbvc.notebook.notebook import Notebook

_HOMES = {
    "Cleaned": "cleaning",
    "Level": "noise",
    "Keys": "metadata",
    "Kind": "noise",
    "MetadataPolicy": "metadata",
    "Counts": "policy",
    "Ids": "policy",
    "Outputs": "policy",
    "PRESETS": "policy",
    "Policy": "policy",
    "clean": "cleaning",
    "preset": "policy",
}

__all__ = [
    "PRESETS",
    "Cleaned",
    "Counts",
    "Ids",
    "Keys",
    "Kind",
    "Level",
    "MetadataPolicy",
    "Outputs",
    "Policy",
    "clean",
    "normalise",
    "preset",
]


def normalise(notebook: Notebook, policy: Policy | None = None) -> Notebook:
    """Return the notebook without what the policy names, everything else byte for byte.

    Pure and idempotent; the notebook itself comes back where nothing goes. Without a policy:
    outputs, counts and volatile metadata. Raises `RewriteRefusedError` where a key stands twice.
    """
    from nbvc.normalising.cleaning import clean
    from nbvc.normalising.policy import PRESETS

    return clean(notebook, policy or PRESETS["strip"]).after


def clean(notebook: Notebook, policy: Policy) -> Cleaned:
    """Return the notebook as it was and without what the policy names, and what that was."""
    from nbvc.normalising.cleaning import clean as cleaned

    return cleaned(notebook, policy)


def __getattr__(name: str) -> object:
    """Import a public name when it is first asked for."""
    if name not in _HOMES:
        raise AttributeError(f"module 'nbvc.normalising' has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(f"nbvc.normalising.{_HOMES[name]}"), name)
    globals()[name] = value
    return value
