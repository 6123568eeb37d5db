"""From an event to an inbox, with the real relay's step and a real worker."""

from typing import Any

import pytest
from django.db import transaction

from tests.conftest import Person, World
from tests.events.conftest import Steps, client, relay
from tests.notifications.incidents import ROUTER, events, inbox
from tests.worker import Worker, drain, until
from wificore.kernel.db.context import tenant_context
from wificore.kernel.events import publish

__all__ = ["client", "relay"]


def publish_as(tenant: Any, name: str) -> None:
    with tenant_context(tenant), transaction.atomic():
        publish("nas.silent", {**ROUTER, "name": name}, subject="12")


@pytest.fixture
def handled(relay: Steps, worker: Worker) -> Steps:
    return relay


def test_an_event_reaches_the_inboxes_of_its_own_tenant_alone(
    world: World, handled: Steps, owner: Person, stranger: Person
) -> None:
    publish_as(world.alpha, "lion")
    publish_as(world.beta, "zebra")
    handled.step(2)
    until(lambda: inbox(owner) and inbox(stranger))
    drain()
    assert [row["title"] for row in inbox(owner)] == ["Router lion is silent"]
    assert [row["title"] for row in inbox(stranger)] == ["Router zebra is silent"]


def test_events_of_the_platform_and_those_not_worth_telling_send_no_message(
    world: World, handled: Steps, owner: Person
) -> None:
    with tenant_context(world.alpha), transaction.atomic():
        publish("job.finished", {"id": "1", "kind": "x", "state": "done", "created_by": ""})
    handled.step(2)
    drain()
    assert inbox(owner) == []
    assert events("job.finished") == []
