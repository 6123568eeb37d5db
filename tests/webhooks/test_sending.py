"""What arrives at an endpoint: the signed body, and what is said of it."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from tests.soak.sink import Answer, Sink
from tests.webhooks.conftest import SESSION, Hooks, always
from wificore.access import services as access
from wificore.access.models import User
from wificore.kernel.db.context import tenant_context
from wificore.webhooks import services
from wificore.webhooks.models import Endpoint
from wificore.webhooks.sending import records, request


def test_an_event_arrives_signed_and_whole(hooks: Hooks, alpha: Any, sink: Sink) -> None:
    endpoint = hooks.make(alpha, sink.url, "session.*")
    hooks.happens(alpha)
    assert hooks.send(alpha)
    (receipt,) = sink.receipts
    row = hooks.row(alpha)
    content = hooks.verified(receipt, endpoint)
    assert content["type"] == "session.started"
    assert content["data"] == SESSION
    assert content["id"] == receipt.id == str(row.event_id)
    assert content["timestamp"].endswith("Z")
    assert content["seq"] > 0
    assert receipt.headers["content-type"] == "application/json"
    assert (row.state, row.status, row.tries, row.error) == ("delivered", 204, 0, "")
    assert row.finished_at
    (attempt,) = row.attempts
    assert (attempt["status"], attempt["url"], attempt["error"]) == (204, sink.url, "")
    assert not hooks.send(alpha)


def test_the_answer_is_kept_as_far_as_the_log_goes(hooks: Hooks, alpha: Any, sink: Sink) -> None:
    headers = {"X-Trace": "t1", "Set-Cookie": "a=b"}
    sink.answer = always(Answer(200, headers, b"\0" + b"x" * 1_000_000))
    hooks.make(alpha, sink.url, "session.*")
    hooks.happens(alpha)
    hooks.send(alpha)
    row = hooks.row(alpha)
    assert row.state == "delivered"
    (attempt,) = row.attempts
    assert len(attempt["response_body"]) == 4096
    assert attempt["response_headers"]["X-Trace"] == "t1"
    assert "Set-Cookie" not in attempt["response_headers"]
    assert attempt["duration_ms"] >= 0


@pytest.mark.parametrize("status", [302, 400, 404, 429, 500, 503])
def test_any_other_answer_is_tried_again(hooks: Hooks, alpha: Any, sink: Sink, status: int) -> None:
    sink.answer = always(Answer(status, {"Location": "http://169.254.169.254/"}), Answer(200))
    endpoint = hooks.make(alpha, sink.url, "session.*")
    hooks.happens(alpha)
    hooks.send(alpha)
    row = hooks.row(alpha)
    assert (row.state, row.tries, row.status) == ("pending", 1, status)
    assert str(status) in row.error
    assert row.due_at > timezone.now()
    assert hooks.fresh(alpha, endpoint).failures == 1
    assert not hooks.send(alpha)
    hooks.later(alpha)
    hooks.send(alpha)
    row = hooks.row(alpha)
    assert (row.state, row.status, len(row.attempts)) == ("delivered", 200, 2)
    fresh = hooks.fresh(alpha, endpoint)
    assert (fresh.failures, fresh.failing_since, fresh.quiet_until) == (0, None, None)
    assert sink.ids() == {str(row.event_id): 2}


def test_each_attempt_has_a_time_of_its_own_and_the_same_id_and_body(
    hooks: Hooks, alpha: Any, sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    sink.answer = always(Answer(500), Answer(200))
    endpoint = hooks.make(alpha, sink.url, "session.*")
    hooks.happens(alpha)
    hooks.send(alpha)
    hooks.later(alpha)
    began = int(sink.receipts[0].headers["webhook-timestamp"])
    monkeypatch.setattr(request.time, "time", lambda: began + 200.0)
    hooks.send(alpha)
    first, second = sink.receipts
    assert (first.id, first.body) == (second.id, second.body)
    assert int(second.headers["webhook-timestamp"]) == began + 200
    for receipt in (first, second):
        hooks.verified(receipt, endpoint)


def test_the_new_and_the_old_secret_both_sign_for_a_while(
    hooks: Hooks, alpha: Any, sink: Sink
) -> None:
    endpoint = hooks.make(alpha, sink.url, "session.*")
    old = hooks.secrets[id(endpoint)]
    with tenant_context(alpha):
        new = services.endpoint_rotate(endpoint=endpoint, overlap=timedelta(hours=1))
    hooks.happens(alpha)
    hooks.send(alpha)
    for secret in (old, new):
        hooks.secrets[id(endpoint)] = secret
        hooks.verified(sink.receipts[-1], endpoint)
    with tenant_context(alpha):
        Endpoint.objects.update(old_secret_until=timezone.now())
    hooks.happens(alpha)
    hooks.send(alpha)
    hooks.verified(sink.receipts[-1], endpoint)
    assert " " not in sink.receipts[-1].headers["webhook-signature"]


def test_rights_that_were_taken_meanwhile_are_gone(hooks: Hooks, alpha: Any, sink: Sink) -> None:
    hooks.make(alpha, sink.url, "session.*", email="clerk@alpha.test")
    hooks.happens(alpha)
    with tenant_context(alpha):
        person = User.objects.get(email="clerk@alpha.test")
        access.user_update(user=person, is_active=False)
    hooks.send(alpha)
    row = hooks.row(alpha)
    assert (row.state, row.error) == ("failed", records.REFUSED)
    assert sink.receipts == []
    with tenant_context(alpha):
        access.user_update(user=person, is_active=True)
