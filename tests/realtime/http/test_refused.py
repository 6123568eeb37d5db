"""What the HTTP API refuses, and with which status."""

import json
import time
from typing import Any
from urllib.parse import quote

import pytest

from tests.conftest import World
from tests.realtime.http.conftest import Api
from tests.realtime.http.signed import Signer
from tests.realtime.listening import Bus
from wificore.kernel.db.context import platform_context
from wificore.realtime import publishing
from wificore.realtime.http import calls
from wificore.realtime.models import App

EVENT = {"name": "made", "channels": ["orders"], "data": "{}"}
BODY = json.dumps(EVENT).encode()


def sent(api: Api, signer: Signer, body: bytes = BODY, **query: str) -> int:
    path = f"/apps/{api.app.id}/events"
    return api.send("POST", signer.target("POST", path, body, **query), body).status


def test_a_call_is_let_in_by_its_signature_alone(api: Api, theirs: Api, bus: Bus) -> None:
    signer = api.signer
    assert sent(api, signer) == 200
    assert sent(api, Signer(signer.key, "guess")) == 401
    assert sent(api, Signer(theirs.app.key, signer.secret)) == 401
    assert sent(api, theirs.signer) == 401
    assert sent(api, Signer("", "")) == 401
    assert len(bus.waiting()) == 1


@pytest.mark.parametrize("name", ["auth_key", "auth_timestamp", "auth_version", "body_md5"])
def test_each_part_of_the_signature_must_be_there(api: Api, name: str) -> None:
    assert sent(api, api.signer, **{name: "-"}) == 401


@pytest.mark.parametrize(
    ("off", "status"), [(0, 200), (-590, 200), (590, 200), (-620, 401), (620, 401)]
)
def test_a_call_may_be_ten_minutes_old_and_no_more(api: Api, off: int, status: int) -> None:
    assert sent(api, api.signer, auth_timestamp=str(int(time.time()) + off)) == status


@pytest.mark.parametrize("stamp", ["", "now", "1e9", "-1", "9" * 400, "١٢", "1.5", "NaN"])
def test_a_time_that_is_none_is_refused(api: Api, stamp: str) -> None:
    assert sent(api, api.signer, auth_timestamp=stamp) == 401


def test_a_body_that_was_changed_on_its_way_is_refused(api: Api, bus: Bus) -> None:
    path = f"/apps/{api.app.id}/events"
    target = api.signer.target("POST", path, BODY)
    changed = BODY.replace(b"orders", b"orderz")
    assert api.send("POST", target, changed).status == 401
    assert api.send("POST", target).status == 401
    assert bus.waiting() == []


def test_a_signature_is_good_for_its_own_method_path_and_query_only(api: Api, bus: Bus) -> None:
    path = f"/apps/{api.app.id}/events"
    target = api.signer.target("POST", path, BODY)
    batch = target.replace("/events", "/batch_events")
    assert api.send("POST", batch, BODY).status == 401
    assert api.send("POST", target + "&info=user_count", BODY).status == 401
    assert api.send("POST", target.replace("auth_version", "AUTH_VERSION"), BODY).status == 401
    asked = api.signer.target("GET", f"/apps/{api.app.id}/channels")
    assert api.send("GET", asked).status == 200
    assert api.send("HEAD", asked).status == 401
    assert bus.waiting() == []


def test_a_query_that_can_be_read_in_two_ways_is_refused(api: Api) -> None:
    target = api.signer.target("POST", f"/apps/{api.app.id}/events", BODY)
    assert api.send("POST", target + "&auth_key=" + api.app.key, BODY).status == 400
    assert api.send("POST", target + "&" + "a=1&" * 200, BODY).status == 400
    assert api.send("POST", target + "&name=%ff", BODY).status == 400


@pytest.mark.parametrize("app_id", ["0", "999999999", "abc", "1%00", "%F0%9F%98%80", "9" * 500])
def test_an_app_that_is_not_there_is_404(api: Api, app_id: str) -> None:
    for path in (f"/apps/{app_id}/events", f"/apps/{app_id}/batch_events"):
        assert api.send("POST", api.signer.target("POST", path, BODY), BODY).status == 404


