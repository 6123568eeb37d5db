"""A tenant's program is told of its channels: signed, at least once, whatever dies meanwhile."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pusher
import pytest
import redis
from django.conf import settings

from tests.conftest import World
from tests.realtime.hooks.endpoint import Endpoint, running_endpoint
from tests.realtime.nodes import Node, running_node
from tests.realtime.raw import bus, connected, forget_webhooks, wait_until_nobody_is_there
from tests.worker import until
from wificore.kernel.db.context import platform_context
from wificore.realtime import names, publishing, state
from wificore.realtime.hooks import sender
from wificore.realtime.models import WEBHOOK_EVENTS
from wificore.realtime.models import App as AppRow
from wificore.realtime.registry import App, look_up


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    with running_endpoint() as endpoint:
        yield endpoint


def point(app: App, url: str, *kinds: str) -> App:
    """The app's webhook from now on, in every process."""
    with platform_context():
        rows = AppRow.objects.filter(pk=app.id)
        rows.update(webhook_url=url, webhook_events=list(kinds or WEBHOOK_EVENTS))
    publishing.changed(app.id)
    found = look_up("id", app.id)
    assert found is not None
    return found


@pytest.fixture
def told(app: App, endpoint: Endpoint) -> Iterator[Endpoint]:
    """Alpha's endpoint gets everything; what is left waiting is gone afterwards."""
    wait_until_nobody_is_there(app)
    point(app, endpoint.url)
    yield endpoint
    wait_until_nobody_is_there(app)
    point(app, "")
    forget_webhooks(app)


def brief(events: list[dict[str, Any]]) -> list[tuple[str, ...]]:
    return [tuple(str(value) for value in event.values()) for event in events]


def test_channels_members_and_client_events_are_told_once(
    node: Node, app: App, told: Endpoint
) -> None:
    with connected(node, app) as client:
        client.join("presence-once", "7")
        client.subscribe("private-cache-once")
        client.send("client-typing", {"n": 1}, channel="presence-once")
        until(lambda: len(_once(told)) >= 5, lambda: f"came: {told.taken}")
    # One by one, as they go out in batches of any size.
    until(lambda: len(_once(told)) >= 8, lambda: f"came: {told.taken}")
    events = _once(told)
    assert sorted(event["name"] for event in events) == sorted(
        ["channel_occupied"] * 2
        + ["member_added", "cache_miss", "client_event", "member_removed"]
        + ["channel_vacated"] * 2
    )
    by_name = {event["name"]: event for event in events}
    assert by_name["member_added"] == {
        "name": "member_added",
        "channel": "presence-once",
        "user_id": "7",
    }
    client_event = by_name["client_event"]
    assert client_event["event"] == "client-typing"
    assert client_event["user_id"] == "7"
    assert by_name["cache_miss"] == {"name": "cache_miss", "channel": "private-cache-once"}


def _once(told: Endpoint) -> list[dict[str, Any]]:
    """Of this test's channels: those of the test before may be told late."""
    return [event for event in told.taken if event["channel"].endswith("-once")]


def test_the_stock_library_finds_the_signature_good(node: Node, app: App, told: Endpoint) -> None:
    with connected(node, app) as client:
        client.subscribe("orders")
        told.wait(1)
    post = told.posts[0]
    library = pusher.Pusher(app_id=app.id, key=app.key, secret=app.secrets[0], host="127.0.0.1")
    key, signature = post.headers["X-Pusher-Key"], post.headers["X-Pusher-Signature"]
    found = library.validate_webhook(key, signature, post.body.decode())
    assert found is not None
    assert found["events"] == [{"name": "channel_occupied", "channel": "orders"}]
    assert library.validate_webhook(key, signature, post.body.decode() + " ") is None


def test_only_the_kinds_that_are_wanted_are_told(node: Node, app: App, told: Endpoint) -> None:
    point(app, told.url, "channel_vacated")
    with connected(node, app) as client:
        client.subscribe("orders")
    assert told.wait(1) == [{"name": "channel_vacated", "channel": "orders"}]


def test_another_tenants_endpoint_hears_nothing(
    node: Node, app: App, other_app: App, told: Endpoint
) -> None:
    with running_endpoint() as theirs:
        point(other_app, theirs.url)
        with connected(node, app) as client:
            client.subscribe("mine")
            told.wait(1)
        with connected(node, other_app) as client:
            client.subscribe("theirs")
        assert {event["channel"] for event in theirs.wait(2)} == {"theirs"}
        assert {event["channel"] for event in told.wait(2)} == {"mine"}
        point(other_app, "")


