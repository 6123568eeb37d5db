"""A whole run over real sockets, lossy or dead in between, ends in a clean reconciliation."""

import io
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from radius.simulator.actions import Answer
from radius.simulator.journal import Journal, read_journal
from radius.simulator.ledger import Ledger, read_ledger
from radius.simulator.model import World
from radius.simulator.participants import Party
from radius.simulator.reconcile import reconcile
from radius.simulator.runner import NoAnswer, Runner
from radius.simulator.shape import Shape
from radius.simulator.transport import Wire

from .bookkeeper import Bookkeeper
from .responder import Responder

SHAPE = Shape(rate=25, session_mean=2, interim=1, reboot_every=2.5, roam=0.3)


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Routers that repeat sooner: the same rules, and an outage need not be long."""
    monkeypatch.setattr("radius.simulator.transport.LOGIN_WAITS", (0.4, 0.6, 1.0))
    monkeypatch.setattr("radius.simulator.transport.RECORD_WAITS", (0.4, 0.6, 1.0))


@dataclass
class Stand:
    """A simulator about to run against `server`."""

    runner: Runner
    journal: Path
    wire: Wire
    out: io.StringIO

    def ledger(self) -> Ledger:
        return read_ledger(read_journal(self.journal))


@pytest.fixture
def stand(parties: list[Party], tmp_path: Path) -> Iterator[Callable[..., Stand]]:
    closing = ExitStack()

    def build(server: Responder, stopped: Callable[[], bool] = lambda: False) -> Stand:
        path, out = tmp_path / "journal", io.StringIO()
        journal = Journal(path)
        journal.begin("run", ["acme", "blue"], 1, time.time())
        wire = Wire("127.0.0.1", server.auth_port, server.acct_port)
        closing.callback(journal.close)
        closing.callback(wire.close)
        world = World(parties, SHAPE, 1, "run")
        return Stand(Runner(world, wire, journal, out, stopped), path, wire, out)

    with closing:
        yield build


def test_a_lossy_network_loses_and_doubles_nothing(
    parties: list[Party], stand: Callable[..., Stand]
) -> None:
    with Responder(parties, drop=0.15) as server:
        case = stand(server)
        case.runner.power_on()
        assert case.runner.run(5)
        report = reconcile(case.ledger(), Bookkeeper(server), settle=5, pause=0.01)
    assert report.clean, report.text()
    assert min(server.dropped, case.wire.retries) > 0
    assert not server.invalid
    assert sum(tally.found for tally in report.sessions.values()) == len(report.ledger.states) > 20
    assert "logins" in case.out.getvalue()


def test_an_outage_leaves_logins_unanswered_and_no_record_unacknowledged(
    parties: list[Party], stand: Callable[..., Stand]
) -> None:
    with Responder(parties) as server:
        case = stand(server)
        case.runner.power_on()
        switches = [threading.Timer(at, setattr, (server, "drop", p)) for at, p in ((1, 1), (5, 0))]
        for switch in switches:
            switch.start()
        assert case.runner.run(7)
        report = reconcile(case.ledger(), Bookkeeper(server), settle=5, pause=0.01)
    assert report.clean, report.text()
    assert case.runner.summary.answers[Answer.NONE] > 0
    assert report.ledger.unacknowledged == 0
    assert not report.ledger.rejected_right


def test_a_server_that_rejects_a_right_password_is_found(
    parties: list[Party], stand: Callable[..., Stand]
) -> None:
    acme = {known.username for known in parties[0].subscribers}
    with Responder(parties) as server:
        for username in acme:
            server.forget(username)
        case = stand(server)
        case.runner.power_on()
        case.runner.run(4)
        report = reconcile(case.ledger(), Bookkeeper(server), settle=1, pause=0.01)
    rejected = {fact["user"] for fact in report.ledger.rejected_right}
    assert rejected
    assert rejected <= acme
    assert not report.clean


def test_a_stopped_run_sends_nothing_more_and_can_be_reconciled(
    parties: list[Party], stand: Callable[..., Stand]
) -> None:
    flag = threading.Event()
    with Responder(parties) as server:
        case = stand(server, flag.is_set)
        case.runner.power_on()
        threading.Timer(2.5, flag.set).start()
        assert not case.runner.run(60)
        got = len(server.records)
        time.sleep(0.5)
        assert len(server.records) <= got + 5  # what was on its way
        report = reconcile(case.ledger(), Bookkeeper(server), settle=1, pause=0.01)
    assert not report.ledger.ended
    assert report.clean, report.text()


def test_a_server_that_does_not_answer_is_said_to_be_missing(
    parties: list[Party], stand: Callable[..., Stand], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("radius.simulator.runner.BOOT_SECONDS", 0.5)
    with Responder(parties, deaf=True) as server, pytest.raises(NoAnswer):
        stand(server).runner.power_on()


ROOT = Path(__file__).resolve().parents[3]
KILLED = """
    import sys, time
    from pathlib import Path
    from radius.simulator.journal import Journal
    from radius.simulator.model import World
    from radius.simulator.runner import Runner
    from radius.simulator.transport import Wire
    from tests.radius.simulator.conftest import two_parties
    from tests.radius.simulator.test_run import SHAPE

    journal = Journal(Path(sys.argv[1]))
    journal.begin("run", ["acme", "blue"], 1, time.time())
    wire = Wire("127.0.0.1", int(sys.argv[2]), int(sys.argv[3]))
    runner = Runner(World(two_parties(), SHAPE, 1, "run"), wire, journal, None, lambda: False)
    runner.power_on()
    runner.run(600)
"""


def test_the_journal_of_a_killed_simulator_reconciles(parties: list[Party], tmp_path: Path) -> None:
    path = tmp_path / "journal"
    with Responder(parties) as server:
        ports = [str(server.auth_port), str(server.acct_port)]
        command = [sys.executable, "-c", textwrap.dedent(KILLED), str(path), *ports]
        process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)})
        deadline = time.monotonic() + 60
        while len(server.records) < 80 and time.monotonic() < deadline:
            time.sleep(0.05)
        process.send_signal(signal.SIGKILL)
        process.wait()
        report = reconcile(
            read_ledger(read_journal(path)), Bookkeeper(server), settle=2, pause=0.01
        )
    assert not report.ledger.ended
    assert len(report.ledger.states) > 10
    assert report.clean, report.text()
