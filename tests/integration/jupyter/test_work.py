"""Workers: they end when their time is up, import nothing foreign, and never hold the server."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from nbvc_jupyter import work as work_module
from nbvc_jupyter import workers
from nbvc_jupyter.contents import ContentsSetting
from nbvc_jupyter.frames import FrameKind
from nbvc_jupyter.refusals import RefusedError
from nbvc_jupyter.work import Call, Wanted, Work
from nbvc_jupyter.worker import Task
from nbvc_jupyter.workers import Process
from tests.conftest import ROOT
from tests.integration.git.sandbox import commit_all, git
from tests.integration.jupyter.conftest import FIRST, Ask
from tests.integration.jupyter.tasks import NoManager
from tests.making import code, file, stream

_MORE = """
import re
import nbvc_jupyter.tasks
nbvc_jupyter.tasks.TASKS["spin"] = lambda *_: re.match("(a+)+$", "a" * 60 + "b")
nbvc_jupyter.tasks.TASKS["die"] = lambda *_: __import__("os").abort()
nbvc_jupyter.tasks.TASKS["grow"] = lambda *_: "x" * ((1 << 26) - 2)
main()
"""


@pytest.fixture
def work(repo: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Work]:
    """Workers that can do bad things, too: one of them holds the interpreter for ever."""
    boot = workers._BOOT.removesuffix("main()\n") + _MORE
    monkeypatch.setattr(workers, "_BOOT", boot)
    made = _work(repo)
    yield made
    made.close()


def _work(repo: Path) -> Work:
    setting = ContentsSetting(str(repo), hidden=False, key="test")
    return Work(dict(os.environ), lambda: setting, NoManager(), 5.0)


def is_running(pid: int) -> bool:
    """Tell whether a process is there that is not a zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


DIGEST = Call("digest", {"path": "a.ipynb"})


async def refused(task: Any) -> RefusedError:
    with pytest.raises(RefusedError) as caught:
        await task
    return caught.value


async def test_a_look_sees_the_checkpoint_that_was_asked_for_before(work: Work) -> None:
    await work.look(DIGEST, Wanted())
    made = asyncio.ensure_future(work.keep(Call("jupyter/create", DIGEST.query), Wanted()))
    await asyncio.sleep(0)
    seen = await work.look(Call("checkpoints", DIGEST.query), Wanted())
    assert made.done()
    assert len(msgspec.json.decode(seen.content)["checkpoints"]) == 1


async def test_a_worker_waits_for_the_first_task(work: Work) -> None:
    await work.warm()
    (idle,) = work._idle
    await work.warm()
    assert work._idle == [idle]
    await work.look(DIGEST, Wanted())
    assert work._idle == [idle]


async def test_a_task_that_is_late_ends_with_its_process(work: Work) -> None:
    await work.look(DIGEST, Wanted())
    (idle,) = work._idle
    error = await refused(work.look(Call("spin", {}), Wanted(), seconds=0.5))
    assert (error.status, error.reason) == (504, "timeout")
    assert not is_running(idle.pid)
    assert not Path(f"/proc/{idle.pid}").exists()  # not even as a zombie
    assert json.loads((await work.look(DIGEST, Wanted())).content)["digest"]


async def test_a_task_that_nobody_wants_ends_with_its_process(work: Work) -> None:
    await work.look(DIGEST, Wanted())
    (idle,) = work._idle
    wanted = Wanted()
    asyncio.get_running_loop().call_later(0.2, wanted.give_up)
    error = await refused(work.look(Call("spin", {}), wanted))
    assert (error.status, error.reason) == (499, "cancelled")
    assert not is_running(idle.pid)


async def test_a_worker_that_dies_is_replaced(work: Work) -> None:
    error = await refused(work.look(Call("die", {}), Wanted()))
    assert (error.status, error.reason) == (503, "worker-ended")
    assert (await work.look(DIGEST, Wanted())).kind is FrameKind.DONE


async def test_a_worker_that_grew_is_not_kept(work: Work) -> None:
    assert len((await work.look(Call("grow", {}), Wanted())).content) == 1 << 26
    assert work._idle == []


async def test_the_loop_goes_on_while_a_worker_holds_its_interpreter(work: Work) -> None:
    ticks, busy = (
        0,
        asyncio.ensure_future(refused(work.look(Call("spin", {}), Wanted(), seconds=1))),
    )
    while not busy.done():
        await asyncio.sleep(0.01)
        ticks += 1
    assert ticks > 20
    assert (await busy).status == 504


async def test_too_many_requests_are_told_so(work: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work_module, "WAITING", 2)
    busy = [
        asyncio.ensure_future(refused(work.look(Call("spin", {}), Wanted(), seconds=2)))
        for _ in range(work_module.LOOKS)
    ]
    await asyncio.sleep(0.1)
    waiting = [asyncio.ensure_future(work.look(DIGEST, Wanted())) for _ in range(2)]
    await asyncio.sleep(0)
    error = await refused(work.look(DIGEST, Wanted()))
    assert (error.status, error.reason) == (503, "busy")
    assert {one.status for one in await asyncio.gather(*busy)} == {504}
    assert len(await asyncio.gather(*waiting)) == 2
    monkeypatch.setattr(work_module, "WAITING_BYTES", 10)
    await work.look(DIGEST, Wanted())


