"""Beat's work: once per job, schema and window; one bad tenant stops no other."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.utils import timezone

from tenants.services import tenant_resume, tenant_suspend
from tests.conftest import World
from tests.worker import Worker, until
from wificore.access.models import ApiToken, User
from wificore.access.services import token_create
from wificore.jobs.beat import Pace
from wificore.jobs.claims import MAX_ATTEMPTS, claim, claim_close, claims_forget
from wificore.jobs.models import Claim, KeptAnswer
from wificore.jobs.recurring import Recurring, work_through
from wificore.jobs.windows import daily, every
from wificore.kernel.db.context import current, platform_context, tenant_context

WINDOW = datetime(2026, 11, 21, 2, tzinfo=UTC)
SCHEMAS = ["public", "ts_alpha", "ts_beta"]


class Work:
    """Counts where it was called; fails where it is told to."""

    def __init__(self, *, fails_in: str = "") -> None:
        self.calls: list[str] = []
        self.fails_in = fails_in

    def __call__(self) -> dict[str, Any]:
        self.calls.append(current().schema)
        if current().schema == self.fails_in:
            raise ZeroDivisionError("a bad tenant")
        return {"rows": 3}


def outcomes(tenant: Any) -> list[tuple[int, Any, str]]:
    with tenant_context(tenant):
        rows = Claim.objects.filter(job="tests.count")
        return list(rows.values_list("attempts", "result", "error"))


def test_each_schema_is_worked_in_once_however_often_a_window_is_asked_for(world: World) -> None:
    work = Work()
    job = Recurring("tests.count", work, daily(2))
    for _ in range(3):
        assert work_through(job, WINDOW, SCHEMAS) == {}
    assert work.calls == SCHEMAS
    assert outcomes(world.alpha) == [(1, {"rows": 3}, "")]
    work_through(job, WINDOW + timedelta(days=1), SCHEMAS)
    assert work.calls == SCHEMAS * 2


def test_one_bad_tenant_stops_no_other_and_gets_three_tries(world: World) -> None:
    work = Work(fails_in="ts_alpha")
    job = Recurring("tests.count", work, daily(2))
    assert work_through(job, WINDOW, SCHEMAS) == {"ts_alpha": "ZeroDivisionError: a bad tenant"}
    for _ in range(5):
        work_through(job, WINDOW, SCHEMAS)
    assert work.calls == [*SCHEMAS, "ts_alpha", "ts_alpha"]
    assert outcomes(world.alpha) == [(MAX_ATTEMPTS, None, "ZeroDivisionError: a bad tenant")]
    assert outcomes(world.beta) == [(1, {"rows": 3}, "")]


def test_a_tenant_that_is_suspended_or_gone_is_left_out(world: World) -> None:
    work = Work()
    with platform_context():
        tenant_suspend(tenant=world.alpha)
    try:
        work_through(Recurring("tests.count", work, daily(2)), WINDOW, [*SCHEMAS, "ts_gone"])
    finally:
        tenant_resume(tenant=world.alpha)
    assert work.calls == ["public", "ts_beta"]


def test_what_a_dead_worker_left_is_taken_again_but_not_while_it_may_live(world: World) -> None:
    with tenant_context(world.alpha):
        assert claim("tests.count", WINDOW)
        assert not claim("tests.count", WINDOW)
        Claim.objects.update(claimed_at=timezone.now() - timedelta(hours=1))
        assert claim("tests.count", WINDOW)
        claim_close("tests.count", WINDOW)
        Claim.objects.update(claimed_at=timezone.now() - timedelta(hours=1))
        assert not claim("tests.count", WINDOW)


def test_one_of_many_that_claim_at_once_gets_it(world: World) -> None:
    def take(_number: int) -> bool:
        try:
            with tenant_context(world.alpha):
                return claim("tests.count", WINDOW)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(take, range(8))) == [False] * 7 + [True]


def test_claims_of_long_ago_are_forgotten(world: World) -> None:
    with tenant_context(world.alpha):
        claim("tests.count", timezone.now() - timedelta(days=40))
        claim("tests.count", timezone.now())
        assert claims_forget() == {"claims": 1}


@pytest.mark.parametrize(
    ("windows", "now", "start"),
    [
        (daily(2), "2026-11-21T01:59:59", "2026-11-20T02:00:00"),
        (daily(2), "2026-11-21T02:00:00", "2026-11-21T02:00:00"),
        (daily(2, 30), "2026-11-21T13:00:00", "2026-11-21T02:30:00"),
        (every(hours=1), "2026-11-21T13:59:59", "2026-11-21T13:00:00"),
        (every(seconds=30), "2026-11-21T13:00:31", "2026-11-21T13:00:30"),
        (every(weeks=1), "2026-11-22T23:59:59", "2026-11-16T00:00:00"),
    ],
)
def test_every_process_counts_the_same_windows(windows: Any, now: str, start: str) -> None:
    at = datetime.fromisoformat(now).replace(tzinfo=UTC)
    assert windows.start(at) == datetime.fromisoformat(start).replace(tzinfo=UTC)


def test_beat_asks_at_once_and_then_at_the_pace_of_the_clock() -> None:
    for windows, pace in ((every(seconds=30), 30), (daily(2), 600), (every(hours=1), 600)):
        schedule = Pace(windows)
        due, seconds = schedule.is_due(datetime(2026, 1, 1, tzinfo=UTC))
        assert due
        assert 0 < seconds <= pace
        due, _ = schedule.is_due(datetime.now(UTC) + timedelta(seconds=1))
        assert not due


def test_two_beats_clear_what_has_expired_once_per_tenant_and_in_public(
    world: World, worker: Worker, beat: Callable[[], Worker]
) -> None:
    for place in places(world):
        with place():
            make_sign_ins_and_tokens()
            make_answers()
    first, second = beat(), beat()
    for place in places(world):
        with place():
            for job in ("access.forget_expired", "jobs.forget_answers"):
                until(partial(finished, job), lambda: first.text() + second.text() + worker.text())
            assert list(Session.objects.values_list("session_key", flat=True)) == ["valid"]
            names = set(ApiToken.objects.values_list("name", flat=True))
            assert "expired" not in names
            assert "valid" in names
            row = Claim.objects.get(job="access.forget_expired")
            told = {"sign_ins": 1, "tokens": 1, "invitations": 0, "counters": 0}
            assert (row.attempts, row.result) == (1, told)
            ApiToken.objects.filter(name="valid").delete()
            assert list(KeptAnswer.objects.values_list("key", flat=True)) == ["29 days"]
            row = Claim.objects.get(job="jobs.forget_answers")
            assert (row.attempts, row.result) == (1, {"answers": 1})


def finished(job: str) -> bool:
    return Claim.objects.filter(job=job, finished_at__isnull=False).exists()


def places(world: World) -> list[Any]:
    return [
        platform_context,
        lambda: tenant_context(world.alpha),
        lambda: tenant_context(world.beta),
    ]


def make_answers() -> None:
    for days in (29, 31):
        made_at = timezone.now() - timedelta(days=days)
        KeptAnswer.objects.create(
            key=f"{days} days", fingerprint=b"x", status=201, body=b"{}", made_at=made_at
        )


def make_sign_ins_and_tokens() -> None:
    now, hour = timezone.now(), timedelta(hours=1)
    user = User.objects.order_by("pk")[0]
    for name, expires in (("expired", now - hour), ("valid", now + hour)):
        Session.objects.create(session_key=name, session_data="", expire_date=expires)
        token_create(user=user, name=name, expires_at=expires)
