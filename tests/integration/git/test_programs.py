"""Nothing out of the current folder runs or is imported, whatever PATH and PYTHONPATH say."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from nbvc.git.plumbing.filter_settings import filter_settings
from nbvc.git.plumbing.programs import (
    SAFE_LOOKUP,
    find_program,
    lookup_path,
    make_lookup,
    own_program,
)
from nbvc.git.setup.attributes import with_drivers, with_filter
from nbvc.git.setup.drivers import driver_settings
from nbvc.git.setup.hooks import install_hooks
from tests.integration.git import sandbox
from tests.integration.git.sandbox import git, notebook, opened, write

MODULES = (
    *("nbvc/__init__.py", "nbvc/__main__.py", "nbvc/cli/__init__.py", "click.py", "msgspec.py"),
    *("json.py", "re.py", "shlex.py", "hashlib.py", "tempfile.py", "pygments.py", "nbformat.py"),
    *("sitecustomize.py", "usercustomize.py", "nbvc.pth"),
)
PROGRAMS = ("git", "nbvc", "python", "python3", "sh", "bash", "less", "cat", "env", "test", "ssh")
_EXE = "" if os.sep == "/" else ".exe"
ENTRIES = (".", "", "bin", "./bin", "../theirs")


@pytest.mark.parametrize(
    ("entries", "left"),
    [
        ((".", "/usr/bin"), ["/usr/bin"]),
        (("/a", "", "/b", ""), ["/a", "/b"]),
        (("bin", "./x", "/a b"), ["/a b"]),
        ((".",), None),
        (("",), None),
    ],
)
def test_only_absolute_folders_count(entries: tuple[str, ...], left: list[str] | None) -> None:
    drive = "" if os.sep == "/" else "C:"
    path = os.pathsep.join(f"{drive}{one}" if one[:1] == "/" else one for one in entries)
    found = lookup_path({"PATH": path}).split(os.pathsep)
    if left is None:
        assert set(found) == {*os.defpath.split(os.pathsep)} - {"."}
    else:
        assert found == [f"{drive}{one}" for one in left]


def test_a_program_is_found_in_an_absolute_folder(tmp_path: Path) -> None:
    tool = write(tmp_path / "bin" / f"tool{_EXE}", b"#!/bin/sh\n")
    tool.chmod(0o755)
    assert find_program("tool", {"PATH": "bin"}) is None
    assert find_program("tool", {"PATH": os.pathsep.join(["bin", str(tool.parent)])}) == str(tool)


@pytest.mark.parametrize("shell", ["sh", "bash", "dash"])
@pytest.mark.parametrize(
    ("path", "left"),
    [
        (".:/usr/bin", "/usr/bin"),
        ("/a::/b:", "/a:/b"),
        ("bin:./x:/a b:/*", "/a b:/*"),
        (".", "/usr/bin:/bin"),
    ],
)
def test_the_same_in_the_shell(shell: str, path: str, left: str) -> None:
    program = find_program(shell, os.environ)
    if program is None:
        pytest.skip(f"no {shell} here")
    script = f'set -u; {SAFE_LOOKUP} printf "%s\\n" "$PATH" "$PYTHONPATH"; set -- *; [ $# -gt 1 ]'
    environ = {"PATH": path, "PYTHONPATH": f":/lib:{path}" if path != "." else ""}
    command = [program, "-c", script]
    found = subprocess.check_output(command, env=environ, cwd="/usr").decode().splitlines()
    assert found == [left, f"/lib:{left}" if path != "." else ""]


@pytest.mark.parametrize("shell", ["sh", "bash", "dash"])
@pytest.mark.parametrize(
    ("path", "left"),
    [
        ("bin:/c/Python/Scripts:.:/usr/bin", "/c/Python/Scripts:/usr/bin"),
        ("C:bin:D:/usr/bin:.", "/usr/bin"),
        (r"C:\Python;.;bin;;C:bin;d:/a b;\\x", r"C:\Python;d:/a b"),
        ("bin", "/usr/bin:/bin"),
        ("/c/odd;name:.:/usr/bin", "/usr/bin:/bin"),
        ("/usr/bin:.:/c/odd;name", "/usr/bin:/bin"),
    ],
)
@pytest.mark.parametrize(
    ("modules", "kept"),
    [
        (r"Z:\lib;.;lib;;Z:;Z:lib;c:/a b", r"Z:\lib;c:/a b"),
        ("Z:/lib", "Z:/lib"),
        (".", ""),
        ("lib", ""),
        ("", ""),
    ],
)
@pytest.mark.parametrize("doubled", [False, True])
def test_the_same_in_a_shell_on_windows(
    shell: str, path: str, left: str, modules: str, kept: str, doubled: bool
) -> None:
    program = find_program(shell, os.environ)
    if program is None:
        pytest.skip(f"no {shell} here")
    lookup = make_lookup(windows=True).replace("\\", "\\\\" if doubled else "\\")
    script = f'set -u; {lookup} printf "%s\\n" "$PATH" "$PYTHONPATH"; set -- *; [ $# -gt 1 ]'
    environ = {"PATH": path, "PYTHONPATH": modules}
    command = [program, "-c", script]
    found = subprocess.check_output(command, env=environ, cwd="/usr").decode().splitlines()
    assert found == [left, kept]


def interpreter() -> list[str]:
    """The command for an nbvc that has no script of its own."""
    command = own_program()
    if len(command) > 1:
        return command
    from nbvc.git.plumbing import programs

    return [sys.executable, "-c", programs._START]


def installed_script() -> list[str]:
    command = own_program()
    if len(command) > 1:
        pytest.skip("no script of nbvc beside this Python")
    return command


@pytest.fixture(params=["script", "interpreter"])
def program(request: pytest.FixtureRequest) -> list[str]:
    return installed_script() if request.param == "script" else interpreter()


def planted(folder: Path, ran: Path) -> None:
    """Fill a folder with modules and programs that note that they ran."""
    for name in MODULES:
        code = f"import os; os.system('echo {name} >> {ran}')\n"
        write(folder / name, (code if name != "nbvc.pth" else f"import os; {code}").encode())
    for name in PROGRAMS:
        path = folder / name if not (folder / name).is_dir() else folder / f"{name}.exe"
        write(path, f"#!/bin/sh\necho {name} >> '{ran}'\n".encode()).chmod(0o755)


@pytest.mark.parametrize("entry", ENTRIES)
def test_git_starts_nothing_of_the_repository(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: list[str], entry: str
) -> None:
    top = sandbox.committed(tmp_path / "theirs", "a.ipynb", "sub/b.ipynb")
    settings = {**driver_settings(program), **filter_settings(program, ["form=1", "preset=strip"])}
    for name, value in settings.items():
        git(top, "config", name, value)
    write(top / ".git/info/attributes", with_filter(with_drivers(b""), first=False))
    install_hooks(opened(top), program)
    ran = tmp_path / "ran"
    for folder in (top, top / "bin", top / "sub"):
        planted(folder, ran)
    real = find_program("git", os.environ)
    assert real is not None
    monkeypatch.setenv("PATH", os.pathsep.join([entry, os.environ["PATH"]]))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([entry, os.environ["PYTHONPATH"]]))
    write(top / "sub/b.ipynb", notebook("new"))
    os.utime(top / "a.ipynb", (1, 1))
    for args in (
        ["status"], ["diff"], ["add", "sub/b.ipynb"], ["commit", "-qm", "new"],
        ["checkout", "-q", "-b", "side", "HEAD~1"], ["log", "-p"], ["stash"],
    ):  # fmt: skip
        done = subprocess.run([real, *args], cwd=top, capture_output=True, check=False)
        assert b"not found" not in done.stderr, done.stderr
        assert done.returncode == 0, (args, done.stderr)
    write(top / "sub/b.ipynb", notebook("other"))
    subprocess.run([real, "commit", "-qam", "other"], cwd=top, check=True, capture_output=True)
    merged = subprocess.run([real, "merge", "main"], cwd=top, capture_output=True, check=False)
    assert merged.returncode == 1, "a conflict"
    assert b"merged as plain text" not in merged.stderr
    assert not ran.exists(), ran.read_text()


@pytest.mark.parametrize("entry", ENTRIES)
def test_nbvc_itself_imports_nothing_of_the_current_folder(
    tmp_path: Path, program: list[str], entry: str
) -> None:
    top = sandbox.committed(tmp_path / "theirs", "a.ipynb")
    write(top / "a.ipynb", notebook("new"))
    ran = tmp_path / "ran"
    for folder in (top, top / "bin"):
        planted(folder, ran)
        # What Python imports by itself before nbvc starts is the caller's choice.
        for name in ("sitecustomize.py", "usercustomize.py", "re.py", "json.py"):
            (folder / name).unlink()
        for path in (folder / "nbvc").rglob("*.py"):
            path.unlink()
    environ = {
        **os.environ,
        "PATH": os.pathsep.join([entry, os.environ["PATH"]]),
        "PYTHONPATH": os.pathsep.join([os.environ["PYTHONPATH"], entry]),
    }
    for args in (
        ["diff", "--color", "always"],
        ["status"],
        ["doctor"],
        ["commit", "a.ipynb", "-m", "x"],
    ):
        subprocess.run([*program, *args], cwd=top, env=environ, capture_output=True, check=False)
        assert not ran.exists(), (args, ran.read_text())


def test_run_as_a_module_it_drops_the_current_folder(tmp_path: Path) -> None:
    top = sandbox.committed(tmp_path / "theirs", "a.ipynb")
    write(top / "a.ipynb", notebook("new"))
    for name in ("click", "msgspec", "pygments", "gc"):
        write(top / f"{name}.py", f"open({str(tmp_path / 'ran')!r}, 'w')\n".encode())
    command = [sys.executable, "-m", "nbvc", "diff"]
    done = subprocess.run(command, cwd=top, capture_output=True, check=True)
    assert b"new" in done.stdout
    assert not (tmp_path / "ran").exists()
