"""The Host header chooses the tenant; nothing else can."""

from typing import Any

import pytest
from django.test import Client

from tenants.services import tenant_resume, tenant_suspend
from tests.conftest import Person, World


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
