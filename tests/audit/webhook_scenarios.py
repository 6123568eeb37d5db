"""One use of every service of webhooks."""

import json
from datetime import UTC, datetime, timedelta
from unittest import mock

from tests.audit.registering import inside, of
from tests.conftest import World
from wificore.access.guard import By
from wificore.access.models import User
from wificore.webhooks import services as webhooks
from wificore.webhooks.models import Delivery, DisabledReason, Endpoint
from wificore.webhooks.services import endpoints

# Its beginning is one of `SECRETS`.
SECRET = "whsec_aHVzaC1wYXNzd29yZC1odXNoLXBhc3N3b3Jk"
HERE = "wificore.webhooks.services"


def by() -> By:
    return By(User.objects.get(email="owner@alpha.test").subject())


def endpoint() -> Endpoint:
    with mock.patch.object(endpoints, "new_secret", return_value=SECRET):
        return webhooks.endpoint_create(
            url="https://example.com/hooks", event_types=["plan.*"], by=by()
        )[0]


def failed(to: Endpoint) -> Delivery:
    return Delivery.objects.create(
        event_at=datetime.now(UTC),
        endpoint_id=to.pk,
        event_id=1,
        type="plan.created",
        body=json.dumps({"seq": 1, "subject": "1", "data": {}}),
        state="failed",
    )


@of(f"{HERE}.endpoints.endpoint_create")
def endpoint_create(world: World) -> None:
    with inside(world):
        endpoint()


@of(f"{HERE}.endpoints.endpoint_save")
def endpoint_save(world: World) -> None:
    with inside(world):
        row = endpoint()
        row.description = "Books"
        webhooks.endpoint_save(endpoint=row, by=by())


@of(f"{HERE}.endpoints.endpoint_enable")
def endpoint_enable(world: World) -> None:
    with inside(world):
        row = endpoint()
        Endpoint.objects.update(enabled=False)
        webhooks.endpoint_enable(endpoint=row, by=by())


@of(f"{HERE}.endpoints.endpoint_disable")
def endpoint_disable(world: World) -> None:
    with inside(world):
        webhooks.endpoint_disable(endpoint=endpoint(), reason=DisabledReason.GONE)


@of(f"{HERE}.endpoints.endpoint_delete")
def endpoint_delete(world: World) -> None:
    with inside(world):
        webhooks.endpoint_delete(endpoint=endpoint())


@of(f"{HERE}.endpoints.endpoint_rotate")
def endpoint_rotate(world: World) -> None:
    with inside(world), mock.patch.object(endpoints, "new_secret", return_value=SECRET):
        webhooks.endpoint_rotate(endpoint=endpoint())


@of(f"{HERE}.endpoints.endpoint_test")
def endpoint_test(world: World) -> None:
    with inside(world):
        webhooks.endpoint_test(endpoint=endpoint())


@of(f"{HERE}.replays.delivery_replay")
def delivery_replay(world: World) -> None:
    with inside(world):
        webhooks.delivery_replay(delivery=failed(endpoint()))


@of(f"{HERE}.replays.deliveries_replay")
def deliveries_replay(world: World) -> None:
    with inside(world):
        row = endpoint()
        failed(row)
        now = datetime.now(UTC)
        hour = timedelta(hours=1)
        webhooks.deliveries_replay(endpoint=row, since=now - hour, until=now + hour)
