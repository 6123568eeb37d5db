"""Support sessions: limited in time, bound to one tenant, seen by it, ended by both sides."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tenants import services as tenants
from tests.access.support.sessions import (
    JSON,
    PLANS,
    PLATFORM,
    REASON,
    TENANT,
    code,
    events,
    opened,
    opening,
    status,
    trail,
    using,
)
from tests.access.test_admin_sign_in import sign_in
from tests.conftest import Person, World
from wificore.access.models import User
from wificore.access.support import services
from wificore.access.support.models import SupportSession
from wificore.kernel.db.context import platform_context, tenant_context


def test_an_operator_has_no_right_in_a_tenant_until_a_session_is_opened(
    operator: Person, plan: dict[str, Any]
) -> None:
    assert operator.client(host="alpha.localhost").get(PLANS).status_code == 401
    session = opened(operator)
    assert set(session) >= {"id", "tenant", "role", "reason", "expires_at", "token", "host"}
    assert (session["tenant"], session["host"]) == ("alpha", "alpha.localhost")
    client = using(session)
    assert client.get(PLANS).status_code == 200
    assert client.post(PLANS, plan, JSON).status_code == 201


def test_me_tells_who_works_here_without_being_a_user(world: World, operator: Person) -> None:
    session = opened(operator)
    me = using(session).get("/api/v1/me/").json()
    assert (me["id"], me["email"]) == (f"support:{session['id']}", operator.email)
    assert (me["tenant"]["slug"], me["roles"]) == ("alpha", ["manager"])
    with tenant_context(world.alpha):
        assert not User.objects.filter(email=operator.email).exists()


def test_the_token_is_shown_once_and_stored_as_a_hash(operator: Person, owner: Person) -> None:
    session = opened(operator)
    told = [
        operator.client().get(PLATFORM).content,
        operator.client().get(f"{PLATFORM}{session['id']}/").content,
        owner.client().get(TENANT).content,
    ]
    assert all(REASON.encode() in text for text in told)
    with platform_context():
        row = SupportSession.objects.get(public_id=session["id"])
    assert not [text for text in told if session["token"].encode() in text]
    assert not [text for text in told if row.digest.encode() in text]
    assert session["token"] not in row.digest


def test_it_lasts_an_hour_unless_said_otherwise_and_eight_at_most(operator: Person) -> None:
    with platform_context():
        opened(operator)
        row = SupportSession.objects.get()
        assert row.expires_at - row.created_at == timedelta(minutes=60)
    assert opening(operator, minutes=480).status_code == 201
    for minutes in (481, 0, -5, "soon", 10**12):
        answer = opening(operator, minutes=minutes)
        assert answer.status_code == 400
        assert list(answer.json()["error"]["fields"]) == ["minutes"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"role": "operator"}, "role"),
        ({"role": "emperor"}, "role"),
        ({"reason": ""}, "reason"),
        ({"reason": "   "}, "reason"),
        ({"reason": "x" * 501}, "reason"),
        ({"tenant": "nobody"}, "tenant"),
    ],
)
def test_what_cannot_be_a_session_is_400_and_named(
    operator: Person, change: dict[str, Any], field: str
) -> None:
    answer = opening(operator, **change)
    assert answer.status_code == 400
    assert list(answer.json()["error"]["fields"]) == [field]


def test_it_ends_when_its_time_is_over_at_the_next_request(operator: Person) -> None:
    session = opened(operator)
    assert status(session) == 200
    with platform_context():
        SupportSession.objects.update(expires_at=timezone.now())
    assert status(session) == 401


def test_it_ends_when_the_platform_ends_it_at_the_next_request(
    world: World, operator: Person
) -> None:
    session = opened(operator)
    url = f"{PLATFORM}{session['id']}/"
    assert operator.client().delete(url).status_code == 204
    assert status(session) == 401
    shown = operator.client().get(url).json()
    assert (shown["state"], shown["ended_by"]) == ("ended", operator.email)
    assert operator.client().delete(url).status_code == 204, "ending twice is ending once"
    (entry,) = trail(world.alpha, "support.ended")
    assert (entry.actor_kind, entry.actor_name) == ("support", operator.email)


def test_the_tenants_owner_sees_it_and_ends_it(
    world: World, operator: Person, owner: Person
) -> None:
    session = opened(operator)
    (row,) = owner.client().get(TENANT).json()["results"]
    assert (row["id"], row["operator"], row["state"]) == (session["id"], operator.email, "open")
    assert (row["role"], row["reason"]) == ("manager", REASON)
    assert owner.client().delete(f"{TENANT}{row['id']}/").status_code == 204
    assert status(session) == 401
    (entry,) = trail(world.alpha, "support.ended")
    assert (entry.actor_kind, entry.actor_name) == ("user", owner.email)
    assert operator.client().get(f"{PLATFORM}{row['id']}/").json()["ended_by"] == owner.email
    assert len(events("support.ended")) == 1


def test_the_tenants_clerk_neither_sees_nor_ends_it(operator: Person, clerk: Person) -> None:
    session = opened(operator)
    assert clerk.client().get(TENANT).status_code == 403
    assert clerk.client().delete(f"{TENANT}{session['id']}/").status_code == 403
    assert status(session) == 200


def test_another_tenants_owner_neither_sees_nor_ends_it(operator: Person, stranger: Person) -> None:
    session = opened(operator)
    assert stranger.client().get(TENANT).json()["results"] == []
    for method in ("get", "delete"):
        answer = getattr(stranger.client(), method)(f"{TENANT}{session['id']}/")
        assert (answer.status_code, code(answer)) == (404, "not_found")
    assert status(session) == 200


def test_its_token_is_nobodys_on_other_hosts_and_no_api_token(operator: Person) -> None:
    session = opened(operator)
    for host in ("beta.localhost", "platform.localhost"):
        assert status(session, host) == 401
    as_token = {"authorization": f"Token {session['token']}", "host": "alpha.localhost"}
    assert Client(headers=as_token).get("/api/v1/me/").status_code == 401
    as_support = {"authorization": f"Support {operator.token}", "host": "alpha.localhost"}
    assert Client(headers=as_support).get("/api/v1/me/").status_code == 401


@pytest.mark.parametrize("header", ["Support", "Support a b", "Support \xff", "support x\x00"])
def test_a_malformed_header_is_401_and_never_500(world: World, header: str) -> None:
    headers = {"host": "alpha.localhost", "authorization": header}
    client = Client(raise_request_exception=False)
    assert client.get("/api/v1/me/", headers=headers).status_code == 401


def test_a_session_that_the_tenant_was_never_told_of_does_not_work(
    world: World, operator: Person, owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A crash between the platform's transaction and the tenant's."""
    monkeypatch.setattr(services.secrets, "token_urlsafe", lambda _size: "known-token")
    monkeypatch.setattr(services, "_in_tenant", lambda *_args: 1 / 0)
    with platform_context(), pytest.raises(ZeroDivisionError):
        user = User.objects.get(email=operator.email)
        services.session_open(tenant=world.alpha, role="owner", reason="x", operator=user)
    assert status({"token": "known-token", "host": "alpha.localhost"}) == 401
    assert owner.client().get(TENANT).json()["results"] == []


