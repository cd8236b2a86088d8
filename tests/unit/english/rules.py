"""Patterns for what nbvc does not write, each with what it writes instead."""

from __future__ import annotations

import re
from typing import NamedTuple

ALL = frozenset({"page", "summary", "help", "option", "message", "ui", "schema"})
PROGRAM = ALL - {"page"}
TERMINAL = PROGRAM - {"ui", "schema"}
CODE = frozenset({"docstring", "comment"})
EVERYWHERE = ALL | CODE


class Rule(NamedTuple):
    """A pattern, what to write instead, an example of both, and the kinds of text it is for."""

    pattern: str
    instead: str
    bad: str
    good: str
    kinds: frozenset[str] = ALL


RULES = (
    Rule(
        r"^(?:Bring|Forget|Have|Hear|Mend|Say|Speak|Tell)\b",
        "Return whether, print, restore, delete",
        "Tell whether it is one",
        "Return whether it is one",
        frozenset({"docstring"}),
    ),
    Rule(
        r"(?i)\btells? whether\b",
        "return whether",
        "edit it, and tell whether it changed",
        "edit it, and return whether it changed",
        CODE,
    ),
    Rule(
        r"\b(?:None|[Ee]mpty|itself|nothing|False|True|Raises? `\w+`) where\b",
        "if",
        "None where it has no name",
        "None if it has no name",
        EVERYWHERE,
    ),
    Rule(
        r"\b(?<!here )(?:is|are|was|were) no (?!longer|more|better|worse|larger)",
        "negate the verb: is not a …",
        "this is no diff",
        "this is not a diff",
        EVERYWHERE,
    ),
    Rule(
        r"\b[Tt]here (?:is|are) no (?:such )?(?:file|folder|notebook|commit|command|cell|branch)\b",
        "… does not exist, unknown …",
        "there is no commit 'a'",
        "unknown commit 'a'",
        PROGRAM,
    ),
    Rule(
        r"(?:^|[.:;] )Where (?![^.]*\?)(?!to |I )",
        "If …",
        "Where it is gone, …",
        "If it is gone, …",
    ),
    Rule(
        r"\b(?:also|even|except|only|but|codes? \d|[0-3]) where\b"
        r"|, where (?:it|there|the|a|one|nothing|no) ",
        "if, when",
        "exit 1 where it fails",
        "exit 1 if it fails",
    ),
    Rule(r"\bmend(?:s|ed|ing)?\b", "fix, repair", "how to mend it", "how to fix it", EVERYWHERE),
    Rule(
        r"\b(?:stands?|stood)\b(?! for\b)",
        "is, appears",
        "the key stands twice",
        "the key appears twice",
        EVERYWHERE,
    ),
    Rule(
        r"\b(?:lies|lie|lain)\b",
        "is, are",
        "the store lies there",
        "the store is there",
        EVERYWHERE,
    ),
    Rule(r"\b(?:tells?|told)\b", "show, report, print", "doctor tells it", "doctor reports it"),
    Rule(
        r"\bwhat (?:was|is|were|are) (?:said|there|had|what)\b",
        "name the noun",
        "what was there is saved",
        "the previous content is saved",
    ),
    Rule(r"\bresults\b", "outputs", "without results", "without outputs", PROGRAM),
    Rule(
        r"(?:^|[.:] )(?:Only )?Of (?:the|all|these|those|older|a) ",
        "subject first",
        "Of the others none stays",
        "The others are deleted",
    ),
    Rule(r"[\d}] %", "percent without a space", "21 % changed", "21% changed"),
    Rule(r"(?<![-.`\"\w/<{])\bids?\b(?![`\"=\w,}])", "ID, IDs", "cell ids", "cell IDs"),
    Rule(
        r"(?i)\b(?:colours?|coloured|behaviours?|(?<!nbvc/)normalis\w+|initialis\w+|licen[c]e|"
        r"recognis\w+|organis\w+|serialis\w+|centred?|grey|favours?|favourite|neighbours?|"
        r"catalogue|analyse[ds]|summaris\w+|minimis\w+)\b",
        "US spelling",
        "the behaviour",
        "the behavior",
    ),
    Rule(
        r"\brefs/",
        "name the thing, not git's ref",
        "pushed refs/nbvc/x",
        "pushed the checkpoints",
        frozenset({"summary", "help", "option", "ui"}),
    ),
    Rule(
        r"Expecting value|JSONDecodeError|Traceback|msgspec|Object (?:missing|contains)",
        "no words of a parser",
        "Expecting value",
        "not a notebook",
        frozenset({"ui", "summary", "help", "option"}),
    ),
    Rule(
        r"\bnobody\b|\b(?:has|have|had) none\b",
        "negate the verb",
        "the file has none",
        "the file has no cells",
    ),
    Rule(r"(?i)\bwork trees?\b", "working tree", "the work tree", "the working tree", EVERYWHERE),
    Rule(r"(?i)\bsave points?\b", "checkpoint", "make a save point", "create a checkpoint"),
    Rule(
        r"(?i)\b(?:leav(?:e|es|ing)|left) (?:\w+ )?out\b",
        "skip, exclude, omit",
        "outputs are left out",
        "outputs are skipped",
        ALL - {"ui", "schema"},
    ),
    Rule(
        r"(?i)\bundecided\b|\bto decide\b|\bdecided?(?: on)?(?= (?:them|it|on|so)\b|[:;.]|$)",
        "resolve, unresolved",
        "2 cells to decide",
        "2 conflicts",
        TERMINAL,
    ),
    Rule(
        r"(?i)(?:outputs?|sources?), counts\b|(?<!execution )\bcounts, (?:ids|timings)",
        "execution counts",
        "outputs, counts and noise",
        "outputs, execution counts and noise",
    ),
    Rule(
        r"\banother than\b",
        "different from",
        "another than this",
        "different from this",
        EVERYWHERE,
    ),
    Rule(
        r"\bbr(?:ings?|ought)\b",
        "restore, add, include",
        "brings outputs back",
        "restores outputs",
    ),
    Rule(r"\bso many\b", "N", "keep so many", "keep N"),
    Rule(r"\bbe had\b", "is available", "it can be had", "it is available"),
    Rule(
        r"\b(?:speaks? of|spoken of|spoke|hear out|heard out)\b",
        "name, describe",
        "it speaks of cells",
        "it names cells",
    ),
    Rule(r"\b(?:does|do|did) no\b", "does not", "it does no harm", "it is safe"),
    Rule(r"\ball is\b", "name the noun", "all is done", "the commit is done"),
    Rule(
        r"\bsay(?:s|ing)?\b|\bsaid\b",
        "report, print, show, set",
        "doctor says whether",
        "doctor reports whether",
        PROGRAM,
    ),
    Rule(
        r"(?:;[^;.]*){3,}",
        "no chains of semicolons",
        "a; b; c; d",
        "a. b. c",
        frozenset({"summary", "option", "ui"}),
    ),
    Rule(r"\) \(", "no two brackets in a row", "x (a) (b)", "x (a, b)"),
    Rule(
        r"(?i)\bon the disk\b",
        "on disk",
        "the file on the disk",
        "the file on disk",
        EVERYWHERE - {"ui", "schema"},
    ),
    Rule(
        r"(?i)\bwhat (?:goes|holds)\b",
        "what is removed, guarantees",
        "what goes is stored",
        "removed outputs are stored",
    ),
    Rule(
        r"(?i)\bfull of (?:git's )?(?:conflict|<<<)",
        "that contains",
        "a file full of conflict markers",
        "a file that contains conflict markers",
    ),
    Rule(r"\blife of\b", "history", "the life of a cell", "the history of a cell"),
    Rule(
        r"(?i)\bgit (?:knows|gets|keeps|is told)\b",
        "git tracks, stores, lists",
        "git keeps the same",
        "git stores the same",
    ),
    Rule(
        r"\bforgets?\b|\bforgotten\b",
        "delete",
        "it forgets them",
        "it deletes them",
        PROGRAM,
    ),
    Rule(r"\bbelongs? into\b", "in", "it belongs into git", "it belongs in git"),
)

COMPILED = tuple((rule, re.compile(rule.pattern)) for rule in RULES)

VERBS = frozenset((
    *("Apply", "Clear", "Commit", "Delete", "Diagnose", "Fetch", "List", "Manage", "Merge", "Move"),
    *("Print", "Remove", "Repair", "Report", "Resolve", "Restore", "Save", "Set", "Share", "Show"),
    *("Shrink", "Stage", "Unstage", "Write", "Find"),
))  # fmt: skip
"""What a command's summary begins with."""

LONGEST_SUMMARY = 60