def test_a_tenants_host_serves_its_own_app_only(api: Api, bus: Bus) -> None:
    path = f"/apps/{api.app.id}/events"
    statuses = {
        host: api.send("POST", api.signer.target("POST", path, BODY), BODY, Host=host).status
        for host in (
            "127.0.0.1:6071",
            "[::1]:6071",
            "localhost",
            "platform.localhost",
            "Alpha.localhost.:80",
            "beta.localhost",
            "nobody.example",
            "",
        )
    }
    assert list(statuses.values()) == [200] * 5 + [404] * 3, statuses


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/", 404),
        ("/apps", 404),
        ("/apps/{id}", 404),
        ("/apps/{id}/nothing", 404),
        ("/apps/{id}/users/1", 404),
        ("/app/{key}", 404),
        ("/metrics", 404),
        ("/apps/{id}//events", 404),
    ],
)
def test_what_is_not_there_is_404(api: Api, path: str, status: int) -> None:
    target = path.format(id=api.app.id, key=api.app.key)
    assert api.send("POST", api.signer.target("POST", target, BODY), BODY).status == status


def test_another_method_is_405_and_the_right_one_is_named(api: Api) -> None:
    answer = api.call("GET", "/events")
    assert (answer.status, answer.headers["allow"]) == (405, "POST")
    answer = api.post("/channels", {})
    assert (answer.status, answer.headers["allow"]) == (405, "GET, HEAD")


def test_a_path_without_an_app_needs_a_key_that_is_one(api: Api) -> None:
    path = "/users/42/terminate_connections"
    stranger = Signer("k" * 20, "s")
    assert api.send("POST", stranger.target("POST", path, b"{}"), b"{}").status == 401
    guess = Signer(api.app.key, "s")
    assert api.send("POST", guess.target("POST", path, b"{}"), b"{}").status == 401


MALFORMED: list[Any] = [
    b"",
    b"{",
    b"null",
    b"[]",
    b'"text"',
    b"\xff",
    b'{"name": "made", "channels": ["a"], "data": NaN}',
    b'{"name": "made", "channels": ["a"], "data": "1", "more": Infinity}',
    b"[" * 100_000,
    b'{"name": "made", "channels": ["a"], "data": "\\ud800"}',
    b'{"name": "made\\udfff", "channels": ["a"], "data": "1"}',
    {**EVENT, "data": {"not": "text"}},
    {**EVENT, "data": None},
    {**EVENT, "data": 7},
    {**EVENT, "data": '{"a": NaN}'},
    {**EVENT, "data": "[1, -Infinity]"},
    {"name": "made", "channels": ["a"]},
    {"channels": ["a"], "data": "{}"},
    {**EVENT, "name": ""},
    {**EVENT, "name": 7},
    {**EVENT, "name": "n" * 201},
    {**EVENT, "name": "pusher:made"},
    {**EVENT, "name": "pusher_internal:made"},
    {**EVENT, "name": "a\nb"},
    {**EVENT, "channels": []},
    {**EVENT, "channels": "orders"},
    {**EVENT, "channels": None},
    {**EVENT, "channels": [7]},
    {**EVENT, "channels": ["a b"]},
    {**EVENT, "channels": ["ok\n"]},
    {**EVENT, "channels": [""]},
    {**EVENT, "channels": ["é"]},
    {**EVENT, "channels": ["c" * 201]},
    {**EVENT, "channels": ["#server-to-user-"]},
    {**EVENT, "channels": [f"c{n}" for n in range(101)]},
    {**EVENT, "socket_id": "1"},
    {**EVENT, "socket_id": "1.2\n"},
    {**EVENT, "socket_id": 1.2},
    {**EVENT, "info": "colour"},
    {**EVENT, "info": ["user_count"]},
]


@pytest.mark.parametrize("content", MALFORMED, ids=lambda content: ascii(content)[:40])
def test_an_event_that_is_malformed_is_400_and_goes_nowhere(
    api: Api, bus: Bus, content: Any
) -> None:
    answer = api.post("/events", content)
    assert answer.status == 400, answer.body
    error = answer.json()["error"]
    assert error["code"] == "validation_error"
    assert error["message"]
    assert bus.waiting() == []


