"""Hand a comparison or a merge over to nbdime's pages, which the extra nbvc[nbdime] installs.

nbdime gets copies of the versions in a folder of their own: a version need not be a file, and no name
is taken for an option or a commit.
"""

from __future__ import annotations

import os
import sys

from nbvc.errors import NbvcError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    Version = tuple[str, bytes]
    """A path, or COMMIT:PATH, and the content."""


def show_diff(before: Version, after: Version, environ: Mapping[str, str]) -> int:
    """Show two versions, each a path and its content, by nbdiff-web; return its exit code.

    It runs until its page is closed. Raises `NbvcError` if nbdime is not installed.
    """
    from tempfile import TemporaryDirectory

    from nbvc.git.plumbing.process import run_in_terminal

    program = _find("nbdiff-web")
    with TemporaryDirectory(prefix="nbvc-") as folder:
        files = _write_versions(folder, {"before": before, "after": after})
        return run_in_terminal([program, *files], environ)


def merge_by_hand(
    base: Version, local: Version, remote: Version, environ: Mapping[str, str]
) -> tuple[int, bytes | None]:
    """Merge three versions with nbmerge-web; return its exit code, and what was saved there.

    The content is None if nothing was saved. Raises `NbvcError` if nbdime is not installed.
    """
    from tempfile import TemporaryDirectory

    from nbvc.git.plumbing.process import run_in_terminal
    from nbvc.notebook.content import read_content

    program = _find("nbmerge-web")
    with TemporaryDirectory(prefix="nbvc-") as folder:
        files = _write_versions(folder, {"base": base, "local": local, "remote": remote})
        saved = os.path.join(folder, "merged.ipynb")
        code = run_in_terminal([program, "--out", saved, *files], environ)
        return code, read_content(saved) if os.path.exists(saved) else None


def _find(name: str) -> str:
    """Return a program of nbdime's that is installed beside this Python."""
    from nbvc.git.plumbing.programs import can_run
    from nbvc.platform import program_names

    folder = os.path.dirname(os.path.abspath(sys.executable))
    for one in program_names(name, ".EXE"):
        path = os.path.join(folder, one)
        if can_run(path):
            return path
    raise NbvcError(
        f"{name} is not installed beside this Python",
        where=folder,
        hint="pip install 'nbvc[nbdime]'",
    )


def _write_versions(folder: str, versions: dict[str, Version]) -> list[str]:
    """Write versions into a folder, each below its side and by its own name; return the paths."""
    from nbvc.notebook.notebook import Notebook

    paths = []
    for side, (path, content) in versions.items():
        os.mkdir(os.path.join(folder, side))
        name = os.path.basename(path.rpartition(":")[2]) or "notebook.ipynb"
        paths.append(os.path.join(folder, side, name))
        with open(paths[-1], "wb") as file:
            file.write(content if content.strip() else Notebook.empty().to_bytes())
    return paths
