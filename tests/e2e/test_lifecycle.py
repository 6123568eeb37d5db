"""The launcher with the real processes: it leaves nothing behind and starts again quickly."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.conftest import eventually
from wificore.devserver import procfs
from wificore.devserver.config import ROOT
from wificore.devserver.services import RunningStack, running_stack


def tree(pid: int) -> list[int]:
    """A process and all that came of it."""
    children = [process.pid for process in procfs.processes() if process.parent == pid]
    return [pid, *(found for child in children for found in tree(child))]


def gone(pids: list[int]) -> bool:
    return not [pid for pid in pids if procfs.command_line(pid)]


def processes(stack: RunningStack) -> list[int]:
    assert set(stack.contract["processes"]) >= {
        "postgres",
        "redis",
        "web",
        "realtime",
        "metrics",
        "sms-simulator",
        "ingester",
        "relay",
        "radius-clients",
        "freeradius",
        "simulator",
    }
    found = tree(stack.process.pid)
    assert set(stack.contract["processes"].values()) <= set(found)
    return found


def test_the_stack_starts_again_after_any_end_and_leaves_no_process(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    var = tmp_path_factory.mktemp("lifecycle")
    for number in (signal.SIGINT, signal.SIGKILL, signal.SIGTERM):
        with running_stack(var) as stack:
            pids = processes(stack)
            os.kill(stack.process.pid, number)
            eventually(lambda p=pids: gone(p[1:]))
        assert not (var / "stack.json").exists()


def test_a_taken_port_is_named_with_its_setting(tmp_path: Path) -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        environment = {k: v for k, v in os.environ.items() if not k.endswith(("_URL", "_PORT"))}
        done = subprocess.run(
            [sys.executable, "-m", "wificore.devserver", "run", "--var", str(tmp_path)],
            env={**environment, "WEB_PORT": port},
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 2
    assert port in done.stderr
    assert "WEB_PORT" in done.stderr
