"""Web, workers and PostgreSQL are killed under payments: the books balance, nothing is doubled.

The simulator keeps a journal of what it sent and what was acknowledged, and compares it with the
books afterwards, to the micro-unit.
"""

import random
import subprocess
import time
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from tests.e2e.conftest import Stack, eventually
from tests.soak import figures
from tests.soak.simulation import simulation
from tests.soak.storm import Storm
from wificore.devserver.services import running_stack

KINDS = (
    *("web", "worker", "worker-outbound", "beat", "postgres", "redis"),
    *("a backend of postgres", "a worker of web"),
)
RATE, WALLETS, TENANTS = 4, 20, "acme,blue"
# The simulated day is a little longer than the storm, which waits for who is still coming back.
KILL_S, QUIET_S = 4.5, 20
# A question that was lost with Redis is asked again by beat, two minutes later or four.
SETTLE_S = 600


def simulated(
    stack: Stack, journal: Path, duration: float, seed: int
) -> AbstractContextManager[subprocess.Popen[bytes]]:
    """`manage.py simulate payments` beside the stack; what it says is in `journal`.log."""
    options = {
        "--tenants": TENANTS,
        "--wallets": WALLETS,
        "--rate": RATE,
        "--duration": duration,
        "--seed": seed,
        "--settle": SETTLE_S,
        "--journal": journal,
    }
    return simulation(stack, journal, "payments", options)


@pytest.mark.soak
@pytest.mark.timeout(7200)
def test_a_kill_storm_loses_no_payment_and_credits_none_twice(tmp_path: Path) -> None:
    kills, seed = figures.setting("SOAK_PAYMENT_KILLS", 30), figures.setting("SOAK_SEED", 1)
    journal = tmp_path / "payments.jsonl"
    with running_stack(tmp_path / "var", "--no-simulator", "--restart") as running:
        stack = Stack(dict(running.contract), running)
        storm = Storm(tmp_path / "var", random.Random(seed), KINDS)

        def alive() -> None:
            assert running.process.poll() is None, (running.var / "run.log").read_text()[-5000:]
            assert process.poll() is None, report()

        def report() -> str:
            return journal.with_suffix(".log").read_text()

        with simulated(stack, journal, kills * KILL_S + QUIET_S, seed) as process:
            eventually(lambda: journal.exists() and "acked" in journal.read_text())
            began = time.monotonic()
            storm.kill(kills, alive)
            seconds = time.monotonic() - began
            code = process.wait()
        assert code == 0, report()
        assert storm.done.total() == kills
        write_page(storm, report(), seconds, seed)


def write_page(storm: Storm, report: str, seconds: float, seed: int) -> None:
    summary = next(line for line in reversed(report.splitlines()) if " credited, " in line)
    fates = next(line for line in report.splitlines() if " messages" in line)
    of_each = ", ".join(f"{count} {kind}" for kind, count in sorted(storm.done.items()))
    figures.write(
        "payment-storm",
        "Payment storm: web, workers, PostgreSQL and Redis killed at random under payments",
        {
            "load": f"{RATE} payments/s over {TENANTS}, {WALLETS} wallets each",
            "kills (SIGKILL)": f"{storm.done.total()} in {seconds:.0f} s: {of_each}",
            "what was played": fates,
            "lost, doubled, from nowhere": f"0, by the simulator's journal: {summary}",
        },
        {"SOAK_PAYMENT_KILLS": storm.done.total(), "SOAK_SEED": seed},
    )
