"""The night's work over tenants, and what single tenants want otherwise."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connections

from tenants.models import PartitionOverride
from tenants.partitioning import all_schemas, overrides, report, run_window
from tenants.services import tenant_resume, tenant_suspend
from tenants.tasks import tables_begin
from tests.conftest import World
from wificore.kernel.db.context import ContextRequired, platform_context, tenant_context
from wificore.kernel.db.partitions import Outcome, Override, PartitionPolicy, engine, policies
from wificore.kernel.db.partitions import policy as policy_module

NOW = datetime.now(UTC)
# Within the week, so that nothing is old enough to go.
LATER = NOW + timedelta(days=2)


@pytest.fixture(autouse=True)
def two_days_more(world: World) -> Iterator[None]:
    """What a night in two days makes is gone after the test."""
    yield
    with platform_context(), connections["owner"].cursor() as cursor:
        shown = engine.look(all_schemas())
        for parent in shown.parents:
            for partition in parent.partitions:
                if partition.span.lower > NOW + timedelta(days=7):
                    cursor.execute(f'DROP TABLE "{partition.schema}"."{partition.name}"')


def made(outcomes: list[Outcome]) -> set[tuple[str, str]]:
    assert [outcome.error for outcome in outcomes if outcome.error] == []
    return {(outcome.action.schema, outcome.action.name) for outcome in outcomes}


def test_a_night_serves_public_and_every_tenant(world: World) -> None:
    names = made(run_window(all_schemas(), LATER))
    day = f"{LATER + timedelta(days=7):%Y%m%d}"
    assert {("ts_alpha", f"radacct_p{day}"), ("ts_beta", f"radpostauth_p{day}")} <= names
    assert made(run_window(all_schemas(), LATER)) == set()


def test_what_somebody_else_claimed_is_left_to_them(world: World) -> None:
    asked: list[str] = []
    told: list[str] = []

    def claim(schema: str) -> bool:
        asked.append(schema)
        return schema != "ts_alpha"

    outcomes = run_window(
        all_schemas(), LATER, claim=claim, done=lambda schema, _outcomes: told.append(schema)
    )
    assert asked == ["public", "ts_alpha", "ts_beta"]
    assert told == ["public", "ts_beta"]
    assert "ts_alpha" not in {schema for schema, _ in made(outcomes)}


def test_a_suspended_tenants_routers_go_on_so_its_partitions_do_too(world: World) -> None:
    tenant_suspend(tenant=world.alpha)
    try:
        assert "ts_alpha" in all_schemas()
    finally:
        world.alpha.state = "suspended"
        tenant_resume(tenant=world.alpha)


def test_one_tenant_may_have_weeks_and_the_other_keeps_its_days(world: World) -> None:
    with platform_context():
        PartitionOverride.objects.create(tenant=world.alpha, table="radacct", interval="week")
    assert overrides(all_schemas()) == {("ts_alpha", "radacct"): Override(interval="week")}
    run_window(all_schemas(), LATER)
    with platform_context():
        shown = engine.look(["ts_alpha", "ts_beta"])
    lengths = {
        parent.schema: max(known.span.upper - known.span.lower for known in parent.partitions)
        for parent in shown.parents
        if parent.table == "radacct"
    }
    assert lengths["ts_beta"] == timedelta(days=1)
    assert lengths["ts_alpha"] > timedelta(days=1)


def test_a_tenants_role_cannot_change_how_long_anything_is_kept(
    world: World, as_role: object
) -> None:
    with as_role("ts_alpha").cursor() as cursor:  # type: ignore[operator]
        cursor.execute(
            "SELECT has_table_privilege('tenants_partitionoverride', 'SELECT, INSERT, UPDATE')"
        )
        assert cursor.fetchone() == (False,)


def test_the_state_can_be_asked_for_without_the_owners_login(world: World) -> None:
    found = report(all_schemas("default"), NOW, using="default")
    assert {"radacct", "radpostauth"} <= {line.table for line in found.lines}
    assert found.alarms == []


def test_a_new_tenant_has_partitions_before_it_has_rows(world: World) -> None:
    with platform_context():
        shown = engine.look(["ts_beta"])
    assert {len(parent.partitions) >= 8 for parent in shown.parents if parent.table == "radacct"}


@pytest.fixture
def feature(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A lazy table in both tenants."""
    policy = PartitionPolicy("feature_rows", "at", lazy=True)
    known = {**policy_module._policies, ("tenant", policy.table): policy}
    monkeypatch.setattr(policy_module, "_policies", known)
    schemas = (world.alpha.schema_name, world.beta.schema_name)
    with platform_context(), connections["owner"].cursor() as cursor:
        for schema in schemas:
            cursor.execute(
                f"CREATE TABLE {schema}.feature_rows (at timestamptz NOT NULL)"
                " PARTITION BY RANGE (at)"
            )
        yield policy.table
        for schema in schemas:
            cursor.execute(f"DROP TABLE {schema}.feature_rows")


def lengths(table: str) -> dict[str, int]:
    with platform_context():
        shown = engine.look(["ts_alpha", "ts_beta"])
    return {p.schema: len(p.partitions) for p in shown.parents if p.table == table}


def test_a_tenant_that_begins_with_a_feature_gets_partitions_and_the_other_none(
    world: World, feature: str
) -> None:
    run_window(all_schemas(), NOW)
    assert lengths(feature) == {"ts_alpha": 0, "ts_beta": 0}
    assert report(all_schemas(), NOW).alarms == []
    with tenant_context(world.alpha):
        tables_begin([feature])
        tables_begin([feature])
    assert lengths(feature) == {"ts_alpha": 8, "ts_beta": 0}
    run_window(all_schemas(), LATER)
    assert lengths(feature) == {"ts_alpha": 10, "ts_beta": 0}


def test_only_a_lazy_table_of_a_tenant_can_be_begun_with(world: World, feature: str) -> None:
    for table in ("radacct", "events_log", "pg_class"):
        with tenant_context(world.alpha), pytest.raises(ValueError, match="not a lazy table"):
            tables_begin([feature, table])
    with platform_context(), pytest.raises(ContextRequired):
        tables_begin([feature])
    assert lengths(feature) == {"ts_alpha": 0, "ts_beta": 0}


def test_every_partitioned_table_has_a_policy(world: World) -> None:
    with platform_context(), connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT CASE n.nspname WHEN 'public' THEN 'public' ELSE 'tenant' END, c.relname"
            " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE c.relkind = 'p' AND n.nspname IN ('public', 'ts_alpha')"
        )
        found = set(cursor.fetchall())
    assert found == {(policy.schema, policy.table) for policy in policies()}
