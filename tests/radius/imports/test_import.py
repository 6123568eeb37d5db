"""An import by its job: all rows with everything that belongs to them, or none and the faults."""

import json
from datetime import timedelta
from typing import Any

import psycopg2
import pytest
from django.db import connection
from django.utils import timezone

from radius.imports import services
from radius.imports.models import Import
from radius.services import plan_create, subscriber_create
from tests.conftest import World
from tests.radius.imports.conftest import (
    PASSWORD,
    STAGED,
    TABLES,
    checks,
    counts,
    csv_file,
    many,
    rows,
)
from wificore.jobs.models import JobState
from wificore.jobs.selectors import jobs
from wificore.kernel.db.context import platform_context, tenant_context


def errors(job: Any) -> list[tuple[int, str]]:
    return [(error["line"], error["field"]) for error in job.result["errors"]]


def test_a_row_becomes_an_account_with_its_standard_rows(
    world: World, daily: Any, work: Any
) -> None:
    line = f"amina,{PASSWORD},Daily,Amina W,0712,Suspended,2031-05-06T10:08:09+03:00"
    job = work(csv_file(line))
    assert (job.state, job.result["created"], job.result["updated"]) == (JobState.DONE, 1, 0)
    assert rows(world.alpha, "SELECT username, name, phone, status FROM radius_subscriber") == [
        ("amina", "Amina W", "0712", "suspended")
    ]
    assert checks(world.alpha, "amina") == {
        "Cleartext-Password": PASSWORD,
        "Auth-Type": "Reject",
        "Expiration": "06 May 2031 07:08:09",
    }
    groups = "SELECT username, groupname, priority FROM radusergroup"
    assert rows(world.alpha, groups) == [("amina", daily.group, 1)]
    assert counts(world.alpha, *STAGED) == [0, 0]


def test_five_thousand_are_imported_and_can_log_in(
    world: World, work: Any, radius_dsn: str
) -> None:
    job = work(many(5_000))
    assert (job.state, job.result["created"]) == (JobState.DONE, 5_000)
    assert (job.done, job.total) == (5_000, 5_000)
    assert counts(world.alpha, *TABLES[:4]) == [5_000] * 4
    assert counts(world.alpha, *STAGED) == [0, 0]
    assert counts(world.beta, *TABLES[:4]) == [0] * 4
    answer = authorize(radius_dsn, "user4999")
    assert ("Cleartext-Password", f"{PASSWORD}4999") in answer
    told = "SELECT count(*) FROM audit_entry WHERE action = 'subscriber.imported'"
    assert rows(world.alpha, told) == [(5_000,)]
    assert published() == [{"rows": 5_000, "created": 5_000, "updated": 0}]


def test_a_bad_row_is_named_by_line_and_field_and_nothing_is_written(
    world: World, work: Any
) -> None:
    job = work(
        csv_file(
            "good,pw,Daily,,,,",
            ",pw,Daily,,,,",
            "none,,Daily,,,,",
            "a\tb,pw,Daily,,,,",
            f"{'x' * 254},pw,Daily,,,,",
            f"long,{'x' * 129},Daily,,,,",
            "plan,pw,Weekly,,,,",
            "noplan,pw,,,,,",
            f"phone,pw,Daily,,{'1' * 21},,",
            "status,pw,Daily,,,gone,",
            "when,pw,Daily,,,,tomorrow",
            "good,pw,Daily,,,,",
            "cells,pw,Daily,,,,,surplus",
        )
    )
    assert job.state == JobState.FAILED
    assert errors(job) == [
        (3, "username"),
        (4, "password"),
        (5, "username"),
        (6, "username"),
        (7, "password"),
        (8, "plan"),
        (9, "plan"),
        (10, "phone"),
        (11, "status"),
        (12, "expires_at"),
        (13, "username"),
        (14, "row"),
    ]
    assert (job.result["errors_total"], job.result["bad_rows"], job.result["created"]) == (
        12,
        12,
        0,
    )
    assert "12 of 13 rows are not right" in job.error
    assert counts(world.alpha, *TABLES[:4], *STAGED) == [0] * 6
    assert published() == []


def test_a_long_list_of_errors_is_cut_and_counted(work: Any) -> None:
    job = work(csv_file(*(f"user{n},pw,Weekly,,,," for n in range(2_000))))
    assert job.state == JobState.FAILED
    assert job.result["errors_total"] == 2_000
    assert 20 < len(job.result["errors"]) < 2_000


def test_a_dry_run_tells_what_would_happen_and_changes_nothing(world: World, work: Any) -> None:
    good = work(csv_file(f"amina,{PASSWORD},Daily,,,,"), dry_run=True)
    assert (good.state, good.result["dry_run"], good.result["created"]) == ("done", True, 1)
    bad = work(csv_file("amina,pw,Weekly,,,,"), dry_run=True)
    assert (bad.state, errors(bad)) == (JobState.DONE, [(2, "plan")])
    assert counts(world.alpha, *TABLES[:4], *STAGED) == [0] * 6
    assert published() == []


def test_a_username_that_exists_is_a_fault(world: World, daily: Any, work: Any) -> None:
    existing(world, daily)
    job = work(csv_file("brian,pw,Daily,,,,", "amina,other,Daily,,,,"))
    assert (job.state, errors(job)) == (JobState.FAILED, [(3, "username")])
    assert checks(world.alpha, "amina") == {"Cleartext-Password": "first"}
    assert counts(world.alpha, "radius_subscriber") == [1]


