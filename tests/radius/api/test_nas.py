"""/api/v1/radius/nas/: routers, one address each across all tenants."""

from typing import Any

import pytest
from django.db import connection

from radius.registry import selectors
from tests.conftest import Person, World
from wificore.kernel.db.context import platform_context, tenant_context

URL = "/api/v1/radius/nas/"
SECRET = "a-long-secret"


def post(person: Person, **body: Any) -> Any:
    body = {"address": "127.9.0.1", "secret": SECRET, **body}
    return person.client().post(URL, body, content_type="application/json")


def test_a_new_router_reaches_the_list_for_freeradius(owner: Person, world: World) -> None:
    assert post(owner, name="tower-1").status_code == 201
    (client,) = selectors.clients()
    assert (client.address, client.tenant, client.secret) == ("127.9.0.1", "ts_alpha", SECRET)
    assert client.require_message_authenticator


def test_the_secret_is_neither_shown_nor_stored_in_clear(owner: Person, world: World) -> None:
    made = post(owner)
    assert SECRET.encode() not in made.content + owner.client().get(URL).content
    with platform_context(), connection.cursor() as cursor:
        cursor.execute("SELECT nas_registry::text FROM nas_registry")
        assert SECRET not in cursor.fetchone()[0]
    assert SECRET not in repr(next(iter(selectors.clients())))


def test_two_tenants_cannot_claim_one_address(owner: Person, stranger: Person) -> None:
    assert post(owner).status_code == 201
    answer = post(stranger)
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "address_taken")
    assert stranger.client().get(URL).json()["results"] == []


def test_the_stranger_cannot_touch_the_router(owner: Person, stranger: Person) -> None:
    url = f"{URL}{post(owner).json()['id']}/"
    assert stranger.client().get(url).status_code == 404
    assert stranger.client().delete(url).status_code == 404
    assert owner.client().get(url).status_code == 200


def test_row_security_hides_it_from_the_strangers_role_and_keeps_it_from_writing(
    owner: Person, as_role: Any
) -> None:
    post(owner)
    with as_role("ts_beta").cursor() as cursor:
        cursor.execute("SELECT count(*) FROM public.nas_registry")
        assert cursor.fetchone() == (0,)
        cursor.execute("UPDATE public.nas_registry SET enabled = false")
        assert cursor.rowcount == 0
        with pytest.raises(Exception, match="row-level security"):
            cursor.execute(
                "INSERT INTO public.nas_registry (tenant, address, shortname, secret_encrypted,"
                " require_message_authenticator, coa_port, enabled, created_at, updated_at)"
                " VALUES ('ts_alpha', '127.9.0.2', '', '', true, 3799, true, now(), now())"
            )


def test_a_changed_secret_and_a_disabled_router_are_seen(owner: Person) -> None:
    url = f"{URL}{post(owner).json()['id']}/"
    change = {"secret": "another-secret"}
    assert owner.client().patch(url, change, content_type="application/json").status_code == 200
    assert [client.secret for client in selectors.clients()] == ["another-secret"]
    owner.client().patch(url, {"enabled": False}, content_type="application/json")
    assert list(selectors.clients()) == []


def test_a_deleted_router_is_gone(owner: Person) -> None:
    url = f"{URL}{post(owner).json()['id']}/"
    assert owner.client().delete(url).status_code == 204
    assert list(selectors.clients()) == []


def test_ipv6_routers_are_welcome(owner: Person) -> None:
    assert post(owner, address="fd00::1").json()["address"] == "fd00::1"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("address", "10.0.0.0/8"),
        ("address", "router.example"),
        ("address", ""),
        ("secret", "short"),
        ("secret", "line\nbreak"),
        ("secret", "back\\slash"),
        ("secret", "gehe\u00efm"),
        ("coa_port", 0),
        ("coa_port", 65_536),
        ("name", "x" * 65),
    ],
)
def test_a_bad_value_is_400_and_its_field_is_named(owner: Person, field: str, value: Any) -> None:
    answer = post(owner, **{field: value})
    assert answer.status_code == 400
    assert list(answer.json()["error"]["fields"]) == [field]


def test_a_clerk_has_no_access_to_routers(clerk: Person) -> None:
    assert clerk.client().get(URL).status_code == 403
    assert post(clerk).status_code == 403


def test_the_standard_nas_view_shows_own_routers_without_their_secret(
    owner: Person, world: World
) -> None:
    post(owner, name="tower-1")
    for tenant, expected in ((world.alpha, [("127.9.0.1", None)]), (world.beta, [])):
        with tenant_context(tenant), connection.cursor() as cursor:
            cursor.execute("SELECT nasname, secret FROM nas")
            assert cursor.fetchall() == expected
