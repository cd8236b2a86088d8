"""`python -m tests.growth`: whether time grows with the length of a text alone, for hostile texts.

Each place (a comparison, page, merge, lexer) gets each text of `units.py` in each shape, and each
series of `series.py`. What takes longer than a moment is measured again at twice the size: the
exit code is 1 if anything takes more than 2.3 times as long, fails, or takes longer than `--limit`.
Processor time counts, of a process of its own for each text, so a busy machine matters little.
"""

from __future__ import annotations

import argparse
import os
import resource
import sys
import traceback
from functools import partial
from typing import TYPE_CHECKING

from tests.growth.places import PLACES
from tests.growth.series import SERIES
from tests.growth.units import SHAPES, UNITS, changed

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.growth.places import Place

    Make = Callable[[int], Callable[[], object]]

_MOMENT = 0.6
"""Seconds; what takes less at the size asked for is not measured again."""
_MOST = 2.3
"""So many times as long may twice the size take; of several tries the least counts."""
_TRIES = 3
_MEMORY = 4 << 30


def spent(work: Callable[[], object], limit: float) -> float:
    """Return the processor time of some work in seconds; infinity if it failed or ran out of time."""
    pid = os.fork()
    if not pid:
        resource.setrlimit(resource.RLIMIT_CPU, (int(limit) + 1, int(limit) + 2))
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
        code = 0
        try:
            work()
        except BaseException:  # noqa: BLE001 - this process ends here, whatever it is
            traceback.print_exc()
            code = 1
        os._exit(code)
    _, status, use = os.wait4(pid, 0)
    return float("inf") if status else use.ru_utime + use.ru_stime


def growth(make: Make, size: int, limit: float) -> str:
    """Return what is wrong with how the time of some work grows, empty if nothing is."""
    base = spent(make(size // 100), limit)
    one = spent(make(size), limit) - base
    if one < _MOMENT:
        return ""
    ratio = two = float("inf")
    for _ in range(_TRIES):
        two = spent(make(2 * size), 4 * limit) - base
        ratio = min(ratio, two / one)
        if ratio <= _MOST or two == float("inf"):
            break
        one = spent(make(size), limit) - base
    return "" if ratio <= _MOST else f"{ratio:.1f} times ({one:.2f} s, {two:.2f} s)"


def main(arguments: list[str]) -> int:
    """Measure, and print what grows too fast."""
    parser = argparse.ArgumentParser(prog="python -m tests.growth")
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help="of places and series; default: all"
    )
    parser.add_argument("--units", nargs="*", default=[*UNITS], help="names of texts to repeat")
    parser.add_argument("--shapes", nargs="*", default=[*SHAPES], choices=[*SHAPES])
    parser.add_argument("--size", type=int, default=100_000, help="characters of a text")
    parser.add_argument("--limit", type=float, default=20, help="seconds for one text")
    parser.add_argument("--once", action="store_true", help="ask for the limit alone")
    chosen = parser.parse_args(arguments)
    bad = tried = 0
    for name, make, size in _works(chosen):
        if chosen.once:
            wrong = (
                f"more than {chosen.limit} s"
                if spent(make(size), chosen.limit) > chosen.limit
                else ""
            )
        else:
            wrong = growth(make, size, chosen.limit)
        tried += 1
        if wrong:
            bad += 1
            print(f"{name}: {wrong}", flush=True)
    print(f"{tried} tried, {bad} grow too fast")
    return 1 if bad else 0


def _works(chosen: argparse.Namespace) -> list[tuple[str, Make, int]]:
    """Return the name of each trial, what makes its work for a size, and the size."""
    found: list[tuple[str, Make, int]] = [
        (f"{name} {unit!r} {shape}", partial(_reading, place, unit, shape), chosen.size)
        for name, place in PLACES.items()
        if not chosen.names or name in chosen.names
        for unit in chosen.units
        for shape in chosen.shapes
    ]
    for name, (work, size) in SERIES.items():
        if not chosen.names or name in chosen.names:
            found.append((name, partial(partial, work), size))
    return found


def _reading(place: Place, unit: str, shape: str, size: int) -> Callable[[], object]:
    text = SHAPES[shape](UNITS[unit], size)
    return partial(place, text, changed(text))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
