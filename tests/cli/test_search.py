"""`nbvc search`: when a text came and went."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.cli.test_log import folder
from tests.git.sandbox import git

if TYPE_CHECKING:
    from tests.cli.conftest import Cli

__all__ = ["folder"]


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("args", "code", "versions"),
    [
        (("last = 1",), 0, 1),
        (("compute(3)",), 0, 3),
        (("COMPUTE(3)",), 1, 0),
        (("COMPUTE(3)", "-i"), 0, 3),
        ((r"value_\d+ =", "--regex"), 0, 3),
        (("7", "--outputs"), 0, 1),
        (("7", "--sources"), 0, 3),
        (("nowhere",), 1, 0),
    ],
)
def test_where_a_text_is_found(args: tuple[str, ...], code: int, versions: int, cli: Cli) -> None:
    called = cli("search", *args, "b.ipynb", "--format", "json")
    assert called.code == code
    found = json.loads(called.out)
    assert len(found["versions"]) == versions
    assert found["versions_searched"] == 3
    assert cli("search", *args, "b.ipynb").code == code


def test_first_and_last(folder: Path, cli: Cli) -> None:
    head, _, first = git(folder, "log", "--format=%H").split()
    found = json.loads(cli("search", "# Words", "b.ipynb", "--format", "json").out)
    assert (found["first"], found["last"]) == (first, head)
    assert found["versions"][0]["hits"] == [{"cell": 1, "in": "source", "text": "# Words"}]
    out = cli("search", "# Words", "b.ipynb").out
    assert "# Words is in 3 of 3 versions" in out
    assert "(the latest version)" in out
