"""No webhook reaches an address that is not public, and each tenant has its own."""

import json
import socket
from typing import Any

import pytest
from standardwebhooks import WebhookVerificationError

from tests.kernel.test_network import names
from tests.soak.sink import Sink
from tests.webhooks.conftest import SESSION, Hooks
from wificore.kernel.db.context import tenant_context
from wificore.webhooks.models import Endpoint
from wificore.webhooks.sending import runner


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
