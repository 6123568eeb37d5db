"""/api/v1/webhooks/."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from tests.conftest import Person
from tests.soak.sink import Answer, Sink
from tests.webhooks.conftest import SESSION, Hooks
from wificore.access import services as access
from wificore.access.models import User
from wificore.kernel.db.context import tenant_context
from wificore.webhooks import services
from wificore.webhooks.conf import MAX_ENDPOINTS
from wificore.webhooks.models import Endpoint

ENDPOINTS, DELIVERIES = "/api/v1/webhooks/endpoints/", "/api/v1/webhooks/deliveries/"
JSON = "application/json"
NEW = {"url": "https://example.com/hooks", "event_types": ["session.*"]}


def post(person: Person, path: str, body: Any = None) -> Any:
    return person.client().post(path, body if body is not None else {}, JSON)


def patch(person: Person, path: str, body: Any) -> Any:
    return person.client().patch(path, body, JSON)


def made(person: Person, **fields: Any) -> dict[str, Any]:
    answer = post(person, ENDPOINTS, {**NEW, **fields})
    assert answer.status_code == 201, answer.content
    found: dict[str, Any] = answer.json()
    return found


@pytest.fixture
def manager(world: Any, alpha: Any) -> Person:
    """Alpha's clerk with webhooks, sessions and plans; not the trail."""
    with tenant_context(alpha):
        user = access.user_create(email="m@alpha.test", password="x" * 20, roles=["manager"])
        token = access.token_create(user=user, name="manager")[1]
    return Person("m@alpha.test", "manager", token, "alpha.localhost")


def test_an_endpoint_is_made_and_its_secret_shown_once(owner: Person) -> None:
    new = made(owner, description="Books")
    secret = new.pop("secret")
    assert secret.startswith("whsec_")
    assert (new["acts_for"], new["enabled"], new["abilities"]) == (owner.email, True, None)
    assert new["api_version"] == "v1"
    path = f"{ENDPOINTS}{new['id']}/"
    shown = owner.client().get(path)
    assert shown.json() == new
    listed = owner.client().get(ENDPOINTS)
    assert listed.json()["results"] == [new]
    changed = patch(owner, path, {"description": "Ledger"})
    for answer in (shown, listed, changed):
        assert "whsec_" not in answer.content.decode()
    assert changed.json()["description"] == "Ledger"
    assert owner.client().delete(path).status_code == 204
    assert owner.client().get(path).status_code == 404


def test_a_secret_is_nowhere_but_encrypted(owner: Person, alpha: Any) -> None:
    secret = made(owner)["secret"]
    with tenant_context(alpha):
        row = Endpoint.objects.get()
    assert secret not in str(vars(row))
    assert secret.removeprefix("whsec_") not in row.sealed_secret


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("ftp://example.com/", "https://"),
        ("example.com", "https://"),
        ("https://", "host"),
        ("https://user:word@example.com/", "name, password"),
        ("https://example.com/#part", "fragment"),
        ("https://example.com/ hooks", "ASCII"),
        ("https://[::1", "not a URL"),
        ("https://example.com:99999/", "not a URL"),
        ("http://example.com/", "https"),
        ("https://10.0.0.1/", "public internet"),
        ("https://169.254.169.254/latest", "public internet"),
        ("https://2130706432/", ""),
        ("https://[::ffff:10.0.0.1]/", "public internet"),
        ("http://10.0.0.1/", "public internet"),
        ("https://example.com/" + "x" * 500, ""),
        ("", ""),
        (7, ""),
    ],
)
def test_a_url_that_cannot_be_is_refused_with_the_fix(owner: Person, url: Any, words: str) -> None:
    answer = post(owner, ENDPOINTS, {**NEW, "url": url})
    if url == "https://2130706432/":  # 127.0.0.0, which tests may use
        assert answer.status_code == 201
        return
    assert answer.status_code == 400, answer.content
    (message,) = answer.json()["error"]["fields"]["url"]
    assert words in message


