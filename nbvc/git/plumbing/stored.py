"""Files that git stores in another form: encrypted, compressed, or as a pointer to a server.

    .gitattributes    *.ipynb filter=git-crypt
    .git/config       [filter "git-crypt"] smudge = git-crypt smudge      what git stores → the file

Git runs the filter for nbvc as it does for a checkout: `git cat-file --filters`, one process for all
files. If no attributes file names a filter but nbvc's own, which stores notebooks, no process starts.
"""

from __future__ import annotations

import os
import posixpath
from _thread import allocate_lock

import msgspec

from nbvc.errors import GitError, StoredFormError, make_visible
from nbvc.git.plumbing.command import Runs
from nbvc.git.plumbing.environment import config_folder
from nbvc.git.plumbing.programs import DRIVER
from nbvc.lazy import compile_lazily
from nbvc.names import SUFFIX
from nbvc.platform import home_folder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from nbvc.git.plumbing.conversation import Conversation
    from nbvc.git.plumbing.repository import Repository

    Stamp = tuple[int, int, int] | None

KNOWN = {
    "lfs": "run `git lfs fetch --all`, with Git LFS installed",
    "git-crypt": "run `git-crypt unlock`",
    "crypt": "set up transcrypt",
    "annex": "run `git annex get`",
}
"""Filters that store another form, also if they are not set up, and what makes it readable."""

POINTERS = ((b"version https://git-lfs", "lfs"), (b"\0GITCRYPT\0", "git-crypt"))
"""How files begin that these filters store."""

_OTHER_FILTER = compile_lazily(rb"filter(?!=nbvc(?:\s|$))")
_USER_FILE = compile_lazily(rb"(?i)attributesfile|\[include")
_PLAIN_VALUE = compile_lazily(rb"(?im)^\s*attributesfile\s*=\s*([^\s\"\\~;#]+)[ \t]*$")
_STRIPPER = compile_lazily(r"^(?!.*--keep-output).*(nbstripout|nb-clean|ClearOutput)")
"""The commands of tools that remove outputs."""
_SYSTEM_FILE = "/etc/gitattributes"


class Driver(msgspec.Struct, frozen=True):
    """A filter of others that attributes name.

    `is_set_up`: git's settings have it. `is_stored`: git has another form of the file, or may have one.
    `strips`: it removes outputs on the way into git.
    """

    name: str
    is_set_up: bool
    is_stored: bool
    strips: bool = False


class AttributesFiles:
    """The files that say which filters hold, read without git: they can rule filters of others out.

    `top` is the working tree's folder, `common_dir` the git folder that all of them share.
    """

    __slots__ = ("_environ", "_files", "_own_settings", "_user_file", "common_dir", "top")

    def __init__(self, top: str, common_dir: str, environ: Mapping[str, str]) -> None:
        self.top = top
        self.common_dir = common_dir
        self._environ = environ
        self._own_settings = os.path.join(common_dir, "config")
        self._user_file: tuple[Stamp, str] = None, ""
        self._files: dict[str, tuple[str, tuple[str, ...]]] = {}

    def read_state(self, folder: str) -> tuple[Stamp, ...]:
        """Return what is equal as long as nothing changes for the files of a folder."""
        user_file = self._find_user_file()
        known = self._files.get(folder)
        if known is None or known[0] != user_file:
            settings = self._own_settings, *_list_settings(self._environ)
            known = self._files[folder] = user_file, (*self._list_files(folder), *settings)
        return tuple(map(_read_stamp, known[1]))

    def may_filter(self, folder: str) -> bool:
        """Return whether the files of a folder may have a filter that is not nbvc's."""
        files = self._list_files(folder)
        return any(_OTHER_FILTER.search(_read(path)) for path in files) or self._is_unsure()

    def _list_files(self, folder: str) -> list[str]:
        parts = folder.split("/") if folder else []
        folders = [os.path.join(self.top, *parts[:end]) for end in range(len(parts) + 1)]
        return [
            *(os.path.join(one, ".gitattributes") for one in folders),
            os.path.join(self.common_dir, "info", "attributes"),
            self._find_user_file(),
            _SYSTEM_FILE,
        ]

    def _find_user_file(self) -> str:
        """Return the user's attributes file, as far as the repository's own settings say it."""
        stamp = _read_stamp(self._own_settings)
        if stamp is None or stamp != self._user_file[0]:
            said = _PLAIN_VALUE.search(_read(self._own_settings))
            if said is not None:
                path = os.path.join(self.top, os.fsdecode(said[1]))
            else:
                path = os.path.join(config_folder(self._environ), "attributes")
            self._user_file = stamp, path
        return self._user_file[1]

    def _is_unsure(self) -> bool:
        """Return whether another attributes file may hold than the one that was looked into."""
        own = _read(self._own_settings)
        if _USER_FILE.search(own):
            return _PLAIN_VALUE.search(own) is None
        return any(_USER_FILE.search(_read(path)) for path in _list_settings(self._environ))


class _Known(msgspec.Struct):
    """What is known of the files of one folder, as of some state of the attributes and settings."""

    state: tuple[Stamp, ...]
    may_filter: bool
    drivers: dict[str, Driver | None]


