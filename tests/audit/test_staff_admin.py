"""What is done to staff in the admin goes through the services, and so into the trail."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from tests.audit.test_admin import browser
from tests.audit.test_record import trail
from tests.conftest import PASSWORD, Person
from wificore.access.models import Role, User
from wificore.access.services import token_create, user_create
from wificore.kernel.db.context import tenant_context

EMAIL = "temp@alpha.test"
NEW_PASSWORD = "another horse, another staple"


@pytest.fixture
def temp(alpha: Any) -> Iterator[User]:
    """A user of alpha for one test."""
    with tenant_context(alpha):
        yield user_create(email=EMAIL, password=PASSWORD, roles=["owner"])
        User.objects.filter(email=EMAIL).delete()


def actions(alpha: Any) -> list[tuple[str, str]]:
    """What was done; that a high risk was allowed is in the trail as well."""
    return [(line.action, line.actor_name) for line in changes(alpha)]


def changes(alpha: Any) -> list[Any]:
    return [line for line in trail(alpha) if not line.action.startswith("access.")]


def ids_of_roles(alpha: Any, *names: str) -> list[int]:
    with tenant_context(alpha):
        return [Role.objects.get(name=name).pk for name in names]


def test_an_owner_makes_changes_and_removes_a_user(alpha: Any, owner: Person) -> None:
    client = browser(owner)
    form = {"email": EMAIL, "name": "T"}
    cashier, boss = ids_of_roles(alpha, "cashier", "owner")
    passwords = {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    client.post("/admin/access/user/add/", {**form, **passwords, "roles": cashier})
    with tenant_context(alpha):
        key = User.objects.get(email=EMAIL).pk
    client.post(f"/admin/access/user/{key}/change/", {**form, "roles": boss, "is_active": "on"})
    client.post(f"/admin/access/user/{key}/delete/", {"post": "yes"})
    assert actions(alpha) == [
        ("signin.succeeded", owner.email),
        ("user.created", owner.email),
        ("user.updated", owner.email),
        ("user.deleted", owner.email),
    ]
    changed = changes(alpha)[2]
    assert (changed.old, changed.new) == ({"roles": ["cashier"]}, {"roles": ["owner"]})


def test_ones_own_new_password_is_in_the_trail_and_its_text_is_not(alpha: Any, temp: User) -> None:
    client = Client(headers={"host": "alpha.localhost"})
    client.post("/admin/login/", {"username": EMAIL, "password": PASSWORD})
    new = {"new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD}
    answer = client.post("/admin/password_change/", {"old_password": PASSWORD, **new})
    assert answer.status_code == 302, answer.content
    temp.refresh_from_db()
    assert temp.check_password(NEW_PASSWORD)
    line = trail(alpha)[-1]
    assert (line.action, line.new) == ("user.updated", {"password_changed": True})
    assert client.get("/admin/").status_code == 200


def test_the_page_of_the_new_password_opens(alpha: Any, owner: Person) -> None:
    assert browser(owner).get("/admin/password_change/").status_code == 200


def test_a_token_revoked_in_the_admin_is_in_the_trail(
    alpha: Any, owner: Person, temp: User
) -> None:
    token = token_create(user=temp, name="reports")[0]
    browser(owner).post(f"/admin/access/apitoken/{token.pk}/delete/", {"post": "yes"})
    assert actions(alpha)[-1] == ("token.revoked", owner.email)