def test_a_suspended_tenant_takes_no_session_and_refuses_an_open_one(
    world: World, operator: Person
) -> None:
    session = opened(operator)
    tenants.tenant_suspend(tenant=world.alpha)
    try:
        assert status(session) == 403
        answer = opening(operator)
        assert (answer.status_code, code(answer)) == (409, "conflict")
    finally:
        tenants.tenant_resume(tenant=world.alpha)


def test_the_sessions_of_a_deleted_tenant_are_gone(operator: Person) -> None:
    opened(operator)
    opened(operator, tenant="beta")
    with platform_context():
        services.forget_tenant("ts_alpha", "owner")
        assert [row.tenant for row in SupportSession.objects.all()] == ["ts_beta"]


def test_a_request_with_the_header_costs_one_query_more_and_others_none(
    operator: Person, owner: Person
) -> None:
    session = opened(operator)
    using(session).get("/api/v1/me/")
    with CaptureQueriesContext(connection) as queries:
        using(session).get("/api/v1/me/")
    assert len(queries) == 1
    owner.client().get("/api/v1/me/")
    with CaptureQueriesContext(connection) as queries:
        owner.client().get("/api/v1/me/")
    assert not [query for query in queries if "support_session" in query["sql"]]


def test_the_platforms_admin_lists_sessions_and_ends_them(operator: Person) -> None:
    session = opened(operator)
    page = sign_in(operator.host, operator.email)
    url = "/admin/access_support/supportsession/"
    assert REASON in page.get(url).content.decode()
    with platform_context():
        key = SupportSession.objects.get().pk
    page.post(url, {"action": "end", "_selected_action": [key]})
    assert status(session) == 401
    assert page.get(f"{url}add/").status_code == 403
