"""Look, plan, apply: over all tenants at once, and one bad tenant stops no other."""

from typing import Any

import pytest
from django.core.files.storage import FileSystemStorage
from django.db import connections
from django.test.utils import CaptureQueriesContext

from tests.kernel.db.partitions.conftest import AT_ONCE, NOW, SCHEMAS, Database, Fill
from wificore.kernel.db import grants, partitions, roles
from wificore.kernel.db.partitions import engine
from wificore.kernel.db.partitions.actions import Create

TAKE = "SELECT pg_advisory_lock(hashtextextended('ts_one.partitions.apply', 0))"


def test_one_query_shows_all_tenants(database: Database) -> None:
    database.apply(database.plan())
    with CaptureQueriesContext(connections[database.using]) as queries:
        assert database.plan() == []
    assert len(queries) == 1


def test_a_tenant_without_the_table_needs_nothing(database: Database) -> None:
    database.sql("DROP TABLE ts_two.visits, ts_two.days")
    assert {action.schema for action in database.plan()} == {"ts_one"}


def test_one_bad_tenant_stops_no_other(database: Database) -> None:
    database.sql("CREATE TABLE ts_one.visits_p20261123 ()")
    outcomes = database.apply(database.plan())
    failed = {(o.action.schema, o.action.table) for o in outcomes if o.error}
    assert failed == {("ts_one", "visits")}
    assert len(database.names("ts_two")) == len(database.names("ts_one", "days")) == 8


@pytest.mark.parametrize("step", ["create", "detach"])
def test_a_connection_that_breaks_in_the_middle_is_made_anew(
    database: Database,
    fill: Fill,
    store: FileSystemStorage,
    monkeypatch: pytest.MonkeyPatch,
    step: str,
) -> None:
    fill("2026-08-01")
    fill("2026-08-02", schema="ts_two")
    seen: list[Any] = []
    real = getattr(engine.ddl, step)

    def breaking(using: str, *arguments: Any) -> None:
        seen.append(arguments)
        if len(seen) == 1:
            database.sql(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                " WHERE pid <> pg_backend_pid() AND datname = current_database()"
            )
        real(using, *arguments)

    monkeypatch.setattr(engine.ddl, step, breaking)
    outcomes = database.apply(database.plan(), store)
    assert {outcome.action.schema for outcome in outcomes if outcome.error} == {"ts_one"}
    assert len(database.names("ts_two")) == 8


def test_what_depends_on_a_failed_step_is_not_tried(
    database: Database, fill: Fill, store: FileSystemStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill("2026-08-01")

    def fail(*_args: Any) -> None:
        raise RuntimeError("no")

    monkeypatch.setattr(engine.ddl, "detach", fail)
    outcomes = database.apply(database.plan(), store)
    assert [o.error for o in outcomes if o.error] == ["no", "what comes before it failed"]
    assert len(database.rows()) == 3


def test_a_schema_that_another_run_works_on_is_left_to_it(database: Database) -> None:
    other = database.connect()
    with other.cursor() as cursor:
        cursor.execute(TAKE)
        outcomes = database.apply(database.plan())
    other.close()
    assert {o.action.schema for o in outcomes if o.error} == {"ts_one"}
    assert database.names("ts_one") == []
    assert all(not outcome.error for outcome in database.apply(database.plan()))


def test_locks_are_given_back(database: Database) -> None:
    database.apply(database.plan())
    assert database.sql("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'") == [(0,)]


def test_without_archive_the_rows_are_simply_dropped(
    database: Database, store: FileSystemStorage
) -> None:
    database.sql(
        "SET ROLE wc_owner; CREATE TABLE ts_one.days_p20260801 PARTITION OF ts_one.days"
        " FOR VALUES FROM ('2026-08-01') TO ('2026-08-02')"
    )
    database.sql("INSERT INTO ts_one.days VALUES ('2026-08-01')")
    assert all(not outcome.error for outcome in database.apply(database.plan(), store))
    assert not database.relation("days_p20260801")
    assert not store.exists("ts_one")


def test_ensure_makes_rows_welcome_and_takes_nothing_away(database: Database, fill: Fill) -> None:
    fill("2020-01-01")
    assert partitions.ensure("ts_one", using=database.using) == 16
    assert partitions.ensure("ts_one", using=database.using) == 0
    assert "visits_p20200101" in database.names()
    database.sql("INSERT INTO ts_one.visits (name) VALUES ('now')")


def test_ensure_says_what_went_wrong(database: Database) -> None:
    database.sql(
        "SET ROLE wc_owner; DROP TABLE ts_two.visits;"
        "CREATE TABLE ts_two.visits (at date) PARTITION BY LIST (at)"
    )
    with pytest.raises(Exception, match="list"):
        partitions.ensure("ts_two", using=database.using)


@pytest.mark.parametrize("role", ["ts_one", roles.APP, roles.PLATFORM, roles.RADIUS])
def test_nobody_has_a_right_on_a_partition_attached_or_detached(
    database: Database, fill: Fill, role: str
) -> None:
    """Also not after rights are applied while it waits for its archive (TENANCY 1, L12)."""
    fill("2026-08-01")
    database.sql(
        "DO $$ BEGIN IF to_regrole('ts_one') IS NULL THEN CREATE ROLE ts_one; END IF; END $$"
    )
    actions = [a for a in database.plan() if not isinstance(a, engine.Retire)]
    assert all(not outcome.error for outcome in database.apply(actions))
    with connections[database.using].cursor() as cursor:
        grants.apply(cursor, "ts_one")
    assert (
        database.sql(
            "SELECT relname FROM pg_class WHERE relname ~ '_p[0-9]+$' AND relkind = 'r'"
            " AND relnamespace = 'ts_one'::regnamespace"
            " AND has_table_privilege(%s, oid, 'SELECT, INSERT, UPDATE, DELETE')",
            role,
        )
        == []
    )
    assert database.relation("visits_p20260801")


def test_a_plan_is_carried_out_step_by_step(database: Database) -> None:
    actions = database.plan()
    outcomes = engine.apply(actions, using=database.using, patience=AT_ONCE)
    first = next(outcomes)
    assert isinstance(first.action, Create)
    outcomes.close()
    assert database.names("ts_one", "days") != []
    assert database.names("ts_two", "days") == []


def test_bounds_that_are_not_ours_are_not_touched(database: Database) -> None:
    database.sql(
        "SET ROLE wc_owner; CREATE TABLE ts_one.visits_rest PARTITION OF ts_one.visits DEFAULT;"
        "CREATE TABLE ts_one.visits_past PARTITION OF ts_one.visits"
        " FOR VALUES FROM (MINVALUE) TO ('2020-01-01')"
    )
    shown = engine.look(SCHEMAS, using=database.using)
    parent = next(p for p in shown.parents if (p.schema, p.table) == ("ts_one", "visits"))
    assert sorted(parent.strange) == ["visits_past", "visits_rest"]
    assert parent.partitions == []


def test_a_comment_that_only_looks_like_ours_hides_nothing(database: Database) -> None:
    database.sql(
        "SET ROLE wc_owner; CREATE TABLE ts_one.notes (at date);"
        "COMMENT ON TABLE ts_one.notes IS 'wificore.partition {\"table\": 3'"
    )
    assert engine.look(SCHEMAS, using=database.using).detached == []
    assert len(database.plan(NOW)) == 32
