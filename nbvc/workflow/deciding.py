"""What holds for a notebook, by its path: is it excluded, what is removed, what counts as a change.

    path ──nearest settings file──▶ Rules ──▶ Decision(excluded, policy, diff, why)

Both front ends, hooks and the filter ask here, and nothing else reads settings. The nearest file at
or above a notebook holds as a whole, up to the top of the repository; `extend` in it names one more.
"""

from __future__ import annotations

import os
import posixpath
from functools import partial

import msgspec

from nbvc.diffing.policy import DiffPolicy
from nbvc.errors import NbvcError, UnreadableSettingsError
from nbvc.normalising.settings import FILES, Origin, Rules, lay_over, read_settings
from nbvc.workflow.places import Locator, root_folder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from nbvc.git.plumbing.objects import Objects
    from nbvc.normalising.patterns import Pattern
    from nbvc.normalising.policy import Policy
    from nbvc.normalising.settings import Settings

    Read = Callable[[str], "bytes | None"]


class PathOverrides(msgspec.Struct, frozen=True):
    """What a command line says over the settings of [tool.nbvc.clean].

    Without `exclude` nothing is excluded.
    """

    clean: dict[str, Any] = {}
    exclude: bool = True


NOTHING = PathOverrides()


class PathDecision(msgspec.Struct, frozen=True):
    """What holds for one notebook: what `nbvc clean` removes, and what a diff counts as a change.

    `excluding` is the pattern that excludes it, None if it is not excluded.
    """

    _policy: Policy | None
    diff: DiffPolicy
    rules: Rules = Rules()
    excluding: Pattern | None = None

    @property
    def policy(self) -> Policy:
        """What `nbvc clean` removes."""
        if self._policy is not None:
            return self._policy
        from nbvc.normalising.policy import PRESETS

        return PRESETS["strip"]

    @property
    def excluded(self) -> bool:
        """Whether nbvc leaves the notebook as it is."""
        return self.excluding is not None

    @property
    def why(self) -> Origin | None:
        """Where this is written: the pattern that excludes it, or else the nearest settings file."""
        if self.excluding is not None:
            return self.rules.find_pattern_origin(self.excluding)
        return Origin(self.rules.label, 1) if self.rules.label is not None else None

    @property
    def storing(self) -> Policy:
        """What is removed on the way into git: never a cell, or git would write the file without it."""
        from nbvc.normalising.configuring import keep_cells

        return keep_cells(self.policy)


_SHORT = 10
"""So many characters of a commit's ID are enough for people."""

_LONGEST_CHAIN = 20
"""So many files may extend each other."""


