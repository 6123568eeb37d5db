"""A stranger asks for a tenant, confirms the address, and an operator decides."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections
from django.test import Client
from django.utils import timezone

from tenants.models import Domain, SignUp, Tenant
from tenants.sign_up import services
from tests.conftest import PASSWORD, Person, World
from tests.mail import Mailbox
from tests.worker import drain
from wificore.audit.models import AuditEntry
from wificore.kernel.db.context import platform_context

PLATFORM = "platform.localhost"
ASK, CONFIRM = "/api/platform/sign-up/", "/api/platform/sign-up/confirm/"
ALL = "/api/platform/sign-ups/"
JSON = "application/json"
EMAIL = "owner@gamma.test"
KEY = re.compile(r"/sign-up/confirm/(\S+)")


@pytest.fixture(autouse=True)
def orders(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The switch is on, nothing is provisioned, and no tenant is left."""
    sent: list[str] = []
    monkeypatch.setattr("django.conf.settings.SIGN_UP_OPEN", True)
    monkeypatch.setattr("tenants.orders.send", sent.append)
    yield sent
    with platform_context(), connections["owner"].cursor():
        Domain.objects.using("owner").filter(tenant__slug="gamma").delete()
        Tenant.objects.using("owner").filter(slug="gamma").delete()


def post(path: str, body: Any, host: str = PLATFORM) -> Any:
    return Client(headers={"host": host}).post(path, body, JSON)


def ask(**changes: Any) -> Any:
    owner = {"email": EMAIL, "password": PASSWORD}
    return post(ASK, {"slug": "gamma", "name": "Gamma", "owner": owner, **changes})


def key_in(mailbox: Mailbox) -> str:
    found = KEY.search(mailbox.next().get_content())
    assert found
    return found[1]


@pytest.mark.usefixtures("worker")
def test_a_stranger_becomes_the_owner_of_a_tenant(
    orders: list[str], operator: Person, mailbox: Mailbox
) -> None:
    answer = ask()
    assert (answer.status_code, answer.json()) == (202, {"slug": "gamma", "state": "asked"})
    mail = mailbox.messages[0] if mailbox.messages else None
    key = key_in(mailbox)
    assert mail is None or mail["To"] == EMAIL
    desk = operator.client()
    (row,) = desk.get(ALL).json()["results"]
    assert (row["slug"], row["state"], row["owner_email"]) == ("gamma", "asked", EMAIL)
    approve = f"{ALL}{row['id']}/approve/"
    assert desk.post(approve).status_code == 409, "nobody confirmed the address"
    confirmed = post(CONFIRM, {"key": key})
    assert (confirmed.status_code, confirmed.json()["state"]) == (200, "confirmed")
    assert post(CONFIRM, {"key": key}).status_code == 400, "used already"
    approved = desk.post(approve)
    assert approved.status_code == 202, approved.content
    assert approved.json()["state"] == "requested"
    assert orders == ["gamma"]
    assert "gamma.localhost" in mailbox.next().get_content()
    assert desk.post(approve).status_code == 409
    with platform_context():
        order = Tenant.objects.get(slug="gamma").order
        assert order.owner_email == EMAIL
        assert order.owner_password
        assert SignUp.objects.get().owner_password == ""
        actions = AuditEntry.objects.filter(action__startswith="sign_up.").order_by("at", "id")
        assert [line.action.removeprefix("sign_up.") for line in actions] == [
            "asked",
            "mailed",
            "confirmed",
            "approved",
        ]
        text = "".join(f"{line.old}{line.new}" for line in actions)
    assert key not in text
    assert PASSWORD not in text


def test_closed_is_the_default_and_says_so(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from wificore.settings.base import SIGN_UP_OPEN

    assert SIGN_UP_OPEN is False
    monkeypatch.setattr("django.conf.settings.SIGN_UP_OPEN", False)
    for answer in (ask(), ask(slug="!"), post(CONFIRM, {"key": "x"})):
        assert answer.status_code == 403
        assert answer.json()["error"]["code"] == "sign_up_closed"


@pytest.mark.parametrize("host", ["alpha.localhost", "beta.localhost"])
def test_tenants_hosts_have_no_sign_up(world: World, host: str) -> None:
    for path in (ASK, CONFIRM, ALL):
        assert post(path, {}, host).status_code == 404


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"slug": "platform"}, "slug"),
        ({"slug": "admin"}, "slug"),
        ({"slug": "alpha"}, "slug"),
        ({"slug": "No Such"}, "slug"),
        ({"owner": {"email": "x", "password": PASSWORD}}, "owner.email"),
        ({"owner": {"email": EMAIL, "password": "short"}}, "owner.password"),
        ({"name": ""}, "name"),
    ],
)
def test_what_cannot_be_asked_for_names_its_field(changes: dict[str, Any], field: str) -> None:
    answer = ask(**changes)
    assert answer.status_code == 400, answer.content
    assert field in answer.json()["error"]["fields"]
    with platform_context():
        assert not SignUp.objects.exists()


