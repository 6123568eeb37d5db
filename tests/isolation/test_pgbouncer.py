"""A real PgBouncer in session mode: each client's session is its own, and clean when it begins."""

import os
import random
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from django.db import OperationalError, connection, transaction

from radius.ingest.database import Database
from radius.models import Plan
from radius.services import plan_create
from tests.conftest import Person, World
from tests.isolation.test_web import wrong_answers
from tests.pgbouncer import PgBouncer, through
from tests.web import GUNICORN, running_web
from tests.worker import CELERY
from wificore.devserver.config import ROOT, free_port
from wificore.kernel.db.context import peek, tenant_context

THREADS, ROUNDS, REQUESTS = 8, 60, 100
POOL = 3
STATE = (
    "SELECT current_user, current_schema(), coalesce(current_setting('app.tenant', true), ''),"
    " current_setting('TimeZone'), (SELECT count(*) FROM pg_cursors WHERE name = 'left_behind'),"
    " (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()),"
    " pg_backend_pid()"
)

Bouncer = Callable[..., PgBouncer]


@pytest.fixture
def bouncer(world: World, app_dsn: str, radius_dsn: str, tmp_path: Path) -> Iterator[Bouncer]:
    """`bouncer(default_pool_size=1)`: one in session mode that runs until the test ends."""
    started: list[PgBouncer] = []

    def start(**settings: Any) -> PgBouncer:
        directory = tmp_path / f"pgbouncer{len(started)}"
        directory.mkdir()
        # Threads wait for their turn as long as it takes.
        started.append(
            PgBouncer(directory, (app_dsn, radius_dsn), settings={**PATIENT, **settings})
        )
        started[-1].start()
        return started[-1]

    yield start
    for each in started:
        each.stop()


PATIENT = {"query_wait_timeout": 120}


@pytest.fixture
def plans(world: World) -> None:
    """One plan in each tenant, with the tenant's name."""
    for tenant in (world.alpha, world.beta):
        with tenant_context(tenant):
            plan_create(name=f"plan of {tenant.slug}")


def mixed(world: World, keep: bool, seed: int) -> list[Any]:
    """Read, write and fail as both tenants in random order; what was not the tenant's own."""
    rng, wrong = random.Random(seed), []
    for _ in range(ROUNDS):
        tenant = rng.choice([world.alpha, world.beta])
        with tenant_context(tenant):
            if rng.random() < 0.3:
                fail_inside_a_transaction(tenant)
            names = [plan.name for plan in Plan.objects.all()]
            with connection.cursor() as cursor:
                cursor.execute(STATE)
                state = cursor.fetchone()[:3]
        schema = tenant.schema_name
        if names != [f"plan of {tenant.slug}"] or state != (schema, schema, schema):
            wrong.append((schema, names, state))
        if not keep or rng.random() < 0.05:
            connection.close()
    connection.close()
    return wrong


def fail_inside_a_transaction(tenant: Any) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        Plan.objects.update(name=f"nobody's, {tenant.slug} took it back")
        raise ZeroDivisionError


@pytest.mark.parametrize("keep", [True, False], ids=["persistent", "a connection each time"])
# Even a pool that was told to leave a session as it was.
@pytest.mark.parametrize("reset", ["DISCARD ALL", ""], ids=["reset", "no reset"])
def test_threads_that_share_few_connections_never_mix_tenants(
    bouncer: Bouncer, plans: None, world: World, keep: bool, reset: str
) -> None:
    pool = bouncer(default_pool_size=POOL, server_reset_query=reset)
    with through(pool), ThreadPoolExecutor(THREADS) as threads:
        assert list(threads.map(partial(mixed, world, keep), range(THREADS))) == [[]] * THREADS
    with tenant_context(world.alpha):
        assert [plan.name for plan in Plan.objects.all()] == ["plan of alpha"]


def test_web_behind_it_answers_each_tenant_its_own(
    bouncer: Bouncer,
    plans: None,
    owner: Person,
    stranger: Person,
    app_dsn: str,
    tmp_path: Path,
) -> None:
    url = bouncer(default_pool_size=6).url(app_dsn)
    environment = {"WEB_WORKERS": "2", "WEB_THREADS": "2", "LOG_LEVEL": "ERROR"}
    with running_web(tmp_path / "web.log", DATABASE_URL=url, **environment) as port:
        with ThreadPoolExecutor(THREADS) as threads:
            asked = partial(wrong_answers, port, owner, stranger, REQUESTS)
            assert list(threads.map(asked, range(THREADS))) == [[]] * THREADS


def client(pool: PgBouncer, app_dsn: str) -> Any:
    opened = psycopg2.connect(pool.url(app_dsn))
    opened.autocommit = True
    return opened


def state(opened: Any) -> Any:
    with opened.cursor() as cursor:
        cursor.execute(STATE)
        return cursor.fetchone()


