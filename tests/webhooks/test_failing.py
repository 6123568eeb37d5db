"""Endpoints that do not answer, or not well: tried again, given up, disabled."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F
from django.utils import timezone

from tests.kernel.test_outbound import says, server
from tests.soak.sink import Answer, Sink
from tests.webhooks.conftest import PATIENCE_S, SESSION, Hooks, always, nothing_listens
from wificore.kernel.db.context import tenant_context
from wificore.kernel.outbound import Limits
from wificore.webhooks.conf import BACK_OFF
from wificore.webhooks.models import Delivery, Endpoint
from wificore.webhooks.sending import records, request, runner
from wificore.webhooks.sending.request import Outcome


def test_a_server_that_hangs_up_is_tried_again(hooks: Hooks, alpha: Any, sink: Sink) -> None:
    sink.answer = always(Answer(hang_up=True), Answer(200))
    hooks.make(alpha, sink.url, "session.*")
    hooks.happens(alpha)
    hooks.send(alpha)
    row = hooks.row(alpha)
    assert (row.state, row.status) == ("pending", None)
    assert row.error
    hooks.later(alpha)
    hooks.send(alpha)
    assert hooks.row(alpha).state == "delivered"


def test_what_is_no_http_is_told(hooks: Hooks, alpha: Any) -> None:
    """With a NUL, which PostgreSQL's JSON does not hold."""
    with server(says(b"\x00\xff\r\n\r\n")) as port:
        hooks.make(alpha, f"http://127.0.0.1:{port}/", "session.*")
        hooks.happens(alpha)
        hooks.send(alpha)
    row = hooks.row(alpha)
    assert (row.state, row.status, row.tries) == ("pending", None, 1)
    assert row.error


def test_a_secret_of_a_key_that_is_gone_stops_no_other_endpoint(
    hooks: Hooks, alpha: Any, sink: Sink
) -> None:
    broken = hooks.make(alpha, sink.url, "session.*")
    with tenant_context(alpha):
        Endpoint.objects.update(sealed_secret="k0:AAAA")
    hooks.make(alpha, sink.url, "session.*")
    hooks.happens(alpha)
    hooks.send(alpha)
    errors = {row.endpoint_id: row.error for row in hooks.rows(alpha)}
    assert errors.pop(broken.pk) == runner.UNREADABLE
    assert list(errors.values()) == [""]


def test_nobody_listening_is_told_in_words(hooks: Hooks, alpha: Any) -> None:
    with nothing_listens() as url:
        hooks.make(alpha, url, "session.*")
        hooks.happens(alpha)
        hooks.send(alpha)
    assert hooks.row(alpha).error == "127.0.0.1 takes no connection: Connection refused."


