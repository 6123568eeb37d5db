"""Events as the relay would hand them over, and what people were told of them."""

import json
from dataclasses import dataclass
from typing import Any

from django.db import connections
from django.test import Client

from tests.conftest import Person, World
from wificore.access import services as access
from wificore.access.models import AlertRoute, User
from wificore.access.support.services import session_open
from wificore.kernel.db.context import platform_context, tenant_context
from wificore.notifications.models import Notification
from wificore.notifications.tasks import notify

ROUTER = {
    "id": 12,
    "name": "tower-2",
    "address": "192.0.2.12",
    "site": None,
    "last_seen_at": "2026-11-21T06:12:00+00:00",
}


def happened(world: World, number: int, event_type: str, **payload: Any) -> None:
    """What the worker does with an event of alpha."""
    with tenant_context(world.alpha):
        notify(number, event_type, str(payload.get("id", "")), payload)


def silent(world: World, number: int = 1, **payload: Any) -> None:
    happened(world, number, "nas.silent", **{**ROUTER, **payload})


def told(world: World) -> list[str]:
    """The addresses of those who were told anything, each time, in order of the telling."""
    with tenant_context(world.alpha):
        rows = Notification.objects.order_by("pk").values_list("user_id", flat=True)
        emails = dict(User.objects.values_list("pk", "email"))
        return [emails[key] for key in rows]


def names(world: World) -> list[str]:
    """The same without their domain, sorted."""
    return sorted(email.partition("@")[0] for email in told(world))


def route(world: World, event_type: str, *departments: int, **options: Any) -> int:
    with tenant_context(world.alpha):
        row = AlertRoute(event_type=event_type, **options)
        return int(access.alert_route_save(route=row, departments=list(departments)).pk)


def inbox(person: Person, **query: Any) -> list[dict[str, Any]]:
    answer = person.client().get("/api/v1/notifications/", query)
    assert answer.status_code == 200, answer.content
    found: list[dict[str, Any]] = answer.json()["results"]
    return found


def events(event_type: str) -> list[dict[str, Any]]:
    """Payloads of what was published and not yet relayed, in order."""
    with platform_context(), connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT payload::text FROM public.events_outbox WHERE type = %s ORDER BY id",
            [event_type],
        )
        return [json.loads(payload) for (payload,) in cursor.fetchall()]


@dataclass(frozen=True)
class Supporter(Person):
    """An operator in a support session of alpha."""

    def client(self, **headers: str) -> Client:
        return super().client(authorization=f"Support {self.token}", **headers)


def supporter(world: World, role: str = "owner") -> Person:
    with platform_context():
        operator = User.objects.get(email=world.people["operator"].email)
    clear = session_open(tenant=world.alpha, role=role, reason="x", operator=operator)[1]
    return Supporter(operator.email, role, clear, "alpha.localhost")
