"""A tenant's fault in the accounting path stays its own, and so do the records it makes wait."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from psycopg2 import errors

from radius.ingest.runner import Ingester
from radius.registry.services import forget_tenant
from tests.conftest import World
from tests.radius.lines import login
from wificore.kernel.db.context import platform_context

FILE = "postauth-202601010001.tsv"


def sql(statement: str, *values: Any) -> list[Any]:
    with platform_context(), connections["owner"].cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall()) if cursor.description else []


@pytest.fixture
def ingester(world: World, radius_dsn: str, tmp_path: Path) -> Iterator[Ingester]:
    """Its spool holds a login of alpha's, whose function is away, and one of beta's."""
    made = Ingester(radius_dsn, tmp_path)
    made.connect()
    lines = [login("amina", tenant="ts_alpha"), login("otieno", tenant="ts_beta")]
    (tmp_path / "postauth" / FILE).write_bytes(b"".join(lines))
    sql("ALTER FUNCTION ts_alpha.wc_postauth_batch_v2 RENAME TO lost")
    try:
        while made.step():
            pass
    finally:
        sql("ALTER FUNCTION ts_alpha.lost RENAME TO wc_postauth_batch_v2")
    yield made
    made.database.close()


def usernames(schema: str) -> list[str]:
    return [name for (name,) in sql(f"SELECT username FROM {schema}.radpostauth")]


def test_a_broken_tenants_records_stop_no_other_tenants(ingester: Ingester) -> None:
    assert (usernames("ts_alpha"), usernames("ts_beta")) == ([], ["otieno"])
    assert sql("SELECT spool, tenant, records FROM spool_held") == [("postauth", "ts_alpha", 1)]
    ingester.held.retry()
    while ingester.step():
        pass
    assert (usernames("ts_alpha"), usernames("ts_beta")) == (["amina"], ["otieno"])
    assert sql("SELECT 1 FROM spool_held") == []


def test_nobody_reads_held_records_and_only_the_platform_who_is_held(
    ingester: Ingester, as_role: Callable[[str], Any]
) -> None:
    for role in ("ts_alpha", "ts_beta", "wc_app", "wc_platform"):
        with as_role(role).cursor() as cursor:
            for table in ("spool_held", "spool_held_record"):
                for statement in ("SELECT count(*) FROM", "DELETE FROM"):
                    if (role, table, statement[:6]) == ("wc_platform", "spool_held", "SELECT"):
                        continue
                    with pytest.raises(errors.InsufficientPrivilege):
                        cursor.execute(f"{statement} public.{table}")
    with as_role("wc_platform").cursor() as cursor:
        cursor.execute("SELECT tenant FROM public.spool_held")
        assert cursor.fetchall() == [("ts_alpha",)]


def test_a_tenant_that_takes_the_name_of_a_deleted_one_is_not_given_its_records(
    ingester: Ingester,
) -> None:
    with platform_context():
        forget_tenant("ts_alpha", "owner")
    ingester.held.retry()
    while ingester.step():
        pass
    assert usernames("ts_alpha") == []
    assert sql("SELECT 1 FROM spool_held_record") == []
