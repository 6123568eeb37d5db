"""The Host header chooses the tenant; nothing else can."""

from typing import Any
from unittest.mock import patch

import pytest
from django.core.cache import caches
from django.test import Client

from tenants import selectors
from tenants.selectors import forget_own_hosts
from tenants.services import tenant_resume, tenant_suspend
from tests.conftest import Person, World
from wificore.kernel.db.context import platform_context


def get(path: str, host: str, **headers: str) -> Any:
    return Client(raise_request_exception=False).get(path, headers={"host": host, **headers})


def error(response: Any) -> dict[str, Any]:
    found: dict[str, Any] = response.json()["error"]
    return found


@pytest.mark.parametrize(
    "host", ["alpha.localhost", "ALPHA.localhost", "alpha.localhost.", "alpha.localhost:8070"]
)
def test_a_host_is_compared_without_case_port_and_final_dot(owner: Person, host: str) -> None:
    response = owner.client().get("/api/v1/me/", headers={"host": host})
    assert response.json()["tenant"]["slug"] == "alpha"


@pytest.mark.parametrize(
    "host", ["nobody.localhost", "127.0.0.1", "[::1]", "alpha.localhost.evil", "alpha.localhost.."]
)
def test_an_unknown_host_is_404_in_the_one_error_shape(world: World, host: str) -> None:
    response = get("/api/v1/me/", host)
    assert response.status_code == 404
    assert error(response)["code"] == "unknown_host"
    assert error(response)["request_id"] == response["X-Request-Id"]


@pytest.mark.parametrize("host", ["alpha localhost", "alpha/localhost", "a@b"])
def test_a_malformed_host_is_400(world: World, host: str) -> None:
    response = get("/api/v1/me/", host)
    assert response.status_code == 400
    assert set(error(response)) == {"code", "message", "fields", "request_id"}


def test_forwarded_headers_do_not_choose_the_tenant(stranger: Person) -> None:
    spoofed = {"x-forwarded-host": "alpha.localhost", "x-tenant": "alpha", "forwarded": "host=a"}
    response = stranger.client(**spoofed).get("/api/v1/me/")
    assert response.json()["tenant"]["slug"] == "beta"


def test_a_suspended_tenant_is_refused_at_once_and_served_after_resuming(
    world: World, owner: Person
) -> None:
    assert owner.client().get("/api/v1/me/").status_code == 200
    tenant_suspend(tenant=world.alpha)
    try:
        response = owner.client().get("/api/v1/me/")
        assert response.status_code == 403
        assert error(response)["code"] == "tenant_suspended"
        assert get("/admin/login/", "alpha.localhost").status_code == 403
    finally:
        tenant_resume(tenant=world.alpha)
    assert owner.client().get("/api/v1/me/").status_code == 200


def test_health_answers_any_host_without_a_database(world: World) -> None:
    for host in ("127.0.0.1", "nobody.localhost", "alpha.localhost"):
        response = get("/api/health", host)
        assert (response.status_code, response.json()) == (200, {"status": "healthy"})


def test_health_is_read_only(world: World) -> None:
    response = Client().post("/api/health", headers={"host": "127.0.0.1"})
    assert response.status_code == 405
    assert error(response)["code"] == "method_not_allowed"


def test_tenant_routes_do_not_exist_on_the_platform_host(operator: Person) -> None:
    response = operator.client().get("/api/v1/radius/plans/")
    assert response.status_code == 404
    assert error(response)["code"] == "not_found"


def test_an_error_page_outside_the_api_is_plain_text(world: World) -> None:
    response = get("/", "nobody.localhost")
    assert response.status_code == 404
    assert response["Content-Type"].startswith("text/plain")


def test_hosts_in_use_are_looked_up_together(
    world: World, owner: Person, stranger: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each by itself cost much where tenants alternate: one query a second is enough for all."""
    for name in ("OWN_TTL_S", "HOST_TTL_S"):  # however slow this machine is
        monkeypatch.setattr(selectors, name, 3600)
    people = (owner, stranger)
    hosts = {person.host for person in people}
    forget_own_hosts()
    for person in people * 2:
        assert person.client().get("/api/v1/me/").status_code == 200
    with patch.object(selectors, "_own_hosts", {}):  # a second later
        cache_of_hosts_is_empty()
        with patch.object(selectors, "_domains", wraps=selectors._domains) as asked:
            for person in people * 2:
                assert person.client().get("/api/v1/me/").status_code == 200
    assert [call.args[0] for call in asked.call_args_list] == [hosts]


def test_a_host_that_is_unknown_beside_known_ones_stays_unknown(
    world: World, owner: Person
) -> None:
    for _ in range(2):
        assert owner.client().get("/api/v1/me/").status_code == 200
        assert get("/api/v1/me/", "nobody.localhost").status_code == 404
        forget_own_hosts()


def cache_of_hosts_is_empty() -> None:
    with platform_context():
        caches["default"].clear()
