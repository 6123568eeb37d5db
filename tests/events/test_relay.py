"""The relay, step by step: order, repetition after a crash, outages, handlers, standing by."""

from collections.abc import Callable, Iterator
from typing import Any
from unittest.mock import patch

import psycopg2
import pytest
import redis

from tests.events.conftest import Listener, Steps
from wificore.events import delivery, store
from wificore.events.delivery import ATTEMPTS, Delivery
from wificore.kernel import events
from wificore.kernel.db.context import current, platform_context
from wificore.kernel.events import Event, TryLater, on_event

Rows = Callable[..., list[tuple[Any, ...]]]
Say = Callable[..., None]

LOG = "SELECT tenant, seq, subject FROM public.events_log ORDER BY tenant, seq"
STREAMS = "SELECT tenant, seq, published FROM public.events_stream ORDER BY tenant"


@pytest.fixture(autouse=True)
def no_pauses() -> Iterator[None]:
    with patch.object(delivery, "FIRST_PAUSE_S", 0):
        yield


@pytest.fixture
def handlers() -> Iterator[dict[str, Any]]:
    """The registry, empty, for one test."""
    with patch.dict(events._handlers, clear=True):
        yield events._handlers


def test_each_schema_has_its_own_numbers_without_a_gap(
    alpha: Any, beta: Any, say: Say, relay: Steps, rows: Rows
) -> None:
    for n, tenant in enumerate((alpha, beta, None, alpha, beta, alpha)):
        say(tenant, n=n)
    relay.step()
    say(alpha, n=6)
    relay.step()
    assert rows(LOG) == [
        ("public", 1, "2"),
        *[("ts_alpha", seq, n) for seq, n in enumerate("0356", start=1)],
        ("ts_beta", 1, "1"),
        ("ts_beta", 2, "4"),
    ]
    assert rows(STREAMS) == [("public", 1, 1), ("ts_alpha", 4, 4), ("ts_beta", 2, 2)]
    assert rows("SELECT count(*) FROM public.events_outbox") == [(0,)]


def test_listeners_of_a_schema_hear_its_events_in_order(
    alpha: Any, beta: Any, say: Say, relay: Steps, listener: Listener
) -> None:
    for n in range(3):
        say(alpha, n=n)
    say(beta, n=9)
    relay.step()
    heard = listener.heard()
    mine = [event for event in heard if event["channel"] == "wificore:events:ts_alpha"]
    assert [(event["seq"], event["payload"]) for event in mine] == [
        (1, {"n": 0}),
        (2, {"n": 1}),
        (3, {"n": 2}),
    ]
    assert {event["tenant"] for event in mine} == {"ts_alpha"}
    assert [event["payload"] for event in heard if event not in mine] == [{"n": 9}]
    assert set(mine[0]) - {"channel"} == {
        "id",
        "seq",
        "tenant",
        "type",
        "subject",
        "occurred_at",
        "payload",
    }


def test_a_transaction_that_stays_open_holds_up_nobody_and_loses_nothing(
    alpha: Any, beta: Any, say: Say, relay: Steps, rows: Rows, app_dsn: str
) -> None:
    slow = psycopg2.connect(app_dsn)
    with slow.cursor() as cursor:
        cursor.execute("SET ROLE ts_alpha")
        cursor.execute(
            "INSERT INTO public.events_outbox (tenant, type, subject)"
            " VALUES ('ts_alpha', 'plan.created', 'slow')"
        )
    say(alpha, n=1)
    say(beta, n=2)
    relay.step()
    assert rows(LOG) == [("ts_alpha", 1, "1"), ("ts_beta", 1, "2")]
    slow.commit()
    slow.close()
    relay.step()
    assert rows(LOG)[1] == ("ts_alpha", 2, "slow")


def test_what_was_logged_before_a_crash_is_published_after_it(
    alpha: Any, say: Say, relay: Steps, listener: Listener
) -> None:
    say(alpha, n=1)
    say(alpha, n=2)
    with platform_context():
        assert store.move(10) == 2
    assert listener.heard() == []
    relay.step()
    assert [event["seq"] for event in listener.heard()] == [1, 2]


def test_what_was_published_but_not_marked_goes_out_again(
    alpha: Any, say: Say, client: "redis.Redis", relay: Steps, listener: Listener
) -> None:
    say(alpha, n=1)
    with platform_context(), patch.object(store, "mark", side_effect=KeyboardInterrupt):
        store.move(10)
        with pytest.raises(KeyboardInterrupt):
            Delivery(client).run()
    relay.step()
    first, again = listener.heard()
    assert first == again


def test_without_redis_events_are_logged_and_go_out_when_it_is_back(
    alpha: Any, say: Say, client: "redis.Redis", listener: Listener, rows: Rows
) -> None:
    nowhere = Steps(redis.Redis(port=1))
    say(alpha, n=1)
    nowhere.step(2)
    assert rows(STREAMS) == [("ts_alpha", 1, 0)]
    assert listener.heard() == []
    say(alpha, n=2)
    back = Steps(client)
    nowhere.resign()
    back.step()
    assert [event["seq"] for event in listener.heard()] == [1, 2]
    assert rows(STREAMS) == [("ts_alpha", 2, 2)]
    back.resign()


def test_a_relay_survives_that_its_connection_is_killed(
    alpha: Any, say: Say, relay: Steps, rows: Rows, superuser_dsn: str
) -> None:
    relay.step()
    killer = psycopg2.connect(superuser_dsn)
    with killer.cursor() as cursor:
        cursor.execute(
            "SELECT count(pg_terminate_backend(pid, 10000)) FROM pg_stat_activity"
            " WHERE usename = 'wc_app'"
        )
    killer.close()
    assert relay.step() > 0
    say(alpha, n=1)
    relay.step()
    assert rows(STREAMS) == [("ts_alpha", 1, 1)]


