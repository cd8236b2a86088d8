"""The pager that git would use, and text on its way through it."""

from __future__ import annotations

import subprocess  # noqa: TID251, TID253  (a pager is an interactive program, no git command with a deadline)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


def pager_setting() -> str | None:
    """Return git's `core.pager`, None where git or the setting is missing."""
    try:
        found = subprocess.run(
            ["git", "config", "--get", "core.pager"],  # noqa: S607
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=5,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return found.stdout.decode(errors="replace").rstrip("\n") if found.returncode == 0 else None


def page(pager: str, chunks: Iterable[bytes], environ: Mapping[str, str]) -> None:
    """Write to a pager, which is a shell command as git has it, until it is left."""
    with subprocess.Popen(pager, shell=True, stdin=subprocess.PIPE, env=environ) as process:  # noqa: S602
        assert process.stdin is not None
        try:
            for chunk in chunks:
                process.stdin.write(chunk)
            process.stdin.close()
        except BrokenPipeError:
            pass
