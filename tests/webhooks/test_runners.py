"""Who sends when: endpoints side by side, none holds up another."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from tests.soak.sink import Answer, Receipt, Sink
from tests.webhooks.conftest import PATIENCE_S, SESSION, Hooks, always, nothing_listens
from wificore.kernel.db.context import tenant_context
from wificore.webhooks.models import Endpoint
from wificore.webhooks.sending import runner
from wificore.webhooks.sending.queue import Hold


def test_what_waits_for_a_quiet_endpoint_keeps_its_tries(
    hooks: Hooks, alpha: Any, sink: Sink
) -> None:
    sink.answer = always(Answer(500))
    hooks.make(alpha, sink.url, "session.*")
    hooks.happens(alpha)
    hooks.send(alpha)
    with tenant_context(alpha):
        Endpoint.objects.update(quiet_until=timezone.now() + timedelta(minutes=5))
    hooks.happens(alpha, "session.stopped", **SESSION)
    assert not hooks.send(alpha)
    assert hooks.rows(alpha)[-1].tries == 0


def test_a_slow_endpoint_holds_up_no_other(
    hooks: Hooks, alpha: Any, sink: Sink, other: Sink
) -> None:
    """The slow one answers only when the other has got everything, also what came later."""
    done = threading.Event()
    count = 3 * runner.THREADS

    def last(_receipt: Receipt) -> Answer:
        if len(other.receipts) == count:
            done.set()
        return Answer()

    sink.answer = lambda _receipt: Answer(200 if done.wait(PATIENCE_S) else 500)
    other.answer = last
    hooks.make(alpha, sink.url, "session.*")
    hooks.make(alpha, other.url, "session.*")
    for _ in range(count):
        hooks.happens(alpha)
    hooks.send(alpha)
    assert done.is_set()
    assert len(other.receipts) == count


def test_no_more_than_a_few_requests_reach_one_server_at_once(
    hooks: Hooks, alpha: Any, sink: Sink
) -> None:
    inside, most, lock = 0, 0, threading.Lock()
    full = threading.Event()

    def slow(_receipt: Receipt) -> Answer:
        nonlocal inside, most
        with lock:
            inside += 1
            most = max(most, inside)
            if inside == runner.PER_ENDPOINT:
                full.set()
        full.wait(PATIENCE_S)
        with lock:
            inside -= 1
        return Answer()

    sink.answer = slow
    hooks.make(alpha, sink.url, "session.*")
    for _ in range(3 * runner.PER_ENDPOINT):
        hooks.happens(alpha)
    hooks.send(alpha)
    assert most == runner.PER_ENDPOINT
    assert len(sink.ids()) == 3 * runner.PER_ENDPOINT


def test_a_runner_that_has_sent_for_long_leaves_and_asks_for_another(
    hooks: Hooks, alpha: Any, sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "BUDGET_S", 0.0)
    hooks.make(alpha, sink.url, "session.*")
    for _ in range(2 * runner.PER_ENDPOINT):
        hooks.happens(alpha)
    asked: list[int] = []
    with tenant_context(alpha):
        runner.Runner(more=lambda: asked.append(1)).run()
    assert asked
    assert len(sink.receipts) == runner.PER_ENDPOINT
    hooks.send(alpha)
    assert len(sink.receipts) == 2 * runner.PER_ENDPOINT


def test_an_endpoint_has_one_runner_until_its_lease_ends(
    hooks: Hooks, alpha: Any, sink: Sink
) -> None:
    hooks.make(alpha, sink.url, "session.*")
    hooks.happens(alpha)
    with tenant_context(alpha):
        assert Hold().take() == 1
        assert Hold().take() == 0
    assert not hooks.send(alpha)
    with tenant_context(alpha):
        Endpoint.objects.update(leased_until=timezone.now())
    assert hooks.send(alpha)
    assert hooks.row(alpha).state == "delivered"


def test_of_one_tenant_no_more_than_two_runners_work(hooks: Hooks, alpha: Any) -> None:
    with tenant_context(alpha):
        for number in range(3):
            hooks.make(alpha, f"https://receiver.example.com/{number}", "session.*")
    with nothing_listens() as url:
        hooks.make(alpha, url, "session.*")
    hooks.happens(alpha)
    with tenant_context(alpha):
        keys = list(Endpoint.objects.values_list("pk", flat=True))
        until = timezone.now() + timedelta(minutes=1)
        for number, key in enumerate(keys[:2]):
            Endpoint.objects.filter(pk=key).update(run=f"r{number}", leased_until=until)
        assert Hold().take() == 0
