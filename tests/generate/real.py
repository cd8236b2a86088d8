"""Real notebooks, edited by the script that edits made ones."""

from __future__ import annotations

import copy
import random
from typing import Any

from tests.generate.planted import Ids, Planted, _count, _name, _new_id, _Script, _truth


def plant_from(notebook: dict[str, Any], seed: int, ids: Ids) -> Planted:
    """Return a notebook of format 4, and what the script made of it.

    Blank cells stay as they are, as those do that stand several times: nobody could tell which
    of them it was.
    """
    rng = random.Random(f"real {seed} {ids}")
    before = copy.deepcopy(notebook["cells"])
    for cell in before:
        cell["id"] = _new_id(rng)
    script = _Script(rng, before)
    script.times.update(cell["source"] for cell in before if not cell["source"].strip())
    slots = script.run()
    _count(rng, slots)
    after = [cell for slot in slots for cell in slot.after]
    _name(rng, ids, before, after)
    one, other = ({**notebook, "cells": cells, "nbformat_minor": 5} for cells in (before, after))
    return Planted(one, other, _truth(slots))