def test_a_server_that_says_nothing_is_given_up_in_time(
    hooks: Hooks, alpha: Any, sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    over = threading.Event()
    sink.answer = lambda _receipt: (over.wait(PATIENCE_S), Answer())[1]
    monkeypatch.setattr(request, "LIMITS", Limits(answer_s=0.2, whole_s=0.4))
    hooks.make(alpha, sink.url, "session.*")
    hooks.happens(alpha)
    hooks.send(alpha)
    over.set()
    row = hooks.row(alpha)
    assert (row.state, row.tries, row.status) == ("pending", 1, None)


def test_tls_that_we_do_not_trust_is_told_in_words(hooks: Hooks, alpha: Any, sink: Sink) -> None:
    """Plain HTTP behind an https URL: no handshake."""
    hooks.make(alpha, sink.url.replace("http:", "https:"), "session.*")
    hooks.happens(alpha)
    hooks.send(alpha)
    row = hooks.row(alpha)
    assert (row.state, row.status) == ("pending", None)
    assert sink.receipts == []


def test_after_a_day_of_tries_it_has_failed(hooks: Hooks, alpha: Any, sink: Sink) -> None:
    sink.answer = always(Answer(500))
    hooks.make(alpha, sink.url, "session.*")
    hooks.happens(alpha)
    for number, wait in enumerate(BACK_OFF, start=1):
        hooks.later(alpha)
        hooks.send(alpha)
        row = hooks.row(alpha)
        assert (row.state, row.tries) == ("pending", number)
        assert wait * 0.9 < row.due_at - timezone.now() < wait * 1.3
    hooks.later(alpha)
    hooks.send(alpha)
    row = hooks.row(alpha)
    assert (row.state, row.tries) == ("failed", len(BACK_OFF) + 1)
    assert len(sink.receipts) == len(row.attempts) == len(BACK_OFF) + 1
    assert timedelta(hours=23) < sum(BACK_OFF, timedelta()) < timedelta(hours=25)


def test_gone_disables_the_endpoint_at_once_and_is_told(
    hooks: Hooks, alpha: Any, sink: Sink, other: Sink
) -> None:
    sink.answer = always(Answer(410))
    endpoint = hooks.make(alpha, sink.url, "session.*")
    watching = hooks.make(alpha, other.url, "webhook.disabled")
    hooks.happens(alpha)
    hooks.send(alpha)
    fresh = hooks.fresh(alpha, endpoint)
    assert (fresh.enabled, fresh.disabled_reason) == (False, "gone")
    assert fresh.disabled_at
    assert hooks.row(alpha).state == "failed"
    hooks.relay.step(2)
    hooks.send(alpha)
    told = hooks.verified(other.receipts[0], watching)
    assert told["data"]["reason"] == "gone"
    assert told["data"]["id"] == endpoint.pk


def test_an_endpoint_that_fails_for_days_is_disabled_and_the_rest_given_up(
    hooks: Hooks, alpha: Any, sink: Sink
) -> None:
    sink.answer = always(Answer(500))
    endpoint = hooks.make(alpha, sink.url, "session.*")
    hooks.happens(alpha)
    hooks.happens(alpha, "session.stopped", **SESSION)
    hooks.send(alpha)
    assert hooks.fresh(alpha, endpoint).enabled
    with tenant_context(alpha):
        Endpoint.objects.update(failing_since=F("failing_since") - timedelta(days=6))
    hooks.later(alpha)
    hooks.send(alpha)
    fresh = hooks.fresh(alpha, endpoint)
    assert (fresh.enabled, fresh.disabled_reason) == (False, "failing")
    rows = [row for row in hooks.rows(alpha) if row.endpoint_id == endpoint.pk]
    assert {row.state for row in rows} == {"failed"}
    assert any("only failed for days" in row.error for row in rows)


def test_one_success_ends_a_time_of_failures(hooks: Hooks, alpha: Any, sink: Sink) -> None:
    sink.answer = always(Answer(500), Answer(200), Answer(500))
    endpoint = hooks.make(alpha, sink.url, "session.*")
    hooks.happens(alpha)
    hooks.send(alpha)
    with tenant_context(alpha):
        Endpoint.objects.update(failing_since=F("failing_since") - timedelta(days=6))
    for _ in range(2):
        hooks.happens(alpha)
        hooks.later(alpha)
        with tenant_context(alpha):
            Delivery.objects.exclude(pk=hooks.rows(alpha)[-1].pk).update(state="delivered")
        hooks.send(alpha)
    fresh = hooks.fresh(alpha, endpoint)
    assert fresh.enabled
    assert fresh.failures == 1


def test_retry_after_is_heeded_up_to_an_hour(hooks: Hooks, alpha: Any, sink: Sink) -> None:
    sink.answer = always(Answer(429, {"Retry-After": "1800"}))
    endpoint = hooks.make(alpha, sink.url, "session.*")
    hooks.happens(alpha)
    hooks.send(alpha)
    quiet = hooks.fresh(alpha, endpoint).quiet_until
    assert quiet
    assert timedelta(minutes=29) < quiet - timezone.now() <= timedelta(minutes=30)


@pytest.mark.parametrize(
    ("status", "said", "least", "most"),
    [
        (503, "120", 119, 120),
        (429, "999999999", 3599, 3600),
        (503, "Wed, 21 Oct 2015 07:28:00 GMT", 0, 0),
        (503, "soon", 0, 0),
        (503, "-5", 0, 0),
        (500, "120", 0, 0),
        (429, "", 0, 0),
    ],
)
def test_what_retry_after_may_say(status: int, said: str, least: int, most: int) -> None:
    found = records.retry_after(Outcome(status, 1, {"Retry-After": said}))
    assert timedelta(seconds=least) <= found <= timedelta(seconds=most)


def test_a_failing_endpoint_is_left_alone_for_longer_and_longer() -> None:
    waits = [records.quiet(count).total_seconds() for count in (1, 2, 3, 9, 10, 1000)]
    assert waits == [1, 2, 4, 256, 300, 300]