async def test_all_workers_end_with_the_server(work: Work) -> None:
    await asyncio.gather(*(work.look(DIGEST, Wanted()) for _ in range(3)))
    late = asyncio.ensure_future(refused(work.look(Call("spin", {}), Wanted())))
    await asyncio.sleep(0.3)
    pids = [one.pid for one in (*work._idle, *work._busy)]
    assert len(pids) >= 2
    await asyncio.to_thread(work.close, 0.2)
    assert not any(map(is_running, pids))
    assert (await late).reason in {"worker-ended", "cancelled"}


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="looks into /proc")
def test_a_worker_inherits_no_socket_and_ends_when_the_server_is_killed(tmp_path: Path) -> None:
    script = (
        "import os, socket, sys, time\n"
        "from nbvc_jupyter.workers import Process\n"
        "listening = socket.create_server(('127.0.0.1', 0))\n"
        "one = Process(os.environ)\n"
        "print(one.pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    paths = [str(ROOT), str(ROOT / "jupyter_extension"), *sys.path]
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
    with subprocess.Popen(
        [sys.executable, "-c", script], env=environ, stdout=subprocess.PIPE, cwd=tmp_path
    ) as server:
        assert server.stdout is not None
        pid = int(server.stdout.readline())
        links = [os.readlink(one) for one in Path(f"/proc/{pid}/fd").iterdir() if one.is_symlink()]
        server.kill()
    assert not [link for link in links if link.startswith("socket:")]
    until = time.monotonic() + 20
    while is_running(pid) and time.monotonic() < until:
        time.sleep(0.05)
    assert not is_running(pid)


def test_a_worker_imports_nothing_of_the_current_folder_or_of_pythonpath(
    tmp_path: Path, repo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran = tmp_path / "ran"
    planted = tmp_path / "planted"
    planted.mkdir()
    for name in ("nbvc", "nbvc_jupyter", "msgspec", "json", "sitecustomize", "typing_extensions"):
        (planted / f"{name}.py").write_text(f"open({str(ran)!r}, 'w').write({name!r})\n")
    monkeypatch.chdir(planted)
    environ = {**os.environ, "PYTHONPATH": str(planted), "PYTHONSTARTUP": str(planted / "json.py")}
    process = Process(environ)
    try:
        setting = ContentsSetting(str(repo), hidden=False, key="test")
        task = Task("digest", {"path": "a.ipynb"}, setting, False, 30.0, 5.0)
        assert process.run(task, b"", NoManager()).kind is FrameKind.DONE
    finally:
        process.close()
    assert not ran.exists()


def test_one_module_of_the_server_starts_processes() -> None:
    folder = ROOT / "jupyter_extension" / "nbvc_jupyter"
    found = [path.name for path in folder.glob("*.py") if "import subprocess" in path.read_text()]
    assert found == ["workers.py"]
    for path in folder.glob("*.py"):
        assert "os.system" not in path.read_text()
        assert "multiprocessing" not in path.read_text()


async def test_slow_git_holds_neither_the_loop_nor_other_requests(
    repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit_all(repo, "one")
    slow = tmp_path / "slow"
    slow.mkdir()
    real = git(repo, "--exec-path")
    program = Path(real, "git")
    (slow / "git").write_text(f'#!/bin/sh\nsleep 5\nexec "{program}" "$@"\n')
    (slow / "git").chmod(0o755)
    monkeypatch.setenv("PATH", f"{slow}{os.pathsep}{os.environ['PATH']}")
    work = _work(repo)
    try:
        query = {"path": "a.ipynb"}
        start = time.monotonic()
        late = asyncio.ensure_future(refused(work.look(Call("status", query), Wanted(), seconds=1)))
        gaps, before = [], time.monotonic()
        while not late.done():
            await asyncio.sleep(0.01)
            gaps.append(time.monotonic() - before)
            before = time.monotonic()
        assert (await late).status == 504
        assert time.monotonic() - start < 15
        assert sorted(gaps)[len(gaps) // 2] < 0.1
        assert (await work.look(Call("digest", query), Wanted(), seconds=30)).kind is FrameKind.DONE
    finally:
        work.close()


async def test_many_large_bodies_at_once(repo: Path, ask: Ask) -> None:
    def sent(number: int) -> dict[str, Any]:
        text = "".join(f"{number} line {line}\n" for line in range(60_000))
        sent: dict[str, Any] = json.loads(
            file(*(code(f"x = {n}", [stream(text)]) for n in range(4)))
        )
        return sent

    body = {"path": "a.ipynb", "before": {"kind": "head"}, "lean": True}
    answers = await asyncio.gather(
        *(
            ask("diff", {**body, "after": {"kind": "content", "notebook": sent(number)}})
            for number in range(8)
        )
    )
    assert {status for status, _ in answers} <= {200, 503}
    assert 200 in {status for status, _ in answers}
    assert (repo / "a.ipynb").read_bytes() == FIRST
