"""Repositories whose notebook goes through everything that happens to notebooks."""

from __future__ import annotations

import os
import random
from pathlib import Path
from typing import Any

from nbvc.versions.history import History
from tests.integration.git.sandbox import git, new, opened
from tests.integration.versions.replay import Commit
from tests.making import code, file, markdown, stream

_WORDS = ("load", "clean", "fit", "plot", "mean", "frame", "model", "table", "train", "score")


class Made:
    """A repository under way, and the commits in it as a replay wants them."""

    def __init__(self, folder: Path, name: str = "a.ipynb") -> None:
        self.folder = new(folder)
        self.name = name
        self.clock = 1_700_000_000
        self.commits: list[Commit] = []

    def commit(self, content: bytes | None, *, parents: tuple[str, ...] | None = None) -> str:
        """Commit a content of the notebook (None deletes it) on top of HEAD or of `parents`."""
        self.clock += 60
        known = self.commits[-1].id if self.commits else ""
        before = parents if parents is not None else ((known,) if known else ())
        oid = self._written(content, before)
        self.commits.append(Commit(oid, before, content))
        git(self.folder, "update-ref", "HEAD", oid)
        return oid

    def _written(self, content: bytes | None, parents: tuple[str, ...]) -> str:
        entries = ""
        if content is not None:
            blob = git(self.folder, "hash-object", "-w", "--stdin", stdin=content)
            entries = f"100644 blob {blob}\t{self.name}\n"
        tree = git(self.folder, "mktree", stdin=entries.encode())
        stamp = f"{self.clock} +0000"
        env = {"GIT_AUTHOR_DATE": stamp, "GIT_COMMITTER_DATE": stamp}
        args = [part for parent in parents for part in ("-p", parent)]
        return git(self.folder, "commit-tree", tree, *args, "-m", f"at {self.clock}", env=env)

    def history(self) -> History:
        """The history of the notebook under the name that it has now."""
        return History(opened(self.folder), self.name)


def lines(chance: random.Random) -> str:
    count = chance.randint(1, 5)
    return "\n".join(
        f"{chance.choice(_WORDS)}_{chance.randint(0, 30)} = {chance.choice(_WORDS)}()"
        for _ in range(count)
    )


def first(chance: random.Random) -> list[dict[str, Any]]:
    return [fresh(chance) for _ in range(chance.randint(1, 7))]


def fresh(chance: random.Random) -> dict[str, Any]:
    if chance.random() < 0.25:
        return markdown(f"# {lines(chance)}")
    return code(
        lines(chance), [stream(f"{chance.randint(0, 9)}\n")] if chance.random() < 0.6 else []
    )


def edited(cells: list[dict[str, Any]], chance: random.Random) -> list[dict[str, Any]]:
    """Do one thing that people do to notebooks."""
    cells = [dict(cell) for cell in cells]
    if not cells:
        return [fresh(chance)]
    at = chance.randrange(len(cells))
    cell = cells[at]
    what = chance.randrange(9)
    if what == 0:
        cells.insert(at, fresh(chance))
    elif what == 1 and len(cells) > 1:
        del cells[at]
    elif what == 2:
        cells.insert(chance.randrange(len(cells)), cells.pop(at))
    elif what == 3 and "\n" in cell["source"]:
        rows = cell["source"].split("\n")
        cut = chance.randrange(1, len(rows))
        cells[at : at + 1] = [
            {**cell, "source": "\n".join(rows[:cut])},
            {**cell, "source": "\n".join(rows[cut:])},
        ]
    elif what == 4 and at + 1 < len(cells) and cells[at + 1]["cell_type"] == cell["cell_type"]:
        both = f"{cell['source']}\n{cells[at + 1]['source']}"
        cells[at : at + 2] = [{**cell, "source": both}]
    elif what == 5 and cell["cell_type"] == "code":
        cell["outputs"] = [stream(f"{chance.randint(0, 99)}\n")]
    elif what == 6 and cell["cell_type"] == "code":
        cell["execution_count"] = chance.randint(1, 99)
    else:
        rows = cell["source"].split("\n")
        rows[chance.randrange(len(rows))] = lines(chance).split("\n")[0]
        cell["source"] = "\n".join(rows)
    return cells


def random_history(folder: Path, seed: int, size: int = 10) -> Made:
    """Make a repository of commits, branches and merges, with renames, broken files and deletions."""
    chance = random.Random(seed)
    made = Made(folder)
    contents = {made.commit(file(*(cells := first(chance)))): cells}
    tips = [made.commits[-1].id]
    for _ in range(size):
        kind = chance.random()
        at = chance.randrange(len(tips))
        cells = contents[tips[at]]
        if kind < 0.2 and len(tips) > 1:
            at, other = chance.sample(range(len(tips)), 2)
            mixed = _mixed(contents[tips[at]], contents[tips[other]], chance)
            oid = made.commit(file(*mixed), parents=(tips[at], tips[other]))
            contents[oid] = mixed
            tips = [tip for place, tip in enumerate(tips) if place not in (at, other)] + [oid]
            continue
        if kind < 0.27:
            oid = made.commit(b"<<<<<<< HEAD\n", parents=(tips[at],))
        else:
            cells = edited(cells, chance)
            oid = made.commit(file(*cells), parents=(tips[at],))
        contents[oid] = cells
        if kind > 0.85 and len(tips) < 3:
            tips.append(oid)
        else:
            tips[at] = oid
    while len(tips) > 1:
        ours, theirs = tips.pop(), tips.pop()
        mixed = _mixed(contents[ours], contents[theirs], chance)
        oid = made.commit(file(*mixed), parents=(ours, theirs))
        contents[oid] = mixed
        tips.append(oid)
    if made.commits[-1].id != tips[0]:
        contents[made.commit(file(*edited(contents[tips[0]], chance)), parents=(tips[0],))] = []
    return made


def _mixed(
    ours: list[dict[str, Any]], theirs: list[dict[str, Any]], chance: random.Random
) -> list[dict[str, Any]]:
    """What a merge may make of two sides: one of them, or cells of both."""
    if chance.random() < 0.4:
        return chance.choice((ours, theirs))
    cut = chance.randint(0, min(len(ours), len(theirs)))
    return [*ours[:cut], *theirs[cut:]] or ours or theirs


def clone(bundle: Path, folder: Path) -> Path:
    """Make a repository of a bundle."""
    git(folder.parent, "clone", "-q", os.fspath(bundle), os.fspath(folder))
    return folder
