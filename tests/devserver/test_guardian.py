"""The guardian and the way processes are stopped, with light processes."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from wificore.devserver import procfs, stopping
from wificore.devserver.config import ROOT

# A launcher that starts one child and names it; the child starts one of its own.
LAUNCHER = """
import os, sys, time
from pathlib import Path
from wificore.devserver import procfs, stopping
from wificore.devserver.child import Spec, spawn
from wificore.devserver.guardian import Guardian
guardian = Guardian(Path(sys.argv[1]) / "guardian.log")
process = spawn(Spec("child", ["sh", "-c", sys.argv[2]], dict(os.environ)), sys.stdout.fileno())
patience = ((15, 0.5), (9, 5.0))
guardian.watch(stopping.Target("child", process.pid, procfs.start_time(process.pid), patience))
guardian.remove_file(Path(sys.argv[1]) / "stack.json")
print(process.pid, flush=True)
time.sleep(1000)
"""


def wait(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def session(leader: int) -> list[procfs.Stat]:
    return [process for process in procfs.processes() if process.session == leader]


def target(process: subprocess.Popen[bytes], patience: float = 30.0) -> stopping.Target:
    signals = ((signal.SIGTERM, patience), (signal.SIGKILL, 30.0))
    return stopping.Target("test", process.pid, procfs.start_time(process.pid), signals)


def start(script: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(["sh", "-c", script], start_new_session=True)


@pytest.mark.parametrize(
    "script",
    ["sleep 1000 & wait", "trap '' TERM; sleep 1000 & sleep 1000"],
    ids=["with a child of its own", "deaf to SIGTERM"],
)
def test_kill_9_of_the_launcher_ends_its_children_and_theirs(script: str, tmp_path: Path) -> None:
    (tmp_path / "stack.json").touch()
    launcher = subprocess.Popen(
        [sys.executable, "-c", LAUNCHER, str(tmp_path), script], cwd=ROOT, stdout=subprocess.PIPE
    )
    with launcher:
        assert launcher.stdout
        leader = int(launcher.stdout.readline())
        wait(lambda: any(process.command == "sleep" for process in session(leader)))
        launcher.kill()
        wait(lambda: session(leader) == [])
    wait(lambda: not (tmp_path / "stack.json").exists())


def test_a_polite_process_is_asked_once_and_its_children_end_with_it() -> None:
    process = start("sleep 1000 & wait")
    wait(lambda: len(session(process.pid)) == 2)
    stopping.stop(target(process))
    assert session(process.pid) == []
    assert process.wait() == -signal.SIGTERM


def test_a_process_that_does_not_listen_is_killed() -> None:
    process = start("trap '' TERM; while :; do sleep 0.1; done")
    wait(lambda: len(session(process.pid)) == 2)
    stopping.stop(target(process, patience=0.3))
    assert process.wait() == -signal.SIGKILL


def test_a_pid_that_was_given_away_again_is_not_touched() -> None:
    process = start("sleep 1000")
    old = stopping.Target("old", process.pid, procfs.start_time(process.pid) - 1)
    stopping.stop(old)
    assert process.poll() is None
    process.kill()
    process.wait()


def test_a_target_survives_the_way_over_the_pipe() -> None:
    sent = stopping.Target("postgres", os.getpid(), 1, stopping.POSTGRES, "/var/lib/x")
    assert stopping.Target.from_json(sent.to_json()) == sent
