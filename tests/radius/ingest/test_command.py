"""The process `ingester`: says ready, works, stops cleanly, and runs once."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from django.core.management import CommandError, call_command

from radius.ingest.spool import exclusive

from ..lines import login, start
from .conftest import Bench, eventually, superuser

MANAGE = Path(__file__).parents[3] / "manage.py"


@contextmanager
def running(bench: Bench) -> Iterator[subprocess.Popen[str]]:
    """The process, ready; killed at the end if it still runs."""
    environment = os.environ | {
        "DATABASE_RADIUS_URL": bench.radius.dsn,
        "RADIUS_SPOOL_DIR": str(bench.directory),
    }
    process = subprocess.Popen(
        [sys.executable, str(MANAGE), "ingester"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        yield process
    finally:
        process.kill()
        process.communicate()


@contextmanager
def killed_in(bench: Bench, function: str) -> Iterator[None]:
    """A process that is killed with -9 when it waits inside this function, in mid-transaction."""
    waiting = (
        "SELECT 1 FROM pg_stat_activity WHERE application_name = 'ingester'"
        f" AND wait_event_type = 'Lock' AND query LIKE '%{function}%'"
    )
    blocker = psycopg2.connect(bench.radius.admin_dsn)
    with blocker, blocker.cursor() as cursor:
        cursor.execute("LOCK public.spool_state IN EXCLUSIVE MODE")
        with running(bench) as process, superuser() as watching:
            yield
            eventually(lambda: watching.execute(waiting) or watching.fetchone())
            process.send_signal(signal.SIGKILL)
            process.wait()
    blocker.close()


def test_killed_while_it_holds_records_back_or_releases_them_it_loses_and_doubles_nothing(
    bench: Bench,
) -> None:
    names = [f"user{number:03d}" for number in range(50)]
    logins = [login(name) for name in names]
    function, hidden = "ts_sqla.wc_postauth_batch_v2", "ts_sqla.lost"
    held = "SELECT coalesce(sum(records), 0) FROM public.spool_held"
    bench.radius.run(f"ALTER FUNCTION {function} RENAME TO lost")
    try:
        with killed_in(bench, "wc_spool_advance"):
            bench.write("postauth-202601010001", *logins[:40])
        assert bench.radius.one(held)[0] == 0
        with running(bench):
            eventually(lambda: bench.radius.one(held)[0] == 40)
    finally:
        bench.radius.run(f"ALTER FUNCTION {hidden} RENAME TO wc_postauth_batch_v2")
    with killed_in(bench, "wc_spool_release"):
        pass
    assert bench.radius.one(held)[0] == 40
    bench.write("postauth-202601010001", *logins[40:])
    with running(bench):
        eventually(lambda: bench.radius.one("SELECT count(*) FROM ts_sqla.radpostauth")[0] >= 50)
    rows = bench.radius.run("SELECT username FROM ts_sqla.radpostauth ORDER BY id")
    assert [name for (name,) in rows] == names
    assert bench.radius.one(held)[0] == 0


@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT"])
def test_it_says_ready_works_and_ends_well_when_told_to_stop(bench: Bench, name: str) -> None:
    with running(bench) as process:
        bench.write("acct-202601010001", start())
        eventually(bench.usernames)
        process.send_signal(getattr(signal, name))
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    assert "applied" in errors


def test_a_second_one_is_refused(settings: Any, tmp_path: Path) -> None:
    settings.RADIUS = replace(settings.RADIUS, spool_dir=tmp_path)
    with exclusive(tmp_path), pytest.raises(CommandError, match="another ingester"):
        call_command("ingester")


def test_without_its_database_it_says_which_variable_is_missing(settings: Any) -> None:
    settings.DATABASE_RADIUS_URL = None
    with pytest.raises(CommandError, match="DATABASE_RADIUS_URL is not set"):
        call_command("ingester")
