"""Every URL route asks for a code or says why not, and answers as the written table says."""

from pathlib import Path
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import path

from tests.access.people import JSON
from tests.access.test_admin_sign_in import sign_in
from tests.conftest import PASSWORD, Person, World
from wificore.access import routes
from wificore.access import services as access
from wificore.access.codes import CODES, TENANT_ROLES
from wificore.access.routes import ANYBODY, HOSTS, SIGNED_IN_ONLY, Route, Undeclared
from wificore.kernel.db.context import tenant_context

TENANT, PLATFORM = "wificore.urls_tenant", "wificore.urls_public"
TABLE = Path(__file__).parents[2] / "docs" / "access-routes.md"
NOBODYS_ID = "999999999"


@pytest.mark.parametrize("urlconf", HOSTS)
def test_every_url_route_names_a_code_or_has_a_reason_not_to(urlconf: str) -> None:
    found = routes.routes(urlconf)
    assert {route.code for route in found if route.code} <= set(CODES)
    assert all(route.open_to for route in found if not route.code)


def test_no_reason_is_left_over() -> None:
    paths = {route.path for urlconf in HOSTS for route in routes.routes(urlconf)}
    assert {*ANYBODY, *SIGNED_IN_ONLY} <= paths


def test_a_route_that_names_nothing_would_be_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests above have teeth."""
    bare = [path("api/v1/bare/", lambda request: HttpResponse())]
    monkeypatch.setattr(routes, "get_resolver", lambda _: type("R", (), {"url_patterns": bare}))
    with pytest.raises(Undeclared, match="api/v1/bare/"):
        routes.routes(TENANT)


def test_the_written_table_is_up_to_date() -> None:
    assert TABLE.read_text() == routes.document(), "run manage.py access_routes"


def api(urlconf: str) -> list[Route]:
    found = [route for route in routes.routes(urlconf) if route.path.startswith("api/")]
    return [route for route in found if route.path not in ANYBODY]


def url_of(route: Route) -> str:
    parts = route.path.split("/")
    return "/" + "/".join(NOBODYS_ID if part.startswith("{") else part for part in parts)


def send(client: Client, route: Route) -> Any:
    method = getattr(client, route.method.lower())
    return method(url_of(route)) if route.method == "GET" else method(url_of(route), {}, JSON)


def member(world: World, role: str) -> Person:
    """Somebody of alpha with this one role, who can also sign in by password."""
    email = f"{role}@roles.test"
    with tenant_context(world.alpha):
        user = access.user_create(email=email, password=PASSWORD, roles=[role])
        token = access.token_create(user=user, name="role")[1]
    return Person(email, role, token, "alpha.localhost")


def assert_as_written(client: Client, found: list[Route], role: str) -> None:
    wrong = []
    for route in found:
        answer = send(client, route)
        assert answer.status_code not in (401, 405), (route, answer.content)
        assert answer.status_code < 500, (route, answer.content)
        if (answer.status_code == 403) == (role in route.roles):
            wrong.append((route.method, route.path, answer.status_code))
    assert wrong == []


@pytest.mark.parametrize("role", TENANT_ROLES)
def test_the_api_answers_each_role_as_written(world: World, role: str) -> None:
    assert_as_written(member(world, role).client(), api(TENANT), role)


def test_the_platforms_api_answers_operators_as_written(
    operator: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert_as_written(operator.client(), api(PLATFORM), "operator")


@pytest.mark.parametrize("role", TENANT_ROLES)
def test_the_admin_answers_each_role_as_written(world: World, role: str) -> None:
    person = member(world, role)
    client = sign_in(person.host, person.email)
    client.raise_request_exception = False
    pages = [r for r in routes.routes(TENANT) if r.path.startswith("admin/") and r.code]
    wrong = []
    for route in pages:
        answer = client.get(url_of(route)) if route.method == "GET" else client.post(url_of(route))
        if (answer.status_code == 403) == (role in route.roles) or answer.status_code >= 500:
            wrong.append((route.method, route.path, answer.status_code))
    assert wrong == []


@pytest.mark.parametrize(
    ("host", "urlconf"), [("beta.localhost", TENANT), ("platform.localhost", PLATFORM)]
)
def test_the_stranger_is_refused_everywhere(
    world: World, owner: Person, host: str, urlconf: str
) -> None:
    client = owner.client(host=host)
    answers = {(r.method, r.path): send(client, r).status_code for r in api(urlconf)}
    assert {key: status for key, status in answers.items() if status != 401} == {}


def test_permission_is_asked_before_the_row_and_the_body(world: World, clerk: Person) -> None:
    client = clerk.client()
    url = f"/api/v1/radius/nas/{NOBODYS_ID}/"
    assert client.patch(url, "no json", JSON).status_code == 403
    member_ = member(world, "technician").client()
    assert member_.patch(url, "no json", JSON).status_code == 404
    assert Client().patch(url, "no json", JSON, headers={"host": clerk.host}).status_code == 401
