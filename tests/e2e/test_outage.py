"""PostgreSQL away for 20 s under load: nobody is rejected wrongly, nothing is lost or doubled."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from tests.e2e.conftest import Stack, eventually
from wificore.devserver import binaries, postgres
from wificore.devserver.config import ROOT

OUTAGE_S = 20
SIMULATION = ["--subscribers", "40", "--rate", "15", "--duration", "45", "--seed", "7"]


@contextmanager
def simulation(stack: Stack) -> Iterator[subprocess.Popen[str]]:
    """`manage.py simulate routers` beside the running stack, as a developer would start it."""
    command = [sys.executable, "manage.py", "simulate", "routers", "--tenants", "acme,blue"]
    process = subprocess.Popen(
        [*command, *SIMULATION],
        cwd=ROOT,
        env=stack.command_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def test_an_outage_of_the_database_loses_nothing_and_rejects_nobody(stack: Stack) -> None:
    programs, directory = postgres.choose(stack.running.var, binaries.postgres_choices())
    cluster = postgres.Cluster(programs, directory, 0, "")
    logins = "SELECT count(*) FROM ts_acme.radpostauth WHERE username LIKE 'sim-%%'"
    with simulation(stack) as process:
        eventually(lambda: stack.sql(logins)[0][0] > 10)
        cluster.pg_ctl("stop", "-m", "fast")
        time.sleep(OUTAGE_S)
        assert stack.running.process.poll() is None, "the launcher gave up during the outage"
        cluster.pg_ctl("start")
        report, _ = process.communicate(timeout=300)
    # Its own journal says what was sent; it ends with 0 only if all of it is stored exactly once.
    assert process.returncode == 0, report
    assert "unanswered" in report


def test_the_web_answers_again_after_the_outage(stack: Stack) -> None:
    eventually(lambda: stack.api("acme", "/api/v1/me/")[0] == 200)