@pytest.mark.usefixtures("worker")
def test_the_answer_is_the_same_for_an_address_that_is_known(world: World) -> None:
    answers = [
        ask(owner={"email": email, "password": PASSWORD})
        for email in ("operator@platform.test", "owner@alpha.test", "nobody@gamma.test")
    ]
    assert len({(answer.status_code, answer.content) for answer in answers}) == 1
    drain()


@pytest.mark.usefixtures("worker")
def test_one_address_is_not_written_to_again_and_again(world: World) -> None:
    assert [ask().status_code for _ in range(5)] == [202] * 3 + [429] * 2
    drain()


def test_a_key_is_of_no_use_after_three_days(world: World) -> None:
    with platform_context():
        asked = SignUp.objects.create(slug="gamma", name="G", owner_email=EMAIL)
        key = services.sign_up_key_new(asked=asked)
        old = timezone.now() - timedelta(days=3, seconds=1)
        SignUp.objects.update(created_at=old)
    assert post(CONFIRM, {"key": key}).status_code == 400
    with platform_context():
        assert services.sign_ups_forget() == {"unconfirmed": 1, "decided": 0}


def test_an_operator_declines_with_a_reason(operator: Person) -> None:
    with platform_context():
        asked = SignUp.objects.create(
            slug="gamma", name="G", owner_email=EMAIL, owner_password="x", state="confirmed"
        )
    path = f"{ALL}{asked.pk}/decline/"
    answer = operator.client().post(path, {"reason": "no licence"}, JSON)
    assert (answer.status_code, answer.json()["state"]) == (200, "declined")
    with platform_context():
        assert AuditEntry.objects.get(action="sign_up.declined").reason == "no licence"
        assert SignUp.objects.get().owner_password == ""
        assert not Tenant.objects.filter(slug="gamma").exists()


def test_a_slug_that_was_taken_meanwhile_cannot_be_approved(operator: Person) -> None:
    with platform_context():
        asked = SignUp.objects.create(
            slug="alpha", name="A", owner_email=EMAIL, owner_password="x", state="confirmed"
        )
    answer = operator.client().post(f"{ALL}{asked.pk}/approve/")
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "conflict")
    with platform_context():
        assert SignUp.objects.get().state == "confirmed"


def test_operators_decide_in_the_admin_too(orders: list[str], operator: Person) -> None:
    from tests.access.test_admin_sign_in import sign_in

    with platform_context():
        rows = [
            SignUp.objects.create(slug=slug, name="G", owner_email=EMAIL, state=state)
            for slug, state in (("gamma", "confirmed"), ("delta", "asked"))
        ]
    desk = sign_in(PLATFORM, operator.email)
    form = {"action": "approve", "_selected_action": [row.pk for row in rows]}
    page = desk.post("/admin/tenants/signup/", form, follow=True).content.decode()
    assert "delta: It is not waiting for a decision." in page
    assert orders == ["gamma"]
    assert "owner_password" not in page


@pytest.mark.parametrize("person", ["owner", "stranger"])
def test_tenants_staff_see_no_sign_ups(world: World, person: str) -> None:
    client = world.people[person].client(host=PLATFORM)
    assert client.get(ALL).status_code == 401


def test_the_mails_link_leads_to_a_button_that_confirms(monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.access.signin.people import Browser

    with platform_context():
        asked = SignUp.objects.create(slug="gamma", name="G", owner_email=EMAIL)
        page = f"/sign-up/confirm/{services.sign_up_key_new(asked=asked)}"
    browser = Browser(PLATFORM)
    shown = browser.get(page).content
    assert b"Confirm" in shown
    assert b"--color-primary-600:" in shown, "the button can be seen"
    assert browser.post(page).status_code == 403, "without the CSRF token"
    with platform_context():
        assert SignUp.objects.get().state == "asked", "opening the link confirms nothing"
    headers = {"X-CSRFToken": browser.cookies["csrftoken"].value}
    assert b"Thank you" in browser.post(page, headers=headers).content
    with platform_context():
        assert SignUp.objects.get().state == "confirmed"
    assert browser.post(page, headers=headers).status_code == 400
    monkeypatch.setattr("django.conf.settings.SIGN_UP_OPEN", False)
    assert browser.get(page).status_code == 403
    elsewhere = Browser("alpha.localhost")
    assert b"Confirm" not in elsewhere.get(page).content, "a tenant's host has its web client there"
    assert elsewhere.post(page).status_code in (403, 404, 405)
