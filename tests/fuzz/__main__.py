"""`python -m tests.fuzz reader --minutes 10`: look for inputs that a target can't take.

Exit code 1 where one was found; it is written to `--found`, a folder, for `tests/fuzz/seeds`. With
`--engine atheris` (Linux: `pip install atheris`) the search follows what code an input reaches, in
a process of its own for each target, which ends with the first find.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from random import Random
from typing import TYPE_CHECKING, Any

# nbvc is imported inside the functions: atheris has to be there first.
if TYPE_CHECKING:
    from tests.fuzz.running import Found


def main(arguments: list[str]) -> int:
    """Search, and print what was found."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("targets", nargs="*", metavar="TARGET", help="all of them by default")
    parser.add_argument("--minutes", type=float, default=1.0, help="for each target")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--found", type=Path, default=Path("fuzz-found"))
    parser.add_argument("--engine", choices=("plain", "atheris"), default="plain")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    chosen = parser.parse_args(arguments)
    if chosen.here:
        _with_atheris(chosen.targets[0], chosen.minutes, chosen.seed, chosen.found)
    from tests.fuzz.targets import TARGETS

    names = chosen.targets or list(TARGETS)
    if unknown := set(names) - set(TARGETS):
        parser.error(f"unknown: {', '.join(sorted(unknown))}; there are {', '.join(TARGETS)}")
    search = _guided if chosen.engine == "atheris" else _plain
    found = [search(name, chosen) for name in names]
    return int(any(found))


def _plain(name: str, chosen: argparse.Namespace) -> bool:
    """Search by mutation alone; whether anything was found."""
    from tests.fuzz.running import known, search
    from tests.fuzz.targets import FILES, TARGETS

    tried, found = search(
        TARGETS[name], known(name), chosen.minutes * 60, chosen.seed, FILES.get(name, 1)
    )
    print(f"{name}: {tried} inputs, {len(found)} bugs", flush=True)
    for bug in found:
        _keep(chosen.found, name, bug)
    return bool(found)


def _keep(folder: Path, name: str, bug: Found) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}-{bug.digest}"
    path.write_bytes(bug.data)
    print(f"  {path}: {bug.what}")


def _guided(name: str, chosen: argparse.Namespace) -> bool:
    """Let a process of its own search with atheris, which ends a process in its own way."""
    words = (name, "--here", "--minutes", chosen.minutes, "--seed", chosen.seed)
    command = [sys.executable, "-m", "tests.fuzz", *map(str, words), "--found", str(chosen.found)]
    ran = subprocess.run(command, check=False, stderr=subprocess.PIPE, text=True)
    lines = ran.stderr.splitlines()
    tried = [line.split()[1] for line in lines if line.startswith("stat::number_of_executed")]
    tried += [line.split()[0].lstrip("#") for line in lines if line.startswith("#")][-1:]
    print(f"{name}: {tried[0] if tried else 'no'} inputs by atheris, exit code {ran.returncode}")
    if ran.returncode:
        print("\n".join(lines[-40:]))
    return bool(ran.returncode)


def _with_atheris(name: str, minutes: float, seed: int, found: Path) -> None:
    """Let libFuzzer search, led by what the code does; it ends the process."""
    import atheris  # type: ignore[import-untyped, import-not-found, unused-ignore]

    with atheris.instrument_imports(include=["nbvc"]):
        _import_all()
        from tests.fuzz.targets import FILES, TARGETS
    from tests.fuzz.mutate import mutated
    from tests.fuzz.running import known

    found.mkdir(parents=True, exist_ok=True)
    seeds = known(name)

    def mutate(data: bytes, most: int, number: int) -> bytes:
        rng = Random(number)
        if rng.random() < 0.3:
            return bytes(atheris.Mutate(data, most))
        return mutated(rng, [data, rng.choice(seeds)], FILES.get(name, 1))[:most]

    with tempfile.TemporaryDirectory() as folder:
        for number, content in enumerate(seeds):
            (Path(folder) / f"{number}").write_bytes(content)
        options = [
            *(f"-max_total_time={int(minutes * 60)}", f"-seed={seed + 1}", "-timeout=10"),
            *("-rss_limit_mb=2000", "-max_len=60000", f"-artifact_prefix={found}/{name}-"),
            *("-print_final_stats=1", "-len_control=0", folder),
        ]
        target: Any = TARGETS[name]
        atheris.Setup([sys.argv[0], *options], target, custom_mutator=mutate)
        atheris.Fuzz()


def _import_all() -> None:
    """Import all of nbvc now: what is imported later is not followed."""
    import nbvc

    for module in walk_packages(nbvc.__path__, "nbvc."):
        if not module.name.endswith("__main__"):
            import_module(module.name)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
