"""The supervisor in a process of its own: servers that go away, and lines that are kept."""

import subprocess
import sys
from pathlib import Path

from wificore.devserver.config import ROOT

PROGRAM = """
import os, sys
from pathlib import Path
from wificore.devserver.child import Spec
from wificore.devserver.console import Console
from wificore.devserver.errors import Failed, StopRequested
from wificore.devserver.guardian import Guardian
from wificore.devserver.supervisor import Supervisor

logs = Path(sys.argv[1])
supervisor = Supervisor(Console(), logs, Guardian(logs / "guardian.log"))
supervisor.maintenance_seconds = 1.0

def spec(name, script, **more):
    return Spec(name, ["sh", "-c", script], dict(os.environ), **more)

try:
    exec(sys.argv[2])
except Failed as error:
    print("FAILED", error, flush=True)
finally:
    supervisor.stop()
    supervisor.guardian.close()
"""


def supervise(tmp_path: Path, code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(tmp_path), code],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.stderr == ""
    return done.stdout


def test_a_server_that_does_not_come_back_stops_all(tmp_path: Path) -> None:
    output = supervise(
        tmp_path,
        "supervisor.start(spec('db', 'exit 0', find_again=lambda: None))\n"
        "supervisor.watch_forever()",
    )
    assert "db was stopped cleanly: waiting" in output
    assert "FAILED db did not come back" in output


def test_a_task_may_end_and_its_output_has_its_name_before_it(tmp_path: Path) -> None:
    output = supervise(tmp_path, "supervisor.run(spec('task', 'echo hello', may_finish=True))")
    assert output == "task           | hello\n"
    assert (tmp_path / "task.log").read_text() == "hello\n"


def test_a_task_that_fails_is_reported_with_its_last_words(tmp_path: Path) -> None:
    output = supervise(
        tmp_path, "supervisor.run(spec('task', 'printf no-newline; exit 3', may_finish=True))"
    )
    assert "FAILED task ended with exit code 3; its last lines:\n    no-newline" in output


def test_a_program_that_is_not_there_is_named(tmp_path: Path) -> None:
    output = supervise(tmp_path, "supervisor.start(Spec('ghost', ['/nonexistent'], {}))")
    assert "FAILED ghost cannot be started: " in output
    assert "/nonexistent" in output


def test_the_log_of_the_previous_run_is_kept(tmp_path: Path) -> None:
    for word in ("first", "second"):
        supervise(tmp_path, f"supervisor.run(spec('task', 'echo {word}', may_finish=True))")
    assert (tmp_path / "task.log").read_text() == "second\n"
    assert (tmp_path / "task.log.1").read_text() == "first\n"


def test_a_child_that_is_not_ready_in_time_is_named(tmp_path: Path) -> None:
    output = supervise(
        tmp_path,
        "child = supervisor.start(spec('slow', 'echo busy; exec sleep 1000', ready_line='ready'))\n"
        "supervisor.wait_until(lambda: child.said_ready, 1.0, 'slow')",
    )
    assert "FAILED slow is not ready after 1 s; its last lines:\n    busy" in output


def test_a_guardian_that_was_killed_stops_all(tmp_path: Path) -> None:
    output = supervise(
        tmp_path,
        "supervisor.start(spec('child', 'exec sleep 1000'))\n"
        "supervisor.guardian.process.kill()\nsupervisor.watch_forever()",
    )
    assert "FAILED the guardian was killed" in output


def test_a_supervisor_that_keeps_alive_starts_whatever_dies_again_and_pauses_longer(
    tmp_path: Path,
) -> None:
    output = supervise(
        tmp_path,
        "import time; from wificore.devserver import restarts; restarts.PAUSE = 0.1\n"
        "supervisor.keeps_alive, tidied, starts = True, [], []\n"
        "supervisor.on_change = lambda: starts.append(time.monotonic())\n"
        "child = spec('child', 'exit 3', tidy=lambda: tidied.append(1))\n"
        "supervisor.start(child)\n"
        "supervisor.wait_until(lambda: len(starts) == 8, 60.0, 'child')\n"
        "gaps = [b - a for a, b in zip(starts, starts[1:])]\n"
        "print(len(tidied), all(gap >= 0.1 * n for n, gap in enumerate(gaps, 2)), flush=True)",
    )
    # More often than a worker may die, and never a failure.
    assert output.count("child ended with exit code 3: starting it again") >= 8
    assert "8 True" in output.splitlines()
    assert "FAILED" not in output


def test_a_stop_does_not_wait_for_a_child_that_is_to_be_started_again(tmp_path: Path) -> None:
    output = supervise(
        tmp_path,
        "from wificore.devserver import restarts\n"
        "restarts.PAUSE = restarts.LONGEST_PAUSE = 1000.0\n"
        "supervisor.keeps_alive = True\n"
        "child = supervisor.start(spec('child', 'exit 3'))\n"
        "supervisor.wait_until(lambda: child.starts_at is not None, 60.0, 'child')\n"
        "supervisor.stop()\nprint('stopped', len(supervisor.children), flush=True)",
    )
    assert output.endswith("stopped 0\n")
