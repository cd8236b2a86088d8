"""Names of refs: files that every system can have, and the way back to the path."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nbvc.checkpoint.names import machine_part, path_of, ref_part

DEVICES = ("aux", "AUX", "con", "Nul", "prn", "com1", "LPT9")
UNSAFE = re.compile(r'[<>:"/\\|?*\x00-\x20]|[. ]$|(?i:^(con|prn|aux|nul|com\d|lpt\d)(\.|$))')
"""What Windows refuses in the name of a file. The source: Naming Files, in Microsoft's reference."""


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("ending", ["", ".ipynb", ".b.ipynb"])
def test_devices_of_windows_are_no_names_of_refs(device: str, ending: str) -> None:
    part = ref_part(device + ending)
    assert not UNSAFE.search(part)
    assert path_of(part) == device + ending


@pytest.mark.parametrize(
    "name", ["auxiliary.ipynb", "console.ipynb", "my aux.ipynb", "com10.ipynb"]
)
def test_names_that_are_like_devices_stay(name: str) -> None:
    assert ref_part(name) == name.replace(" ", "%20")


@given(st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), min_size=1))
def test_every_path_has_a_name_on_every_system(name: str) -> None:
    part = ref_part(name)
    assert not UNSAFE.search(part)
    assert path_of(part) in {name, None}


@pytest.mark.parametrize("machine", [*DEVICES, "aux.local", "ada's laptop", ""])
def test_every_machine_has_a_name_on_every_system(machine: str) -> None:
    assert not UNSAFE.search(machine_part(machine))
