"""The noise table and a project's own keys, compiled: what of metadata counts, and what is removed.

table     colab.name goes, colab.toc_visible stays      {"colab": {"name": "a", "toc_visible": true}}
find_meant                                              {"colab": {"toc_visible": true}}
find_gone                                               colab.name

The longest path decides, and a key of the project decides over all of the table at and below it.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import product

import msgspec
from msgspec.structs import replace

from nbvc.errors import NbvcError
from nbvc.lazy import compile_lazily
from nbvc.normalising.noise import (
    ANY,
    LANGUAGE,
    Kind,
    Level,
    read_language,
    read_rules_of,
    simplify_language,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    from nbvc.normalising.noise import Path, Rule

_STEP = compile_lazily(r'"((?:[^"\\]|\\.)+)"|[^".]+')
_ESCAPED = compile_lazily(r"\\(.)")
_LONGEST = 8
"""A path without quotes stands for every way to join its steps to keys: 2 to the power of this."""


class Keys(msgspec.Struct, frozen=True):
    """Which keys of one level are removed: those of the table, and a project's own.

    Each is a path such as `toc.colors` or `"my.tool".state`. `only` is an allow list: nothing else
    stays. Data about people is removed even without the table, unless `keep` or `only` name it.
    """

    table: bool = True
    drop: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()
    only: tuple[str, ...] | None = None


class MetadataPolicy(msgspec.Struct, frozen=True):
    """Which keys of all levels are noise: what diffs, cleaning, checks and Jupyter share."""

    notebook: Keys = Keys()
    cell: Keys = Keys()
    output: Keys = Keys()

    def find_meant_notebook(self, metadata: dict[str, Any]) -> dict[str, Any]:
        """Return a notebook's metadata without noise, and its language under `language`."""
        language = read_language(metadata)
        root = compile_noise(Level.NOTEBOOK_METADATA, self.notebook)
        return find_meant(metadata, root, language) | {"language": language}

    def find_meant_cell(self, metadata: dict[str, Any], language: str) -> dict[str, Any]:
        """Return a cell's metadata without noise; `language` is the notebook's."""
        return find_meant(metadata, compile_noise(Level.CELL_METADATA, self.cell), language)

    def find_meant_output(self, output: Any) -> Any:
        """Return an output without noise."""
        if type(output) is not dict:
            return output
        meant = {key: value for key, value in output.items() if key not in find_noisy(Level.OUTPUT)}
        metadata = meant.get("metadata")
        if type(metadata) is dict and metadata:
            root = compile_noise(Level.OUTPUT_METADATA, self.output)
            meant["metadata"] = find_meant(metadata, root, "")
        return meant


class Gone(msgspec.Struct, frozen=True):
    """A key that is removed: its path in the value, the rule's own path, and what it is for.

    `kind` is None if the project's own settings remove the key.
    """

    path: Path
    rule: Path
    kind: Kind | None


class RuleNode(msgspec.Struct):
    """What is done about a key, and the nodes of the keys in its value.

    None for `ignored` or `removed` stands for what the node above says.
    """

    below: dict[str, RuleNode] = {}
    any: RuleNode | None = None
    ignored: bool | None = None
    removed: bool | None = None
    kind: Kind | None = None
    path: Path = ()
    defaults: tuple[Any, ...] = ()
    drops_default: bool = False

    def find(self, key: str) -> RuleNode | None:
        """Return the node of a key in the value, None if no rule is about it."""
        return self.below.get(key) or self.any

    def grow(self, path: Path) -> RuleNode:
        """Return the node at a path, which is added if it does not exist."""
        node = self
        for step in path:
            if step == ANY:
                node.any = node.any or RuleNode()
                node = node.any
            else:
                if step not in node.below:
                    node.below[step] = node.any.copy() if node.any else RuleNode()
                node = node.below[step]
        return node

    def copy(self) -> RuleNode:
        """Return a node that has the same content, with copies of the nodes below."""
        below = {key: node.copy() for key, node in self.below.items()}
        return replace(self, below=below, any=self.any.copy() if self.any else None)

    def decide(self, path: Path, *, goes: bool) -> None:
        """Take a project's own key: nothing of the table counts at this node and below it."""
        self.below, self.any, self.kind, self.defaults, self.drops_default = (
            {},
            None,
            None,
            (),
            False,
        )
        self.ignored = self.removed = goes
        self.path = path


@lru_cache(maxsize=64)
def compile_keys(level: Level, keys: Keys) -> RuleNode:
    """Return what cleaning removes at a level. Raises `NbvcError` for a path that cannot be read."""
    root = RuleNode()
    if keys.only is None:
        for rule in read_rules_of(level):
            if keys.table or rule.kind is Kind.PERSON:
                _add_rule(root, rule)
    else:
        root.removed = True
    keep = (*keys.keep, *(keys.only or ()))
    own = [
        (path, goes)
        for names, goes in ((keys.drop, True), (keep, False))
        for path in _read_paths(names)
    ]
    for path, goes in sorted(own, key=lambda one: len(one[0])):
        root.grow(path).decide(path, goes=goes)
    return root


def compile_noise(level: Level, keys: Keys) -> RuleNode:
    """Return what a diff ignores at a level: the table, but for a project's own keys."""
    if keys.only is None and keys.table:
        return compile_keys(level, keys)
    return compile_keys(level, Keys(drop=keys.drop, keep=keys.keep))


