"""Sending to real servers that answer, fail, hang, lie and come back."""

import json
import socket
import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F
from django.utils import timezone
from standardwebhooks import WebhookVerificationError

from tests.kernel.test_network import names
from tests.kernel.test_outbound import says, server
from tests.soak.sink import Answer, Receipt, Sink
from tests.webhooks.conftest import SESSION, Hooks, nothing_listens
from wificore.access import services as access
from wificore.access.models import User
from wificore.kernel.db.context import tenant_context
from wificore.kernel.outbound import Limits
from wificore.webhooks import services
from wificore.webhooks.conf import BACK_OFF
from wificore.webhooks.models import Delivery, Endpoint
from wificore.webhooks.sending import records, request, runner
from wificore.webhooks.sending.queue import Hold
from wificore.webhooks.sending.request import Outcome

PATIENCE_S = 30


def always(*answers: Answer) -> Any:
    """These answers in turn; the last one for ever."""
    waiting = list(answers)
    return lambda _receipt: waiting.pop(0) if len(waiting) > 1 else waiting[0]


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


def test_no_private_address_is_called(hooks: Hooks, alpha: Any, sink: Sink, settings: Any) -> None:
    hooks.make(alpha, sink.url, "session.*")
    settings.OUTBOUND_PRIVATE_NETWORKS = []
    hooks.happens(alpha)
    hooks.send(alpha)
    assert "public internet" in hooks.row(alpha).error
    assert sink.receipts == []


def test_a_name_that_answers_another_address_the_second_time_is_asked_once(
    hooks: Hooks, alpha: Any, sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DNS rebinding: checked as public, called as private."""
    endpoint = hooks.make(alpha, "https://receiver.example.com/hooks", "session.*")
    with tenant_context(alpha):
        Endpoint.objects.update(url=f"http://receiver.test:{sink.port}/hooks")
    hooks.happens(alpha)
    hooks.happens(alpha, "session.stopped", **SESSION)
    hooks.relay.step(2)
    monkeypatch.setattr(runner, "PER_ENDPOINT", 1)
    with monkeypatch.context() as patch:
        asked = _rebinding(patch)
        hooks.send(alpha)
    states = {row.type: row.error for row in hooks.rows(alpha)}
    assert states["session.started"] == ""
    assert "public internet" in states["session.stopped"]
    assert asked == ["receiver.test", "receiver.test"]
    assert len(sink.receipts) == 1
    assert hooks.fresh(alpha, endpoint).failures == 1


def _rebinding(patch: pytest.MonkeyPatch) -> list[str]:
    """Only the receiver's name is answered here: PostgreSQL and Redis have others."""
    real = socket.getaddrinfo
    asked = names(patch, ["127.0.0.1"], ["10.0.0.1"])
    fake = socket.getaddrinfo

    def answer(host: Any, *rest: Any, **options: Any) -> Any:
        if host == "receiver.test":
            return fake(host, rest[0], **options)
        return real(host, *rest, **options)

    patch.setattr(socket, "getaddrinfo", answer)
    return asked


def test_two_tenants_with_the_same_receiver_get_their_own(
    hooks: Hooks, alpha: Any, beta: Any, sink: Sink
) -> None:
    ours = hooks.make(alpha, sink.url, "session.*")
    theirs = hooks.make(beta, sink.url, "session.*")
    hooks.happens(alpha, "session.started", **{**SESSION, "username": "lion"})
    hooks.happens(beta, "session.started", **{**SESSION, "username": "zebra"})
    hooks.send(alpha)
    hooks.send(beta)
    first, second = sink.receipts
    assert b"zebra" not in first.body
    assert json.loads(first.body)["data"]["username"] == "lion"
    hooks.verified(first, ours)
    with pytest.raises(WebhookVerificationError):
        hooks.verified(first, theirs)
    assert hooks.verified(second, theirs)["data"]["username"] == "zebra"
