"""/api/v1/access/roles/ and /permissions/: what can be allowed, and in which bundles."""

from typing import Any

import pytest

from tests.access.people import delete, error, get, patch, person_of, post
from tests.conftest import Person, World
from wificore.access.codes import CODES, TENANT_CODES, TENANT_ROLES

URL = "/api/v1/access/roles/"
NIGHT = {"name": "night", "title": "Night shift", "permissions": ["radius.plan.view"]}


def test_an_owner_makes_changes_and_removes_a_role(owner: Person) -> None:
    made = post(owner, URL, **NIGHT)
    assert made.status_code == 201, made.content
    assert made.json() == {"id": made.json()["id"], **NIGHT, "built_in": False}
    url = f"{URL}{made.json()['id']}/"
    codes = ["radius.nas.view", "radius.plan.view"]
    assert patch(owner, url, permissions=codes[::-1]).json()["permissions"] == codes
    assert patch(owner, url, title="Nights").json()["title"] == "Nights"
    assert get(owner, url).json()["permissions"] == codes
    assert delete(owner, url).status_code == 204
    assert get(owner, url).status_code == 404


def test_the_built_in_roles_are_listed_with_their_codes_and_cannot_be_changed(
    owner: Person,
) -> None:
    rows = {row["name"]: row for row in get(owner, URL).json()["results"]}
    assert set(rows) == set(TENANT_ROLES)
    assert rows["cashier"]["permissions"] == sorted(TENANT_ROLES["cashier"].codes)
    url = f"{URL}{rows['viewer']['id']}/"
    assert error(patch(owner, url, permissions=[]))[:2] == (409, "conflict")
    assert error(delete(owner, url))[:2] == (409, "conflict")


def test_a_role_that_somebody_has_stays(world: World, owner: Person) -> None:
    made = post(owner, URL, **NIGHT).json()
    person_of(world, "amina", "night")
    assert error(delete(owner, f"{URL}{made['id']}/"))[:2] == (409, "conflict")


def test_its_holders_may_what_it_allows_at_the_next_request(world: World, owner: Person) -> None:
    made = post(owner, URL, **NIGHT).json()
    amina = person_of(world, "amina", "night")
    assert get(amina, "/api/v1/radius/plans/").status_code == 200
    assert get(amina, "/api/v1/radius/nas/").status_code == 403
    patch(owner, f"{URL}{made['id']}/", permissions=["radius.nas.view"])
    assert get(amina, "/api/v1/radius/plans/").status_code == 403
    assert get(amina, "/api/v1/radius/nas/").status_code == 200


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"title": "x"}, "name"),
        ({"name": "Night Shift"}, "name"),
        ({"name": "owner"}, "name"),
        ({"name": "n", "permissions": ["radius.plan.destroy"]}, "permissions"),
        ({"name": "n", "permissions": ["radius.*"]}, "permissions"),
        ({"name": "n", "permissions": ["tenants.tenant.view"]}, "permissions"),
        ({"name": "n", "permissions": "radius.plan.view"}, "permissions"),
    ],
)
def test_a_bad_value_is_400_and_its_field_is_named(
    owner: Person, body: dict[str, Any], field: str
) -> None:
    assert error(post(owner, URL, **body)) == (400, "validation_error", [field])


def test_a_manager_sees_roles_and_makes_none(world: World) -> None:
    manager = person_of(world, "boss", "manager")
    assert get(manager, URL).status_code == 200
    assert post(manager, URL, **NIGHT).status_code == 403


def test_a_clerk_and_the_stranger_see_nothing(
    world: World, owner: Person, clerk: Person, stranger: Person
) -> None:
    post(owner, URL, **NIGHT)
    assert get(clerk, URL).status_code == 403
    assert get(clerk, "/api/v1/access/permissions/").status_code == 403
    assert "night" not in [row["name"] for row in get(stranger, URL).json()["results"]]


def test_every_code_of_a_tenant_is_listed_with_its_title_and_risk(owner: Person) -> None:
    rows = get(owner, "/api/v1/access/permissions/").json()["results"]
    assert {row["code"] for row in rows} == TENANT_CODES
    (key,) = [row for row in rows if row["code"] == "access.role.manage"]
    assert key == {
        "id": "access.role.manage",
        "code": "access.role.manage",
        "title": CODES["access.role.manage"].title,
        "risk": "high",
        "protected": True,
        "limit": "",
    }