def test_without_an_allowed_network_loopback_is_refused(owner: Person, settings: Any) -> None:
    settings.OUTBOUND_PRIVATE_NETWORKS = []
    for url in ("https://2130706433/", "http://127.0.0.1:8070/", "https://localhost/"):
        answer = post(owner, ENDPOINTS, {**NEW, "url": url})
        assert answer.status_code == 400
        assert "url" in answer.json()["error"]["fields"]


@pytest.mark.parametrize(
    "types", [[], ["Plan"], ["plan"], ["plans.*"], ["*.created"], [""], "plan.created", ["a" * 200]]
)
def test_a_filter_that_matches_nothing_is_refused(owner: Person, types: Any) -> None:
    answer = post(owner, ENDPOINTS, {**NEW, "event_types": types})
    assert answer.status_code == 400
    (field,) = answer.json()["error"]["fields"]
    assert field.partition(".")[0] == "event_types"


def test_a_filter_for_what_one_may_not_see_is_refused(manager: Person) -> None:
    assert made(manager, event_types=["signin.*"])
    narrow = _token(manager, ["webhooks.endpoint.manage", "radius.plan.view"])
    answer = post(narrow, ENDPOINTS, {**NEW, "event_types": ["signin.*"]})
    assert answer.status_code == 400
    assert "may see" in answer.json()["error"]["fields"]["event_types"][0]
    assert made(narrow, event_types=["plan.*"])["abilities"] == [
        "webhooks.endpoint.manage",
        "radius.plan.view",
    ]


def _token(person: Person, abilities: list[str]) -> Person:
    answer = post(person, "/api/v1/auth/tokens/", {"name": "narrow", "abilities": abilities})
    return Person(person.email, person.role, answer.json()["token"], person.host)


def test_whoever_saves_an_endpoint_is_whom_it_acts_for(owner: Person, manager: Person) -> None:
    """Nobody gets, by another's endpoint, what they may not see."""
    path = f"{ENDPOINTS}{made(owner)['id']}/"
    assert patch(manager, path, {"url": "https://example.org/"}).json()["acts_for"] == manager.email
    assert post(owner, f"{path}enable/").json()["acts_for"] == owner.email


def test_a_clerk_sees_no_webhooks_and_the_stranger_none_of_alphas(
    owner: Person, clerk: Person, stranger: Person
) -> None:
    path = f"{ENDPOINTS}{made(owner)['id']}/"
    for target in (ENDPOINTS, path, DELIVERIES):
        assert clerk.client().get(target).status_code == 403
    assert post(clerk, ENDPOINTS, NEW).status_code == 403
    assert stranger.client().get(ENDPOINTS).json()["results"] == []
    assert stranger.client().get(path).status_code == 404
    for action in ("enable", "rotate", "test", "replay"):
        assert post(stranger, f"{path}{action}/").status_code == 404
        assert post(clerk, f"{path}{action}/").status_code == 403


def test_there_is_a_bound_for_endpoints(owner: Person, alpha: Any) -> None:
    first = made(owner)
    with tenant_context(alpha):
        row = Endpoint.objects.get()
        for _ in range(MAX_ENDPOINTS - 1):
            row.pk = None
            row.save(force_insert=True)
    answer = post(owner, ENDPOINTS, NEW)
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "too_many")
    owner.client().delete(f"{ENDPOINTS}{first['id']}/")
    assert post(owner, ENDPOINTS, NEW).status_code == 201


def test_a_rotation_gives_a_new_secret_and_says_how_long_the_old_one_lives(owner: Person) -> None:
    new = made(owner)
    path = f"{ENDPOINTS}{new['id']}/rotate/"
    answer = post(owner, path, {"overlap_hours": 2})
    assert answer.status_code == 200
    assert answer.json()["secret"] not in ("", new["secret"])
    assert owner.client().get(f"{ENDPOINTS}{new['id']}/").json()["old_secret_until"]
    assert post(owner, path, {"overlap_hours": 1000}).status_code == 400
    assert post(owner, path).status_code == 200


