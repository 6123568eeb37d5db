"""The OpenAPI document is complete, per host, and its examples work."""

from typing import Any

import pytest
from django.test import Client

from tests.conftest import Person, World

# Routes without credentials: the document itself, and the door for people who were invited.
OPEN_TO_STRANGERS = ("/api/schema/", "/api/v1/access/invitations/accept/")
# Kiosks sign what they send.
DEVICES = "/api/v1/kiosk/"


# Each asks for more codes by what it shows, or is one's own.
OF_EVERYBODY = ("me", "me/permissions", "me/avatar", "search")


def schema(host: str) -> dict[str, Any]:
    headers = {"host": host, "accept": "application/vnd.oai.openapi+json"}
    answer = Client().get("/api/schema/", headers=headers)
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


def operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (path, method, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]


def test_every_guarded_operation_names_its_permission(world: World) -> None:
    from wificore.access.decide import CODES

    open_to_all = {*OPEN_TO_STRANGERS, *(f"/api/v1/{path}/" for path in OF_EVERYBODY)}
    for path, method, operation in operations(schema("alpha.localhost")):
        if path not in open_to_all and not path.startswith(DEVICES):
            assert operation["x-permission"] in CODES, (method, path)


def test_only_the_schema_invitations_and_kiosks_answer_strangers(world: World) -> None:
    for path, _method, operation in operations(schema("alpha.localhost")):
        open_to_strangers = {} in operation.get("security", [{}])
        is_open = path in OPEN_TO_STRANGERS or path.startswith(DEVICES)
        assert open_to_strangers == is_open, path


def test_the_platforms_schema_has_no_tenant_operations(world: World) -> None:
    paths = schema("platform.localhost")["paths"]
    assert "/api/v1/me/" in paths
    assert not [path for path in paths if path.startswith("/api/v1/radius/")]


def test_the_documentation_page_brings_its_own_files(world: World) -> None:
    page = Client().get("/api/docs/", headers={"host": "alpha.localhost"}).content.decode()
    assert "/static/drf_spectacular_sidecar/" in page
    assert "https://" not in page


@pytest.mark.parametrize("name", ["plans", "subscribers", "nas"])
def test_the_required_fields_of_a_request_filled_by_example_or_type_create_a_row(
    owner: Person, name: str
) -> None:
    document = schema("alpha.localhost")
    plans = owner.client().post(
        "/api/v1/radius/plans/", {"name": "Existing"}, content_type="application/json"
    )
    body = _filled(document, f"/api/v1/radius/{name}/")
    if "plan" in body:
        body["plan"] = plans.json()["id"]
    answer = owner.client().post(f"/api/v1/radius/{name}/", body, content_type="application/json")
    assert answer.status_code == 201, answer.content


def _filled(document: dict[str, Any], path: str) -> dict[str, Any]:
    content = document["paths"][path]["post"]["requestBody"]["content"]["application/json"]
    reference = content["schema"]["$ref"].rsplit("/", 1)[1]
    model = document["components"]["schemas"][reference]
    return {name: _value(model["properties"][name]) for name in model["required"]}


def _value(field: dict[str, Any]) -> Any:
    if "example" in field:
        return field["example"]
    assert field["type"] == "integer", field
    return field.get("minimum", 1)
