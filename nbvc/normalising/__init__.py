"""Taking out of a notebook what doesn't belong into version control.

    nbvc.normalise(notebook)                           outputs, counts and volatile metadata go
    nbvc.normalise(notebook, preset("noise"))          outputs stay

`noise.txt` is the table of what tools write unasked, `metadata.py` compiles it, `policy.py` is what can
be chosen, `rules.py` what is stripped, `cleaning.py` how.
"""

from __future__ import annotations

from nbvc.lazy import import_lazily

TYPE_CHECKING = False
if TYPE_CHECKING:
    from nbvc.normalising.cleaning import Cleaned, clean
    from nbvc.normalising.metadata import Keys, MetadataPolicy
    from nbvc.normalising.noise import Kind, Level
    from nbvc.normalising.policy import PRESETS, Counts, Ids, Outputs, Policy, preset
    from nbvc.notebook.notebook import Notebook

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

    Pure and idempotent; the notebook itself comes back if nothing goes. Without a policy:
    outputs, counts and volatile metadata. Raises `RewriteRefusedError` if a key appears twice.
    """
    from nbvc.normalising.cleaning import clean
    from nbvc.normalising.policy import PRESETS

    return clean(notebook, policy or PRESETS["strip"]).after


__getattr__ = import_lazily(
    __name__,
    {
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
    },
)
