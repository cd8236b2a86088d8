"""A Windows to run tests on: Wine, Python for Windows and git for Windows, made once and kept.

Everything comes from the package indexes of Debian and Python:

| part | from |
|---|---|
| `python.exe` | a wheel for Windows that ships Python's libraries, and a `main` of one line |
| the standard library | the Python of the same version on this machine |
| packages | their wheels for Windows |
| `git.exe`, and its commands that are scripts | Debian's source package, built with mingw; minutes |
| `sh.exe` | busybox-w32, only if you have it: git needs it for hooks, filters and drivers |

Wine gives programs no usable handle for a file that is open for writing alone, so that everything
goes through pipes.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
import zipfile
from dataclasses import dataclass
from pathlib import Path

from tests.pythons import find_python

VERSION = "3.12"
_SHIPPED_IN = "panda3d==1.10.16"
_PACKAGES = (
    *("msgspec", "click", "pygments", "nbformat", "GitPython", "nh3", "Pillow", "colorama"),
    *("pytest", "hypothesis", "jsonschema", "markdown-it-py", "PyYAML"),
)
_NEEDED = ("x86_64-w64-mingw32-gcc", "make", "apt-get", "dpkg-source")
_DEBIAN = "wine64 gcc-mingw-w64-x86-64-win32 libz-mingw-w64-dev make dpkg-dev"
_LEFT_OUT = ("site-packages", "lib-dynload", "test", "idlelib", "ensurepip", "__pycache__")

_MAIN = """\
#include <wchar.h>
__declspec(dllimport) int Py_Main(int, wchar_t **);
int wmain(int count, wchar_t **words) { return Py_Main(count, words); }
"""
_RANDOM = """\
#include <windows.h>
#include <ntsecapi.h>
__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE to, SIZE_T size) {
    return RtlGenRandom(to, size);
}
"""
"""What libraries written in Rust call, and Wine 8 lacks."""

_SITE = """\
# The libraries are newer than the modules: packages that ask for the version mean the modules.
import collections, sys
names = "major minor micro releaselevel serial"
sys.version_info = collections.namedtuple("version_info", names)({version})

# Wine refuses to start a program now and then: error 1359, "internal error".
import _winapi, time
start = _winapi.CreateProcess
def start_again(*words):
    for pause in (0.1, 0.5, 2.0):
        try:
            return start(*words)
        except OSError as error:
            if error.winerror != 1359:
                raise
        time.sleep(pause)
    return start(*words)
_winapi.CreateProcess = start_again
"""

_GIT_SETTINGS = """\
CC = x86_64-w64-mingw32-gcc
AR = x86_64-w64-mingw32-ar
COMPAT_CFLAGS := $(filter-out -DDETECT_MSYS_TTY -fstack-protector-strong,$(COMPAT_CFLAGS)) -Iheaders
NO_OPENSSL = 1
NO_CURL = 1
NO_EXPAT = 1
NO_ICONV = 1
NO_GETTEXT = 1
NO_PERL = 1
NO_PYTHON = 1
NO_TCLTK = 1
NO_NSEC = 1
USE_GETTEXT_SCHEME =
USE_LIBPCRE =
"""
_GIT_HEADERS = ("NTSecAPI.h", "Psapi.h", "tlHelp32.h")
"""Names that only a file system without upper and lower case finds."""
_IS_MSYS = "static int is_msys2_sh(const char *cmd)\n{\n"
"""Git takes any sh.exe for MSYS2's, which reads backslashes in another way than busybox."""
_GIT_SYSTEM = ("MSYSTEM=MINGW64", "uname_S=MINGW", "uname_O=", "uname_M=x86_64", "uname_R=3.3")
_GIT_TOOLS = ("CFLAGS=-O1 -w", "RC=x86_64-w64-mingw32-windres -O coff")
_GIT_NAMES = ("git-upload-pack", "git-receive-pack", "git-upload-archive")
"""Names of git.exe that a clone or a push from a folder starts by a shell."""
_GIT_SCRIPTS = ("git-bisect", "git-submodule", "git-sh-setup", "git-sh-i18n")
_ENVSUBST = "git-sh-i18n--envsubst.exe"
_SHELL_NAMES = (
    *("basename", "cat", "cp", "dirname", "env", "expr", "false", "grep", "head", "ls", "mkdir"),
    *("mv", "printf", "rm", "sed", "sleep", "sort", "tail", "test", "touch", "tr", "true", "wc"),
)
"""What the folder of Git for Windows' shell has, and busybox is, too."""


