"""/api/platform/tenants/: on the platform's host, by operators; `worker-ddl` does the work."""

import time
from typing import Any

import pytest
from django.test import Client

from tenants import orders, provisioning
from tenants.models import Order, Tenant
from tenants.selectors import tenant_get
from tests.access.test_admin_sign_in import sign_in
from tests.conftest import PASSWORD, Person, World
from tests.worker import Worker, until
from wificore.access.services import token_create
from wificore.kernel.db.context import platform_context, tenant_context

TENANTS = "/api/platform/tenants/"
GAMMA = {
    "slug": "gamma",
    "name": "Gamma",
    "owner": {"email": "Owner@gamma.test", "password": PASSWORD},
}
JSON = "application/json"


@pytest.fixture
def nobody_works(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Orders are written down, and nobody carries them out; the slugs that were sent."""
    sent: list[str] = []
    monkeypatch.setattr(orders, "send", sent.append)
    return sent


def error(answer: Any) -> dict[str, Any]:
    found: dict[str, Any] = answer.json()["error"]
    assert set(found) == {"code", "message", "fields", "request_id"}
    return found


def state(slug: str) -> str | None:
    with platform_context():
        return Tenant.objects.filter(slug=slug).values_list("state", flat=True).first()


def test_a_tenant_is_made_suspended_resumed_and_deleted_over_http(
    gamma: str, operator: Person, worker: Worker
) -> None:
    client = operator.client()
    answer = client.post(TENANTS, GAMMA, JSON)
    assert answer.status_code == 202, answer.content
    row = answer.json()
    assert (row["id"], row["schema"], row["host"]) == ("gamma", "ts_gamma", "gamma.localhost")
    assert PASSWORD not in answer.content.decode()
    until(lambda: state(gamma) == "active", worker.text)
    assert client.get(f"{TENANTS}gamma/").json()["state"] == "active"
    assert sign_in("gamma.localhost", "owner@gamma.test").get("/admin/").status_code == 200

    closed = client.post(f"{TENANTS}gamma/suspend/", {"reason": "unpaid"}, JSON)
    assert (closed.status_code, closed.json()["state"]) == (200, "suspended")
    assert _me("gamma.localhost") == (403, "tenant_suspended")
    opened = client.post(f"{TENANTS}gamma/resume/", {}, JSON)
    assert (opened.status_code, opened.json()["state"]) == (200, "active")
    assert _me("gamma.localhost") == (401, "not_authenticated")

    assert client.delete(f"{TENANTS}gamma/", {"confirm": "gamma"}, JSON).status_code == 202
    assert _me("gamma.localhost") == (404, "unknown_host")
    until(lambda: state(gamma) is None, worker.text)
    assert client.get(f"{TENANTS}gamma/").status_code == 404


def _me(host: str) -> tuple[int, str]:
    answer = Client().get("/api/v1/me/", headers={"host": host})
    return answer.status_code, error(answer)["code"]


def test_every_host_of_a_suspended_tenant_is_closed_within_three_seconds_even_without_redis(
    world: World, operator: Person, owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert owner.client().get("/api/v1/me/").status_code == 200
    # The deletion of the cached look-up is lost on its way.
    monkeypatch.setattr("tenants.services.cache.delete_many", lambda _keys: None)
    began = time.monotonic()
    operator.client().post(f"{TENANTS}alpha/suspend/", {"reason": "x"}, JSON)
    try:
        until(lambda: owner.client().get("/api/v1/me/").status_code == 403)
        assert time.monotonic() - began < 3
    finally:
        monkeypatch.undo()
        operator.client().post(f"{TENANTS}alpha/resume/", {}, JSON)
    assert owner.client().get("/api/v1/me/").status_code == 200


def test_the_list_shows_every_tenant_with_host_and_state(operator: Person) -> None:
    rows = operator.client().get(TENANTS).json()["results"]
    assert [(row["slug"], row["host"], row["state"]) for row in rows] == [
        ("beta", "beta.localhost", "active"),
        ("alpha", "alpha.localhost", "active"),
    ]


def test_the_routes_do_not_exist_on_a_tenants_host(owner: Person, stranger: Person) -> None:
    for person in (owner, stranger):
        for path in (TENANTS, f"{TENANTS}alpha/", f"{TENANTS}alpha/suspend/"):
            answer = person.client().get(path)
            assert (answer.status_code, error(answer)["code"]) == (404, "not_found")


@pytest.mark.parametrize("name", ["owner", "clerk", "stranger"])
def test_a_tenants_token_opens_nothing_on_the_platforms_host(world: World, name: str) -> None:
    person = world.people[name]
    client = person.client(host="platform.localhost")
    assert client.get(TENANTS).status_code == 401
    assert client.post(f"{TENANTS}beta/suspend/", {"reason": "x"}, JSON).status_code == 401
    assert client.delete(f"{TENANTS}beta/", {"confirm": "beta"}, JSON).status_code == 401
    assert state("beta") == "active"


def test_a_token_with_the_view_code_alone_changes_nothing(operator: Person) -> None:
    from wificore.access.models import User

    with platform_context():
        user = User.objects.get(email=operator.email)
        _, clear = token_create(user=user, name="v", abilities=["tenants.tenant.view"])
    client = Client(headers={"authorization": f"Token {clear}", "host": operator.host})
    assert client.get(TENANTS).status_code == 200
    answer = client.post(f"{TENANTS}beta/suspend/", {"reason": "x"}, JSON)
    assert (answer.status_code, error(answer)["code"]) == (403, "permission_denied")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"slug": "No-Good"}, "slug"),
        ({"slug": "platform"}, "slug"),
        ({"slug": "x" * 41}, "slug"),
        ({"name": ""}, "name"),
        ({"owner": {"email": "nobody", "password": PASSWORD}}, "owner.email"),
        ({"owner": {"email": "a@b.test", "password": "12345678"}}, "owner.password"),
        ({"owner": {}}, "owner.email"),
    ],
)
def test_what_cannot_be_a_tenant_is_400_and_named(
    operator: Person, nobody_works: list[str], change: dict[str, Any], field: str
) -> None:
    answer = operator.client().post(TENANTS, {**GAMMA, **change}, JSON)
    assert answer.status_code == 400
    assert field in error(answer)["fields"]
    assert nobody_works == []


def test_a_taken_slug_is_409_and_the_tenant_stays_as_it_is(
    operator: Person, nobody_works: list[str]
) -> None:
    answer = operator.client().post(TENANTS, {**GAMMA, "slug": "beta"}, JSON)
    assert (answer.status_code, list(error(answer)["fields"])) == (409, ["slug"])
    assert tenant_get(slug="beta").name == "Beta Networks"
    assert nobody_works == []


@pytest.mark.parametrize("body", [{}, {"confirm": ""}, {"confirm": "beta"}, {"confirm": None}])
def test_deleting_without_the_tenants_own_slug_is_400_and_deletes_nothing(
    operator: Person, nobody_works: list[str], body: dict[str, Any]
) -> None:
    answer = operator.client().delete(f"{TENANTS}alpha/", body, JSON)
    assert (answer.status_code, list(error(answer)["fields"])) == (400, ["confirm"])
    assert operator.client().delete(f"{TENANTS}alpha/").status_code == 400
    assert state("alpha") == "active"
    assert nobody_works == []


def test_suspending_needs_a_reason_which_the_audit_trail_keeps(
    world: World, operator: Person
) -> None:
    from wificore.audit.models import AuditEntry

    client = operator.client()
    assert client.post(f"{TENANTS}beta/suspend/", {}, JSON).status_code == 400
    client.post(f"{TENANTS}beta/suspend/", {"reason": "unpaid since May"}, JSON)
    client.post(f"{TENANTS}beta/resume/", {}, JSON)
    with platform_context():
        entry = AuditEntry.objects.get(action="tenant.suspended")
        assert (entry.reason, entry.actor_name) == ("unpaid since May", operator.email)
    with tenant_context(world.beta):
        assert not AuditEntry.objects.filter(action="tenant.suspended").exists()


def test_what_does_not_fit_the_state_is_409(operator: Person) -> None:
    client = operator.client()
    assert client.post(f"{TENANTS}alpha/resume/", {}, JSON).status_code == 409
    client.post(f"{TENANTS}alpha/suspend/", {"reason": "x"}, JSON)
    assert client.post(f"{TENANTS}alpha/suspend/", {"reason": "x"}, JSON).status_code == 409
    client.post(f"{TENANTS}alpha/resume/", {}, JSON)


@pytest.mark.parametrize("slug", ["nobody", "ALPHA", "ts_alpha", "%00", "alpha%20"])
def test_an_unknown_slug_is_404(operator: Person, slug: str) -> None:
    client = operator.client()
    assert client.get(f"{TENANTS}{slug}/").status_code == 404
    assert client.post(f"{TENANTS}{slug}/suspend/", {"reason": "x"}, JSON).status_code == 404
    assert client.delete(f"{TENANTS}{slug}/", {"confirm": slug}, JSON).status_code == 404


def test_provisioning_that_failed_is_resumed_over_http_and_in_the_admin(
    gamma: str, operator: Person, nobody_works: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    client = operator.client()
    client.post(TENANTS, GAMMA, JSON)

    def fail(*_args: Any) -> None:
        raise RuntimeError("power cut")

    with monkeypatch.context() as broken:
        broken.setattr(provisioning, "STEPS", ((provisioning.STEPS[0][0], fail),))
        with pytest.raises(provisioning.StepFailed):
            orders.carry_out(gamma)
    shown = client.get(f"{TENANTS}gamma/").json()
    assert (shown["state"], shown["error"]) == ("failed", "schema: power cut")
    assert client.post(f"{TENANTS}gamma/resume/", {}, JSON).json()["state"] == "requested"
    with platform_context():
        Tenant.objects.filter(slug=gamma).update(state="failed")
        key = tenant_get(slug=gamma).pk
    page = sign_in(operator.host, operator.email)
    page.post("/admin/tenants/tenant/", {"action": "retry", "_selected_action": [key]})
    assert state(gamma) == "requested"
    assert nobody_works == ["gamma", "gamma", "gamma"]
    orders.carry_out(gamma)
    assert state(gamma) == "active"


def test_an_order_whose_message_was_lost_is_sent_again_and_a_failed_one_is_not(
    gamma: str, operator: Person, nobody_works: list[str]
) -> None:
    operator.client().post(TENANTS, GAMMA, JSON)
    nobody_works.clear()
    with platform_context():
        assert orders.overdue_send() == {"orders": 0}
        Order.objects.update(retry_at="2020-01-01T00:00Z")
        assert orders.overdue_send() == {"orders": 1}
        assert orders.overdue_send() == {"orders": 0}
        Order.objects.update(retry_at="2020-01-01T00:00Z")
        Tenant.objects.filter(slug=gamma).update(state="failed")
        assert orders.overdue_send() == {"orders": 0}
    assert nobody_works == ["gamma"]


def test_every_operation_of_the_platform_names_its_permission(operator: Person) -> None:
    paths = operator.client().get("/api/schema/", {"format": "json"}).json()["paths"]
    codes = {
        (path, method): operation.get("x-permission")
        for path, methods in paths.items()
        if path.startswith(TENANTS)
        for method, operation in methods.items()
    }
    assert {code for (_, method), code in codes.items() if method == "get"} == {
        "tenants.tenant.view"
    }
    assert {code for (_, method), code in codes.items() if method != "get"} == {
        "tenants.tenant.manage"
    }
    assert len(codes) == 6
