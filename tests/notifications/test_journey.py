"""From an event to an inbox, with the real relay's step and a real worker."""

from typing import Any

import pytest
from django.db import transaction

from tests.conftest import Person, World
from tests.events.conftest import Steps, client, relay
from tests.mail import Mailbox
from tests.notifications.incidents import ROUTER, deliveries, events, inbox, own_mail_server
from tests.worker import Worker, drain, until
from wificore.devserver.config import free_port
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


def test_each_tenants_letters_leave_by_its_own_server(
    world: World, handled: Steps, owner: Person, mailbox: Mailbox
) -> None:
    """Alpha's own server is away; beta has none, and the platform sends for it alone."""
    own_mail_server(world, free_port())
    publish_as(world.alpha, "lion")
    publish_as(world.beta, "zebra")
    handled.step(2)
    letter = mailbox.next()
    until(lambda: [row for row in deliveries(world) if row.attempts])
    drain()
    assert letter["Subject"] == "[Beta Networks] Router zebra is silent"
    assert letter["To"] == "stranger@beta.test"
    assert mailbox.messages == []
    [row] = deliveries(world)
    assert (row.state, row.address) == ("queued", owner.email)


def test_events_of_the_platform_and_those_not_worth_telling_send_no_message(
    world: World, handled: Steps, owner: Person
) -> None:
    with tenant_context(world.alpha), transaction.atomic():
        publish("job.finished", {"id": "1", "kind": "x", "state": "done", "created_by": ""})
    handled.step(2)
    drain()
    assert inbox(owner) == []
    assert events("job.finished") == []
