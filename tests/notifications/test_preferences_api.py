"""/api/v1/notifications/preferences/: one's own choice."""

from typing import Any

import pytest

from tests.access.people import error, patch
from tests.conftest import Person, World
from tests.notifications.incidents import events, supporter
from tests.radius.api.test_schema import schema
from wificore.access.models import User
from wificore.kernel.db.context import tenant_context

URL = "/api/v1/notifications/preferences/"
DEFAULTS = {
    "language": "en",
    "phone": "",
    "email_from": "warning",
    "sms_from": "critical",
    "kinds": {},
    "quiet_from": None,
    "quiet_until": None,
    "urgent": True,
}


@pytest.fixture(autouse=True)
def _no_phone_stays(world: World) -> Any:
    yield
    with tenant_context(world.alpha):
        User.objects.update(phone="")


def test_who_has_not_chosen_has_the_defaults(clerk: Person) -> None:
    assert clerk.client().get(URL).json() == DEFAULTS


def test_a_choice_is_kept_and_is_nobody_elses(
    owner: Person, clerk: Person, stranger: Person
) -> None:
    chosen = {
        "language": "sw",
        "phone": "0712 345 678",
        "email_from": "info",
        "sms_from": None,
        "kinds": {"nas.silent": ["sms"], "job.*": []},
        "quiet_from": "22:00",
        "quiet_until": "06:00",
        "urgent": False,
    }
    expected = {**chosen, "phone": "+254712345678"}
    assert patch(clerk, URL, **chosen).json() == expected
    assert clerk.client().get(URL).json() == expected
    assert patch(clerk, URL, urgent=True).json() == {**expected, "urgent": True}
    assert owner.client().get(URL).json() == DEFAULTS
    assert stranger.client().get(URL).json() == DEFAULTS
    told = events("preference.updated")
    assert told[0]["quiet_from"] == "22:00"
    assert told[1]["changed"] == ["urgent"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"language": "fr"}, "language"),
        ({"email_from": "loud"}, "email_from"),
        ({"kinds": {"nas.gone": []}}, "kinds"),
        ({"kinds": {"nas.seen": ["pigeon"]}}, "kinds.nas.seen.0"),
        ({"kinds": []}, "kinds"),
        ({"quiet_from": "22:00"}, "quiet_until"),
        ({"quiet_until": "06:00"}, "quiet_from"),
        ({"quiet_from": "06:00", "quiet_until": "06:00"}, "quiet_until"),
        ({"quiet_from": "25:00"}, "quiet_from"),
        ({"phone": "12"}, "phone"),
    ],
)
def test_a_malformed_choice_is_named(clerk: Person, changes: dict[str, Any], field: str) -> None:
    status, code, fields = error(patch(clerk, URL, **changes))
    assert (status, code) == (400, "validation_error")
    assert [name.partition(".")[0] for name in fields] == [field.partition(".")[0]]
    assert clerk.client().get(URL).json() == DEFAULTS


def test_a_support_session_has_no_preferences(world: World) -> None:
    person = supporter(world)
    assert person.client().get(URL).status_code == 404
    assert patch(person, URL, urgent=False).status_code == 404


def test_kinds_are_answered_as_the_schema_says(world: World, owner: Person) -> None:
    document: Any = schema("alpha.localhost")
    operation = document["paths"]["/api/v1/notifications/kinds/"]["get"]
    content = operation["responses"]["200"]["content"]["application/json"]["schema"]
    model = document["components"]["schemas"][content["$ref"].rsplit("/", 1)[1]]
    answer = owner.client().get("/api/v1/notifications/kinds/").json()
    assert set(answer) == set(model["properties"]) == {"results"}
    assert model["properties"]["results"]["type"] == "array"
    assert "nas.silent" in {row["kind"] for row in answer["results"]}
