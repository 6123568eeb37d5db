"""Tasks: sent on commit, run by a real worker in their sender's schema, refused without one."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction

from tests import samples
from tests.conftest import World
from tests.worker import Worker, new_key, reports, until
from wificore.kernel import tasks
from wificore.kernel.db.context import ContextRequired, platform_context, tenant_context

PLATFORM = {"schema": "public", "user": "wc_platform", "tenant": "", "context": "public"}


def identity(report: dict[str, object]) -> dict[str, object]:
    return {name: report[name] for name in PLATFORM}


def as_tenant(schema: str) -> dict[str, str]:
    return dict.fromkeys(PLATFORM, schema)


def test_a_task_runs_as_the_tenant_that_sent_it(world: World, worker: Worker) -> None:
    key = new_key()
    for tenant in (world.alpha, world.beta):
        with tenant_context(tenant):
            samples.look.enqueue(key)
    found = [identity(report) for report in reports(key, 2, worker)]
    assert sorted(found, key=str) == [as_tenant("ts_alpha"), as_tenant("ts_beta")]


def test_a_task_leaves_on_commit_and_never_after_a_rollback(world: World, worker: Worker) -> None:
    key = new_key()
    with tenant_context(world.alpha):
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            samples.look.enqueue(key, "rolled back")
            raise ZeroDivisionError
        with transaction.atomic():
            samples.look.enqueue(key, "committed")
            assert samples.store().llen(key) == 0
    assert [report["values"] for report in reports(key, 1, worker)] == [["committed"]]


def test_a_task_of_the_owners_transaction_waits_for_that_one(world: World, worker: Worker) -> None:
    key = new_key()
    with tenant_context(world.alpha), pytest.raises(ZeroDivisionError):
        with transaction.atomic(using="owner"):
            samples.look.enqueue(key, "rolled back")
            raise ZeroDivisionError
    with tenant_context(world.alpha), transaction.atomic(using="owner"):
        samples.look.enqueue(key, "committed")
    assert [report["values"] for report in reports(key, 1, worker)] == [["committed"]]


def test_a_platform_task_runs_as_the_platform_wherever_it_was_sent_from(
    world: World, worker: Worker
) -> None:
    key = new_key()
    with tenant_context(world.alpha):
        samples.look_as_platform.enqueue(key)
    with platform_context():
        samples.look_as_platform.enqueue(key)
    samples.look_as_platform.enqueue(key)
    assert [identity(report) for report in reports(key, 3, worker)] == [PLATFORM] * 3


def test_a_task_that_both_have_runs_in_its_senders_schema(world: World, worker: Worker) -> None:
    key = new_key()
    with platform_context():
        samples.look_anywhere.enqueue(key)
    with tenant_context(world.beta):
        samples.look_anywhere.enqueue(key)
    found = [identity(report) for report in reports(key, 2, worker)]
    assert sorted(found, key=str) == sorted([PLATFORM, as_tenant("ts_beta")], key=str)


def test_sending_without_a_tenant_is_an_error_and_never_means_public(world: World) -> None:
    with pytest.raises(ContextRequired):
        samples.look.enqueue("nobody")
    with pytest.raises(ContextRequired):
        samples.look.s("nobody")
    with platform_context(), pytest.raises(ContextRequired):
        samples.look.enqueue("nobody")


def test_a_signature_of_one_tenant_cannot_be_sent_by_another(world: World) -> None:
    with tenant_context(world.alpha):
        signed = samples.look.s("key")
    with tenant_context(world.beta), pytest.raises(tasks.WrongSchema):
        signed.apply_async()


def test_a_message_without_the_header_is_refused_by_the_worker(
    world: World, worker: Worker
) -> None:
    key = new_key()
    with tenant_context(world.alpha):
        tasks.app.send_task(samples.look.name, [key])
        tasks.app.send_task(samples.look.name, [key], headers={tasks.HEADER: "public"})
    until(lambda: worker.text().count("SchemaMissing(") >= 2, worker.text)
    assert samples.store().llen(key) == 0


def test_a_task_called_as_a_function_runs_here_and_now(world: World) -> None:
    key = new_key()
    with tenant_context(world.alpha):
        assert samples.look(key, 7) == 7
    assert identity(reports(key, 1)[0]) == as_tenant("ts_alpha")


@pytest.mark.parametrize(
    "options",
    [{"countdown": 3600}, {"eta": datetime.now(UTC) + timedelta(hours=2)}],
    ids=["countdown", "eta"],
)
def test_no_message_waits_longer_than_redis_keeps_it_for_one_worker(
    world: World, options: dict[str, object]
) -> None:
    with tenant_context(world.alpha), pytest.raises(ValueError, match="leave longer waits"):
        samples.look.send(["key"], **options)


def test_each_active_tenant_is_in_exactly_one_chunk(world: World, worker: Worker) -> None:
    key = new_key()
    assert tasks.for_each_tenant(samples.look_at_chunk, key, chunk=1) == 2
    chunks = sorted(report["schemas"] for report in reports(key, 2, worker))
    assert chunks == [["ts_alpha"], ["ts_beta"]]


def test_a_broker_that_is_away_is_reported_at_once_but_undoes_no_commit(
    world: World,
) -> None:
    away = tasks.app.connection_for_write("redis://127.0.0.1:1/2")
    with tenant_context(world.alpha):
        with pytest.raises(tasks.BrokerAway):
            samples.look.send(["key"], connection=away)
        with transaction.atomic():
            samples.look.send(["key"], connection=away)


def test_a_message_that_kills_its_worker_each_time_is_dropped_with_an_error_in_the_log(
    world: World, worker: Worker
) -> None:
    key, after = new_key(), new_key()
    with tenant_context(world.alpha):
        samples.die_always.enqueue(key)
    until(lambda: "task dropped: its worker died each time" in worker.text(), worker.text)
    with tenant_context(world.alpha):
        samples.look.enqueue(after)
    reports(after, 1, worker)
    assert samples.store().llen(key) == tasks.MAX_DELIVERIES
