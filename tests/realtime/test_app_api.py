"""/api/v1/realtime/app/: what a tenant's programs and browsers connect to, and how it is set up."""

from typing import Any

import pytest

from tests.access.people import narrowed, person_of
from tests.conftest import Person, World
from wificore.kernel.db.context import platform_context
from wificore.realtime.models import App
from wificore.realtime.registry import Registry

URL = "/api/v1/realtime/app/"
JSON = "application/json"


def patch(person: Person, **changes: Any) -> Any:
    return person.client().patch(URL, changes, content_type=JSON)


def secrets_of(schema: str) -> tuple[str, ...]:
    found = Registry().find("schema", schema)
    assert found is not None
    return found.secrets


def test_the_owner_sees_the_app_and_no_secret(owner: Person, world: World) -> None:
    answer = owner.client().get(URL)
    app = answer.json()
    assert answer.status_code == 200
    assert app["app_id"].isdigit()
    assert {name: app[name] for name in app if name not in ("app_id", "key", "secrets")} == {
        "enabled": True,
        "blocked": False,
        "max_connections": 10_000,
        "client_events": True,
        "allowed_origins": [],
        "webhook_url": "",
        "webhook_events": [
            "channel_occupied",
            "channel_vacated",
            "member_added",
            "member_removed",
        ],
    }
    (listed,) = app["secrets"]
    assert set(listed) == {"id", "created_at"}
    (secret,) = secrets_of("ts_alpha")
    assert secret.encode() not in answer.content


def test_settings_are_changed_brought_into_form_and_found_by_every_process(
    owner: Person, world: World
) -> None:
    answer = patch(
        owner,
        enabled=False,
        max_connections=7,
        client_events=False,
        allowed_origins=["HTTPS://Shop.Example/", "https://shop.example", "capacitor://localhost"],
        webhook_url="http://127.0.0.1:9/hook",
        webhook_events=["cache_miss", "channel_occupied"],
    )
    assert answer.status_code == 200, answer.content
    app = answer.json()
    assert app["allowed_origins"] == ["https://shop.example", "capacitor://localhost"]
    assert app["webhook_events"] == ["channel_occupied", "cache_miss"]
    assert owner.client().get(URL).json() == app
    found = Registry().find("schema", "ts_alpha")
    assert found is not None
    assert (found.enabled, found.max_connections, found.client_events) == (False, 7, False)
    assert found.allowed_origins == {"https://shop.example", "capacitor://localhost"}
    assert found.wants("cache_miss")
    assert not found.wants("member_added")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("max_connections", 0),
        ("max_connections", 100_001),
        ("max_connections", "many"),
        ("enabled", "perhaps"),
        ("allowed_origins", ["shop.example"]),
        ("allowed_origins", ["https://shop.example/path"]),
        ("allowed_origins", ["*"]),
        ("allowed_origins", "https://shop.example"),
        ("allowed_origins", [f"https://shop{n}.example" for n in range(101)]),
        ("webhook_url", "ftp://shop.example"),
        ("webhook_url", "not an address"),
        ("webhook_url", "https://"),
        ("webhook_url", "https://shop.example:99999999/"),
        ("webhook_url", "https://user:word@127.0.0.1/"),
        ("webhook_url", "https://10.1.2.3/"),
        ("webhook_url", "https://169.254.169.254/latest"),
        ("webhook_url", "https://nobody.invalid/"),
        ("webhook_url", "https://x.example/" + "a" * 500),
        ("webhook_events", ["birthday"]),
        ("webhook_events", "cache_miss"),
    ],
    ids=lambda value: ascii(value)[:40],
)
def test_what_cannot_be_is_refused_by_its_name(owner: Person, field: str, value: Any) -> None:
    answer = patch(owner, **{field: value})
    assert answer.status_code == 400
    (at_fault,) = answer.json()["error"]["fields"]
    assert at_fault.partition(".")[0] == field


def test_what_is_not_the_tenants_to_say_stays_as_it_is(owner: Person, world: World) -> None:
    before = owner.client().get(URL).json()
    answer = patch(owner, key="mine", app_id="1", blocked=True, tenant="ts_beta", secrets=[])
    assert answer.json() == before


