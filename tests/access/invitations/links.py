"""Invitations, sent and accepted as people do, and the worker's part by hand."""

import re
from typing import Any

from django.core import mail
from django.test import Client

from tests.conftest import Person, World
from wificore.access import services
from wificore.access.models import User
from wificore.access.tasks import invitation_mail
from wificore.kernel.db.context import platform_context, tenant_context

URL = "/api/v1/access/invitations/"
ACCEPT = f"{URL}accept/"
JSON = "application/json"
ADDRESS = "amina@new.test"
GOOD = "seventeen zebras at dawn"
Message = tuple[str, list[Any]]


def deliver(world: World, sent: list[Message]) -> str:
    """Carry out the oldest message; returns the token in the mail's link, if there is a mail."""
    schema, args = sent.pop(0)
    context = {"public": platform_context()}
    context |= {t.schema_name: tenant_context(t) for t in (world.alpha, world.beta)}
    before = len(mail.outbox)
    with context[schema]:
        invitation_mail(*args)
    if len(mail.outbox) == before:
        return ""
    found = re.search(r"/sign-in/invitation#(\S+)", str(mail.outbox[-1].body))
    assert found
    return found[1]


def invite(by: Person, **fields: Any) -> Any:
    body = {"email": ADDRESS, "name": "Amina", "roles": ["cashier"], **fields}
    return by.client().post(URL, body, JSON)


def invited(world: World, sent: list[Message], by: Person, **fields: Any) -> str:
    answer = invite(by, **fields)
    assert answer.status_code == 201, answer.content
    return deliver(world, sent)


def accept(token: str, host: str = "alpha.localhost", **fields: Any) -> Any:
    body = {"token": token, "password": GOOD, **fields}
    client = Client(headers={"host": host}, raise_request_exception=False)
    return client.post(ACCEPT, body, JSON)


def error(answer: Any) -> tuple[int, str, list[str]]:
    told = answer.json()["error"]
    return answer.status_code, told["code"], list(told["fields"])


OVER = (400, "invitation_over", ["token"])


def person(email: str = ADDRESS) -> User | None:
    return User.objects.filter(email=email).first()


def manager(world: World) -> Person:
    """A manager of alpha with a token."""
    with tenant_context(world.alpha):
        user = services.user_create(email="boss@alpha.test", password=None, roles=["manager"])
        _, clear = services.token_create(user=user, name="t")
    return Person("boss@alpha.test", "manager", clear, "alpha.localhost")
