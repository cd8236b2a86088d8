"""`python -m tests.fuzz reader --minutes 10`: look for inputs that a target can't take.

Exit code 1 where one was found; it is written to `--found`, a folder, for `tests/fuzz/seeds`. With
`--engine atheris` (Linux: `pip install atheris`) the search follows what code an input reaches.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tests.fuzz.running import Found, known, search
from tests.fuzz.targets import FILES, TARGETS


def main(arguments: list[str]) -> int:
    """Search, and print what was found."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=", ".join(TARGETS))
    parser.add_argument("--minutes", type=float, default=1.0, help="for each target")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--found", type=Path, default=Path("fuzz-found"))
    parser.add_argument("--engine", choices=("plain", "atheris"), default="plain")
    chosen = parser.parse_args(arguments)
    names = chosen.targets or list(TARGETS)
    if unknown := set(names) - set(TARGETS):
        parser.error(f"unknown: {', '.join(sorted(unknown))}")
    if chosen.engine == "atheris":
        return _with_atheris(names[0], chosen.minutes)
    bugs = 0
    for name in names:
        tried, found = search(
            TARGETS[name], known(name), chosen.minutes * 60, chosen.seed, FILES.get(name, 1)
        )
        print(f"{name}: {tried} inputs, {len(found)} bugs", flush=True)
        for bug in found:
            _keep(chosen.found, name, bug)
        bugs += len(found)
    return int(bool(bugs))


def _keep(folder: Path, name: str, bug: Found) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}-{bug.digest}"
    path.write_bytes(bug.data)
    print(f"  {path}: {bug.what}")


def _with_atheris(name: str, minutes: float) -> int:
    """Let libFuzzer search, led by what the code does; it ends the process."""
    import atheris  # type: ignore[import-untyped, import-not-found, unused-ignore]

    with atheris.instrument_imports(include=["nbvc"]):
        import nbvc.diff
        import nbvc.merge
        import nbvc.notebook.reading  # noqa: F401
    seeds = Path(__file__).with_name("seeds")
    options = [f"-max_total_time={int(minutes * 60)}", "-timeout=1", "-rss_limit_mb=2000"]
    atheris.Setup([sys.argv[0], *options, str(seeds)], TARGETS[name])
    atheris.Fuzz()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