class BedError(Exception):
    """What this machine lacks, or which step failed."""


@dataclass(frozen=True, slots=True)
class Bed:
    """A folder with a Windows in it."""

    folder: Path

    @classmethod
    def default(cls) -> Bed:
        """Return the bed that `NBVC_WINDOWS` names, or the one of this user."""
        cache = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
        return cls(Path(os.environ.get("NBVC_WINDOWS") or Path(cache) / "nbvc-windows").resolve())

    @property
    def python(self) -> Path:
        """The folder of the interpreter."""
        return self.folder / "py"

    @property
    def git(self) -> Path:
        """The folder of git, and of a shell if there is one."""
        return self.folder / "git"

    @property
    def _source(self) -> Path:
        return self.folder / "git-source"

    @property
    def _scripts(self) -> Path:
        """The folder in which git.exe looks for its commands."""
        return self.folder / "libexec/git-core"

    @property
    def has_shell(self) -> bool:
        """Tell whether git can start a shell."""
        return (self.git / "sh.exe").is_file()

    def environ(self, home: Path) -> dict[str, str]:
        """Return the environment of a Windows program."""
        programs = (self.python / "Scripts", self.python, self.git)
        kept = ("PATH", "LANG", "LC_ALL", "TZ", "CI")
        return {
            **{name: os.environ[name] for name in kept if name in os.environ},
            "HOME": str(home),
            "WINEPREFIX": str(self.folder / "prefix"),
            "WINEARCH": "win64",
            "WINEDEBUG": "-all",
            "WINEDLLOVERRIDES": "mscoree,mshtml=",
            "WINEPATH": ";".join(map(windows_path, programs)),
            # Compiled modules stay out of the checkout, which Linux reads, too.
            "PYTHONPYCACHEPREFIX": windows_path(self.folder / "compiled"),
            "PYTHONUTF8": "0",
            "PYTHONUNBUFFERED": "1",
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": windows_path(home / ".gitconfig"),
        }

    def command(self, program: str, *args: str) -> list[str]:
        """Return the command line that starts `python` or `git` there."""
        place = {"python": self.python / "python.exe", "git": self.git / "git.exe"}[program]
        return [_find_wine(), str(place), *args]

    def prepare(self, shell: Path | None = None) -> None:
        """Make what is missing. Raises `BedError`."""
        missing = [name for name in _NEEDED if shutil.which(name) is None]
        if missing or not _find_wine():
            raise BedError(f"{', '.join(missing) or 'wine64'} was not found: install {_DEBIAN}")
        steps = (
            ("Wine's folder", self.folder / "prefix/system.reg", self._make_prefix),
            ("Python's libraries", self.python / "python312.dll", self._fetch_libraries),
            ("python.exe", self.python / "python.exe", self._build_python),
            ("the standard library", self.python / "Lib/sitecustomize.py", self._copy_library),
            ("packages", self.python / "Lib/site-packages/.complete", self._fetch_packages),
            ("git.exe", self.git / "git.exe", self._build_git),
            ("git's scripts", self._scripts / _ENVSUBST, self._build_scripts),
        )
        for name, made, make in steps:
            if not made.exists():
                started = time.monotonic()
                made.parent.mkdir(parents=True, exist_ok=True)
                make()
                if not made.exists():
                    raise BedError(f"{name} could not be made in {self.folder}")
                print(f"made {name} in {time.monotonic() - started:.0f} s", flush=True)
        if shell is not None:
            shutil.copyfile(shell, self.git / "sh.exe")
        if self.has_shell:
            self._give_names("sh.exe", _SHELL_NAMES)
        self._give_names("git.exe", _GIT_NAMES)
        self.keep_awake()

    def keep_awake(self) -> None:
        """Start Wine's server and its services, for a minute after each program.

        Starting them takes seconds, and those that a program starts hold its pipes open.
        """
        quiet, environ = subprocess.DEVNULL, self.environ(self.folder)
        for command in ([_find_server(), "-p60"], self.command("git", "--version")):
            subprocess.run(
                command, env=environ, stdin=quiet, stdout=quiet, stderr=quiet, check=False
            )

    def _make_prefix(self) -> None:
        for words in (("wineboot", "-i"), ("winecfg", "-v", "win10")):
            _run(_find_wine(), *words, environ=self.environ(self.folder))
        _run(_find_server(), "-w", environ=self.environ(self.folder))

    def _fetch_libraries(self) -> None:
        _download(self.folder / "wheels", _SHIPPED_IN, "--no-deps")
        (wheel,) = (self.folder / "wheels").glob("panda3d-*.whl")
        # Wine has its own api-ms-*; _wmi crashes there, and `platform` does without it.
        skipped = ("api-ms", "tcl", "tk8", "_tkinter", "_wmi")
        with zipfile.ZipFile(wheel) as file:
            for name in file.namelist():
                place, _, last = name.rpartition("/")
                if place == "deploy_libs" and not last.startswith(skipped):
                    (self.python / last).write_bytes(file.read(name))

    def _build_python(self) -> None:
        library = str(self.python / "python312.dll")
        self._build_stable_library(library)
        self._compile("bcryptprimitives.dll", _RANDOM, "-shared", "-ladvapi32")
        self._compile("python.exe", _MAIN, "-municode", library)

    def _build_stable_library(self, library: str) -> None:
        """Make python3.dll, which extensions of any Python 3 are linked with, of forwarded names."""
        listing = _run("x86_64-w64-mingw32-objdump", "-p", library)
        names = sorted(set(re.findall(r"^\t.*\b(_?Py\w*)$", listing, re.MULTILINE)))
        exports = self.folder / "python3.def"
        exports.write_text("EXPORTS\n" + "".join(f"{one} = python312.{one}\n" for one in names))
        self._compile("python3.dll", "", "-shared", str(exports))

    def _compile(self, name: str, text: str, *options: str) -> None:
        source = self.folder / f"{name}.c"
        source.write_text(text)
        target = str(self.python / name)
        _run("x86_64-w64-mingw32-gcc", "-O1", "-s", "-o", target, str(source), *options)

    def _copy_library(self) -> None:
        python = find_python(VERSION)
        if python is None:
            raise BedError(f"Python {VERSION} was not found: its standard library is needed")
        show = "import sys, sysconfig; print(sysconfig.get_path('stdlib'), *sys.version_info)"
        place, *version = _run(python, "-c", show).split()
        left_out = shutil.ignore_patterns(*_LEFT_OUT, "config-*", "_sysconfigdata*")
        shutil.copytree(place, self.python / "Lib", ignore=left_out, dirs_exist_ok=True)
        (self.python / "Lib/site-packages").mkdir()
        numbers = ", ".join(repr(one) if one.isalpha() else one for one in version)
        (self.python / "Lib/sitecustomize.py").write_text(_SITE.format(version=numbers))

    def _fetch_packages(self) -> None:
        into = self.python / "Lib/site-packages"
        _pip("install", "-q", "--target", str(into), "--upgrade", *_FOR_WINDOWS, *_PACKAGES)
        (into / ".complete").touch()

    def _build_git(self) -> None:
        source = self._source
        if not source.exists():
            draft = self.folder / "git-source.part"
            draft.mkdir(exist_ok=True)
            _run("tar", "-xf", str(self._fetch_git()), "-C", str(draft), "--strip-components", "1")
            draft.rename(source)
        (source / "headers").mkdir(exist_ok=True)
        for name in _GIT_HEADERS:
            (source / "headers" / name).write_text(f"#include <{name.lower()}>\n")
        (source / "config.mak").write_text(_GIT_SETTINGS)
        mingw = source / "compat/mingw.c"
        mingw.write_text(mingw.read_text().replace(_IS_MSYS, f"{_IS_MSYS}\treturn 0;\n", 1))
        self._make_git("git.exe")
        for name in ("info", "hooks"):
            (self.folder / "share/git-core/templates" / name).mkdir(parents=True, exist_ok=True)
        shutil.copyfile("/usr/x86_64-w64-mingw32/lib/zlib1.dll", self.git / "zlib1.dll")
        self._strip("git.exe", self.git)

    def _build_scripts(self) -> None:
        """Make the commands of git that are scripts, where git looks for them."""
        self._make_git(*_GIT_SCRIPTS, _ENVSUBST)
        for name in _GIT_SCRIPTS:
            shutil.copy(self._source / name, self._scripts)
        self._strip(_ENVSUBST, self._scripts)

    def _make_git(self, *targets: str) -> None:
        jobs = f"-j{os.cpu_count() or 1}"
        _run("make", "-s", jobs, *_GIT_SYSTEM, *_GIT_TOOLS, *targets, cwd=self._source)

    def _strip(self, name: str, into: Path) -> None:
        _run("x86_64-w64-mingw32-strip", "-o", str(into / name), str(self._source / name))

    def _give_names(self, program: str, names: tuple[str, ...]) -> None:
        """Link a program that acts by the name it is called by to these names."""
        for name in names:
            path = self.git / f"{name}.exe"
            path.unlink(missing_ok=True)
            path.hardlink_to(self.git / program)

    def _fetch_git(self) -> Path:
        """Download git's source package, by the system's own settings with sources added."""
        apt = self.folder / "apt"
        for name in ("parts", "lists/partial", "archives/partial"):
            (apt / name).mkdir(parents=True, exist_ok=True)
        for path in (Path("/etc/apt/sources.list"), *Path("/etc/apt/sources.list.d").glob("*")):
            if path.suffix in {".list", ".sources"} and path.is_file():
                text = path.read_text().replace("Types: deb\n", "Types: deb-src\n")
                lines = text.splitlines(keepends=True)
                changed = ("deb-src" + one[3:] if one.startswith("deb ") else one for one in lines)
                (apt / "parts" / path.name).write_text("".join(changed))
        places = {
            "Dir::Etc::sourcelist": "/dev/null",
            "Dir::Etc::sourceparts": str(apt / "parts"),
            "Dir::State::lists": str(apt / "lists"),
            "Dir::Cache": str(apt),
            "APT::Sandbox::User": "root",
        }
        options = [word for name, value in places.items() for word in ("-o", f"{name}={value}")]
        _run("apt-get", "-q", *options, "update")
        _run("apt-get", "-q", *options, "source", "--download-only", "git", cwd=self.folder)
        (found,) = self.folder.glob("git_*.orig.tar.*z")
        return found


def windows_path(path: Path) -> str:
    """Return how a program in Wine names a file of this machine."""
    return "Z:" + str(path).replace("/", "\\")


_FOR_WINDOWS = ("--platform", "win_amd64", "--python-version", VERSION, "--only-binary=:all:")


def _pip(*words: str) -> None:
    _run(sys.executable, "-m", "pip", "--no-input", "--disable-pip-version-check", *words)


def _download(into: Path, *words: str) -> None:
    _pip("download", "-q", "-d", str(into), *_FOR_WINDOWS, *words)


def _find_wine() -> str:
    return shutil.which("wine64", path=f"{os.environ['PATH']}:/usr/lib/wine") or ""


def _find_server() -> str:
    return shutil.which("wineserver", path=f"{os.environ['PATH']}:/usr/lib/wine") or "wineserver64"


def _run(*command: str, environ: dict[str, str] | None = None, cwd: Path | None = None) -> str:
    ran = subprocess.run(
        command, capture_output=True, text=True, errors="replace", check=False, env=environ, cwd=cwd
    )
    if ran.returncode:
        raise BedError(f"{' '.join(command)[:200]} failed:\n{(ran.stdout + ran.stderr)[-2000:]}")
    return ran.stdout
