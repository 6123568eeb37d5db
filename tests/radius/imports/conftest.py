"""What tests of imports share: files, and a job worked through in this process."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from radius.imports.services import import_start
from radius.services import plan_create
from tests.conftest import World
from wificore.jobs import services as jobs
from wificore.jobs.models import Job
from wificore.jobs.running import execute
from wificore.jobs.selectors import job_rows
from wificore.kernel.db.context import tenant_context

HEADER = "username,password,plan,name,phone,status,expires_at"
PASSWORD = "hush-5ecret"
TABLES = ("radius_subscriber", "radcheck", "radusergroup", "radcompiled", "audit_entry")
STAGED = ("radius_import", "radius_import_row")

Import = Callable[..., Job]


def csv_file(*lines: str, header: str = HEADER) -> bytes:
    return "\n".join([header, *lines, ""]).encode()


def many(count: int) -> bytes:
    return csv_file(*(f"user{n},{PASSWORD}{n},Daily,Name {n},07{n:08}," for n in range(count)))


def rows(tenant: Any, sql: str, *params: Any) -> list[tuple[Any, ...]]:
    with tenant_context(tenant), connection.cursor() as cursor:
        cursor.execute(sql, params)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def counts(tenant: Any, *tables: str) -> list[int]:
    return [rows(tenant, f"SELECT count(*) FROM {table}")[0][0] for table in tables]


def checks(tenant: Any, username: str) -> dict[str, str]:
    sql = "SELECT attribute, value FROM radcheck WHERE username = %s"
    return dict(rows(tenant, sql, username))


@pytest.fixture
def daily(world: World) -> Any:
    """The plan that files name."""
    with tenant_context(world.alpha):
        return plan_create(name="Daily", devices=2)


@pytest.fixture
def work(world: World, daily: Any, monkeypatch: pytest.MonkeyPatch) -> Import:
    """`work(content, update=True)`: an import by its job, done here and now."""
    monkeypatch.setattr(jobs, "_send", lambda *_a, **_k: None)

    def through(content: bytes, **options: bool) -> Job:
        with tenant_context(world.alpha):
            job = import_start(content=content, **options)
            taken = jobs.job_take(created_at=job.created_at, number=job.pk)
            assert taken is not None
            execute(taken)
            return job_rows(job.created_at, job.pk).get()

    return through
