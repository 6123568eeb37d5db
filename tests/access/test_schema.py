"""The OpenAPI document of access: its examples make rows as they stand."""

from typing import Any

import pytest

from tests.access.people import department, id_of, position, post
from tests.conftest import Person, World
from tests.radius.api.test_schema import schema

PATHS = {
    "users": "/api/v1/access/users/",
    "roles": "/api/v1/access/roles/",
    "departments": "/api/v1/access/departments/",
    "positions": "/api/v1/access/positions/",
    "assignments": "/api/v1/access/assignments/",
    "alert-routes": "/api/v1/access/alert-routes/",
    "sites": "/api/v1/sites/",
}


@pytest.mark.parametrize("name", PATHS)
def test_the_required_fields_of_a_request_filled_by_example_create_a_row(
    world: World, owner: Person, clerk: Person, name: str
) -> None:
    night = department(world, "Existing")
    ids = {"department": night, "departments": [night], "user": id_of(world, clerk)}
    ids["position"] = position(world, night, "Existing")
    document = schema("alpha.localhost")
    content = document["paths"][PATHS[name]]["post"]["requestBody"]["content"]
    reference = content["application/json"]["schema"]["$ref"].rsplit("/", 1)[1]
    model = document["components"]["schemas"][reference]
    body = {field: _value(field, model["properties"][field], ids) for field in model["required"]}
    answer = post(owner, PATHS[name], **body)
    assert answer.status_code == 201, (body, answer.content)


def _value(name: str, field: dict[str, Any], ids: dict[str, Any]) -> Any:
    return ids[name] if name in ids else field["example"]


def test_the_platforms_document_has_operators_and_no_departments(world: World) -> None:
    document = schema("platform.localhost")
    assert "/api/v1/access/users/" in document["paths"]
    assert "/api/v1/access/departments/" not in document["paths"]
    assert "primary_department" not in document["components"]["schemas"]["Operator"]["properties"]


@pytest.mark.parametrize("host", ["alpha.localhost", "platform.localhost"])
def test_every_way_to_sign_in_is_in_the_document_once(world: World, host: str) -> None:
    schemes = schema(host)["components"]["securitySchemes"]
    assert set(schemes) == {"token", "app", "support", "cookieAuth"}
    assert schemes["app"]["scheme"] == "bearer"
    for name in ("token", "support"):
        assert (schemes[name]["in"], schemes[name]["name"]) == ("header", "Authorization")
        assert schemes[name]["description"].startswith(f"`{name.title()} <token>`")
