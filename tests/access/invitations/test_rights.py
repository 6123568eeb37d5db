"""Invitations of several tenants and the platform, and who may send them."""

from types import SimpleNamespace

import pytest
from django.core import mail
from django.test import Client

from tests.access.invitations.links import (
    ACCEPT,
    ADDRESS,
    GOOD,
    JSON,
    OVER,
    URL,
    Message,
    accept,
    error,
    invite,
    invited,
    person,
)
from tests.access.test_admin_sign_in import sign_in, signed_in
from tests.conftest import Person, World
from wificore.access.api import invitations
from wificore.kernel.db.context import tenant_context


def test_a_token_of_one_tenant_is_worthless_elsewhere(
    world: World, owner: Person, sent: list[Message]
) -> None:
    token = invited(world, sent, owner)
    for host in ("beta.localhost", "platform.localhost"):
        assert error(accept(token, host)) == OVER
    for tenant in (world.beta,):
        with tenant_context(tenant):
            assert person() is None
    assert accept(token).status_code == 201


def test_another_tenants_owner_neither_sees_nor_touches_it(
    world: World, owner: Person, stranger: Person, sent: list[Message]
) -> None:
    key = invite(owner).json()["id"]
    assert stranger.client().get(URL).json()["results"] == []
    for method, path in (("get", ""), ("delete", ""), ("post", "resend/")):
        answer = getattr(stranger.client(), method)(f"{URL}{key}/{path}")
        assert answer.status_code == 404
    assert len(sent) == 1
    assert owner.client().get(f"{URL}{key}/").status_code == 200


def test_both_tenants_may_invite_the_same_address(
    world: World, owner: Person, stranger: Person, sent: list[Message]
) -> None:
    ours = invited(world, sent, owner)
    theirs = invited(world, sent, stranger)
    assert accept(theirs).status_code == 400
    assert accept(theirs, "beta.localhost").status_code == 201
    assert accept(ours).status_code == 201


def test_the_clerk_neither_sees_nor_makes_any(owner: Person, clerk: Person) -> None:
    key = invite(owner).json()["id"]
    assert clerk.client().get(URL).status_code == 403
    assert invite(clerk, email="x@new.test").status_code == 403
    assert clerk.client().delete(f"{URL}{key}/").status_code == 403


def test_operators_invite_operators(world: World, operator: Person, sent: list[Message]) -> None:
    token = invited(world, sent, operator, roles=["operator"])
    assert "http://platform.localhost/" in str(mail.outbox[-1].body)
    assert accept(token).status_code == 400
    assert accept(token, "platform.localhost").status_code == 201
    assert signed_in(sign_in("platform.localhost", ADDRESS, GOOD))
    assert invite(operator, email="x@new.test", roles=["owner"]).status_code == 400


def test_tries_are_limited_by_address_and_host(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(invitations, "TRIES_A_MINUTE", 3)
    # Within one minute of the clock, whenever the test runs.
    monkeypatch.setattr("wificore.kernel.throttle.time", SimpleNamespace(time=lambda: 0.0))
    answers = [accept("x" * 43).status_code for _ in range(5)]
    assert answers == [400, 400, 400, 429, 429]
    forwarded = {"host": "alpha.localhost", "x-forwarded-for": "192.0.2.9"}
    told = Client(headers=forwarded).post(ACCEPT, {"token": "x"}, JSON)
    assert (told.status_code, told.json()["error"]["code"]) == (429, "throttled")
    assert accept("x" * 43, "beta.localhost").status_code == 400, "beta's staff are not locked out"


def test_the_schema_says_that_strangers_may_accept(owner: Person, operator: Person) -> None:
    for who in (owner, operator):
        paths = who.client().get("/api/schema/", {"format": "json"}).json()["paths"]
        assert paths[ACCEPT]["post"]["security"] == [{}]
        assert "x-permission" not in paths[ACCEPT]["post"]
        assert paths[URL]["post"]["x-permission"] == "access.user.manage"
        assert paths[URL]["get"]["x-permission"] == "access.user.view"
