"""Jobs from start to end, done by a real worker."""

import pytest
from django.db import connection, connections, transaction

from tenants.services import tenant_resume, tenant_suspend
from tests.conftest import World
from tests.jobs.conftest import Start, ended, fresh, make_overdue
from tests.samples import MARK
from tests.worker import Worker, go, new_key, reports, until
from wificore.jobs import services
from wificore.jobs.handlers import UnknownKind
from wificore.jobs.models import Claim, Job, JobState
from wificore.jobs.selectors import job_public_id
from wificore.kernel.db.context import platform_context, tenant_context


def test_a_job_is_done_in_its_own_tenant_and_keeps_its_result(
    world: World, worker: Worker, start: Start
) -> None:
    key = new_key()
    job = ended(start(world.beta, "tests.echo", key=key, text="habari"), world.beta)
    assert (job.state, job.result, job.error) == (JobState.DONE, {"echo": "habari"}, "")
    assert (job.attempts, job.created_by) == (1, "amina@alpha.test")
    assert job.started_at
    assert job.finished_at
    assert reports(key, 1)[0]["schema"] == "ts_beta"
    with tenant_context(world.alpha):
        assert not Job.objects.exists()


def test_the_platform_has_jobs_of_its_own(world: World, worker: Worker) -> None:
    key = new_key()
    with platform_context():
        job = services.job_start(kind="tests.echo", params={"key": key, "text": "x"})
        assert reports(key, 1, worker)[0]["user"] == "wc_platform"
        until(lambda: Job.objects.get(pk=job.pk).state == JobState.DONE)


def test_a_job_whose_transaction_rolls_back_never_was(world: World, start: Start) -> None:
    with pytest.raises(ZeroDivisionError), tenant_context(world.alpha), transaction.atomic():
        services.job_start(kind="tests.echo", params={})
        raise ZeroDivisionError
    with tenant_context(world.alpha):
        assert not Job.objects.exists()


def test_progress_is_seen_while_the_handlers_transaction_is_open(
    world: World, worker: Worker, start: Start
) -> None:
    key = new_key()
    job = start(world.alpha, "tests.steps", key=key)
    reports(key, 1, worker)
    seen = fresh(job, world.alpha)
    assert (seen.state, seen.done, seen.total, seen.note) == ("running", 1, 3, "half-way")
    with tenant_context(world.alpha):
        assert not Claim.objects.filter(window=MARK).exists(), "its transaction is still open"
    go(f"{key}:1")
    assert ended(job, world.alpha).result == {"attempt": 1}
    with tenant_context(world.alpha):
        assert Claim.objects.get(window=MARK).job == f"{key}:1"


def test_a_handler_that_raises_is_tried_again_and_then_failed(
    world: World, worker: Worker, start: Start
) -> None:
    key = new_key()
    job = ended(start(world.alpha, "tests.fail", key=key), world.alpha)
    assert (job.state, job.attempts) == (JobState.FAILED, 2)
    assert job.error == "ValueError: try me again"
    assert [report["attempt"] for report in reports(key, 2)] == [1, 2]


def test_a_handler_may_say_that_another_try_is_useless(
    world: World, worker: Worker, start: Start
) -> None:
    key = new_key()
    job = ended(start(world.alpha, "tests.fail", key=key, for_good=True), world.alpha)
    assert (job.state, job.attempts, job.error) == ("failed", 1, "line 3: no such plan")


def test_what_was_completed_in_the_handlers_transaction_stays_done(
    world: World, worker: Worker, start: Start
) -> None:
    job = ended(start(world.alpha, "tests.fail_after_complete"), world.alpha)
    assert (job.state, job.result) == (JobState.DONE, {"kept": True})


def test_a_result_that_is_too_large_fails_the_job_with_a_clear_reason(
    world: World, worker: Worker, start: Start
) -> None:
    job = ended(start(world.alpha, "tests.too_much"), world.alpha)
    assert (job.state, job.error) == ("failed", "The result is larger than 3500 bytes.")


def test_parameters_that_are_too_large_are_refused(world: World, start: Start) -> None:
    with pytest.raises(services.JobInvalid, match="2000 bytes"):
        start(world.alpha, "tests.echo", text="x" * 2000)


def test_the_largest_job_of_all_fits_into_a_row_without_toast(world: World, start: Start) -> None:
    job = start(world.alpha, "tests.echo", key="", text="x" * 1970)
    with tenant_context(world.alpha):
        wide = {"note": "\N{SNAKE}" * 120, "created_by": "\N{SNAKE}" * 120}
        Job.objects.filter(created_at=job.created_at).update(
            **wide, error="\N{SNAKE}" * 300, result={"text": "x" * 3480}, run="x" * 32
        )
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_class c JOIN pg_inherits i ON i.inhrelid = c.oid"
                " WHERE i.inhparent = 'jobs_job'::regclass AND c.reltoastrelid <> 0"
            )
            assert cursor.fetchone() == (0,)


def test_an_unknown_kind_is_refused_before_anything_is_written(world: World, start: Start) -> None:
    with pytest.raises(UnknownKind):
        start(world.alpha, "tests.nobody_does_this")


def test_a_job_that_is_done_is_not_done_again_by_a_second_message(
    world: World, worker: Worker, start: Start
) -> None:
    key, after = new_key(), new_key()
    job = ended(start(world.alpha, "tests.echo", key=key, text="x"), world.alpha)
    with tenant_context(world.alpha):
        services._send(job)
    ended(start(world.alpha, "tests.echo", key=after, text="x"), world.alpha)
    assert fresh(job, world.alpha).attempts == 1


def test_two_workers_cannot_take_one_job(world: World, start: Start) -> None:
    with tenant_context(world.alpha), transaction.atomic():
        job = services.job_start(kind="tests.echo", params={})
        key = {"created_at": job.created_at, "number": job.pk}
        first, second = services.job_take(**key), services.job_take(**key)
        assert first is not None
        assert second is None
        transaction.set_rollback(True)


def test_a_jobs_start_and_end_are_published_in_its_own_name(
    world: World, worker: Worker, start: Start
) -> None:
    job = ended(start(world.alpha, "tests.fail", key=new_key(), for_good=True), world.alpha)
    with platform_context(), connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT tenant, type, payload->>'state' FROM events_outbox WHERE subject = %s"
            " ORDER BY id",
            [job_public_id(job)],
        )
        told = cursor.fetchall()
    assert told == [("ts_alpha", "job.started", None), ("ts_alpha", "job.finished", "failed")]


def test_a_kind_may_belong_to_the_queue_of_the_worker_with_the_owners_login(
    world: World, worker: Worker, start: Start
) -> None:
    job = start(world.alpha, "tests.owner")
    assert job.queue == "ddl"
    assert ended(job, world.alpha).result == {"user": "wc_owner"}


def test_a_suspended_tenants_job_waits_until_the_tenant_is_back(
    world: World, worker: Worker, start: Start
) -> None:
    key = new_key()
    with platform_context():
        tenant_suspend(tenant=world.alpha)
    try:
        job = start(world.alpha, "tests.echo", key=key, text="late")
        until(lambda: "tenant=ts_alpha" in worker.text(), worker.text)
    finally:
        tenant_resume(tenant=world.alpha)
    assert fresh(job, world.alpha).state == JobState.QUEUED
    with tenant_context(world.alpha):
        make_overdue(job)
        services.overdue_rescue()
    assert ended(job, world.alpha).result == {"echo": "late"}