@lru_cache(maxsize=8)
def find_noisy(level: Level) -> frozenset[str]:
    """Return the keys of an object with fixed keys (notebook, cell, output) that a diff ignores."""
    return frozenset(
        path[0] for rule in read_rules_of(level) if rule.ignored for path in rule.paths
    )


def _add_rule(root: RuleNode, rule: Rule) -> None:
    for path in rule.paths:
        node = root.grow(path)
        node.ignored, node.removed, node.kind, node.path = (
            rule.ignored,
            rule.removed,
            rule.kind,
            path,
        )
        node.defaults, node.drops_default = rule.defaults, rule.drops_default
        if rule.kind is Kind.LANGUAGE:
            # It is compared as a whole, apart from its place.
            node.ignored = True


# Paths


def _read_paths(names: Sequence[str]) -> Iterator[Path]:
    for name in names:
        yield from read_path(name)


def read_path(text: str) -> list[Path]:
    """Return what a path in the settings stands for, as tuples of keys.

    `a.b` is the key `a.b` and the key `b` in `a`: keys with dots are common. A part in quotes is one
    key. Raises `NbvcError`.
    """
    runs: list[list[Path]] = []
    bare: list[str] = []
    for step, is_quoted in _read_steps(text):
        if not is_quoted:
            bare.append(step)
            continue
        runs += [_join_steps(bare), [(step,)]]
        bare = []
    runs.append(_join_steps(bare))
    return [tuple([key for part in parts for key in part]) for parts in product(*runs)]


def _read_steps(text: str) -> Iterator[tuple[str, bool]]:
    position, count = 0, 0
    while position <= len(text):
        match = _STEP.match(text, position)
        if match is None or (match.end() < len(text) and text[match.end()] != "."):
            raise NbvcError(
                f"invalid key {text!r}", hint='write a.b, or a."b.c" if a key has dots or quotes'
            )
        count += match[1] is None
        if count > _LONGEST:
            raise NbvcError(f"too many dots in {text!r}", hint="write keys with dots in quotes")
        if match[1] is None:
            yield match[0], False
        else:
            yield _ESCAPED.sub(r"\1", match[1]), True
        position = match.end() + 1


def _join_steps(steps: list[str]) -> list[Path]:
    """Return every way to join neighbors: a, b → (a, b) and (a.b)."""
    found: list[Path] = [()]
    for index, step in enumerate(steps):
        longer = [(*path, step) for path in found]
        if index:
            longer += [(*path[:-1], f"{path[-1]}.{step}") for path in found]
        found = longer
    return found


def name_path(path: Path) -> str:
    """Return a path as it is written in the settings."""
    return ".".join([f'"{step}"' if "." in step else step for step in path])


# What counts, and what is removed


def find_meant(
    value: dict[str, Any], node: RuleNode, language: str, *, ignored: bool = False
) -> dict[str, Any]:
    """Return an object without what a diff ignores, and without values that mean absence."""
    meant: dict[str, Any] = {}
    for key, item in value.items():
        child = node.find(key)
        if child is None:
            if not ignored:
                meant[key] = item
            continue
        quiet = ignored if child.ignored is None else child.ignored
        if child.defaults and is_default(item, child.defaults, language):
            continue
        if type(item) is dict and (child.below or child.any):
            inner = find_meant(item, child, language, ignored=quiet)
            if inner:
                meant[key] = inner
        elif not quiet:
            meant[key] = item
    return meant


def is_default(value: Any, defaults: tuple[Any, ...], language: str) -> bool:
    """Return whether a value means what absence means."""
    for default in defaults:
        if default == LANGUAGE:
            if type(value) is str and simplify_language(value) == language:
                return True
        elif type(value) is type(default) and value == default:
            return True
    return False


def find_gone(
    value: dict[str, Any], root: RuleNode, language: str, shown: frozenset[str]
) -> list[Gone]:
    """Return the keys of an object that cleaning removes.

    `shown` are the widgets that outputs which stay show, or anything if a cell has such outputs: what
    belongs to them stays. An object that is empty then is removed, too.
    """
    context = _Context(language, shown)
    return list(_find_gone(value, root, (root.removed is True, None, ()), (), context))


class _Context(msgspec.Struct, frozen=True):
    language: str
    shown: frozenset[str]


def _find_gone(
    value: dict[str, Any],
    node: RuleNode,
    above: tuple[bool, Kind | None, Path],
    path: Path,
    context: _Context,
) -> Iterator[Gone]:
    for key, item in value.items():
        child = node.find(key)
        here = (*path, key)
        if child is None:
            if above[0]:
                yield Gone(here, above[2] or here, above[1])
            continue
        verdict = above if child.removed is None else (child.removed, child.kind, child.path)
        if child.kind is Kind.DATA and child.removed and context.shown:
            stays = child is not node.any or key in context.shown
            verdict = (not stays, child.kind, child.path)
        if type(item) is dict and (child.below or child.any):
            inner = list(_find_gone(item, child, verdict, here, context))
            if len({one.path for one in inner if len(one.path) == len(path) + 2}) < len(item):
                yield from inner
            elif item:
                yield from [Gone(here, one.rule, one.kind) for one in inner]
            else:
                yield Gone(here, here, verdict[1] or Kind.TRACE)
        elif verdict[0] or (
            child.drops_default and is_default(item, child.defaults, context.language)
        ):
            yield Gone(here, verdict[2] or here, verdict[1])
