"""What of this machine and this user takes part: the machine's name, and the folder for nbvc's data."""

from __future__ import annotations

import os

from nbvc.platform import host_name


def machine() -> str:
    """Return the name of this computer."""
    return host_name()


def data_folder() -> str:
    """Return nbvc's folder for data of the user, by the XDG base directory specification."""
    share = os.environ.get("XDG_DATA_HOME", "")
    if not os.path.isabs(share):
        share = os.path.join(os.path.expanduser("~"), ".local", "share")
    return os.path.join(share, "nbvc")
