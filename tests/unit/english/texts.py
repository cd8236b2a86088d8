"""All texts that a person reads, each with its place."""

from __future__ import annotations

import ast
import io
import json
import re
import tokenize
from typing import TYPE_CHECKING, NamedTuple

import click

from nbvc.cli.group import nbvc
from tests.conftest import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

PROGRAMS = (ROOT / "nbvc", ROOT / "jupyter_extension" / "nbvc_jupyter")
FRONTEND = ROOT / "jupyter_extension" / "src"
GIT_SAYS = {"committing.py", "messages.py", "remotes.py", "refs.py"}
"""Modules with sentences that git prints, which nbvc recognizes."""

_FENCE = re.compile(r"^( *)```.*?^\1```$", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"``[^`]*``|`[^`]*`")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_LINK = re.compile(r"\]\([^)]*\)")
_TS_COMMENT = re.compile(r"/\*.*?\*/|(?<![:'\"`])//[^\n]*", re.DOTALL)
_TS_STRING = re.compile(r"'((?:[^'\\\n]|\\.)*)'|\"((?:[^\"\\\n]|\\.)*)\"|`((?:[^`\\]|\\.)*)`")


class Text(NamedTuple):
    """A text, where it is, and what kind of text it is."""

    kind: str
    place: str
    text: str


def read_all() -> Iterator[Text]:
    """Yield every text that a person reads."""
    yield from read_pages()
    yield from read_help()
    yield from read_messages()
    yield from read_frontend()
    yield from read_schemas()
    yield from read_documentation()


def read_pages() -> Iterator[Text]:
    """Yield the paragraphs of all pages, without code."""
    pages = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "SECURITY.md"]
    pages += sorted((ROOT / "docs").rglob("*.md"))
    for page in pages:
        text = page.read_text(encoding="utf-8")
        for pattern, by in ((_FENCE, ""), (_COMMENT, ""), (_CODE, "`…`"), (_LINK, "]")):
            text = pattern.sub(lambda found, by=by: by + "\n" * found[0].count("\n"), text)  # type: ignore[misc]
        line = 1
        for part in re.split(r"(\n\s*\n|\n(?=\s*(?:[-*|#>]|\d+\. )))", text):
            if part.strip():
                yield Text("page", f"{page.relative_to(ROOT)}:{line}", " ".join(part.split()))
            line += part.count("\n")


def read_help() -> Iterator[Text]:
    """Yield what every command's help contains: summary, paragraphs and options."""
    for name, command in commands():
        summary, *rest = re.split(r"\n\s*\n", command.help or "")
        yield Text("summary", f"{name} --help", " ".join(summary.split()))
        for part in rest:
            yield Text("help", f"{name} --help", " ".join(part.split()))
        for option in command.params:
            if isinstance(option, click.Option) and option.help:
                yield Text("option", f"{name} {option.opts[-1]}", option.help)


def commands() -> Iterator[tuple[str, click.Command]]:
    """Yield every command with its full name."""
    waiting: list[tuple[str, click.Command]] = [("nbvc", nbvc)]
    while waiting:
        name, command = waiting.pop()
        yield name, command
        if isinstance(command, click.Group):
            context = click.Context(command, info_name=name)
            for one in command.list_commands(context):
                inner = command.get_command(context, one)
                assert inner is not None
                waiting.append((f"{name} {one}", inner))


def read_messages() -> Iterator[Text]:
    """Yield the texts in the code that are not documentation of the code."""
    for folder in PROGRAMS:
        for path in sorted(folder.rglob("*.py")):
            if path.name in GIT_SAYS:
                continue
            tree = ast.parse(path.read_text(encoding="utf-8"))
            for line, text in _read_literals(tree):
                yield Text("message", f"{path.relative_to(ROOT)}:{line}", text)


def read_documentation() -> Iterator[Text]:
    """Yield the docstrings and comments of the programs, without the code that they quote."""
    for folder in PROGRAMS:
        for path in sorted(folder.rglob("*.py")):
            content = path.read_text(encoding="utf-8")
            place = path.relative_to(ROOT)
            for node in ast.walk(ast.parse(content)):
                for one in ast.iter_child_nodes(node):
                    if _is_documentation(one) and isinstance(one.value.value, str):  # type: ignore[attr-defined]
                        text = " ".join(one.value.value.split())  # type: ignore[attr-defined]
                        yield Text("docstring", f"{place}:{one.lineno}", _CODE.sub("`…`", text))  # type: ignore[attr-defined]
            for token in tokenize.generate_tokens(io.StringIO(content).readline):
                if token.type == tokenize.COMMENT:
                    yield Text("comment", f"{place}:{token.start[0]}", token.string.lstrip("# "))


def read_errors() -> Iterator[Text]:
    """Yield the first line of every error that the code raises."""
    for folder in PROGRAMS:
        for path in sorted(folder.rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and node.args and _is_error(node.func):
                    text = _write(node.args[0])
                    if text is not None:
                        yield Text("error", f"{path.relative_to(ROOT)}:{node.lineno}", text)


def _is_error(function: ast.expr) -> bool:
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    return name.endswith("Error") or name == "BadParameter"


def _read_literals(node: ast.AST) -> Iterator[tuple[int, str]]:
    text = _write(node)
    if text is not None:
        if re.search(r"[a-z]{2,} [a-z]", text):
            yield getattr(node, "lineno", 0), text
        inner = [one.value for one in getattr(node, "values", ()) if hasattr(one, "conversion")]
    else:
        inner = [one for one in ast.iter_child_nodes(node) if not _is_documentation(one)]
    for one in inner:
        yield from _read_literals(one)


def _is_documentation(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _write(node: ast.AST) -> str | None:
    """Return a literal as it is written, with each value in it as {}."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(
            str(one.value) if isinstance(one, ast.Constant) else "{}" for one in node.values
        )
    return None


def read_frontend() -> Iterator[Text]:
    """Yield the texts of the extension in the browser."""
    for path in sorted(FRONTEND.rglob("*.ts")):
        if path.name.endswith((".test.ts", "contract.ts", "format.ts", "characters.ts")):
            continue
        text = _TS_COMMENT.sub(
            lambda found: "\n" * found[0].count("\n"), path.read_text(encoding="utf-8")
        )
        for found in _TS_STRING.finditer(text):
            words = re.sub(r"\$\{[^}]*\}", "{}", found[1] or found[2] or found[3] or "")
            if path.name != "safe.ts" and re.search(r"[a-z]{2,} [a-z{]", words):
                line = text.count("\n", 0, found.start()) + 1
                yield Text("ui", f"{path.relative_to(ROOT)}:{line}", words)


def read_schemas() -> Iterator[Text]:
    """Yield the texts of settings, of the action and of the hooks."""
    for path in sorted((ROOT / "jupyter_extension" / "schema").rglob("*.json")):
        for text in _read_values(json.loads(path.read_text(encoding="utf-8"))):
            yield Text("schema", str(path.relative_to(ROOT)), text)
    for path in (ROOT / "action.yml", ROOT / ".pre-commit-hooks.yaml"):
        text = path.read_text(encoding="utf-8")
        for found in re.finditer(r"(?m)^\s*(?:- )?(?:name|description): *(?:>-\n\s+)?(.+)$", text):
            yield Text("schema", str(path.relative_to(ROOT)), found[1])


def _read_values(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for key, one in value.items():
            if key in {"title", "description", "label", "caption"} and isinstance(one, str):
                yield one
            else:
                yield from _read_values(one)
    elif isinstance(value, list):
        for one in value:
            yield from _read_values(one)
