"""Find nbdime's settings on this machine: `nbdime_config.json` in Jupyter's folders.

Source: jupyter_core 5.9, `jupyter_config_path`; nbdime 4.0, `build_config`.
"""

from __future__ import annotations

import os
import sys

from nbvc.errors import NbvcError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import Any

    from nbvc.diffing.nbdime_config import NbdimeSettings

_NAME = "nbdime_config.json"
_NO = frozenset(("no", "n", "false", "off", "0", "0.0"))
"""What Jupyter takes for false in an environment variable."""


def find_nbdime_settings(environ: Mapping[str, str]) -> NbdimeSettings:
    """Return nbdime's settings, of all files that nbdiff would read here.

    Raises `NbvcError` for a file that nbdime refuses, `OSError`.
    """
    from nbvc.diffing.nbdime_config import read_nbdime_settings
    from nbvc.notebook.content import read_content

    return read_nbdime_settings((path, read_content(path)) for path in _find_files(environ))


def settings_below(environ: Mapping[str, str], skip: Callable[[str, str], None]) -> dict[str, Any]:
    """Return nbdime's settings, to be put below a project's.

    Those that cannot be read hide no change: `skip` gets the path and the reason, and none holds.
    """
    if not _find_files(environ):
        return {}
    try:
        return find_nbdime_settings(environ).settings
    except NbvcError as error:
        skip(error.where or _NAME, f"{error.message}, so its settings do not hold")
    except OSError as error:
        skip(error.filename or _NAME, f"{error.strerror}, so its settings do not hold")
    return {}


def _find_files(environ: Mapping[str, str]) -> list[str]:
    """Return the files that nbdime reads, the strongest last."""
    paths = [os.path.join(folder, _NAME) for folder in dict.fromkeys(_list_folders(environ))]
    return [path for path in reversed(paths) if os.path.isfile(path)]


def _list_folders(environ: Mapping[str, str]) -> Iterator[str]:
    """Yield the folders that nbdime looks into, the strongest first."""
    yield os.path.abspath(os.curdir)
    if environ.get("JUPYTER_NO_CONFIG"):
        return
    yield from filter(None, environ.get("JUPYTER_CONFIG_PATH", "").split(os.pathsep))
    own = [os.path.join(sys.prefix, "etc", "jupyter")]
    user = [*_user_folders(environ)]
    yield from (*own, *user) if _prefers_environment(environ) else (*user, *own)
    if sys.platform != "win32":
        yield from ("/usr/local/etc/jupyter", "/etc/jupyter")


def _user_folders(environ: Mapping[str, str]) -> Iterator[str]:
    from nbvc.platform import home_folder

    home = home_folder(environ)
    yield environ.get("JUPYTER_CONFIG_DIR") or os.path.join(home, ".jupyter")
    if sys.platform != "win32":
        yield os.path.join(home, ".local", "etc", "jupyter")


def _prefers_environment(environ: Mapping[str, str]) -> bool:
    """Return whether the folders of this Python come before the user's, as in a virtual one."""
    asked = environ.get("JUPYTER_PREFER_ENV_PATH")
    return sys.prefix != sys.base_prefix if asked is None else asked.lower() not in _NO