class Resolver:
    """Decides for all files below one folder, each given by its path from there, with `/`.

    `read` returns the content of a file, None if it does not exist: of files on disk, of the index or
    of a commit. `label` names a settings file in messages. `below` are settings of [tool.nbvc.diff]
    that those of files replace: nbdime's.
    """

    def __init__(
        self,
        read: Read,
        label: Callable[[str], str] = str,
        asked: PathOverrides = NOTHING,
        below: Mapping[str, Any] = {},
    ) -> None:
        self._read = read
        self._label = label
        self._asked = asked
        self._below = below
        self._rules: dict[str, Rules] = {}
        self._policies: dict[str | None, tuple[Policy | None, DiffPolicy]] = {}

    @classmethod
    def of_folder(
        cls, top: str, asked: PathOverrides = NOTHING, below: Mapping[str, Any] = {}
    ) -> Resolver:
        """Return the resolver for files on disk below a folder."""

        def read(name: str) -> bytes | None:
            from nbvc.notebook.content import read_content

            path = os.path.join(top, name)
            return read_content(path) if os.path.isfile(path) else None

        return cls(read, lambda name: os.path.join(top, name), asked, below)

    @classmethod
    def of_version(
        cls, objects: Objects, revision: str, asked: PathOverrides = NOTHING
    ) -> Resolver:
        """Return the resolver for the files of a commit, or of the index if `revision` is empty."""
        return cls(partial(objects.at, revision), lambda name: f"{revision[:_SHORT]}:{name}", asked)

    def decide(self, name: str) -> PathDecision:
        """Return what holds for a file. Raises `NbvcError` for settings that are wrong."""
        rules = self.find_rules(posixpath.dirname(name))
        policy, diff = self._judge(rules)
        excluding = rules.find_excluding(name) if self._asked.exclude else None
        return PathDecision(policy, diff, rules, excluding)

    def find_rules(self, folder: str) -> Rules:
        """Return the settings that hold for the files of a folder. Raises `NbvcError`."""
        passed: list[str] = []
        rules = self._rules.get(folder)
        while rules is None:
            passed.append(folder)
            if (found := self._find_settings(folder)) is not None:
                rules = self._extend(found)
            elif not folder:
                rules = Rules()
            else:
                folder = posixpath.dirname(folder)
                rules = self._rules.get(folder)
        self._rules.update(dict.fromkeys(passed, rules))
        return rules

    def _find_settings(self, folder: str) -> Settings | None:
        for name in FILES:
            if (found := self._read_settings(posixpath.join(folder, name))) is not None:
                return found
        return None

    def _read_settings(self, name: str) -> Settings | None:
        content = self._read(name)
        return None if content is None else read_settings(content, name, self._label(name))

    def _extend(self, settings: Settings, above: tuple[str, ...] = ()) -> Rules:
        """Return a file's settings on top of those that it extends; `above` are those that led here."""
        rules = Rules()
        if settings.extend is not None:
            chain = (*above, settings.name)
            rules = self._extend(self._find_extended(settings, settings.extend, chain), chain)
        rules = rules.add_settings(settings)
        self._judge(rules)
        return rules

    def _find_extended(self, settings: Settings, target: str, chain: tuple[str, ...]) -> Settings:
        name = posixpath.normpath(posixpath.join(posixpath.dirname(settings.name), target))
        if posixpath.isabs(name) or name.split("/", 1)[0] == "..":
            problem = f"'extend' leads out of the repository: {target!r}"
        elif name in chain:
            problem = f"'extend' leads back to where it began: {target!r}"
        elif len(chain) > _LONGEST_CHAIN:
            problem = f"'extend' leads through more than {_LONGEST_CHAIN} files"
        elif (found := self._read_settings(name)) is None:
            problem = f"'extend' names a file that does not exist or has no settings: {target!r}"
        else:
            return found
        raise NbvcError(problem, where=settings.label)

    def _judge(self, rules: Rules) -> tuple[Policy | None, DiffPolicy]:
        """Return the policies of rules with what was asked on top, checked once for each file."""
        if rules.label is None and not self._asked.clean and not self._below:
            return None, DiffPolicy()
        if rules.label not in self._policies:
            from nbvc.diffing.configuring import configured_diff
            from nbvc.diffing.nbdime_config import put_below
            from nbvc.normalising.configuring import make_policy

            policy = make_policy(rules.clean, rules.label)
            diff = configured_diff(put_below(self._below, rules.diff), rules.clean, rules.label)
            if self._asked.clean:
                policy = make_policy(lay_over(rules.clean, self._asked.clean))
            self._policies[rules.label] = policy, diff
        return self._policies[rules.label]


class Decider:
    """Decides for files on disk, wherever each is, for the length of one command.

    A link is excluded by its own name, and if its target is: to clean it is to clean the target.
    """

    def __init__(self, asked: PathOverrides = NOTHING, below: Mapping[str, Any] = {}) -> None:
        self._asked = asked
        self._below = below
        self._locator = Locator()
        self._resolvers: dict[str, Resolver] = {}

    def decide(self, path: str) -> PathDecision:
        """Return what holds for a file. Raises `NbvcError` for settings that are wrong."""
        top, name = self._locator.locate(path)
        if top is None:
            top = root_folder(os.path.abspath(path))
        if top not in self._resolvers:
            self._resolvers[top] = Resolver.of_folder(top, self._asked, self._below)
        decision = self._resolvers[top].decide(name)
        if os.path.islink(path) and not decision.excluded:
            target = os.path.realpath(path)
            if not os.path.islink(target) and (behind := self.decide(target)).excluded:
                return msgspec.structs.replace(
                    decision, rules=behind.rules, excluding=behind.excluding
                )
        return decision


class DiffDecider:
    """Decides what counts as a change in files on disk, for the length of one command.

    nbdime's settings hold below those of [tool.nbvc.diff]. A settings file that is not TOML, as in the
    middle of a merge, hides no change, nor does one that nbdime would refuse: `skip` gets its path and
    the reason once, and nothing of it holds.
    """

    def __init__(self, skip: Callable[[str, str], None], environ: Mapping[str, str]) -> None:
        from nbvc.workflow.nbdime_config import settings_below

        self._decider = Decider(below=settings_below(environ, skip))
        self._skip = skip
        self._reported: set[str] = set()

    def decide(self, path: str) -> DiffPolicy:
        """Return what counts as a change in a file. Raises `NbvcError` for settings that are wrong."""
        try:
            return self._decider.decide(path).diff
        except UnreadableSettingsError as error:
            where = error.where or ""
            if where not in self._reported:
                self._reported.add(where)
                self._skip(where, f"{error.message}, so its settings do not hold")
            return DiffPolicy()