def test_what_was_not_taken_is_sent_again_first_and_in_order(
    node: Node, app: App, told: Endpoint
) -> None:
    told.statuses = [500, 302]
    with connected(node, app) as client:
        client.subscribe("first")
        until(lambda: len(told.posts) == 1, lambda: "")
        client.subscribe("second")
        told.wait(4)
        tries = [post.events for post in told.posts[:3]]
        assert (
            tries[0] == tries[1] == tries[2] == [{"name": "channel_occupied", "channel": "first"}]
        )
        times = [post.body for post in told.posts[:3]]
        assert len(set(times)) == 3, "each try has a time of its own"
        assert told.posts[3].events[0]["channel"] == "second"


def test_what_waits_survives_the_process(
    session_node: Node, world: World, app: App, told: Endpoint, tmp_path: Path
) -> None:
    told.down = True
    with running_node(tmp_path / "one.log") as first:
        with connected(first, app) as client:
            client.subscribe("orders")
            until(lambda: len(told.posts) >= 1, lambda: "")
        first.kill()
    told.down = False
    refused = len(told.posts)
    until(lambda: len(told.posts) > refused, lambda: "")
    assert told.posts[refused].events[0] == {"name": "channel_occupied", "channel": "orders"}


def test_what_is_left_of_an_app_without_an_endpoint_is_dropped(
    node: Node, app: App, told: Endpoint
) -> None:
    told.down = True
    with connected(node, app) as client:
        client.subscribe("orders")
        until(lambda: len(told.posts) >= 1, lambda: "")
        point(app, "")
        waiting = [names.key(app.schema, app.id, part) for part in ("hooks", "sending", "sender")]
        with bus() as redis_:
            until(lambda: redis_.exists(*waiting) == 0, lambda: "")
            assert not redis_.sismember(state.HOOKS, f"{app.schema} {app.id}")


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("https://10.1.2.3/hook", "public internet"),
        ("https://169.254.169.254/latest", "public internet"),
        ("http://example.com/hook", "TLS|address"),
        ("http://127.0.0.1:9/hook", "takes no connection"),
    ],
)
def test_we_do_not_connect_where_tenants_must_not(app: App, url: str, reason: str) -> None:
    there = App(**{**{name: getattr(app, name) for name in app.__slots__}, "webhook_url": url})
    assert re.search(reason, sender.post(there, [b'{"name": "cache_miss", "channel": "a"}']))


LUA = Path(sender.__file__).parents[1] / "lua" / "hooks.lua"


@pytest.fixture
def steps() -> Iterator[Any]:
    """The script on an app that nobody has: `steps("take", node, ..)`."""
    client = redis.Redis.from_url(settings.EVENTS_REDIS_URL, decode_responses=True)
    script = client.register_script(LUA.read_text())
    keys = [names.key("ts_none", "0", part) for part in ("hooks", "sending", "sender", "lease")]
    keys.append("wificore:rt:public:hooks-test")
    client.rpush(keys[0], *[str(n) for n in range(5)])
    client.sadd(keys[4], "app")
    yield lambda step, node, *more: script(keys, [step, node, "app", *more])
    client.delete(*keys)
    client.close()


def test_a_batch_is_one_processs_until_it_is_done(steps: Any) -> None:
    assert steps("take", "one", 3, 30_000) == ["0", "1", "2"]
    assert steps("take", "two", 3, 30_000) == []
    steps("done", "one")
    assert steps("take", "two", 3, 30_000) == ["3", "4"]
    steps("done", "two")
    assert steps("take", "one", 3, 30_000) == []


def test_a_batch_whose_process_died_goes_to_another(steps: Any) -> None:
    assert steps("take", "one", 3, 1) == ["0", "1", "2"]
    until(lambda: steps("take", "two", 3, 30_000) == ["0", "1", "2"], lambda: "")


def test_after_a_failure_nobody_tries_before_its_time(steps: Any) -> None:
    steps("take", "one", 3, 30_000)
    assert steps("failed", "one", 60_000, 60_000, 1_000_000) >= 1
    assert steps("take", "two", 3, 30_000) == []


def test_what_failed_for_too_long_is_given_up(steps: Any) -> None:
    steps("take", "one", 3, 30_000)
    assert steps("failed", "one", 0, 0, -1) == 0
    assert steps("take", "one", 3, 30_000) == ["3", "4"]
