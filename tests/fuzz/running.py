"""The search itself: mutate, run, keep what went wrong, each wrong once."""

from __future__ import annotations

import hashlib
import random
import time
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tests.conftest import ROOT
from tests.fuzz.mutate import mutated
from tests.fuzz.targets import CUT

if TYPE_CHECKING:
    from tests.fuzz.targets import Target

SEEDS = Path(__file__).with_name("seeds")
SLOW = 1.0
"""Seconds of computing that an input may take."""


class Found(NamedTuple):
    """An input that a target can't take, and what came of it."""

    data: bytes
    what: str

    @property
    def digest(self) -> str:
        """A short name for the input."""
        return hashlib.sha256(self.data).hexdigest()[:12]


def known(name: str) -> list[bytes]:
    """Return the inputs to begin with: kept ones of all targets or this one, and the fixtures."""
    if name == "protocol":
        return [path.read_bytes() for path in sorted(SEEDS.glob(f"{name}/*"))]
    kept = [path.read_bytes() for path in sorted(SEEDS.glob("all/*"))]
    kept += [path.read_bytes() for path in sorted(SEEDS.glob(f"{name}/*"))]
    pairs = sorted((ROOT / "fixtures").glob("*/before.ipynb"))
    small = [path for path in pairs if path.stat().st_size < 20_000]
    kept += [path.read_bytes() + CUT + path.with_name("after.ipynb").read_bytes() for path in small]
    return kept


def search(
    target: Target,
    seeds: list[bytes],
    seconds: float,
    seed: int,
    files: int = 1,
    *,
    slow: float = SLOW,
    most: int = 1 << 60,
) -> tuple[int, list[Found]]:
    """Run the seeds, then new inputs until time or number is up; how many were run, and the bugs."""
    rng = random.Random(seed)
    found: dict[str, Found] = {}
    pool, tried = list(seeds), 0
    until = time.monotonic() + seconds
    while tried < len(seeds) or (time.monotonic() < until and tried < most):
        data = seeds[tried] if tried < len(seeds) else mutated(rng, pool, files)
        tried += 1
        # What is imported late costs the first inputs their time.
        bug = run(target, data, slow if tried > len(seeds) else 20 * slow)
        if bug is not None:
            place = bug.what.split(": ")[0]
            if place not in found or len(found[place].data) > len(data):
                found[place] = bug
        elif rng.random() < 0.02 and len(data) < 20_000:
            # What has been changed once is changed again.
            pool[len(seeds) :] = [*pool[len(seeds) :][-200:], data]
    return tried, list(found.values())


def run(target: Target, data: bytes, slow: float = SLOW) -> Found | None:
    """Run one input; what was wrong with it, if anything."""
    started = time.process_time()
    try:
        target(data)
    except Exception as error:  # noqa: BLE001
        last = traceback.extract_tb(error.__traceback__)[-1]
        ours = [
            one for one in traceback.extract_tb(error.__traceback__) if "/nbvc/" in one.filename
        ]
        place = ours[-1] if ours else last
        at = f"{Path(place.filename).name}:{place.lineno} {last.name}"
        return Found(data, f"{type(error).__name__} at {at}: {str(error)[:300]}")
    taken = time.process_time() - started
    return Found(data, f"slow: {taken:.1f} s for {len(data)} bytes") if taken > slow else None