def test_a_disabled_endpoint_is_not_tried_and_can_be_enabled(
    hooks: Hooks, owner: Person, alpha: Any, sink: Sink
) -> None:
    new = made(owner, url=sink.url)
    path = f"{ENDPOINTS}{new['id']}/"
    hooks.happens(alpha)
    off = patch(owner, path, {"enabled": False}).json()
    assert (off["enabled"], off["disabled_reason"]) == (False, "person")
    assert off["disabled_at"]
    assert hooks.row(alpha).state == "failed"
    assert post(owner, f"{path}test/").status_code == 409
    assert post(owner, f"{path}replay/").status_code == 409
    on = post(owner, f"{path}enable/").json()
    assert (on["enabled"], on["disabled_reason"], on["disabled_at"]) == (True, "", None)
    assert post(owner, f"{path}test/").status_code == 202
    assert post(owner, f"{path}replay/").json() == {"deliveries": 1}
    hooks.send(alpha)
    assert hooks.row(alpha).state == "delivered"


def test_the_log_tells_what_was_sent_and_answered(
    hooks: Hooks, owner: Person, alpha: Any, sink: Sink
) -> None:
    sink.answer = lambda _receipt: Answer(500, {"X-Trace": "t1"}, b"out of paper")
    new = made(owner, url=sink.url)
    hooks.happens(alpha)
    hooks.send(alpha)
    (listed,) = owner.client().get(DELIVERIES).json()["results"]
    assert (listed["type"], listed["state"], listed["status"]) == (
        "session.started",
        "pending",
        500,
    )
    assert listed["endpoint"] == new["id"]
    assert "body" not in listed
    shown = owner.client().get(f"{DELIVERIES}{listed['id']}/").json()
    assert shown["body"]["data"] == SESSION
    (attempt,) = shown["attempts"]
    assert attempt["response_body"] == "out of paper"
    assert attempt["response_headers"]["X-Trace"] == "t1"
    assert attempt["url"] == sink.url
    assert attempt["error"] == "It answered 500 Internal Server Error."


def test_the_log_is_filtered(hooks: Hooks, owner: Person, alpha: Any, sink: Sink) -> None:
    new = made(owner, url=sink.url)
    hooks.happens(alpha)
    hooks.send(alpha)
    hooks.happens(alpha, "session.stopped", **SESSION)

    def found(**query: Any) -> list[str]:
        answer = owner.client().get(DELIVERIES, query)
        assert answer.status_code == 200, answer.content
        return [row["type"] for row in answer.json()["results"]]

    assert found() == ["session.stopped", "session.started"]
    assert found(state="pending") == ["session.stopped"]
    assert found(state="failed") == []
    assert found(type="session.started", endpoint=new["id"]) == ["session.started"]
    assert found(endpoint=int(new["id"]) + 1) == []
    assert found(until=(timezone.now() - timedelta(hours=1)).isoformat()) == []
    assert found(page_size=1) == ["session.stopped"]
    for wrong in ({"state": "lost"}, {"endpoint": "x"}, {"type": "X!"}, {"since": "yesterday"}):
        assert owner.client().get(DELIVERIES, wrong).status_code == 400


def test_who_may_not_view_an_event_sees_neither_its_body_nor_the_answer(
    hooks: Hooks, owner: Person, alpha: Any, sink: Sink
) -> None:
    made(owner, url=sink.url)
    hooks.happens(alpha)
    hooks.send(alpha)
    narrow = _token(owner, ["webhooks.endpoint.view"])
    (listed,) = narrow.client().get(DELIVERIES).json()["results"]
    shown = narrow.client().get(f"{DELIVERIES}{listed['id']}/").json()
    assert (shown["body"], shown["attempts"]) == (None, None)


