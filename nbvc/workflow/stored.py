"""The sides of a merge that git stores in another form: git passes its drivers what it stores.

encrypted ──read──▶ notebook ──merge──▶ notebook ──store──▶ encrypted
"""

from __future__ import annotations

import os
import posixpath

import msgspec

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from nbvc.git.plumbing.repository import Repository
    from nbvc.git.plumbing.stored import StoredForms


class StoredFile(msgspec.Struct, frozen=True):
    """A file that git stores in another form, by its name from the top."""

    repository: Repository
    name: str
    forms: StoredForms

    def read(self, stored: bytes) -> bytes:
        """Return the file that git would write for what it stores. Raises `StoredFormError`."""
        if not stored:  # no base, of which git makes an empty file
            return stored
        options = ("hash-object", "-w", "--no-filters", "--stdin")
        oid = self.repository.git.line(*options, stdin=stored)
        return self.forms.read(oid, self.name, stored)

    def store(self, content: bytes) -> bytes:
        """Return what git would store of a file. Raises `GitError`."""
        git = self.repository.storing.git
        oid = git.line("hash-object", "-w", f"--path={self.name}", "--stdin", stdin=content)
        return git.run("cat-file", "blob", oid)


def find_stored(name: str, environ: Mapping[str, str]) -> StoredFile | None:
    """Return the file of which git passes its stored form to a driver; None if that is the file.

    Git runs drivers at the top of the working tree. Raises `GitError`.
    """
    from nbvc.git.plumbing.stored import AttributesFiles
    from nbvc.workflow.filtering import find_common_dir

    files = AttributesFiles(os.getcwd(), find_common_dir(environ), environ)
    if not files.may_filter(posixpath.dirname(name)):
        return None
    from nbvc.git.plumbing.command import Git
    from nbvc.git.plumbing.repository import discover
    from nbvc.git.plumbing.stored import StoredForms

    repository = discover(Git.find(environ), ".")
    forms = StoredForms(repository)
    driver = forms.find_driver(name)
    return None if driver is None or not driver.is_stored else StoredFile(repository, name, forms)