def test_a_stream_longer_than_a_batch_is_published_whole(
    alpha: Any, say: Say, relay: Steps, rows: Rows
) -> None:
    for n in range(7):
        say(alpha, n=n)
    with patch.object(delivery, "BATCH", 3):
        assert relay.step() == 0.0
        relay.step(2)
    assert rows(STREAMS) == [("ts_alpha", 7, 7)]


def test_a_handler_works_in_the_events_own_context(
    alpha: Any, beta: Any, say: Say, relay: Steps, handlers: Any
) -> None:
    seen: list[tuple[str, Event]] = []
    on_event("plan.created")(lambda event: seen.append((current().schema, event)))
    say(alpha, n=1)
    say(beta, n=2)
    say(None, n=3)
    say(alpha, "plan.deleted", n=4)
    relay.step()
    assert sorted((schema, event.schema, event.payload["n"]) for schema, event in seen) == [
        ("public", "public", 3),
        ("ts_alpha", "ts_alpha", 1),
        ("ts_beta", "ts_beta", 2),
    ]


def test_a_handler_that_cannot_now_is_asked_until_it_can_and_sockets_hear_once(
    alpha: Any, say: Say, relay: Steps, handlers: Any, listener: Listener, rows: Rows
) -> None:
    asked: list[int] = []

    @on_event("plan.created")
    def handler(event: Event) -> None:
        asked.append(event.seq)
        if len(asked) <= 2 * ATTEMPTS:
            raise TryLater("the broker is away")

    say(alpha, n=1)
    say(alpha, n=2)
    relay.step(2 * ATTEMPTS)
    assert rows(STREAMS) == [("ts_alpha", 2, 0)]
    relay.step()
    assert asked == [1] * (2 * ATTEMPTS + 1) + [2]
    assert rows(STREAMS) == [("ts_alpha", 2, 2)]
    assert rows("SELECT * FROM public.events_undelivered") == []
    assert [event["seq"] for event in listener.heard()] == [1, 2]


def test_an_event_that_a_handler_cannot_digest_is_set_aside_and_holds_up_nothing_else(
    alpha: Any, beta: Any, say: Say, relay: Steps, handlers: Any, rows: Rows
) -> None:
    taken: list[Any] = []

    @on_event("plan.created")
    def broken(event: Event) -> None:
        if event.payload["n"] == 1:
            raise ZeroDivisionError("a bug")

    @on_event("plan.created")
    def sound(event: Event) -> None:
        taken.append(event.payload["n"])

    say(alpha, n=1)
    say(alpha, n=2)
    say(beta, n=3)
    relay.step()
    assert taken == [3]
    relay.step(ATTEMPTS)
    assert taken == [3, 1, 2]
    assert rows("SELECT tenant, seq, type, error FROM public.events_undelivered") == [
        ("ts_alpha", 1, "plan.created", "ZeroDivisionError: a bug")
    ]
    assert rows(STREAMS) == [("ts_alpha", 2, 2), ("ts_beta", 1, 1)]


def test_handlers_that_take_long_hold_up_no_sockets(
    alpha: Any,
    beta: Any,
    say: Say,
    relay: Steps,
    handlers: Any,
    listener: Listener,
    rows: Rows,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(delivery, "HANDLERS_S", 0.0)
    taken: list[Any] = []
    on_event("plan.created")(lambda event: taken.append(event.payload["n"]))
    for n in range(3):
        say(alpha, n=n)
    say(beta, n=10)
    assert relay.step() == 0.0
    assert len(listener.heard()) == 4, "all are with the sockets"
    assert taken == [0, 10], "and each stream's handlers came to the first"
    say(alpha, n=3)
    relay.step(4)
    assert [event["payload"]["n"] for event in listener.heard()] == [3]
    assert taken == [0, 10, 1, 2, 3]
    assert rows(STREAMS) == [("ts_alpha", 4, 4), ("ts_beta", 1, 1)]


def test_one_relay_works_and_another_takes_over_when_it_is_gone(
    alpha: Any, say: Say, relay: Steps, rows: Rows, app_dsn: str
) -> None:
    other = psycopg2.connect(app_dsn)
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(7302, 0)")
    say(alpha, n=1)
    relay.step(2)
    assert rows(STREAMS) == []
    other.close()
    while not rows(STREAMS):
        relay.step()
    assert rows(STREAMS) == [("ts_alpha", 1, 1)]


def test_the_row_of_the_relay_tells_how_it_is(
    alpha: Any, say: Say, relay: Steps, rows: Rows
) -> None:
    say(alpha, n=1)
    with platform_context():
        lag, backlog = store.beat(0, "")
        assert lag > 0
        assert backlog == 1
        store.move(10)
        assert store.beat(0, "")[1] == 1
    relay.step()
    with platform_context():
        assert store.beat(1, "") == (0.0, 0)
    state = "SELECT lag_s, backlog, beat_at > now() - interval '1 min' FROM public.events_relay"
    assert rows(state) == [(0.0, 0, True)]


def test_events_that_expired_unpublished_do_not_stop_the_stream(
    alpha: Any, say: Say, relay: Steps, rows: Rows
) -> None:
    say(alpha, n=1)
    with platform_context():
        store.move(10)
    rows("DELETE FROM public.events_log RETURNING 1")
    relay.step()
    say(alpha, n=2)
    relay.step()
    assert rows(STREAMS) == [("ts_alpha", 2, 2)]