def become_alpha(opened: Any) -> None:
    with opened.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('search_path', 'ts_alpha, public', false),"
            " set_config('role', 'ts_alpha', false), set_config('app.tenant', 'ts_alpha', false),"
            " set_config('TimeZone', 'Africa/Nairobi', false), pg_advisory_lock(7)"
        )


@pytest.fixture
def one(bouncer: Bouncer) -> PgBouncer:
    """Its one server connection goes from client to client."""
    return bouncer(default_pool_size=1)


def test_the_next_client_finds_nothing_of_the_one_before(one: PgBouncer, app_dsn: str) -> None:
    first = client(one, app_dsn)
    clean = state(first)
    with first.cursor() as cursor:
        cursor.execute("DECLARE left_behind CURSOR WITH HOLD FOR SELECT 1")
    become_alpha(first)
    assert state(first)[:3] == ("ts_alpha", "ts_alpha", "ts_alpha")
    first.close()
    second = client(one, app_dsn)
    # The same backend, as new.
    assert state(second) == clean
    assert clean[:3] == ("wc_app", "public", "")
    second.close()


def test_an_aborted_transaction_ends_with_its_client(one: PgBouncer, app_dsn: str) -> None:
    first = client(one, app_dsn)
    clean = state(first)
    become_alpha(first)
    with first.cursor() as cursor:
        cursor.execute("BEGIN")
        with pytest.raises(psycopg2.errors.UndefinedTable):
            cursor.execute("SELECT * FROM no_such_table")
    first.close()
    second = client(one, app_dsn)
    assert state(second)[:-1] == clean[:-1]
    second.close()


def test_a_client_that_drops_in_a_transaction_leaves_no_row_no_lock_and_no_state(
    one: PgBouncer, world: World, app_dsn: str
) -> None:
    first = client(one, app_dsn)
    clean = state(first)
    become_alpha(first)
    with first.cursor() as cursor:
        cursor.execute("BEGIN; LOCK TABLE radius_plan; UPDATE radius_plan SET name = 'half'")
    with socket.socket(fileno=os.dup(first.fileno())) as line:
        line.shutdown(socket.SHUT_RDWR)
    second = client(one, app_dsn)
    assert state(second)[:-1] == clean[:-1]
    second.close()
    with tenant_context(world.alpha):
        assert not Plan.objects.filter(name="half").exists()
        plan_create(name="not locked")
    first.close()


def test_an_aborted_transaction_of_ours_is_no_other_tenants(
    one: PgBouncer, plans: None, world: World
) -> None:
    with through(one):
        for tenant in (world.alpha, world.beta, world.alpha):
            with tenant_context(tenant), pytest.raises(ZeroDivisionError), transaction.atomic():
                assert Plan.objects.get().name == f"plan of {tenant.slug}"
                raise ZeroDivisionError
            if tenant is world.beta:
                connection.close()
        assert peek() is None


def test_a_restart_of_it_leads_back_to_the_right_tenant(
    one: PgBouncer, plans: None, world: World
) -> None:
    with through(one), tenant_context(world.beta):
        assert Plan.objects.get().name == "plan of beta"
        one.stop()
        one.start()
        with pytest.raises(OperationalError):
            Plan.objects.get()
        connection.close()
        assert Plan.objects.get().name == "plan of beta"


def test_the_ingesters_staging_tables_are_its_own(bouncer: Bouncer, radius_dsn: str) -> None:
    pool = bouncer(default_pool_size=1)
    for _ in range(2):
        database = Database(pool.url(radius_dsn))
        database.connect()
        assert {"ts_alpha", "ts_beta"} <= database.tenants
        database.close()


def ended(command: list[str], **environment: str) -> str:
    """What a process says that refuses to go on."""
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode != 0
    return done.stdout + done.stderr


@pytest.mark.parametrize(
    "command",
    [
        [*GUNICORN, "-c", "deploy/gunicorn.conf.py"],
        [*CELERY, "worker", "-n", "refused@test"],
        [sys.executable, "manage.py", "relay"],
        [sys.executable, "manage.py", "radius_clients"],
        [sys.executable, "manage.py", "ingester"],
    ],
    ids=["web", "worker", "relay", "radius-clients", "ingester"],
)
def test_no_process_starts_through_such_a_pool(
    bouncer: Bouncer, app_dsn: str, radius_dsn: str, tmp_path: Path, command: list[str]
) -> None:
    pool = bouncer(pool_mode="transaction")
    environment = {
        "WEB_PORT": str(free_port()),
        "DATABASE_URL": pool.url(app_dsn),
        "DATABASE_RADIUS_URL": pool.url(radius_dsn),
        "RADIUS_SPOOL_DIR": str(tmp_path / "spool"),
    }
    assert "set pool_mode = session" in ended(command, **environment)
