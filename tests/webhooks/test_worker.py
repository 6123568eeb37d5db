"""Real workers: what is due leaves, whoever dies in the middle."""

import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from tests.soak.sink import Answer, Sink
from tests.webhooks.conftest import SESSION, Hooks
from tests.worker import Worker, drain, running_worker, until
from wificore.kernel.db.context import tenant_context
from wificore.webhooks import handlers, services
from wificore.webhooks.handlers import due_send
from wificore.webhooks.models import Delivery, Endpoint
from wificore.webhooks.tasks import send_due

# A queue that the session's own worker does not serve.
APART = "apart"
ALONE = ("-Q", APART, "-c", "1", "--without-mingle", "--without-gossip")
PATIENCE_S = 60


@pytest.fixture
def awake(hooks: Hooks, monkeypatch: pytest.MonkeyPatch) -> Hooks:
    """Workers are woken, as in the product."""
    monkeypatch.setattr(handlers, "_send", send_due.enqueue)
    return hooks


def states(hooks: Hooks, tenant: Any) -> list[str]:
    return [row.state for row in hooks.rows(tenant)]


def all_there(hooks: Hooks, tenant: Any) -> bool:
    return set(states(hooks, tenant)) == {"delivered"}


def test_two_tenants_workers_send_each_ones_own(
    awake: Hooks, alpha: Any, beta: Any, sink: Sink, other: Sink, worker: Worker
) -> None:
    ours = awake.make(alpha, sink.url, "session.*")
    theirs = awake.make(beta, other.url, "session.*")
    for number in range(10):
        awake.happens(alpha, "session.started", **{**SESSION, "username": f"lion{number}"})
        awake.happens(beta, "session.started", **{**SESSION, "username": f"zebra{number}"})
    for tenant in (alpha, beta):
        until(lambda tenant=tenant: all_there(awake, tenant), worker.text)
    drain()
    for receiver, endpoint, word in ((sink, ours, "lion"), (other, theirs, "zebra")):
        names = {
            awake.verified(receipt, endpoint)["data"]["username"] for receipt in receiver.receipts
        }
        assert names == {f"{word}{number}" for number in range(10)}


def test_a_failed_one_comes_again_by_itself(
    awake: Hooks, alpha: Any, sink: Sink, worker: Worker
) -> None:
    answers = [Answer(500), Answer(200)]
    sink.answer = lambda _receipt: answers.pop(0)
    awake.make(alpha, sink.url, "session.*")
    awake.happens(alpha)
    until(lambda: all_there(awake, alpha), worker.text)
    assert awake.row(alpha).tries == 1
    drain()


def test_a_replay_is_sent_at_once(awake: Hooks, alpha: Any, sink: Sink, worker: Worker) -> None:
    awake.make(alpha, sink.url, "session.*")
    awake.happens(alpha)
    until(lambda: all_there(awake, alpha), worker.text)
    with tenant_context(alpha):
        services.delivery_replay(delivery=awake.row(alpha))
    awake.relay.step(2)
    until(lambda: len(sink.receipts) == 2, worker.text)
    assert len(sink.ids()) == 1
    until(lambda: all_there(awake, alpha), worker.text)
    drain()


def test_what_nobody_was_woken_for_is_found_by_beat(
    hooks: Hooks, alpha: Any, sink: Sink, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The message was lost with Redis."""
    hooks.make(alpha, sink.url, "session.*")
    hooks.happens(alpha)
    assert states(hooks, alpha) == ["pending"]
    monkeypatch.setattr(handlers, "_send", send_due.enqueue)
    with tenant_context(alpha):
        due_send()
    until(lambda: all_there(hooks, alpha), worker.text)
    with tenant_context(alpha):
        monkeypatch.setattr(handlers, "_send", lambda: pytest.fail("nothing is due"))
        due_send()
    drain()


def test_a_worker_killed_in_the_middle_of_sending_loses_nothing(
    hooks: Hooks, alpha: Any, sink: Sink, tmp_path: Path
) -> None:
    """kill -9 while requests are under way: another worker sends them, the same id twice."""
    over = threading.Event()
    sink.answer = lambda _receipt: Answer(204 if over.wait(PATIENCE_S) else 500)
    hooks.make(alpha, sink.url, "session.*")
    for _ in range(3):
        hooks.happens(alpha)
    with running_worker(tmp_path / "first.log", *ALONE) as first:
        with tenant_context(alpha):
            send_due.send(queue=APART)
        until(lambda: len(sink.receipts) == 3, first.text)
        first.kill()
    assert set(states(hooks, alpha)) == {"pending"}
    with tenant_context(alpha):
        held = Endpoint.objects.get()
        assert held.run
        assert held.leased_until
        assert held.leased_until > timezone.now()
        # While the lease lasts nobody else sends.
        assert not hooks.send(alpha)
        Endpoint.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    over.set()
    with running_worker(tmp_path / "second.log", *ALONE) as second:
        with tenant_context(alpha):
            send_due.send(queue=APART)
        until(lambda: all_there(hooks, alpha), second.text)
    with tenant_context(alpha):
        wanted = {str(key) for key in Delivery.objects.values_list("event_id", flat=True)}
    assert sink.ids() == dict.fromkeys(wanted, 2)


def test_two_workers_never_send_the_same_at_once(
    hooks: Hooks, alpha: Any, sink: Sink, tmp_path: Path
) -> None:
    hooks.make(alpha, sink.url, "session.*")
    for _ in range(40):
        hooks.happens(alpha)
    with (
        running_worker(tmp_path / "one.log", *ALONE) as one,
        running_worker(tmp_path / "two.log", *ALONE),
    ):
        with tenant_context(alpha):
            for _ in range(6):
                send_due.send(queue=APART)
        until(lambda: all_there(hooks, alpha), one.text)
        drain()
    assert set(sink.ids().values()) == {1}
    assert len(sink.receipts) == 40