def test_secrets_rotate_without_a_moment_in_which_none_is_good(owner: Person, world: World) -> None:
    (old,) = secrets_of("ts_alpha")
    made = owner.client().post(URL + "secrets/")
    assert made.status_code == 201
    secret = made.json()["secret"]
    assert secrets_of("ts_alpha") == (secret, old)
    listed = owner.client().get(URL).json()["secrets"]
    assert listed[0]["id"] == made.json()["id"]
    assert owner.client().post(URL + "secrets/").status_code == 409
    first = listed[1]["id"]
    assert owner.client().delete(f"{URL}secrets/{first}/").status_code == 204
    assert secrets_of("ts_alpha") == (secret,)
    assert owner.client().delete(f"{URL}secrets/{first}/").status_code == 404
    assert owner.client().delete(f"{URL}secrets/{made.json()['id']}/").status_code == 409
    assert secret.encode() not in owner.client().get(URL).content


def test_only_whoever_may_sees_and_changes_it(world: World, owner: Person, clerk: Person) -> None:
    manager = person_of(world, "manager", "manager")
    assert manager.client().get(URL).status_code == 200
    assert patch(manager, enabled=False).status_code == 403
    assert manager.client().post(URL + "secrets/").status_code == 403
    for method in ("get", "patch"):
        assert getattr(clerk.client(), method)(URL).status_code == 403
    narrow = narrowed(world, owner, "realtime.app.view")
    assert narrow.client().get(URL).status_code == 200
    assert narrow.client().post(URL + "secrets/").status_code == 403


def test_the_stranger_sees_and_changes_an_app_of_its_own(
    world: World, owner: Person, stranger: Person
) -> None:
    own, theirs = owner.client().get(URL).json(), stranger.client().get(URL).json()
    assert own["app_id"] != theirs["app_id"]
    assert own["key"] != theirs["key"]
    assert patch(stranger, enabled=False).status_code == 200
    assert owner.client().get(URL).json() == own
    stolen = stranger.client(host=owner.host)
    assert stolen.get(URL).status_code == 401


def test_the_platform_sees_every_app_and_switches_one_off(
    world: World, owner: Person, operator: Person
) -> None:
    listed = operator.client().get("/api/platform/realtime/apps/").json()["results"]
    apps = {app["tenant"]: app for app in listed}
    assert {"ts_alpha", "ts_beta"} <= set(apps)
    url = f"/api/platform/realtime/apps/{apps['ts_alpha']['id']}/"
    answer = operator.client().patch(url, {"blocked": True, "reason": "spam"}, content_type=JSON)
    assert (answer.status_code, answer.json()["blocked"]) == (200, True)
    assert not Registry().find("schema", "ts_alpha").open  # type: ignore[union-attr]
    assert Registry().find("schema", "ts_beta").open  # type: ignore[union-attr]
    assert patch(owner, enabled=True).json()["blocked"] is True
    assert not Registry().find("schema", "ts_alpha").open  # type: ignore[union-attr]
    answer = operator.client().patch(url, {"blocked": False}, content_type=JSON)
    assert Registry().find("schema", "ts_alpha").open  # type: ignore[union-attr]
    assert operator.client().patch(url, {"enabled": False}, content_type=JSON).json()["enabled"]


def test_no_tenant_opens_the_platforms_list(owner: Person, world: World) -> None:
    client = owner.client()
    assert client.get("/api/platform/realtime/apps/").status_code == 404
    assert (
        owner.client(host="platform.localhost").get("/api/platform/realtime/apps/").status_code
        == 401
    )


def test_a_new_tenants_secret_is_nobodys_until_somebody_makes_one(world: World) -> None:
    with platform_context():
        stored = App.objects.get(tenant="ts_alpha").sealed_secrets
    assert set(stored[0]) == {"id", "sealed", "created_at"}
    assert secrets_of("ts_alpha")[0] not in stored[0]["sealed"]
