"""API tokens: shown once, hashed, narrowed, expiring, bound to a tenant and to addresses."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from tests.conftest import Person, TenantDb, World
from wificore.kernel.db.context import tenant_context

URL = "/api/v1/auth/tokens/"


def make(person: Person, **fields: Any) -> Any:
    body = {"name": "reports", **fields}
    return person.client().post(URL, body, content_type="application/json")


def using(person: Person, token: str) -> Client:
    return Person(person.email, person.role, token, person.host).client()


def test_a_token_is_shown_once_and_works(owner: Person) -> None:
    made = make(owner)
    assert made.status_code == 201
    assert set(made.json()) >= {"id", "name", "token", "abilities", "expires_at", "created_at"}
    assert using(owner, made.json()["token"]).get("/api/v1/me/").status_code == 200
    assert all("token" not in row for row in owner.client().get(URL).json()["results"])


def test_only_a_hash_of_the_token_is_stored(owner: Person, world: World) -> None:
    from wificore.access.models import ApiToken

    clear = make(owner).json()["token"]
    with tenant_context(world.alpha):
        stored = list(ApiToken.objects.values_list("digest", "token_key"))
    assert all(clear not in (digest, key) for digest, key in stored)


def test_a_revoked_token_is_401_from_the_next_request_on(owner: Person) -> None:
    made = make(owner).json()
    assert owner.client().delete(f"{URL}{made['id']}/").status_code == 204
    assert using(owner, made["token"]).get("/api/v1/me/").status_code == 401


def test_an_expired_token_is_401(owner: Person) -> None:
    made = make(owner, expires_at=(timezone.now() - timedelta(seconds=1)).isoformat())
    assert using(owner, made.json()["token"]).get("/api/v1/me/").status_code == 401


def test_a_token_without_abilities_may_only_see_itself(owner: Person) -> None:
    client = using(owner, make(owner, abilities=[]).json()["token"])
    assert client.get("/api/v1/me/").status_code == 200
    assert client.get("/api/v1/radius/plans/").status_code == 403


def test_a_token_may_exactly_what_its_abilities_name(owner: Person) -> None:
    client = using(owner, make(owner, abilities=["radius.plan.view"]).json()["token"])
    assert client.get("/api/v1/radius/plans/").status_code == 200
    assert client.post("/api/v1/radius/plans/", {}).status_code == 403
    assert client.get("/api/v1/radius/nas/").status_code == 403


def test_a_token_made_with_a_token_has_at_most_its_makers_abilities(owner: Person) -> None:
    maker = make(owner, abilities=["access.token.manage", "radius.plan.view"]).json()
    child = Person(owner.email, owner.role, maker["token"], owner.host)
    assert make(child).json()["abilities"] == maker["abilities"]
    assert make(child, abilities=["radius.nas.view"]).status_code == 400
    assert make(child, abilities=["*"]).status_code == 400


def test_an_unknown_ability_is_400_and_names_the_field(owner: Person) -> None:
    response = make(owner, abilities=["radius.plan.destroy"])
    assert response.status_code == 400
    assert "abilities" in response.json()["error"]["fields"]


def test_a_token_is_bound_to_its_addresses(owner: Person) -> None:
    allowed = make(owner, allowed_ips=["127.0.0.0/8"]).json()["token"]
    refused = make(owner, allowed_ips=["192.0.2.1"]).json()["token"]
    assert using(owner, allowed).get("/api/v1/me/").status_code == 200
    assert using(owner, refused).get("/api/v1/me/").status_code == 401


@pytest.mark.parametrize("address", ["nowhere", "10.0.0.0/64", ""])
def test_a_malformed_address_is_refused(owner: Person, address: str) -> None:
    assert make(owner, allowed_ips=[address]).status_code == 400


def test_a_tenants_token_is_worthless_on_another_host(owner: Person, stranger: Person) -> None:
    for host in (stranger.host, "platform.localhost"):
        client = Person(owner.email, owner.role, owner.token, host).client()
        assert client.get("/api/v1/me/").status_code == 401


def test_nobody_sees_or_revokes_another_persons_tokens(
    owner: Person, clerk: Person, stranger: Person
) -> None:
    made = make(owner).json()
    for other in (clerk, stranger):
        listed = [row["id"] for row in other.client().get(URL).json()["results"]]
        assert made["id"] not in listed
        assert other.client().delete(f"{URL}{made['id']}/").status_code == 404
    assert using(owner, made["token"]).get("/api/v1/me/").status_code == 200


def test_an_inactive_users_token_is_401(owner: Person, clerk: Person, world: World) -> None:
    from wificore.access.models import User

    with tenant_context(world.alpha):
        User.objects.filter(email=clerk.email).update(is_active=False)
    try:
        assert clerk.client().get("/api/v1/me/").status_code == 401
    finally:
        with tenant_context(world.alpha):
            User.objects.filter(email=clerk.email).update(is_active=True)


@pytest.mark.parametrize("header", ["Token", "Token a b", "Token \xff", "Token x\x00", "Bearer x"])
def test_a_malformed_header_is_401_and_never_500(world: World, header: str) -> None:
    client = Client(raise_request_exception=False)
    headers = {"host": "alpha.localhost", "authorization": header}
    assert client.get("/api/v1/me/", headers=headers).status_code == 401


def test_me_costs_one_query_for_the_token_and_one_for_the_picture(
    owner: Person, tenant_db: TenantDb
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    owner.client().get("/api/v1/me/")
    with CaptureQueriesContext(connection) as queries:
        owner.client().get("/api/v1/me/")
    asked = [query["sql"] for query in queries]
    assert len(asked) == 2, asked
    assert "access_apitoken" in asked[0]
    assert "files_storedfile" in asked[1]


def test_allowed_addresses_are_the_clients_behind_trusted_proxies_only(
    owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    from wificore.kernel.addresses import parse_networks

    token = make(owner, allowed_ips=["192.0.2.1"]).json()["token"]
    headers = {"authorization": f"Token {token}", "host": owner.host}
    client = Client(headers={**headers, "x-forwarded-for": "192.0.2.1"})
    assert client.get("/api/v1/me/").status_code == 401, "whoever asks can write that header"
    monkeypatch.setattr("django.conf.settings.TRUSTED_PROXIES", parse_networks(["127.0.0.1"]))
    assert client.get("/api/v1/me/").status_code == 200
