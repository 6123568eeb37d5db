"""worker-ddl is killed with -9 in the middle of an order; another worker brings it to its end.

A step is stopped by PostgreSQL itself: hooks in the database wait for a lock that the test holds.
So a kill always hits the place that is meant, however fast the machine is.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from django.core.files.storage import FileSystemStorage
from django.db import connections
from django.utils import timezone
from psycopg2.extensions import make_dsn, parse_dsn

from radius.registry.services import nas_create
from radius.services import plan_create
from tenants import export, orders
from tenants.hooks import Owner
from tenants.models import Domain, Order, Tenant, TenantState
from tenants.services import tenant_create, tenant_delete_request, tenant_request
from tests.access.test_admin_sign_in import sign_in
from tests.conftest import PASSWORD, World
from tests.kernel.db.test_grants import ACTUAL, listed
from tests.worker import Worker, running_worker, until
from wificore.access.models import User
from wificore.kernel import tasks
from wificore.kernel.db.context import platform_context, tenant_context

KEY = 4711
EMAIL = "owner@gamma.test"
MADE = (
    TenantState.REQUESTED,
    TenantState.SCHEMA,
    TenantState.ROLE,
    TenantState.MIGRATED,
    TenantState.GRANTED,
    TenantState.SEEDED,
    TenantState.ACTIVE,
)
HOOKS = f"""
CREATE SCHEMA hooks;
GRANT USAGE ON SCHEMA hooks TO PUBLIC;
CREATE FUNCTION hooks.wait() RETURNS void LANGUAGE plpgsql AS $$
BEGIN PERFORM pg_advisory_xact_lock_shared({KEY}); END $$;
CREATE FUNCTION hooks.on_row() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN PERFORM hooks.wait(); RETURN coalesce(NEW, OLD); END $$;
CREATE FUNCTION hooks.on_create() RETURNS event_trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM pg_event_trigger_ddl_commands()
        WHERE object_identity IN ('ts_gamma.radius_plan', 'ts_gamma.radpostauth');
    IF FOUND THEN PERFORM hooks.wait(); END IF;
END $$;
CREATE FUNCTION hooks.on_drop() RETURNS event_trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM pg_event_trigger_dropped_objects() WHERE object_identity = 'ts_gamma';
    IF FOUND THEN PERFORM hooks.wait(); END IF;
END $$
"""
NO_HOOKS = """
DROP EVENT TRIGGER IF EXISTS hook;
DROP SCHEMA IF EXISTS hooks CASCADE
"""


def on_state(state: str) -> str:
    return (
        "CREATE TRIGGER hook BEFORE UPDATE ON public.tenants_tenant FOR EACH ROW WHEN"
        f" (NEW.slug = 'gamma' AND NEW.state = '{state}') EXECUTE FUNCTION hooks.on_row()"
    )


# Where provisioning is stopped, by the tenant's state there: the next step's work is done by then.
CREATION = {
    **{state: on_state(following) for state, following in pairwise(MADE)},
    "in the middle of migrations": "CREATE EVENT TRIGGER hook ON ddl_command_end"
    " WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION hooks.on_create()",
}
# Where a deletion is stopped: a hook, or a lock that the test takes itself.
DELETION = {
    "export": "LOCK TABLE ts_gamma.radius_plan IN ACCESS EXCLUSIVE MODE",
    "farewells": "CREATE TRIGGER hook BEFORE DELETE ON public.nas_registry"
    " FOR EACH ROW WHEN (OLD.tenant = 'ts_gamma') EXECUTE FUNCTION hooks.on_row()",
    "drop of the schema": "CREATE EVENT TRIGGER hook ON sql_drop EXECUTE FUNCTION hooks.on_drop()",
    "after the role's drop": "CREATE TRIGGER hook BEFORE DELETE ON public.tenants_domain"
    " FOR EACH ROW EXECUTE FUNCTION hooks.on_row()",
    "drop of the row": "CREATE TRIGGER hook BEFORE DELETE ON public.tenants_tenant"
    " FOR EACH ROW EXECUTE FUNCTION hooks.on_row()",
}
StartWorker = Callable[[], Worker]


@dataclass(frozen=True)
class Superuser:
    """In the tests' database, in autocommit."""

    dsn: str
    cursor: Any


