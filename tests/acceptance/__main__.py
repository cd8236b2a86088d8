"""`python -m tests.acceptance`: run the tests of all seventy faults, and print the list.

Exit code 1 where a fault fails, has no test, or none that could run here. `--list` names the tests of
each without a run; numbers run these alone: `python -m tests.acceptance 24 66-70`. What begins with
`-` goes to pytest. A fault passes when all of its tests did, but for those that were skipped: they
are counted behind it.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.acceptance.faults import FAULTS, numbers

ROOT = Path(__file__).resolve().parents[2]
_BROWSER = ("tests/browser/pages", "tests/browser/jupyter")
_REST = ("tests", *(f"--ignore={folder}" for folder in _BROWSER))


def main(arguments: list[str]) -> int:
    """Run, print, and return the exit code."""
    listing = "--list" in arguments
    wanted = _chosen([one for one in arguments if not one.startswith("-")])
    options = [one for one in arguments if one.startswith("-") and one != "--list"]
    outcomes: dict[str, str] = {}
    broken: list[str] = []
    for group in (_REST, *((folder,) for folder in _BROWSER)):
        became, unknown = _ran(wanted, [*options, *group], run=not listing)
        outcomes |= became
        broken += unknown
    tests = {number: _tests(number, outcomes) for number in sorted(wanted)}
    verdicts = {number: _verdict(found, run=not listing) for number, found in tests.items()}
    print()
    for number, found in tests.items():
        print(f"{number:3} {verdicts[number]:8} {FAULTS[number]} ({_counted(found)})")
        for test, outcome in sorted(found.items()):
            if listing or outcome not in {"passed", "skipped"}:
                print(f"      {'' if listing else f'{outcome}: '}{test}")
    good = sum(verdict == "pass" for verdict in verdicts.values())
    print(f"\n{good} of {len(verdicts)} faults {'have tests' if listing else 'pass'}")
    print("".join(f"could not be read: {one}\n" for one in broken), end="")
    return int(good < len(verdicts) or bool(broken))


def _ran(wanted: set[int], options: list[str], *, run: bool) -> tuple[dict[str, str], list[str]]:
    """Let another process run some tests; what became of each, and what could not be read."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "outcomes.json"
        words = ",".join(map(str, wanted))
        command = [sys.executable, "-m", "tests.acceptance.running"]
        subprocess.run(
            [*command, f"{'' if run else '-'}{out}", words, *options], cwd=ROOT, check=False
        )
        if not out.exists():
            return {}, [" ".join(options)]
        found = json.loads(out.read_text("utf-8"))
    return found["outcomes"], found["broken"]


def _tests(number: int, outcomes: dict[str, str]) -> dict[str, str]:
    return {test: outcome for test, outcome in outcomes.items() if number in numbers(test)}


def _verdict(tests: dict[str, str], *, run: bool) -> str:
    """Say what became of a fault: the worst of its tests; skipped where none ran."""
    found = set(tests.values())
    if not found:
        return "missing"
    if not run or (found <= {"passed", "skipped"} and "passed" in found):
        return "pass"
    return "skipped" if found == {"skipped"} else "FAIL"


def _counted(tests: dict[str, str]) -> str:
    skipped = sum(outcome == "skipped" for outcome in tests.values())
    text = f"{len(tests)} test{'s' * (len(tests) != 1)}"
    return f"{text}, {skipped} skipped" if skipped else text


def _chosen(words: list[str]) -> set[int]:
    chosen: set[int] = set()
    for word in words:
        first, _, last = word.partition("-")
        chosen.update(range(int(first), int(last or first) + 1))
    return chosen & set(FAULTS) if words else set(FAULTS)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
