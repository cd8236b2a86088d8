"""Pages, help, messages and the browser's texts are plain English."""

from __future__ import annotations

from collections import defaultdict

import click
import pytest

from nbvc.cli.settings.groups import LazyGroup
from tests.unit.english.rules import COMPILED, LONGEST_SUMMARY, RULES, VERBS, Rule
from tests.unit.english.texts import commands, read_all, read_errors, read_help

_FOUND: dict[str, list[str]] = defaultdict(list)


def find_all() -> dict[str, list[str]]:
    """Find every break of a rule, by the rule's pattern; all texts are read once."""
    if not _FOUND:
        _FOUND[""] = []
        for text in read_all():
            for rule, pattern in COMPILED:
                found = pattern.search(text.text) if text.kind in rule.kinds else None
                if found:
                    near = text.text[max(0, found.start() - 60) : found.end() + 40]
                    _FOUND[rule.pattern].append(f"{text.place}: … {near} …")
    return _FOUND


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.instead)
def test_english_of_all_texts(rule: Rule) -> None:
    found = find_all()[rule.pattern]
    assert not found, f"write: {rule.instead}\n" + "\n".join(found)


@pytest.mark.parametrize(("rule", "pattern"), COMPILED, ids=lambda one: getattr(one, "bad", ""))
def test_english_rules_find_their_example(rule: Rule, pattern: object) -> None:
    import re

    assert isinstance(pattern, re.Pattern)
    assert pattern.search(rule.bad)
    for other, compiled in COMPILED:
        assert not compiled.search(rule.good), other.instead


def test_english_errors_end_without_a_period() -> None:
    ended = [
        f"{text.place}: {text.text}" for text in read_errors() if text.text.rstrip().endswith(".")
    ]
    assert not ended, "\n".join(ended)


def test_english_summaries_are_short_and_imperative() -> None:
    for text in read_help():
        if text.kind != "summary" or text.place == "nbvc --help":
            continue
        assert len(text.text) <= LONGEST_SUMMARY, text
        assert text.text.partition(" ")[0] in VERBS, text
        assert text.text.endswith("."), text


def test_english_summaries_of_groups_are_those_of_their_commands() -> None:
    """A group lists its commands without importing them, so their summaries are written twice."""
    for name, group in commands():
        if isinstance(group, LazyGroup):
            context = click.Context(group, info_name=name)
            for section in group.sections.values():
                for one, summary in section.items():
                    command = group.get_command(context, one)
                    assert command is not None
                    assert (command.help or "").split("\n\n")[0] == summary, f"{name} {one}"
