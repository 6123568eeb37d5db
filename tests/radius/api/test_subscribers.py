"""/api/v1/radius/subscribers/, and the standard rad* rows that follow it."""

from typing import Any

import pytest
from django.db import connection

from tests.conftest import Person, World
from wificore.kernel.db.context import tenant_context

URL = "/api/v1/radius/subscribers/"


def post(person: Person, url: str = URL, **body: Any) -> Any:
    return person.client().post(url, body, content_type="application/json")


@pytest.fixture
def plan(owner: Person) -> int:
    made = post(owner, url="/api/v1/radius/plans/", name="Daily", devices=2, session_timeout_s=60)
    return int(made.json()["id"])


def rows(tenant: Any, sql: str, *params: Any) -> list[tuple[Any, ...]]:
    with tenant_context(tenant), connection.cursor() as cursor:
        cursor.execute(sql, params)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def checks(world: World, username: str) -> set[tuple[Any, ...]]:
    sql = "SELECT attribute, op, value FROM radcheck WHERE username = %s"
    return set(rows(world.alpha, sql, username))


def test_a_new_subscriber_has_its_standard_rows_at_once(
    owner: Person, plan: int, world: World
) -> None:
    assert post(owner, username="amina", password="pw", plan=plan).status_code == 201
    assert checks(world, "amina") == {("Cleartext-Password", ":=", "pw")}
    groups = "SELECT groupname, priority FROM radusergroup WHERE username = 'amina'"
    assert rows(world.alpha, groups) == [(f"plan-{plan}", 1)]
    reply = "SELECT attribute, value FROM radgroupreply WHERE groupname = %s"
    assert ("Session-Timeout", "60") in rows(world.alpha, reply, f"plan-{plan}")
    check = "SELECT attribute, op, value FROM radgroupcheck WHERE groupname = %s"
    assert rows(world.alpha, check, f"plan-{plan}") == [("Simultaneous-Use", ":=", "2")]


def test_the_password_is_never_shown(owner: Person, plan: int) -> None:
    made = post(owner, username="amina", password="s3cret-pw", plan=plan)
    listed = owner.client().get(URL)
    assert b"s3cret-pw" not in made.content + listed.content


def test_suspension_and_expiry_become_check_items(owner: Person, plan: int, world: World) -> None:
    made = post(owner, username="amina", password="pw", plan=plan).json()
    change = {"status": "suspended", "expires_at": "2031-05-06T07:08:09Z"}
    owner.client().patch(f"{URL}{made['id']}/", change, content_type="application/json")
    assert checks(world, "amina") == {
        ("Cleartext-Password", ":=", "pw"),
        ("Auth-Type", ":=", "Reject"),
        ("Expiration", ":=", "06 May 2031 07:08:09"),
    }


def test_a_renamed_subscriber_leaves_nothing_behind(owner: Person, plan: int, world: World) -> None:
    made = post(owner, username="amina", password="pw", plan=plan).json()
    body = {"username": "amina2"}
    owner.client().patch(f"{URL}{made['id']}/", body, content_type="application/json")
    assert checks(world, "amina") == set()
    assert checks(world, "amina2") == {("Cleartext-Password", ":=", "pw")}


def test_a_deleted_subscriber_leaves_nothing_behind(owner: Person, plan: int, world: World) -> None:
    made = post(owner, username="amina", password="pw", plan=plan).json()
    assert owner.client().delete(f"{URL}{made['id']}/").status_code == 204
    assert checks(world, "amina") == set()
    assert rows(world.alpha, "SELECT * FROM radcompiled") == []


@pytest.mark.parametrize("username", ["+254712345678", "O'Neil", "a\\b", "Ünï ✓", "x" * 253, '"'])
def test_usernames_are_kept_exactly(owner: Person, plan: int, world: World, username: str) -> None:
    made = post(owner, username=username, password="pw", plan=plan)
    assert made.json()["username"] == username
    assert checks(world, username) == {("Cleartext-Password", ":=", "pw")}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("username", ""),
        ("username", "x" * 254),
        ("username", "a\x00b"),
        ("username", "a\tb"),
        ("password", ""),
        ("password", "x" * 129),
        ("password", "a\x00"),
        ("plan", 999_999),
        ("plan", "daily"),
        ("status", "deleted"),
        ("expires_at", "tomorrow"),
    ],
)
def test_a_bad_value_is_400_and_its_field_is_named(
    owner: Person, plan: int, field: str, value: Any
) -> None:
    answer = post(owner, **{"username": "amina", "password": "pw", "plan": plan, field: value})
    assert answer.status_code == 400
    assert list(answer.json()["error"]["fields"]) == [field]


def test_a_username_is_used_once_and_nothing_is_half_done(
    owner: Person, plan: int, world: World
) -> None:
    post(owner, username="amina", password="first", plan=plan)
    again = post(owner, username="amina", password="second", plan=plan)
    assert list(again.json()["error"]["fields"]) == ["username"]
    assert checks(world, "amina") == {("Cleartext-Password", ":=", "first")}


def test_a_plan_of_another_tenant_does_not_exist(stranger: Person, plan: int) -> None:
    answer = post(stranger, username="x", password="pw", plan=plan)
    assert list(answer.json()["error"]["fields"]) == ["plan"]


def test_the_stranger_may_have_the_same_username(
    owner: Person, stranger: Person, plan: int
) -> None:
    theirs = post(stranger, url="/api/v1/radius/plans/", name="Daily").json()["id"]
    assert post(owner, username="amina", password="a", plan=plan).status_code == 201
    assert post(stranger, username="amina", password="b", plan=theirs).status_code == 201
    assert len(stranger.client().get(URL).json()["results"]) == 1


def test_a_clerk_may_register_subscribers(clerk: Person, plan: int) -> None:
    assert post(clerk, username="amina", password="pw", plan=plan).status_code == 201


def test_the_list_can_be_asked_for_one_username(owner: Person, plan: int) -> None:
    for name in ("amina", "brian"):
        post(owner, username=name, password="pw", plan=plan)
    found = owner.client().get(URL, {"username": "amina"}).json()["results"]
    assert [row["username"] for row in found] == ["amina"]
