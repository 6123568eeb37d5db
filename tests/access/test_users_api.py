"""/api/v1/access/users/: staff, their place in the organisation, and the end of it."""

from typing import Any

import pytest
from django.test import Client

from tests.access.people import (
    delete,
    department,
    error,
    get,
    id_of,
    patch,
    person_of,
    post,
    site,
)
from tests.conftest import PASSWORD, Person, World
from wificore.access import services
from wificore.access.models import User
from wificore.kernel.db.context import tenant_context

URL = "/api/v1/access/users/"
NEW = {"email": "amina@alpha.test", "name": "Amina"}


def test_an_owner_makes_lists_and_changes_a_user(world: World, owner: Person) -> None:
    hill = site(world, "Hill")
    night = department(world, "Night", hill)
    extra = [{"department": night, "receive_alerts": False}]
    made = post(owner, URL, **NEW, roles=["cashier"], extra_departments=extra, password=PASSWORD)
    assert made.status_code == 201, made.content
    row = made.json()
    assert (row["roles"], row["extra_departments"]) == (["cashier"], extra)
    assert row["is_active"]
    assert "password" not in row
    url = f"{URL}{row['id']}/"
    changed = patch(owner, url, roles=["viewer"], primary_department=night, extra_sites=[hill])
    assert changed.status_code == 200, changed.content
    assert changed.json() == get(owner, url).json()
    assert changed.json()["roles"] == ["viewer"]
    assert changed.json()["primary_department"] == night
    assert changed.json()["extra_departments"] == extra, "what is not named stays"
    assert patch(owner, url, primary_department=None).json()["primary_department"] is None
    emails = [user["email"] for user in get(owner, URL).json()["results"]]
    assert emails[0] == "amina@alpha.test"
    assert [u["id"] for u in get(owner, URL, email=NEW["email"]).json()["results"]] == [row["id"]]


def test_the_new_user_signs_in_with_the_password(world: World, owner: Person) -> None:
    post(owner, URL, **NEW, roles=["cashier"], password=PASSWORD)
    client = Client(headers={"host": owner.host})
    client.post("/admin/login/", {"username": NEW["email"], "password": PASSWORD})
    assert client.get("/admin/").status_code == 200


def test_a_clerk_neither_sees_nor_makes_users(clerk: Person) -> None:
    assert get(clerk, URL).status_code == 403
    assert post(clerk, URL, **NEW).status_code == 403
    assert patch(clerk, f"{URL}1/", name="x").status_code == 403
    assert delete(clerk, f"{URL}999999/").status_code == 403, "permission before the row"


def test_the_stranger_sees_nobody_of_it(world: World, owner: Person, stranger: Person) -> None:
    made = person_of(world, "amina", "viewer")
    # Beyond the ids that beta has.
    url = f"{URL}{id_of(world, made) + 10_000}/"
    for answer in (get(stranger, url), patch(stranger, url, name="x"), delete(stranger, url)):
        assert answer.status_code == 404
    emails = [user["email"] for user in get(stranger, URL).json()["results"]]
    assert emails == [stranger.email]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"email": "no address"}, "email"),
        ({}, "email"),
        ({"email": "OWNER@alpha.test"}, "email"),
        ({**NEW, "roles": ["emperor"]}, "roles"),
        ({**NEW, "roles": "owner"}, "roles"),
        ({**NEW, "primary_department": 999_999}, "primary_department"),
        ({**NEW, "extra_sites": [2**70]}, "extra_sites"),
        ({**NEW, "extra_departments": [{"department": 999_999}]}, "extra_departments.0.department"),
        ({**NEW, "password": "short"}, "password"),
        ({**NEW, "password": 7}, "password"),
        ({**NEW, "is_active": "perhaps"}, "is_active"),
    ],
)
def test_a_bad_value_is_400_and_its_field_is_named(
    owner: Person, body: dict[str, Any], field: str
) -> None:
    answer = post(owner, URL, **body)
    assert error(answer) == (400, "validation_error", [field])


