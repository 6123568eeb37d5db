"""What tests of the seal share: the trail as a superuser sees it, and lines of any time."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg2
import pytest
from django.core.files.storage import Storage
from django.db import transaction
from psycopg2.extensions import make_dsn, parse_dsn

from tests.conftest import World
from wificore.audit import sealing, verify
from wificore.audit.verify import Report
from wificore.kernel.audit import Entry, record_many
from wificore.kernel.db.context import platform_context, tenant_context

Sql = Callable[..., list[Any]]


@pytest.fixture
def superuser(superuser_dsn: str, app_dsn: str) -> Iterator[Sql]:
    """`superuser("UPDATE ..", value)`: what nobody should do to a trail."""
    database = parse_dsn(app_dsn)["dbname"]
    connection = psycopg2.connect(make_dsn(superuser_dsn, dbname=database))
    connection.autocommit = True

    def run(statement: str, *values: Any) -> list[Any]:
        with connection.cursor() as cursor:
            cursor.execute(statement, values or None)
            return cursor.fetchall() if cursor.description else []

    yield run
    connection.close()


@dataclass
class Trail:
    """One schema's trail, whose job and verification a test runs itself."""

    tenant: Any
    superuser: Sql

    @property
    def schema(self) -> str:
        return str(self.tenant.schema_name) if self.tenant else "public"

    def inside(self) -> AbstractContextManager[None]:
        return tenant_context(self.tenant) if self.tenant else platform_context()

    def write(self, count: int = 3, *, age_s: float = 60) -> list[int]:
        """Lines that are this old; their numbers."""
        known = self.numbers()
        with self.inside(), transaction.atomic():
            record_many(
                [
                    Entry("plan.updated", "plan", str(n), {"name": "a"}, {"name": "Zoë", "n": n})
                    for n in range(count)
                ]
            )
        new = [number for number in self.numbers() if number not in known]
        at = datetime.now(UTC) - timedelta(seconds=age_s)
        self.sql("UPDATE {}.audit_entry SET at = %s WHERE id = ANY (%s)", at, new)
        return new

    def numbers(self) -> list[int]:
        return [number for (number,) in self.sql("SELECT id FROM {}.audit_entry ORDER BY id")]

    def sql(self, statement: str, *values: Any) -> list[Any]:
        """As the superuser; `{}` is the schema."""
        return self.superuser(statement.replace("{}", self.schema), *values)

    def seal(self) -> dict[str, Any] | None:
        with self.inside():
            return sealing.trail_seal()

    def verify(self, *, store: Storage | None = None, **options: Any) -> Report:
        report = Report(self.schema)
        with platform_context():
            retention = verify.retention_of(
                self.schema, using="default", store=store, now=datetime.now(UTC)
            )
        with self.inside():
            list(verify.plan(retention, **options).run(report))
        return report

    def told(self, **options: Any) -> list[tuple[str, str]]:
        """What a verification finds."""
        return [(found.code, found.message) for found in self.verify(**options).findings]


@pytest.fixture
def trail(world: World, superuser: Sql) -> Trail:
    """Alpha's."""
    return Trail(world.alpha, superuser)


@pytest.fixture
def platform_trail(world: World, superuser: Sql) -> Trail:
    """The platform's own."""
    return Trail(None, superuser)


@pytest.fixture
def sealed(trail: Trail) -> list[int]:
    """Three seals of two rows each; the rows' numbers."""
    numbers = []
    for _ in range(3):
        numbers += trail.write(2)
        trail.seal()
    assert trail.told() == []
    return numbers


def day_of(trail: Trail, number: int) -> str:
    rows = trail.sql(
        "SELECT (at AT TIME ZONE 'UTC')::date FROM {}.audit_entry WHERE id = %s", number
    )
    return str(rows[0][0])
