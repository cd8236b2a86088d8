"""`nbvc uninstall`: git as it was before `nbvc install`."""

from __future__ import annotations

import click

from nbvc.cli.commands.install import make_target, place_of, scope_options, show_path
from nbvc.git.setup.install import SECTIONS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from nbvc.git.setup.install import InstallTarget, Removed


@click.command("uninstall", epilog="Example: nbvc uninstall --global")
@scope_options
def command(here: bool, everywhere: bool, shared: bool) -> None:
    """Remove the setup of nbvc install.

    This removes nbvc's settings, its line in the attributes file and git's cache of texts. A line in
    a committed .gitattributes applies to everyone and is kept unless --in-repo is given. Lines of
    other tools are kept.
    """
    from nbvc.git.setup.install import uninstall
    from nbvc.workflow.filter_setup import forget

    wanted = make_target(here, everywhere, shared)
    hooks = _without_hooks(wanted)
    left = _report_left(wanted)
    done = uninstall(wanted)
    if wanted.repository is not None and wanted.scope.value == "local":
        forget(wanted.repository)
    for line in _report_removed(wanted, done):
        click.echo(line)
    for path in hooks:
        click.echo(f"  and the hook {show_path(path)}")
    if left:
        click.echo(left)


def _report_removed(wanted: InstallTarget, done: Removed) -> Iterator[str]:
    gone = [*map(_name_setting, done.sections), *map(show_path, done.attributes)]
    gone += ["git's cache of texts"] if done.cache else []
    if gone:
        yield f"nbvc is no longer set up for {place_of(wanted)}: {', '.join(gone)}"
    else:
        yield f"nbvc was not set up for {place_of(wanted)}; nothing was changed."
    if done.committed:
        yield (
            f"{show_path(done.committed)} is committed and still names nbvc, which is harmless "
            "without nbvc; nbvc uninstall --in-repo removes the line"
        )
    if _is_elsewhere(wanted):
        other = "--local" if wanted.scope.value == "global" else "--global"
        yield f"It is still set up by nbvc install {other}."


def _report_left(wanted: InstallTarget) -> str:
    """Print what of a user's work stays, since it is not a setting."""
    import os

    from nbvc.store.home import outputs_folder

    repository = wanted.repository
    if repository is None or wanted.scope.value == "global":
        return ""
    kinds = [
        what
        for what, there in (
            ("checkpoints", bool(repository.git.line("for-each-ref", "refs/nbvc"))),
            (
                "stripped outputs (nbvc outputs clear deletes them)",
                os.path.isdir(outputs_folder(repository.common_dir)),
            ),
        )
        if there
    ]
    return f"Your work stays: {' and '.join(kinds)}." if kinds else ""


def _without_hooks(wanted: InstallTarget) -> tuple[str, ...]:
    from nbvc.git.setup.hooks import uninstall_hooks

    if wanted.repository is None or wanted.scope.value == "global":
        return ()
    return uninstall_hooks(wanted.repository)


def _name_setting(name: str) -> str:
    return f"settings {name}.*" if name in SECTIONS else f"setting {name}"


def _is_elsewhere(wanted: InstallTarget) -> bool:
    from nbvc.git.setup.install import driver_values

    return any(name.endswith((".textconv", ".driver")) for name in driver_values(wanted.asking))
