"""Begin with git in a folder, and add a remote."""

from __future__ import annotations

import os

from nbvc.errors import GitError, make_visible
from nbvc.git.plumbing.repository import discover
from nbvc.git.state.remotes import RemoteRefusedError, check_url, remote_names

TYPE_CHECKING = False
if TYPE_CHECKING:
    from nbvc.git.plumbing.command import Git
    from nbvc.git.plumbing.repository import Repository

_IGNORED = """\
# What Jupyter, Python and operating systems write beside the work
.ipynb_checkpoints/
.virtual_documents/
.jupyter_ystore.db
__pycache__/
*.py[cod]
.venv/
venv/
.DS_Store

# Secrets
.env
"""


def begin_repository(git: Git, folder: str) -> Repository:
    """Create a repository in a folder that is in none, with a .gitignore if there is none.

    Raises `GitError`.
    """
    git.at(folder).acting.run("init", "--quiet")
    repository = discover(git, folder)
    try:
        with open(os.path.join(folder, ".gitignore"), "x", encoding="utf-8") as file:
            file.write(_IGNORED)
    except FileExistsError:
        pass
    except OSError as error:
        raise GitError(f"it can't be written: {error.strerror}", where=".gitignore") from None
    return repository


def add_remote(repository: Repository, name: str, url: str) -> None:
    """Add a remote under a name that is not taken. Raises `RemoteRefusedError`."""
    url = url.strip()
    if not url or any(char.isspace() or ord(char) < 32 for char in url):
        hint = "paste it from the page of your project, such as https://example.org/ada/project.git"
        raise RemoteRefusedError("not an address of a repository", hint=hint)
    check_url(url)
    if name in remote_names(repository):
        raise RemoteRefusedError(f"there is a remote {make_visible(name)} already")
    repository.git.run("remote", "add", "--", name, url)