def test_one_delivery_is_replayed(hooks: Hooks, owner: Person, alpha: Any, sink: Sink) -> None:
    made(owner, url=sink.url)
    hooks.happens(alpha)
    (listed,) = owner.client().get(DELIVERIES).json()["results"]
    path = f"{DELIVERIES}{listed['id']}/replay/"
    assert post(owner, path).status_code == 409
    hooks.send(alpha)
    answer = post(owner, path)
    assert (answer.status_code, answer.json()["state"]) == (200, "pending")
    hooks.send(alpha)
    assert sink.ids() == {listed["event_id"]: 2}
    assert len(hooks.row(alpha).attempts) == 2
    assert post(_token(owner, ["webhooks.endpoint.view"]), path).status_code == 403
    for wrong in ("x", "20261121.0", "20261121", "99999999.1"):
        assert post(owner, f"{DELIVERIES}{wrong}/replay/").status_code == 404


def test_all_that_failed_since_a_time_is_replayed(
    hooks: Hooks, owner: Person, alpha: Any, sink: Sink
) -> None:
    new = made(owner, url=sink.url)
    for _ in range(3):
        hooks.happens(alpha)
    hooks.send(alpha)
    rows = hooks.rows(alpha)
    with tenant_context(alpha):
        for row in rows[:2]:
            type(row).objects.filter(pk=row.pk).update(state="failed")
    path = f"{ENDPOINTS}{new['id']}/replay/"
    since = rows[1].event_at.isoformat()
    assert post(owner, path, {"since": since}).json() == {"deliveries": 1}
    hooks.send(alpha)
    assert sorted(sink.ids().values()) == [1, 1, 2]
    assert post(owner, path, {"since": "soon"}).status_code == 400


def test_a_replay_does_not_carry_what_the_endpoint_may_not_see_any_more(
    hooks: Hooks, owner: Person, manager: Person, alpha: Any, sink: Sink
) -> None:
    new = made(owner, url=sink.url, event_types=["session.*"])
    hooks.happens(alpha)
    hooks.send(alpha)
    narrow = _token(manager, ["webhooks.endpoint.manage", "radius.plan.view"])
    patch(narrow, f"{ENDPOINTS}{new['id']}/", {"event_types": ["plan.*"]})
    (listed,) = owner.client().get(DELIVERIES).json()["results"]
    assert post(narrow, f"{DELIVERIES}{listed['id']}/replay/").status_code == 200
    hooks.send(alpha)
    assert len(sink.receipts) == 1
    assert hooks.row(alpha).state == "failed"


def test_a_deleted_endpoints_log_stays_and_is_not_replayed(
    hooks: Hooks, owner: Person, alpha: Any, sink: Sink
) -> None:
    new = made(owner, url=sink.url)
    hooks.happens(alpha)
    owner.client().delete(f"{ENDPOINTS}{new['id']}/")
    (listed,) = owner.client().get(DELIVERIES).json()["results"]
    assert (listed["state"], listed["error"]) == ("failed", services.endpoints.DELETED)
    assert post(owner, f"{DELIVERIES}{listed['id']}/replay/").status_code == 409


def test_saving_an_endpoint_undoes_no_rotation(owner: Person, alpha: Any) -> None:
    new = made(owner)
    with tenant_context(alpha):
        stale = Endpoint.objects.get()
        by = services.endpoints.By(User.objects.get(email=owner.email).subject())
        services.endpoint_rotate(endpoint=stale)
        rotated = Endpoint.objects.get().sealed_secret
        Endpoint.objects.update(failures=7)
        stale.description = "later"
        services.endpoint_save(endpoint=stale, by=by)
        row = Endpoint.objects.get()
    assert (row.sealed_secret, row.description, row.failures) == (rotated, "later", 7)
    assert new["id"] == str(row.pk)


def test_the_schemas_example_makes_an_endpoint(owner: Person) -> None:
    schema = owner.client().get("/api/schema/", headers={"accept": JSON}).json()
    request = schema["components"]["schemas"]["EndpointRequest"]
    fields = request["properties"]
    body = {
        "url": fields["url"]["example"],
        "event_types": [fields["event_types"]["items"]["example"]],
    }
    assert set(request["required"]) == set(body)
    assert post(owner, ENDPOINTS, body).status_code == 201
