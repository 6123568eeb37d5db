"""Tasks and job handlers that the tests' worker loads: each reports what it saw, through Redis."""

import json
import os
import time
from datetime import UTC, datetime
from typing import Any

import redis
from django.db import connection, connections, transaction

from wificore.jobs.handlers import job_handler
from wificore.jobs.models import Claim
from wificore.jobs.running import JobRun
from wificore.jobs.services import JobFailed
from wificore.kernel.db.context import current
from wificore.kernel.tasks import platform_task, schema_task, tenant_task

DATABASE = 5
MARK = datetime(2026, 1, 1, tzinfo=UTC)
EXPIRES_S = 3600
PATIENCE_S = 120


def store() -> Any:
    return redis.Redis.from_url(f"{os.environ['REDIS_URL'].rstrip('/')}/{DATABASE}")


def seen() -> dict[str, Any]:
    """What the database and the context say we are."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_schema(), current_user, current_setting('app.tenant')")
        schema, user, tenant = cursor.fetchone()
    return {"schema": schema, "user": user, "tenant": tenant, "context": current().schema}


def report(key: str, **facts: Any) -> None:
    client = store()
    client.rpush(key, json.dumps({**seen(), **facts, "pid": os.getpid()}))
    client.expire(key, EXPIRES_S)


def wait_for_signal(key: str) -> None:
    """Wait until the test says `go`. (Not BLPOP: the client's socket gives up after 5 s.)"""
    client, deadline = store(), time.monotonic() + PATIENCE_S
    while not client.lpop(f"{key}:go"):
        assert time.monotonic() < deadline, "the test never said go"
        time.sleep(0.05)


@tenant_task()
def look(key: str, *values: Any) -> Any:
    report(key, values=values)
    return values[-1] if values else None


@tenant_task(bind=True, max_retries=5, default_retry_delay=0)
def stumble(self: Any, key: str, times: int) -> None:
    """Fails `times` times, then succeeds."""
    report(key, retry=self.request.retries)
    if self.request.retries < times:
        raise self.retry(countdown=0)


@tenant_task()
def look_after_failure(key: str) -> None:
    """One parameter: Celery sends such an errback as a message of its own."""
    report(key)


@tenant_task()
def explode(key: str) -> None:
    report(key)
    raise ZeroDivisionError("as asked")


@tenant_task()
def leave_transaction_broken(key: str) -> None:
    report(key)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT 1 / 0")


@tenant_task()
def die(key: str) -> None:
    """Kills its own process the first time."""
    report(key)
    if store().incr(f"{key}:deaths") == 1:
        os.kill(os.getpid(), 9)


@tenant_task()
def die_always(key: str) -> None:
    """Kills its own process each time."""
    report(key)
    os.kill(os.getpid(), 9)


@platform_task()
def look_as_platform(key: str) -> None:
    report(key)


@platform_task()
def look_at_chunk(schemas: list[str], key: str) -> None:
    report(key, schemas=schemas)


@schema_task()
def look_anywhere(key: str) -> None:
    report(key)


@job_handler("tests.echo")
def echo(run: JobRun) -> dict[str, Any]:
    report(run.params["key"], attempt=run.attempt)
    return {"echo": run.params["text"]}


@job_handler("tests.steps", max_attempts=2)
def steps(run: JobRun) -> dict[str, Any]:
    """Works in one transaction, shows progress, and waits for `go` before it commits."""
    key = run.params["key"]
    with transaction.atomic():
        Claim.objects.create(job=f"{key}:{run.attempt}", window=MARK)
        run.progress(1, 3, "half-way")
        report(key, attempt=run.attempt)
        wait_for_signal(f"{key}:{run.attempt}")
        run.complete({"attempt": run.attempt})
    return {}


@job_handler("tests.steps_apart", queue="apart", max_attempts=2)
def steps_apart(run: JobRun) -> dict[str, Any]:
    """The same on a queue that only a test's own workers serve."""
    return steps(run)


@job_handler("tests.slow_statement", queue="apart", max_attempts=2)
def slow_statement(run: JobRun) -> dict[str, Any]:
    """One statement that takes longer than the lease: the handler itself says nothing."""
    report(run.params["key"], attempt=run.attempt)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(%s)", [run.params["seconds"]])
    return {"attempt": run.attempt}


@job_handler("tests.owner", queue="ddl")
def owner(run: JobRun) -> dict[str, Any]:
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT current_user")
        return {"user": cursor.fetchone()[0]}


@job_handler("tests.fail", max_attempts=2)
def fail(run: JobRun) -> dict[str, Any]:
    report(run.params["key"], attempt=run.attempt)
    if run.params.get("for_good"):
        raise JobFailed("line 3: no such plan")
    raise ValueError("try me again")


@job_handler("tests.fail_after_complete")
def fail_after_complete(run: JobRun) -> None:
    with transaction.atomic():
        run.complete({"kept": True})
    raise ValueError("too late to matter")


@job_handler("tests.too_much")
def too_much(run: JobRun) -> dict[str, Any]:
    return {"text": "x" * 5000}
