"""`python -m tests.kills --points 10000`: strike nbvc there, and print what was lost.

Exit code 1 where anything was. `--only commit` takes one scenario, `--seed 7` other notebooks.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
import time
from collections import Counter
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from typing import TYPE_CHECKING

import nbvc
from tests.conftest import _GIT_CONFIG, _environment
from tests.kills.harness import Point, Stage
from tests.kills.hooks import SPARED, TORN, Blow
from tests.kills.scenarios import SCENARIOS, Scenario

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.kills.harness import State
    from tests.kills.hooks import Event


def main(arguments: list[str]) -> int:
    """Strike, count, and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.kills")
    parser.add_argument("--points", type=int, default=300)
    parser.add_argument("--only", default="")
    parser.add_argument("--seed", type=int, default=0)
    chosen = parser.parse_args(arguments)
    scenarios = [one for one in _available() if chosen.only in one.name]
    _import_all()
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="nbvc-kills-") as folder:
        _hermetic(Path(folder) / "home")
        stage = Stage(Path(folder).resolve())
        struck, lost = _strike_all(stage, scenarios, chosen.points, chosen.seed)
    for name, count in sorted(struck.items()):
        print(f"{count:7} points  {name}")
    print("\n".join(lost))
    seconds = time.monotonic() - started
    print(f"{struck.total()} points in {seconds:.0f} s, {len(lost)} with a loss")
    return int(bool(lost) or not struck)


def _available() -> Iterator[Scenario]:
    from nbvc.cli.group import PLACES

    for scenario in SCENARIOS:
        if not scenario.needs or scenario.needs in PLACES:
            yield scenario


def _strike_all(
    stage: Stage, scenarios: list[Scenario], points: int, seed: int
) -> tuple[Counter[str], list[str]]:
    """Strike as often as asked, each scenario as often as the others, with ever new notebooks."""
    struck: Counter[str] = Counter()
    lost: list[str] = []
    for turn in range(points):
        due = -(-(points - struck.total()) // len(scenarios))
        for scenario in scenarios:
            left = min(due, points - struck.total())
            if left <= 0:
                return struck, lost
            laid = stage.lay(scenario, seed + turn)
            for point in _points(scenario, seed + turn, laid[0], left):
                struck[scenario.name] += 1
                lost += _struck(stage, point, *laid[1:])
            _tell(f"{struck.total()} of {points} points, {len(lost)} with a loss")
    return struck, lost


def _tell(text: str) -> None:
    """Say how far it is, where somebody waits."""
    if sys.stderr.isatty():
        print(f"\r{text}", end="", file=sys.stderr, flush=True)


def _points(scenario: Scenario, seed: int, events: list[Event], most: int) -> list[Point]:
    """Return where to strike: every event in every way, or some of them, evenly."""
    every = [
        Point(scenario, seed, at, blow, bool((at + seed) % 2), event)
        for at, event in enumerate(events)
        for blow in Blow
        if blow is not Blow.TORN or event.kind in TORN
        if not blow.errno or event.kind not in SPARED
    ]
    rng = random.Random(f"{scenario.name} {seed}")
    return every if len(every) <= most else rng.sample(every, most)


def _struck(stage: Stage, point: Point, before: State, done: State) -> list[str]:
    try:
        stage.strike(point, before, done)
    except AssertionError as error:
        return [f"{point}: {error}"]
    return []


def _hermetic(home: Path) -> None:
    """Make this process, and all that it starts, know nothing of the machine's user."""
    home.mkdir()
    (home / ".gitconfig").write_text(_GIT_CONFIG, encoding="utf-8")
    for name in [one for one in os.environ if one.startswith(("GIT_", "XDG_"))]:
        del os.environ[name]
    os.environ.update(_environment(home))


def _import_all() -> None:
    for module in walk_packages(nbvc.__path__, "nbvc."):
        if not module.name.endswith("__main__"):
            import_module(module.name)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