def test_a_deactivated_users_token_is_401_at_once_and_lives_again_with_the_user(
    world: World, owner: Person
) -> None:
    amina = person_of(world, "amina", "viewer")
    url = f"{URL}{id_of(world, amina)}/"
    assert get(amina, "/api/v1/me/").status_code == 200
    assert patch(owner, url, is_active=False).status_code == 200
    assert get(amina, "/api/v1/me/").status_code == 401
    assert patch(owner, url, is_active=True).status_code == 200
    assert get(amina, "/api/v1/me/").status_code == 200


def test_a_sign_in_ends_when_its_user_is_deactivated(world: World, owner: Person) -> None:
    made = post(owner, URL, **NEW, roles=["cashier"], password=PASSWORD).json()
    client = Client(headers={"host": owner.host})
    client.post("/admin/login/", {"username": NEW["email"], "password": PASSWORD})
    assert client.get("/admin/").status_code == 200
    patch(owner, f"{URL}{made['id']}/", is_active=False)
    assert client.get("/admin/").status_code == 302


def test_deleting_removes_who_did_nothing_and_deactivates_who_did(
    world: World, owner: Person
) -> None:
    fresh = post(owner, URL, **NEW).json()
    assert delete(owner, f"{URL}{fresh['id']}/").status_code == 204
    assert get(owner, f"{URL}{fresh['id']}/").status_code == 404
    amina = person_of(world, "amina2", "viewer")  # has a token
    url = f"{URL}{id_of(world, amina)}/"
    assert delete(owner, url).status_code == 204
    assert get(owner, url).json()["is_active"] is False
    assert get(amina, "/api/v1/me/").status_code == 401


def test_the_last_owner_cannot_be_removed_deactivated_or_given_another_role(
    world: World, owner: Person
) -> None:
    url = f"{URL}{id_of(world, owner)}/"
    answers = [
        delete(owner, url),
        patch(owner, url, is_active=False),
        patch(owner, url, roles=["viewer"]),
    ]
    assert [error(answer)[:2] for answer in answers] == [(409, "last_owner")] * 3
    assert get(owner, url).json()["roles"] == ["owner"]


def test_an_operator_manages_operators_and_nothing_of_a_tenant(operator: Person) -> None:
    made = post(operator, URL, email="second@platform.test", roles=["operator"])
    assert made.status_code == 201, made.content
    assert "primary_department" not in made.json()
    assert get(operator, "/api/v1/access/roles/").json()["results"][0]["name"] == "operator"
    for path in ("departments", "positions", "assignments", "alert-routes", "permissions"):
        assert get(operator, f"/api/v1/access/{path}/").status_code == 404
    assert get(operator, "/api/v1/sites/").status_code == 404
    assert get(operator, "/api/v1/settings/").status_code == 404
    assert delete(operator, f"{URL}{made.json()['id']}/").status_code == 204


def test_what_another_writer_counted_is_not_counted_back(world: World) -> None:
    """A version that is used twice would bring back rights that were cached under it."""
    with tenant_context(world.alpha):
        user = services.user_create(email="amina@alpha.test", password=None, roles=["viewer"])
        stale = User.objects.get(pk=user.pk)
        services.user_roles_set(user=user, roles=[])
        seen = User.objects.get(pk=user.pk).authz_version
        services.user_update(user=stale, name="Amina")
        assert User.objects.get(pk=user.pk).authz_version > seen


def test_a_phone_is_kept_in_one_form_and_a_wrong_one_is_named(world: World, owner: Person) -> None:
    made = post(owner, "/api/v1/access/users/", email="amina@alpha.test", phone="0712 345 678")
    assert made.status_code == 201, made.content
    assert made.json()["phone"] == "+254712345678"
    url = f"/api/v1/access/users/{made.json()['id']}/"
    assert error(patch(owner, url, phone="12")) == (400, "validation_error", ["phone"])
    assert patch(owner, url, phone="").json()["phone"] == ""