def test_an_update_changes_what_is_given_and_keeps_the_rest(
    world: World, daily: Any, work: Any, radius_dsn: str
) -> None:
    existing(world, daily, name="Amina", phone="0712")
    existing(world, daily, username="carol")
    lines = ("amina,,,,suspended", f"brian,{PASSWORD},Daily,B,", "carol,second,,,")
    job = work(csv_file(*lines, header="username,password,plan,name,status"), update=True)
    assert (job.state, job.result["created"], job.result["updated"]) == (JobState.DONE, 1, 2)
    sql = "SELECT name, phone, status FROM radius_subscriber WHERE username = 'amina'"
    assert rows(world.alpha, sql) == [("Amina", "0712", "suspended")]
    assert checks(world.alpha, "amina") == {"Cleartext-Password": "first", "Auth-Type": "Reject"}
    assert ("Cleartext-Password", "second") in authorize(radius_dsn, "carol")
    sql = (
        "SELECT old, new FROM audit_entry WHERE action = 'subscriber.imported' AND old IS NOT NULL"
    )
    assert sorted(rows(world.alpha, sql)) == [
        ('{"status": "active"}', '{"status": "suspended"}'),
        ("{}", '{"password_changed": true}'),
    ]


def test_a_new_account_in_an_update_needs_its_plan_and_password(work: Any) -> None:
    job = work(csv_file("amina", header="username"), update=True)
    assert errors(job) == [(2, "password"), (2, "plan")]


def test_a_plan_is_named_or_numbered_and_its_name_wins(world: World, daily: Any, work: Any) -> None:
    assert work(csv_file(f"amina,pw,{daily.pk},,,,")).state == JobState.DONE
    groups = "SELECT groupname FROM radusergroup"
    assert rows(world.alpha, groups) == [(daily.group,)]


def test_the_strangers_accounts_and_plans_do_not_exist_for_it(
    world: World, daily: Any, work: Any
) -> None:
    with tenant_context(world.beta):
        theirs = plan_create(name="Theirs")
        subscriber_create(username="amina", password="theirs", plan=theirs)
    assert work(csv_file("amina,ours,Daily,,,,")).state == JobState.DONE
    assert errors(work(csv_file("brian,pw,Theirs,,,,"))) == [(2, "plan")]
    assert checks(world.beta, "amina") == {"Cleartext-Password": "theirs"}
    assert counts(world.beta, "radius_subscriber", *STAGED) == [1, 0, 0]


def test_a_password_is_stored_encrypted_and_told_to_nobody(world: World, daily: Any) -> None:
    with tenant_context(world.alpha):
        job = services.import_start(content=csv_file(f"amina,{PASSWORD},Daily,,,,"))
        (batch,) = Import.objects.all()
    assert PASSWORD not in batch.content
    assert PASSWORD not in str(vars(job))


def test_no_statement_of_an_import_holds_a_password(world: World, work: Any) -> None:
    seen: list[str] = []

    def watch(execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        seen.append(f"{sql} {params}")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        assert work(csv_file(f"amina,{PASSWORD},Daily,,,,")).state == JobState.DONE
    assert len(seen) > 5
    assert not [text for text in seen if PASSWORD in text]
    assert PASSWORD not in str(rows(world.alpha, "SELECT a::text FROM audit_entry a"))
    assert PASSWORD not in str(rows(world.alpha, "SELECT j::text FROM jobs_job j"))


def test_a_subscriber_made_meanwhile_is_seen_before_anything_is_written(
    world: World, daily: Any, work: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = services.write

    def late(batch: Any, passwords: Any) -> Any:
        subscriber_create(username="amina", password="first", plan=daily)
        return write(batch, passwords)

    monkeypatch.setattr(services, "write", late)
    job = work(csv_file("brian,pw,Daily,,,,", "amina,pw,Daily,,,,"))
    assert (job.state, errors(job)) == (JobState.FAILED, [(3, "username")])
    assert counts(world.alpha, "radius_subscriber", *STAGED) == [1, 0, 0]


def test_what_dead_imports_left_is_cleared_away_but_not_a_busy_one(
    world: World, daily: Any
) -> None:
    with tenant_context(world.alpha):
        services.import_start(content=csv_file("amina,pw,Daily,,,,"))
        left = services.import_store(content=csv_file("brian,pw,Daily,,,,"))
        assert services.imports_forget() == {"imports": 0}
        Import.objects.update(created_at=timezone.now() - timedelta(hours=2))
        assert services.imports_forget() == {"imports": 1}
        assert not Import.objects.filter(pk=left.pk).exists()
        now = timezone.now()
        assert jobs(since=now - timedelta(hours=1), until=now).count() == 1


def existing(world: World, plan: Any, username: str = "amina", **fields: str) -> None:
    with tenant_context(world.alpha):
        subscriber_create(username=username, password="first", plan=plan, **fields)


def published() -> list[Any]:
    with platform_context(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT payload FROM public.events_outbox WHERE type = 'subscriber.imported'"
        )
        return [json.loads(row) if isinstance(row, str) else row for (row,) in cursor.fetchall()]


def authorize(dsn: str, username: str) -> list[tuple[str, str]]:
    """What FreeRADIUS is answered."""
    client = psycopg2.connect(dsn)
    try:
        with client, client.cursor() as cursor:
            ask = "SELECT attribute, value FROM ts_alpha.wc_authorize_v1(%s, '192.0.2.1', '', '')"
            cursor.execute(ask, [username])
            found: list[tuple[str, str]] = cursor.fetchall()
            return found
    finally:
        client.close()
