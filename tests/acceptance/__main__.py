"""`python -m tests.acceptance`: run the tests of all seventy faults, and print the list.

Exit code 1 where a fault fails or has no test. `--list` names the tests of each without a run;
numbers run these alone: `python -m tests.acceptance 24 66-70`. What begins with `-` goes to pytest.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from pathlib import Path

import pytest

from tests.acceptance.faults import FAULTS, numbers

ROOT = Path(__file__).resolve().parents[2]
_PLACES = ("tests", "jupyter_extension/tests")
_WORST = ("failed", "passed", "skipped")


class Tally:
    """What became of the tests of each fault."""

    def __init__(self, wanted: set[int], *, run: bool) -> None:
        self.wanted = wanted
        self.run = run
        self.outcomes: dict[int, dict[str, str]] = defaultdict(dict)

    def pytest_collection_modifyitems(
        self, config: pytest.Config, items: list[pytest.Item]
    ) -> None:
        """Keep the tests of the faults that are wanted."""
        mine = [item for item in items if self.wanted & {*numbers(item.nodeid)}]
        config.hook.pytest_deselected(items=[item for item in items if item not in mine])
        items[:] = mine
        for item in mine:
            for number in numbers(item.nodeid):
                self.outcomes[number][item.nodeid] = "not run"
        if not self.run:
            items.clear()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note the worst that happened in a test's three phases."""
        for number in numbers(report.nodeid):
            known = self.outcomes[number].get(report.nodeid)
            if report.failed or (report.when == "call" and known != "failed") or report.skipped:
                self.outcomes[number][report.nodeid] = report.outcome

    def verdict(self, number: int) -> str:
        """Say what became of a fault: the worst of its tests; skipped where none ran."""
        found = set(self.outcomes[number].values())
        if not self.run:
            return "pass" if found else "missing"
        word = next((one for one in _WORST if one in found), "missing")
        return {"passed": "pass", "failed": "FAIL"}.get(word, word)


def main(arguments: list[str]) -> int:
    """Run, print, and return the exit code."""
    listing = "--list" in arguments
    chosen = [one for one in arguments if not one.startswith("-")]
    options = [one for one in arguments if one.startswith("-") and one != "--list"]
    tally = Tally(_chosen(chosen), run=not listing)
    places = [place for place in _PLACES if (ROOT / place).is_dir()]
    pytest.main(["-q", "-p", "no:cacheprovider", *options, *places], plugins=[tally])
    print()
    verdicts = {number: tally.verdict(number) for number in sorted(tally.wanted)}
    for number, verdict in verdicts.items():
        count = len(tally.outcomes[number])
        print(f"{number:3} {verdict:8} {FAULTS[number]} ({count} test{'s' * (count != 1)})")
        for test in sorted(tally.outcomes[number]) if listing else ():
            print(f"      {test}")
    good = sum(verdict == "pass" for verdict in verdicts.values())
    print(f"\n{good} of {len(verdicts)} faults {'have tests' if listing else 'pass'}")
    return int(good < len(verdicts))


def _chosen(words: list[str]) -> set[int]:
    chosen: set[int] = set()
    for word in words:
        first, _, last = word.partition("-")
        chosen.update(range(int(first), int(last or first) + 1))
    return chosen & set(FAULTS) if words else set(FAULTS)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
