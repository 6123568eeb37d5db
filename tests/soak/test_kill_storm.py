"""Everything is killed again and again under load: nothing is lost, nothing is doubled.

The simulator keeps a journal of what was acknowledged, and compares it with the rows afterwards.
"""

import random
import subprocess
import time
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from radius.simulator.journal import read_journal
from tests.e2e.conftest import Stack, eventually
from tests.soak import figures, truth
from tests.soak.simulation import simulation
from tests.soak.storm import Storm
from wificore.devserver.services import running_stack

RATE, SUBSCRIBERS, TENANTS = 60, 1000, "acme,blue"
# The simulated day is a little longer than the storm, which waits for who is still coming back.
KILL_S, QUIET_S = 4.5, 20


def simulated(
    stack: Stack, journal: Path, duration: float, seed: int
) -> AbstractContextManager[subprocess.Popen[bytes]]:
    """`manage.py simulate routers` beside the stack; what it says is in `journal`.log."""
    options = {
        "--tenants": TENANTS,
        "--subscribers": SUBSCRIBERS,
        "--rate": RATE,
        "--duration": duration,
        "--seed": seed,
        "--settle": 120,
        "--journal": journal,
    }
    return simulation(stack, journal, "routers", options)


@pytest.mark.soak
@pytest.mark.timeout(7200)
def test_a_kill_storm_loses_nothing_and_doubles_nothing(tmp_path: Path) -> None:
    kills, seed = figures.setting("SOAK_KILLS", 50), figures.setting("SOAK_SEED", 1)
    duration = kills * KILL_S + QUIET_S
    journal = tmp_path / "storm.jsonl"
    with running_stack(tmp_path / "var", "--no-simulator", "--restart") as running:
        stack = Stack(dict(running.contract), running)
        storm = Storm(tmp_path / "var", random.Random(seed))

        def alive() -> None:
            assert running.process.poll() is None, (running.var / "run.log").read_text()[-5000:]
            assert process.poll() is None, report()

        def report() -> str:
            return journal.with_suffix(".log").read_text()

        with simulated(stack, journal, duration, seed) as process:
            eventually(lambda: " online " in report() or process.poll() is not None)
            began = time.monotonic()
            storm.kill(kills, alive)
            seconds = time.monotonic() - began
            code = process.wait()
        assert code == 0, report()
        assert storm.done.total() == kills
        eventually(lambda: truth.waiting(stack) == 0)
        events, faults = truth.event_faults(stack, read_journal(journal))
        assert faults == []
        write_page(stack, storm, report(), {"seconds": f"{seconds:.0f}", "events": events}, seed)


def write_page(
    stack: Stack, storm: Storm, report: str, measured: dict[str, object], seed: int
) -> None:
    summary = next(line for line in reversed(report.splitlines()) if " logins " in line)
    of_each = ", ".join(f"{count} {kind}" for kind, count in sorted(storm.done.items()))
    quarantined = sum(
        len(file.read_bytes().splitlines())
        for file in (stack.running.var / "radius" / "spool" / "quarantine").glob("*")
    )
    figures.write(
        "kill-storm",
        "Kill storm: every process killed at random under the simulator",
        {
            "load": f"{RATE} logins/s over {TENANTS}, {SUBSCRIBERS} subscribers each",
            "kills (SIGKILL)": f"{storm.done.total()} in {measured['seconds']} s: {of_each}",
            "traffic": " ".join(summary.split()),
            "lost, doubled, different, foreign": "0, by the simulator's journal",
            "session events": f"{measured['events']}, each exactly once",
            "quarantined lines": quarantined,
        },
        {"SOAK_KILLS": storm.done.total(), "SOAK_SEED": seed},
    )
