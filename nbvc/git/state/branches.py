"""The branches that a person can switch to: those here, and those that only a remote has."""

from __future__ import annotations

import os

import msgspec

TYPE_CHECKING = False
if TYPE_CHECKING:
    from nbvc.git.plumbing.repository import Repository


class BranchName(msgspec.Struct, frozen=True):
    """A branch: its name, and the remote that has it if there is no local one of that name."""

    name: str
    remote: str | None = None
    time: str = ""
    subject: str = ""


def list_branches(repository: Repository) -> list[BranchName]:
    """Return local branches, then those of remotes only, the newest commits first."""
    from nbvc.git.state.remotes import remote_names

    form = "%(refname)%00%(committerdate:iso-strict)%00%(contents:subject)%00"
    args = (
        "for-each-ref",
        f"--format={form}",
        "--sort=-committerdate",
        "refs/heads",
        "refs/remotes",
    )
    remotes = remote_names(repository)
    local: list[BranchName] = []
    others: list[BranchName] = []
    for line in os.fsdecode(repository.git.run(*args)).split("\0\n"):
        if not line:
            continue
        ref, time, subject = line.split("\0")
        if ref.startswith("refs/heads/"):
            local.append(BranchName(ref.removeprefix("refs/heads/"), None, time, subject))
            continue
        short = ref.removeprefix("refs/remotes/")
        remote = next((one for one in remotes if short.startswith(f"{one}/")), None)
        if remote is not None and short != f"{remote}/HEAD":
            others.append(BranchName(short[len(remote) + 1 :], remote, time, subject))
    here = {branch.name for branch in local}
    return [*local, *(branch for branch in others if branch.name not in here)]
