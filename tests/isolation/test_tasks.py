"""Whatever way a task takes, it runs as its own tenant: retry, chain, chord, eta, a dead worker."""

from collections.abc import Iterator
from typing import Any

from celery import chain, chord, group

from tenants.services import tenant_resume, tenant_suspend
from tests import samples
from tests.conftest import World
from tests.kernel.test_tasks import as_tenant, identity
from tests.worker import Worker, new_key, reports, until
from wificore.kernel import tasks
from wificore.kernel.db.context import platform_context, tenant_context


def both(world: World) -> Iterator[tuple[Any, str]]:
    for tenant in (world.alpha, world.beta):
        yield tenant, new_key()


def assert_all(key: str, count: int, tenant: Any, worker: Worker) -> None:
    found = [identity(report) for report in reports(key, count, worker)]
    assert found == [as_tenant(tenant.schema_name)] * count


def test_retries_stay_with_their_tenant(world: World, worker: Worker) -> None:
    sent = list(both(world))
    for tenant, key in sent:
        with tenant_context(tenant):
            samples.stumble.enqueue(key, 3)
    for tenant, key in sent:
        assert_all(key, 4, tenant, worker)


def test_every_part_of_a_chain_stays_with_its_tenant(world: World, worker: Worker) -> None:
    sent = list(both(world))
    for tenant, key in sent:
        with tenant_context(tenant):
            parts = [samples.look.si(key, number) for number in range(3)]
            chain(*parts).apply_async()
    for tenant, key in sent:
        assert_all(key, 3, tenant, worker)


def test_a_chord_and_its_body_stay_with_their_tenant(world: World, worker: Worker) -> None:
    sent = list(both(world))
    for tenant, key in sent:
        with tenant_context(tenant):
            header = [samples.look.si(key, number) for number in range(3)]
            chord(header)(samples.look.si(key))
    for tenant, key in sent:
        assert_all(key, 4, tenant, worker)


def test_a_group_in_a_chain_stays_with_its_tenant(world: World, worker: Worker) -> None:
    sent = list(both(world))
    for tenant, key in sent:
        with tenant_context(tenant):
            middle = group(samples.look.si(key, 1), samples.look.si(key, 2))
            chain(samples.look.si(key, 0), middle, samples.look.si(key, 3)).apply_async()
    for tenant, key in sent:
        assert_all(key, 4, tenant, worker)


def test_callbacks_and_errbacks_stay_with_their_tenant(world: World, worker: Worker) -> None:
    sent = list(both(world))
    for tenant, key in sent:
        with tenant_context(tenant):
            samples.look.apply_async([key], link=samples.look.si(key))
            samples.explode.apply_async([key], link_error=samples.look_after_failure.si(key))
    for tenant, key in sent:
        assert_all(key, 4, tenant, worker)


def test_a_task_with_an_eta_stays_with_its_tenant(world: World, worker: Worker) -> None:
    sent = list(both(world))
    for tenant, key in sent:
        with tenant_context(tenant):
            samples.look.send([key], countdown=0.5)
    for tenant, key in sent:
        assert_all(key, 1, tenant, worker)


def test_a_task_whose_process_is_killed_comes_back_to_its_tenant(
    world: World, worker: Worker
) -> None:
    key = new_key()
    with tenant_context(world.beta):
        samples.die.enqueue(key)
    assert_all(key, 2, world.beta, worker)


def test_an_exception_or_a_broken_transaction_leaves_the_next_task_alone(
    world: World, worker: Worker
) -> None:
    bad, good = new_key(), new_key()
    for _ in range(4):
        with tenant_context(world.alpha):
            samples.explode.enqueue(bad)
            samples.leave_transaction_broken.enqueue(bad)
        with tenant_context(world.beta):
            samples.look.enqueue(good)
    assert_all(bad, 8, world.alpha, worker)
    assert_all(good, 4, world.beta, worker)


def test_interleaved_tasks_of_two_tenants_never_mix(world: World, worker: Worker) -> None:
    sent = list(both(world))
    for _ in range(25):
        for tenant, key in sent:
            with tenant_context(tenant):
                samples.look.enqueue(key)
    for tenant, key in sent:
        assert_all(key, 25, tenant, worker)


def test_tasks_of_a_suspended_tenant_are_dropped_with_a_line_in_the_log(
    world: World, worker: Worker
) -> None:
    key, after = new_key(), new_key()
    with platform_context():
        tenant_suspend(tenant=world.beta)
    try:
        with tenant_context(world.beta):
            samples.look.enqueue(key)
        until(lambda: "tenant=ts_beta" in worker.text(), worker.text)
    finally:
        tenant_resume(tenant=world.beta)
    with tenant_context(world.beta):
        samples.look.enqueue(after)
    assert_all(after, 1, world.beta, worker)
    assert samples.store().llen(key) == 0


def test_tasks_of_a_tenant_that_is_gone_are_dropped(world: World, worker: Worker) -> None:
    class Gone:
        schema_name = "ts_gone"

    key = new_key()
    with tenant_context(Gone()):
        samples.look.enqueue(key)
    until(lambda: "tenant=ts_gone" in worker.text(), worker.text)
    assert samples.store().llen(key) == 0


def test_every_task_of_ours_is_defined_through_the_floor() -> None:
    strays = [
        name
        for name, task in tasks.app.tasks.items()
        if not name.startswith("celery.") and not isinstance(task, tasks.SchemaTask)
    ]
    assert strays == []
    assert "wificore.jobs.tasks.run_job" in tasks.app.tasks
