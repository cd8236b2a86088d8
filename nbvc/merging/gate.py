"""Python that parses on all sides must parse when it is merged.

base    for i in range(9): print(i)
local   while i in range(9): print(i)
remote  for i, j in range(9): print(i)
words   while i, j in range(9): print(i)      neither wrote this, and it is a syntax error
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from nbvc.notebook import Notebook

_MAGIC = ("%", "!", "?")


def is_python(notebook: Notebook) -> bool:
    """Return whether a notebook's code is Python, or does not say what it is."""
    metadata = notebook.metadata
    info, kernel = metadata.get("language_info"), metadata.get("kernelspec")
    name = info.get("name") if type(info) is dict else None
    if name is None and type(kernel) is dict:
        name = kernel.get("language", kernel.get("name"))
    return name is None or str(name).lower().startswith(("python", "ipython"))


def is_broken(merged: str, versions: Iterable[str]) -> bool:
    """Return whether a merged source does not parse, though all versions of it do."""
    return not can_parse(merged) and all(map(can_parse, versions))


def can_parse(source: str) -> bool:
    """Return whether a source is Python, apart from IPython's magics and shell lines."""
    import ast
    import warnings

    lines = source.split("\n")
    if any(line.lstrip().startswith("%%") for line in lines):
        return False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse("\n".join(map(_blank_magic, lines)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _blank_magic(line: str) -> str:
    bare = line.strip()
    if bare.startswith(_MAGIC) or bare.endswith("?"):
        return f"{line[: len(line) - len(line.lstrip())]}pass"
    return line