class StoredForms:
    """How the files of a repository are read that git stores in another form. Threads may share it."""

    __slots__ = (
        *("_attributes", "_files", "_folders", "_lock", "_reader", "_repository", "_settings"),
    )

    def __init__(self, repository: Repository) -> None:
        self._repository = repository
        self._lock = allocate_lock()
        self._folders: dict[str, _Known] = {}
        self._attributes: Conversation | None = None
        self._reader: Conversation | None = None
        self._settings: dict[str, dict[str, str]] | None = None
        top, common = repository.top, repository.common_dir
        self._files = AttributesFiles(top, common, repository.git.environ)

    def read(self, oid: str, name: str, stored: bytes) -> bytes:
        """Return the file that git would write for a blob under a name, from the top.

        `stored` is the blob's content. Raises `StoredFormError` if it cannot be had.
        """
        with self._lock:
            driver = self._find_driver(name)
            if driver is None or not driver.is_stored:
                return stored
            if driver.is_set_up and self._repository.git.runs is Runs.UNASKED:
                raise make_error(driver.name, name, hint="open its comparison to have it read")
            content = self._filter(oid, name, driver) if driver.is_set_up else stored
        for start, kind in POINTERS:
            if content.startswith(start):
                raise make_error(kind, name)
        # A filter that does not work lets pass what is stored. Some store notebooks, as nbstripout does.
        if content == stored and name.endswith(SUFFIX) and not _begins_as_json(content):
            raise make_error(driver.name, name)
        return content

    def find_driver(self, name: str) -> Driver | None:
        """Return the filter of a file that is not nbvc's, None for no other."""
        with self._lock:
            return self._find_driver(name)

    def _find_driver(self, name: str) -> Driver | None:
        folder = posixpath.dirname(name)
        state = self._files.read_state(folder)
        known = self._folders.get(folder)
        if known is None or known.state != state:
            if known is not None:
                self._close()
            known = self._folders[folder] = _Known(state, self._files.may_filter(folder), {})
        if not known.may_filter:
            return None
        if name not in known.drivers:
            known.drivers[name] = self._ask_driver(name)
        return known.drivers[name]

    def _ask_driver(self, name: str) -> Driver | None:
        """Ask git which filter holds for a file, and whether it is set up."""
        if self._attributes is None or self._attributes.over:
            self._attributes = self._repository.git.talk("check-attr", "-z", "--stdin", "filter")
        self._attributes.send(os.fsencode(name) + b"\0")
        _, _, value = (os.fsdecode(self._attributes.receive_line(b"\0")) for _ in range(3))
        if value in {"unspecified", "unset", "set", DRIVER}:
            return None
        settings = self._read_settings().get(value)
        if settings is None:
            return Driver(value, is_set_up=False, is_stored=True)
        is_stored = settings.get("smudge", "cat") != "cat" or "process" in settings
        strips = _STRIPPER.search(settings.get("clean", "")) is not None
        return Driver(value, is_set_up=True, is_stored=is_stored, strips=strips and not is_stored)

    def _read_settings(self) -> dict[str, dict[str, str]]:
        """Return the commands of the filters that are set up."""
        if self._settings is None:
            pattern = r"^filter\..*\.(clean|smudge|process)$"
            said = self._repository.git.ask("config", "-z", "--get-regexp", pattern).stdout
            values = [entry.partition("\n")[::2] for entry in os.fsdecode(said).split("\0")]
            self._settings = {}
            for key, value in filter(all, values):
                section, _, role = key.rpartition(".")
                self._settings.setdefault(section.removeprefix("filter."), {})[role] = value
        return self._settings

    def _filter(self, oid: str, name: str, driver: Driver) -> bytes:
        """Return a blob through the filter of a file."""
        try:
            if "\n" in name or name.startswith((" ", "\t")):  # which no line of a question can hold
                git = self._repository.storing.git
                return git.run("cat-file", "--filters", f"--path={name}", oid)
            return self._ask_reader(oid, name)
        except GitError as error:
            reason = error.message.partition(": ")[2] or error.message
            raise make_error(driver.name, name, reason) from error
        except BaseException:
            self._close()
            raise

    def _ask_reader(self, oid: str, name: str) -> bytes:
        """Ask the one process that filters. The size in its answer is that of the stored form.

        The end is found by a question about an object that cannot exist, under a name that nobody
        could know before. Source: `batch_object_write` of git 2.39.
        """
        end = b"nbvc-" + os.urandom(16).hex().encode()
        if self._reader is None or self._reader.over:
            self._reader = self._repository.storing.git.talk("cat-file", "--filters", "--batch")
        self._reader.send(b"%b %b\n%b\n" % (oid.encode(), os.fsencode(name), end))
        self._reader.receive_line()
        return self._reader.receive_line(b"\n%b missing\n" % end)

    def close(self) -> None:
        """End the git processes; reading again starts others."""
        with self._lock:
            self._close()

    def _close(self) -> None:
        for conversation in (self._attributes, self._reader):
            if conversation is not None:
                conversation.close()
        self._attributes = self._reader = None
        self._settings = None
        self._folders.clear()


_REASONS = {"lfs": "Git LFS has not fetched it", "git-crypt": "it is encrypted by git-crypt"}


def make_error(
    driver: str, name: str, reason: str = "", hint: str | None = None
) -> StoredFormError:
    """Return the error for a file whose stored form cannot be read."""
    shown = make_visible(driver)
    message = f"git stores it through the filter {shown}"
    if hint is None:
        message = _REASONS.get(driver, message)
        hint = KNOWN.get(driver, f"set up the filter {shown} as its project describes")
    if reason:
        message += f": {reason}"
    return StoredFormError(message, where=make_visible(name), hint=hint)


def _begins_as_json(content: bytes) -> bool:
    return content.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"")


def _list_settings(environ: Mapping[str, str]) -> list[str]:
    """Return the user's settings files of git."""
    if "GIT_CONFIG_GLOBAL" in environ:
        return [environ["GIT_CONFIG_GLOBAL"]]
    return [
        os.path.join(home_folder(environ), ".gitconfig"),
        os.path.join(config_folder(environ), "config"),
    ]


def _read_stamp(path: str) -> Stamp:
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def _read(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError:
        return b""
