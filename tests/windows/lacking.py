"""Tests that show what Windows lacks, or Wine, and are skipped there: a plugin for pytest."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_NO_MODE = "files have no permissions by number"

_PATHS = "busybox rewrites PATH when it starts"

_NO_TREE = "Wine's taskkill has no option /T: what git has started runs on"
_NO_HTTP = "this git.exe is built without HTTP"

_MIXED = "this Python is made of two versions of 3.12, whose importers do not fit"

LACKING: Mapping[str, str] = {
    "test_a_deadline_ends_all_that_was_started": _NO_TREE,
    "test_a_hook_of_any_kind_runs_once_and_comes_back[no first line]": "git runs no such hook",
    "test_a_folder_that_moves_keeps_its_filter": "the folder that a process is in stays",
    "test_a_git_that_is_stopped_at_once_leaves_its_lock_and_that_is_said": _NO_TREE,
    "test_a_hook_that_hangs": _NO_TREE,
    "test_other_content_is_committed_and_the_file_left_alone": _NO_MODE,
    "test_a_hook_that_may_not_run_still_does_not": _NO_MODE,
    "test_an_exit_code_that_is_lost_is_no_success": "nothing else can take an exit code",
    "test_a_top_folder_with_a_line_end_in_its_name": "no name has a line end",
    "test_fault_60_a_name_that_is_not_utf8": "names are text",
    "test_git_starts_nothing_of_the_repository": "git for Windows looks for sh in all of PATH",
    "test_a_name_may_be_as_long_as_the_file_system_allows": "paths have at most 260 characters",
    "test_a_password_in_the_url_is_used_and_never_shown": _NO_HTTP,
    "test_a_pipe_is_written_to_and_never_replaced": "no pipe has a name in a folder",
    "test_a_remote_that_is_not_there[http://127.0.0.1:1/x.git]": _NO_HTTP,
    "test_fault_54_a_password_prompt_that_hangs_is_not_asked": _NO_HTTP,
    "test_fault_55_a_server_that_hangs": "Wine's taskkill has no option /T, and there is no HTTP",
    "test_fault_63_escape_sequences_are_inert": "Windows has no file of this name",
    "test_fault_67_a_failing_write_leaves_the_old_file[chmod]": _NO_MODE,
    "test_nobody_else_can_read_a_private_file_while_it_is_written": _NO_MODE,
    "test_push_and_pull_over_http_with_a_credential_helper": _NO_HTTP,
    "test_threads_that_save_one_file_do_not_meet": "an open file is replaced when it is closed",
    "test_a_module_is_imported_without_what_it_hardly_uses": _MIXED,
    "test_a_name_that_is_not_known_imports_the_real_module_at_once": _MIXED,
    "test_importing_the_engine_brings_nothing_slow[nbvc.notebook]": _MIXED,
    "test_imports_keep_the_contracts": "import-linter reads the code on Linux",
    "test_nothing_stands_in_after_an_import_that_failed": _MIXED,
    "test_two_hundred_notebooks_take_a_constant_number_of_processes": "Wine starts programs slowly",
    "test_what_is_imported_already_stays": _MIXED,
    "test_git_lists_nothing_at_any_step[files1]": "no open file is renamed",
    "test_names_that_are_not_text_reach_programs": "names are text",
    "test_no_descriptor_and_no_process_leaks": "there is no /proc",
    "test_no_terminal_is_there_to_prompt_on": "there is no /dev/tty",
    "test_nothing_is_forked_without_fork": "there is no fork",
    "test_the_same_in_a_shell_on_windows": _PATHS,
    "test_the_same_in_the_shell": _PATHS,
    "test_only_one_process_has_a_lock": "Wine gives no error number for a file that is locked",
}
"""Tests, and what they need."""


_NOT_IN_NAMES = frozenset('<>:"|?*\n\r\t\x1b')


def skip(items: Sequence[pytest.Item], lacking: Mapping[str, str]) -> None:
    """Skip tests by name, and say why."""
    for item in items:
        reason = lacking.get(item.name) or lacking.get(getattr(item, "originalname", item.name))
        if reason is not None:
            item.add_marker(pytest.mark.skip(reason=reason))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what shows something that this Windows lacks."""
    skip(items, LACKING)
    for item in items:
        if item.path.name in _NAMING and _cannot_be_named(item):
            item.add_marker(pytest.mark.skip(reason="Windows has no file of this name"))


@pytest.fixture(autouse=True)
def skip_without_links(monkeypatch: pytest.MonkeyPatch) -> None:
    """Skip a test once it has made a symbolic link, if this Windows shows it as its target."""
    make = os.symlink

    def symlink(target: Any, path: Any, *args: Any, **options: Any) -> None:
        make(target, path, *args, **options)
        if not os.path.islink(path) and not str(path).endswith("current"):  # which is pytest's own
            pytest.skip("Wine shows symbolic links as their targets")

    monkeypatch.setattr(os, "symlink", symlink)


_NAMING = ("test_changes.py", "test_commit.py", "test_install_drivers.py", "test_objects.py")
"""Where the parameter `name` is the name of a file."""


def _cannot_be_named(item: pytest.Item) -> bool:
    """Return whether a test is run for a name that no file on Windows has.

    Python makes one half of a surrogate pair of a byte that is not UTF-8, which git reads as nothing.
    """
    called_with = getattr(item, "callspec", None)
    name = called_with.params.get("name") if called_with is not None else None
    if not isinstance(name, str):
        return False
    return bool(_NOT_IN_NAMES.intersection(name)) or any(
        "\ud800" <= one <= "\udfff" for one in name
    )