@pytest.mark.parametrize(
    "batch",
    [None, {}, "text", ["text"], [None], [[]], [{**EVENT, "channel": "a", "name": ""}]],
    ids=ascii,
)
def test_a_batch_that_is_malformed_is_400(api: Api, batch: Any) -> None:
    assert api.post("/batch_events", {"batch": batch}).status == 400


def test_what_fits_is_taken_to_the_last_byte_and_what_does_not_is_413(api: Api, bus: Bus) -> None:
    assert api.event(data="x" * 10_240).status == 200
    assert api.event(data="é" * 5_120).status == 200
    assert api.event(data="x" * 10_241).status == 413
    assert api.event(data="é" * 5_121).status == 413
    assert api.event(channels=[f"c{n}" for n in range(100)]).status == 200
    assert api.event(channels=["c" * 200], name="n" * 200).status == 200
    assert len(bus.waiting()) == 4


def test_a_batch_of_the_largest_events_is_taken_and_one_more_is_not(api: Api, bus: Bus) -> None:
    # Each character takes six in the body, as careful libraries write it.
    large = [{"channel": "a", "name": "made", "data": "\x01" * 10_240} for _ in range(10)]
    assert api.post("/batch_events", {"batch": large}).status == 200
    assert len(bus.waiting()) == 10
    assert api.post("/batch_events", {"batch": [*large, large[0]]}).status == 400
    assert bus.waiting() == []


@pytest.mark.parametrize("number", [0, 4, 9])
@pytest.mark.parametrize(
    ("fault", "status"),
    [({"name": ""}, 400), ({"channel": "a b"}, 400), ({"data": "x" * 10_241}, 413)],
)
def test_a_batch_goes_out_whole_or_not_at_all(
    api: Api, bus: Bus, number: int, fault: dict[str, str], status: int
) -> None:
    batch = [{"channel": "a", "name": "made", "data": "{}"} for _ in range(10)]
    batch[number] = {**batch[number], **fault}
    answer = api.post("/batch_events", {"batch": batch})
    assert answer.status == status
    (field,) = answer.json()["error"]["fields"]
    assert field == f"batch[{number}].{next(iter(fault))}"
    assert bus.waiting() == []


def test_a_body_beyond_all_measure_is_413_before_it_is_read(api: Api) -> None:
    assert api.post("/events", b"x" * (1 << 20)).status == 400
    assert api.post("/events", b"x" * ((1 << 20) + 1)).status == 413


def test_text_that_speaks_of_nan_is_fine(api: Api, bus: Bus) -> None:
    for data in ("NaN is not a number", '{"a": "NaN"}', "Infinity,"):
        assert api.event(data=data).status == 200
    assert len(bus.waiting()) == 3


@pytest.mark.parametrize("values", [{"enabled": False}, {"blocked": True}], ids=["own", "platform"])
def test_an_app_that_is_switched_off_is_403(
    world: World, api: Api, values: dict[str, bool]
) -> None:
    def change(**changed: bool) -> None:
        with platform_context():
            App.objects.filter(pk=api.app.id).update(**changed)
        publishing.changed(api.app.id)

    change(**values)
    answer = api.event()
    assert (answer.status, answer.json()["error"]["code"]) == (403, "permission_denied")
    assert api.call("GET", "/channels").status == 403
    change(**{name: not value for name, value in values.items()})
    assert api.event().status == 200


def test_names_in_the_path_are_checked_as_well(api: Api) -> None:
    for name in ("a%20b", "%00", "c" * 201, quote("é")):
        assert api.call("GET", f"/channels/{name}").status == 400
        assert api.call("GET", f"/channels/presence-{name}/users").status == 400
    assert api.post("/users/%00/terminate_connections", {}).status == 400


def test_a_fault_of_ours_is_500_and_tells_nothing(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_event: object) -> None:
        raise RuntimeError("a secret detail")

    monkeypatch.setattr(calls.messages, "event_commands", fail)
    answer = api.event()
    assert answer.status == 500
    assert b"secret" not in answer.body
