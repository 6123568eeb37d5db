"""Support sessions, opened and used as an operator's program would."""

import json
from typing import Any

from django.db import connections
from django.test import Client

from tests.conftest import Person
from wificore.audit.models import AuditEntry
from wificore.kernel.db.context import platform_context, tenant_context

PLATFORM, TENANT = "/api/platform/support-sessions/", "/api/v1/support-sessions/"
PLANS = "/api/v1/radius/plans/"
JSON = "application/json"
REASON = "the router in Kibera loses its sessions"
Opened = dict[str, Any]


def opening(operator: Person, **fields: Any) -> Any:
    body = {"tenant": "alpha", "role": "manager", "reason": REASON, **fields}
    return operator.client().post(PLATFORM, body, JSON)


def opened(operator: Person, **fields: Any) -> Opened:
    answer = opening(operator, **fields)
    assert answer.status_code == 201, answer.content
    body: Opened = answer.json()
    return body


def using(session: Opened, host: str | None = None) -> Client:
    headers = {"authorization": f"Support {session['token']}", "host": host or session["host"]}
    return Client(headers=headers, raise_request_exception=False)


def status(session: Opened, host: str | None = None) -> int:
    return using(session, host).get("/api/v1/me/").status_code


def code(answer: Any) -> str:
    return str(answer.json()["error"]["code"])


def trail(tenant: Any, action: str) -> list[AuditEntry]:
    with tenant_context(tenant):
        return list(AuditEntry.objects.filter(action=action).order_by("id"))


def events(kind: str) -> list[tuple[str, Any]]:
    with platform_context(), connections["owner"].cursor() as cursor:
        cursor.execute("SELECT tenant, payload FROM events_outbox WHERE type = %s", [kind])
        return [(tenant, json.loads(payload)) for tenant, payload in cursor.fetchall()]
