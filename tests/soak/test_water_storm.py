"""Everything is killed under routers, payments and kiosks: the books are as the journals say.

Each kind keeps a journal of what it sent and what was answered, and compares it with the database
afterwards: sessions to the row, money to the micro-unit, water to the millilitre.
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
    *("web", "worker", "worker-outbound", "beat", "relay", "ingester", "postgres", "redis"),
    *("freeradius", "a backend of postgres", "a worker of web"),
)
RATES = {"routers": 10, "payments": 2, "kiosks": 20}
TENANTS = "acme,blue"
# The simulated day is a little longer than the storm, which waits for who is still coming back.
KILL_S, QUIET_S = 4.5, 20
# A question that was lost with Redis is asked again by beat, two minutes later or four.
SETTLE_S = 600


def simulated(
    stack: Stack, journals: Path, duration: float, seed: int
) -> AbstractContextManager[subprocess.Popen[bytes]]:
    """`manage.py simulate all` beside the stack; what it says is in `journals`.log."""
    options: dict[str, object] = {
        "--tenants": TENANTS,
        "--duration": duration,
        "--seed": seed,
        "--settle": SETTLE_S,
        "--journal": journals,
        **{f"--{kind}-rate": rate for kind, rate in RATES.items()},
    }
    return simulation(stack, journals, "all", options)


@pytest.mark.soak
@pytest.mark.timeout(7200)
def test_a_kill_storm_spills_no_drop_and_no_cent(tmp_path: Path) -> None:
    kills, seed = figures.setting("SOAK_WATER_KILLS", 30), figures.setting("SOAK_SEED", 1)
    journals = tmp_path / "all"
    with running_stack(tmp_path / "var", "--no-simulator", "--restart") as running:
        stack = Stack(dict(running.contract), running)
        storm = Storm(tmp_path / "var", random.Random(seed), KINDS)

        def alive() -> None:
            assert running.process.poll() is None, (running.var / "run.log").read_text()[-5000:]
            assert process.poll() is None, report()

        def report() -> str:
            return journals.with_suffix(".log").read_text()

        def begun(kind: str) -> bool:
            path = journals / f"{kind}.jsonl"
            return path.exists() and path.read_text().count("\n") > 5

        with simulated(stack, journals, kills * KILL_S + QUIET_S, seed) as process:
            eventually(lambda: process.poll() is not None or all(map(begun, RATES)))
            began = time.monotonic()
            storm.kill(kills, alive)
            seconds = time.monotonic() - began
            code = process.wait()
        assert code == 0, report()
        assert storm.done.total() == kills
        write_page(storm, report(), seconds, seed)


def write_page(storm: Storm, report: str, seconds: float, seed: int) -> None:
    def last(kind: str, words: str) -> str:
        lines = [line for line in report.splitlines() if line.startswith(kind) and words in line]
        return " ".join(lines[-1].removeprefix(kind).split())

    of_each = ", ".join(f"{count} {kind}" for kind, count in sorted(storm.done.items()))
    figures.write(
        "water-storm",
        "Water storm: everything killed at random under routers, payments and kiosks",
        {
            "load": ", ".join(f"{rate} {kind}/s" for kind, rate in RATES.items()),
            "kills (SIGKILL)": f"{storm.done.total()} in {seconds:.0f} s: {of_each}",
            "what kiosks did": last("kiosks", " batches"),
            "kiosks, by their journal": last("kiosks", " records ("),
            "payments, by their journal": last("payments", " credited, "),
            "routers, by their journal": last("routers", "reconciled: "),
        },
        {"SOAK_WATER_KILLS": storm.done.total(), "SOAK_SEED": seed},
    )
