"""Endpoints of two tenants, receivers on loopback, and a relay whose steps the test takes."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import transaction
from django.db.models.functions import Now
from standardwebhooks import Webhook

from tests.conftest import World
from tests.events.conftest import Steps, client, relay, say
from tests.soak.sink import Answer, Receipt, Sink, running_sink
from wificore.access.guard import By
from wificore.access.models import User
from wificore.kernel.db.context import tenant_context
from wificore.kernel.events import publish
from wificore.webhooks import handlers, services
from wificore.webhooks.models import Delivery, Endpoint
from wificore.webhooks.sending.runner import Runner

__all__ = ["client", "relay", "say"]

SESSION = {
    "id": "20261121.1", "session_id": "a1", "username": "amina", "nas_address": "192.0.2.1",
    "mac": None, "ssid": None, "framed_ip": None, "started_at": "2026-11-21T07:00:00Z",
}  # fmt: skip
# Generous: nothing here is about speed.
PATIENCE_S = 30


def always(*answers: Answer) -> Any:
    """These answers in turn; the last one for ever."""
    waiting = list(answers)
    return lambda _receipt: waiting.pop(0) if len(waiting) > 1 else waiting[0]


@dataclass(frozen=True)
class Ceiling:
    """A token, as far as rights go."""

    abilities: list[str] | None


@dataclass
class Hooks:
    """What the tests do with webhooks.

    Attributes:
        secrets: by the endpoint's identity in Python: ids of two tenants may be alike.
    """

    world: World
    relay: Steps
    secrets: dict[int, str] = field(default_factory=dict)
    woken: list[str] = field(default_factory=list)

    def make(self, tenant: Any, url: str, *types: str, **options: Any) -> Endpoint:
        """An endpoint of the tenant's owner, or of `email`, through a token with `abilities`."""
        email = options.get("email", "owner@alpha.test")
        if tenant.slug == "beta":
            email = "stranger@beta.test"
        with tenant_context(tenant):
            subject = User.objects.get(email=email).subject()
            abilities = options.get("abilities")
            by = By(subject, Ceiling(abilities) if abilities is not None else None)
            endpoint, secret = services.endpoint_create(
                url=url, event_types=list(types) or ["*"], by=by
            )
        self.secrets[id(endpoint)] = secret
        return endpoint

    def happens(self, tenant: Any, event_type: str = "session.started", **payload: Any) -> None:
        """An event of the tenant's, which the relay has handed over when this returns."""
        content = payload or SESSION
        with tenant_context(tenant):
            self._publish(event_type, content)
        self.relay.step(2)

    def _publish(self, event_type: str, payload: dict[str, Any]) -> None:
        with transaction.atomic():
            publish(event_type, payload, subject=str(payload.get("id", "")))

    def send(self, tenant: Any) -> bool:
        """What a worker does once."""
        with tenant_context(tenant):
            return Runner(more=lambda: None).run()

    def later(self, tenant: Any) -> None:
        """All waiting is over."""
        with tenant_context(tenant):
            Delivery.objects.filter(state="pending").update(due_at=Now())
            Endpoint.objects.update(quiet_until=None)

    def rows(self, tenant: Any) -> list[Delivery]:
        with tenant_context(tenant):
            return list(Delivery.objects.order_by("event_at", "pk"))

    def row(self, tenant: Any) -> Delivery:
        """The only one that is not about webhooks themselves."""
        (row,) = [row for row in self.rows(tenant) if not row.type.startswith("webhook.")]
        return row

    def fresh(self, tenant: Any, endpoint: Endpoint) -> Endpoint:
        with tenant_context(tenant):
            return Endpoint.objects.get(pk=endpoint.pk)

    def verified(self, receipt: Receipt, endpoint: Endpoint) -> Any:
        """The body, as the stock library verifies and reads it."""
        return Webhook(self.secrets[id(endpoint)]).verify(receipt.body, dict(receipt.headers))


@pytest.fixture
def hooks(world: World, relay: Steps, monkeypatch: pytest.MonkeyPatch) -> Hooks:
    """Nobody is woken: the test says when something is sent."""
    found = Hooks(world, relay)
    monkeypatch.setattr(handlers, "_send", lambda: found.woken.append("woken"))
    return found


@pytest.fixture
def sink() -> Iterator[Sink]:
    with running_sink() as receiver:
        yield receiver


@pytest.fixture
def other() -> Iterator[Sink]:
    """Another receiver."""
    with running_sink() as receiver:
        yield receiver


@contextmanager
def nothing_listens() -> Iterator[str]:
    """A URL on loopback at which nobody is."""
    with running_sink() as receiver:
        url = receiver.url
    yield url
