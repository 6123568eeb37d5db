"""Events as the relay would hand them over, and what people were told of them."""

import json
from dataclasses import dataclass
from datetime import time, timedelta
from typing import Any
from unittest import mock

from django.db import connections
from django.test import Client
from django.utils import timezone

from tests.conftest import Person, World
from tests.notifications.mailserver import SECRET, USER
from wificore.access import services as access
from wificore.access.models import AlertRoute, User
from wificore.access.support.services import session_open
from wificore.kernel.db.context import platform_context, tenant_context
from wificore.notifications import tasks
from wificore.notifications.models import (
    Delivery,
    MailSettings,
    Notification,
    Preference,
    SmsSettings,
)
from wificore.notifications.services import mail_settings_save, sms_settings_save

# Quiet hours that never end.
ALL_DAY = {"quiet_from": time(0, 0), "quiet_until": time(23, 59, 59), "urgent": False}
ROUTER = {
    "id": 12,
    "name": "tower-2",
    "address": "192.0.2.12",
    "site": None,
    "last_seen_at": "2026-11-21T06:12:00+00:00",
}


def happened(world: World, number: int, event_type: str, **payload: Any) -> None:
    """What the worker does with an event of alpha; what it would send waits for `beat`."""
    with tenant_context(world.alpha), mock.patch.object(tasks.deliver, "enqueue"):
        tasks.notify(number, event_type, str(payload.get("id", "")), payload)


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


def own_mail_server(world: World, port: int) -> None:
    """Alpha sends through a server with STARTTLS on this port of loopback."""
    row = MailSettings(
        enabled=True,
        host="localhost",
        port=port,
        username=USER,
        from_address="alerts@acme.test",
    )
    with tenant_context(world.alpha):
        mail_settings_save(row=row, password=SECRET)


def own_sms_account(world: World, url: str, key: str, **options: Any) -> None:
    """Alpha has an account at this provider."""
    row = SmsSettings(enabled=True, username="acme", base_url=url, **options)
    with tenant_context(world.alpha):
        sms_settings_save(row=row, api_key=key)


def prefer(world: World, person: Person, **choice: Any) -> None:
    with tenant_context(world.alpha):
        user = User.objects.get(email=person.email)
        Preference.objects.update_or_create(user_id=user.pk, defaults=choice)


def beat(world: World) -> None:
    """What beat does each minute in alpha, and the worker at once after it."""
    with tenant_context(world.alpha), mock.patch.object(tasks.deliver, "enqueue", tasks.deliver):
        tasks.deliveries_send()


def make_due(world: World) -> None:
    """As if the morning, or the next try's time, had come."""
    with tenant_context(world.alpha):
        Delivery.objects.update(due_at=timezone.now() - timedelta(seconds=1))


def deliveries(world: World, **wanted: Any) -> list[Delivery]:
    with tenant_context(world.alpha):
        return list(Delivery.objects.filter(**wanted).order_by("pk"))