@pytest.fixture
def worker_ddl(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[StartWorker]:
    """`worker_ddl()`: one worker more; orders go to these only, and exports to the test's files."""
    monkeypatch.setattr(tasks.named(orders.TASK), "home_queue", "apart")
    with ExitStack() as stack:
        numbers = iter(range(10))

        def begin() -> Worker:
            log = tmp_path / f"worker{next(numbers)}.log"
            arguments = ("-Q", "apart", "-c", "1", "--without-mingle", "--without-gossip")
            archive = str(tmp_path / "archive")
            return stack.enter_context(running_worker(log, *arguments, ARCHIVE_DIR=archive))

        yield begin


@pytest.fixture
def superuser(gamma: str, superuser_dsn: str, owner_dsn: str) -> Iterator[Superuser]:
    """Takes away what is left of the hooks."""
    dsn = make_dsn(superuser_dsn, dbname=parse_dsn(owner_dsn)["dbname"])
    connection = psycopg2.connect(dsn)
    connection.autocommit = True
    with connection.cursor() as cursor:
        yield Superuser(dsn, cursor)
        cursor.execute(NO_HOOKS)
    connection.close()


@contextmanager
def stopped(superuser: Superuser, where: str) -> Iterator[Callable[[], bool]]:
    """Whoever comes to this place waits inside the block; yields whether somebody does."""
    connection = psycopg2.connect(superuser.dsn)
    with connection, connection.cursor() as holder:
        holder.execute("SELECT pg_advisory_xact_lock(%s)", [KEY])
        superuser.cursor.execute(HOOKS)
        (holder if where.startswith("LOCK") else superuser.cursor).execute(where)

        def reached() -> bool:
            superuser.cursor.execute(
                "SELECT 1 FROM pg_stat_activity WHERE %s = ANY (pg_blocking_pids(pid))",
                [connection.info.backend_pid],
            )
            return superuser.cursor.fetchone() is not None

        yield reached
    connection.close()
    superuser.cursor.execute(NO_HOOKS)


def brought_back() -> None:
    """What beat does once a minute with orders whose time has come."""
    with platform_context():
        Order.objects.update(retry_at=timezone.now())
        orders.overdue_send()


def state_of_gamma() -> str | None:
    with platform_context():
        return Tenant.objects.filter(slug="gamma").values_list("state", flat=True).first()


def killed_at(
    worker: Worker, superuser: Superuser, where: str, order: Callable[[], None]
) -> str | None:
    """Give the order, kill the worker when it has come so far; returns the tenant's state then."""
    with stopped(superuser, where) as reached:
        order()
        until(reached, worker.text)
        worker.kill()
        return state_of_gamma()


def request_gamma() -> None:
    tenant_request(slug="gamma", name="Gamma", owner=Owner(EMAIL, PASSWORD))


def assert_whole(heir: Worker) -> None:
    """Exactly one active tenant, with all rights, its partitions, and one owner."""
    until(lambda: state_of_gamma() == TenantState.ACTIVE, heir.text)
    with platform_context(), connections["owner"].cursor() as cursor:
        tenant = Tenant.objects.get(slug="gamma")
        assert tenant.error == ""
        assert Domain.objects.filter(tenant=tenant).count() == 1
        until(lambda: not Order.objects.exists(), heir.text)
        cursor.execute(ACTUAL, {"schema": "ts_gamma"})
        assert set(cursor.fetchall()) == listed(cursor, "ts_gamma")
        for role, member in (("ts_gamma", "wc_app"), ("wc_tenant", "ts_gamma")):
            cursor.execute("SELECT pg_has_role(%s, %s, 'MEMBER')", [member, role])
            assert cursor.fetchone() == (True,)
        for table in ("events_outbox", "audit_entry"):
            column = "type" if table == "events_outbox" else "action"
            cursor.execute(
                f"SELECT count(*) FROM public.{table} WHERE {column} = 'tenant.activated'"
            )
            assert cursor.fetchone() == (1,), table
        cursor.execute(
            "SELECT app, name FROM ts_alpha.django_migrations"
            " EXCEPT SELECT app, name FROM ts_gamma.django_migrations"
        )
        assert cursor.fetchall() == []
    with tenant_context(tenant):
        assert User.objects.get().email == EMAIL
        assert nas_create(address="192.0.2.77", secret="router-secret").pk
        assert plan_create(name="Gold").pk
    assert sign_in("gamma.localhost", EMAIL).get("/admin/").status_code == 200


def test_workers_killed_in_every_state_of_a_new_tenant_leave_it_to_another_that_finishes(
    superuser: Superuser, worker_ddl: StartWorker
) -> None:
    places = {state: where for state, where in CREATION.items() if state in MADE}
    order = request_gamma
    for state, where in places.items():
        assert killed_at(worker_ddl(), superuser, where, order) == state
        order = brought_back
    heir = worker_ddl()
    brought_back()
    assert_whole(heir)


def test_a_worker_killed_in_the_middle_of_migrations_leaves_a_tenant_that_another_finishes(
    superuser: Superuser, worker_ddl: StartWorker
) -> None:
    where = CREATION["in the middle of migrations"]
    assert killed_at(worker_ddl(), superuser, where, request_gamma) == TenantState.ROLE
    heir = worker_ddl()
    brought_back()
    assert_whole(heir)


def test_workers_killed_all_over_a_deletion_leave_it_to_another_that_finishes(
    superuser: Superuser, worker_ddl: StartWorker, tmp_path: Path
) -> None:
    tenant = tenant_create(slug="gamma", name="Gamma", owner=Owner(EMAIL, PASSWORD))
    with tenant_context(tenant):
        nas_create(address="192.0.2.77", secret="router-secret")
        plan_create(name="Gold")

    def order() -> None:
        tenant_delete_request(tenant=tenant, confirm="gamma")

    for where in DELETION.values():
        assert killed_at(worker_ddl(), superuser, where, order) == TenantState.DELETING
        order = brought_back
    heir = worker_ddl()
    brought_back()
    until(lambda: state_of_gamma() is None, heir.text)
    store = FileSystemStorage(location=tmp_path / "archive")
    (note,) = Path(store.location).glob("exports/ts_gamma/*/manifest.json")
    assert export.verify(store, str(note.relative_to(store.location))) > 0
    superuser.cursor.execute(
        "SELECT to_regnamespace('ts_gamma'), to_regrole('ts_gamma'),"
        " (SELECT count(*) FROM public.nas_registry WHERE tenant = 'ts_gamma'),"
        " (SELECT count(*) FROM public.tenants_domain WHERE domain = 'gamma.localhost'),"
        " (SELECT count(*) FROM public.tenants_order),"
        " (SELECT count(*) FROM public.events_outbox WHERE type = 'tenant.deleted')"
    )
    assert superuser.cursor.fetchone() == (None, None, 0, 0, 0, 1)
