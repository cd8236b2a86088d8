"""`python -m tests.acceptance.running OUT NUMBERS PLACES…`: the tests of some faults, in one process.

What became of each test goes into OUT as JSON, with the files that could not be collected. A process
of its own for each group of tests: a browser's driver keeps an event loop running where others can't
have theirs.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from tests.acceptance.faults import numbers


class Tally:
    """What became of the tests of each fault."""

    def __init__(self, wanted: set[int], *, run: bool) -> None:
        self.wanted = wanted
        self.run = run
        self.outcomes: dict[str, str] = {}
        self.broken: list[str] = []

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Note a file whose tests are unknown."""
        if report.failed:
            self.broken.append(report.nodeid)

    def pytest_collection_modifyitems(
        self, config: pytest.Config, items: list[pytest.Item]
    ) -> None:
        """Keep the tests of the faults that are wanted."""
        mine = [item for item in items if self.wanted & {*numbers(item.nodeid)}]
        config.hook.pytest_deselected(items=[item for item in items if item not in mine])
        self.outcomes.update((item.nodeid, "not run") for item in mine)
        items[:] = mine if self.run else []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note the worst that happened in a test's three phases."""
        says = report.when == "call" or report.outcome != "passed"
        if says and self.outcomes.get(report.nodeid) != "failed":
            self.outcomes[report.nodeid] = report.outcome


def main(arguments: list[str]) -> int:
    """Run, and write down what came of it; `-` as OUT's first letter means not to run."""
    out, words, *places = arguments
    tally = Tally({int(word) for word in words.split(",")}, run=not out.startswith("-"))
    options = ["-q", "-p", "no:cacheprovider", "--continue-on-collection-errors"]
    pytest.main([*options, *places], plugins=[tally])
    found = {"outcomes": tally.outcomes, "broken": tally.broken}
    Path(out.removeprefix("-")).write_text(json.dumps(found), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
