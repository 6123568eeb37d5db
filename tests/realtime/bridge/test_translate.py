"""From the log to sockets: in order, one by one, to the right channels, and never too much."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connections

from tests.conftest import Person, World
from tests.events.conftest import Steps
from tests.radius import lines
from tests.realtime.bridge.conftest import now, start, told
from tests.realtime.listening import Bus, listening
from wificore.access.models import User
from wificore.events import delivery
from wificore.jobs.services import job_start
from wificore.kernel import event_kinds, relaying
from wificore.kernel.db.context import platform_context, tenant_context
from wificore.kernel.event_kinds import NUMBER, TEXT, Kind, declare, shape
from wificore.realtime.bridge import translate
from wificore.realtime.registry import App, registry

Say = Callable[..., None]


def test_sessions_and_refused_logins_go_out_one_by_one_in_order(
    spooled: Callable[..., None], relay: Steps, hearing: Bus
) -> None:
    spooled(start("amina"), start("otieno"))
    stopped = lines.stop(now(), tenant="ts_alpha", user="amina", session="amina", mac="amina")
    spooled(stopped)
    refused = lines.login(
        "nobody", now(), tenant="ts_alpha", reply="Access-Reject", reason="unknown user"
    )
    spooled(refused, kind="postauth")
    relay.step()
    heard = told(hearing)
    assert [(event, data["payload"]["username"]) for _, event, data in heard] == [
        ("session.started", "amina"),
        ("session.started", "otieno"),
        ("session.stopped", "amina"),
        ("login.rejected", "nobody"),
    ]
    assert {channel for channel, _, _ in heard} == {"private-sessions"}
    assert [data["seq"] for _, _, data in heard] == [1, 2, 3, 4]


def test_interim_packets_are_no_messages_of_their_own(
    alpha: Any, say: Say, spooled: Callable[..., None], relay: Steps, hearing: Bus
) -> None:
    spooled(start("amina"))
    for seconds in range(5):
        at = now() - 50 + seconds
        spooled(
            lines.interim(
                at, tenant="ts_alpha", user="amina", session="amina", mac="amina", octets_in=at
            )
        )
    say(alpha, "job.started", id="1", kind="x")
    relay.step()
    assert [event for _, event, _ in told(hearing)] == ["session.started", "job.started"]


def test_jobs_are_told_when_they_are_asked_for(
    alpha: Any, relay: Steps, hearing: Bus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wificore.jobs.services._send", lambda *_a, **_k: None)
    with tenant_context(alpha):
        job_start(kind="tests.echo", params={"text": "a secret of the job"})
    relay.step()
    [(channel, event, data)] = told(hearing)
    assert (channel, event) == ("private-jobs", "job.started")
    assert "a secret of the job" not in json.dumps(data)


def test_what_the_catalogue_does_not_carry_stays_in_the_log(
    alpha: Any, say: Say, relay: Steps, hearing: Bus
) -> None:
    say(alpha, "plan.created", id=1, name="Gold")
    say(alpha, "user.updated", id=1, email="owner@alpha.test")
    say(alpha, "session.whispered", id=1)
    say(alpha, "job.finished", id="1", kind="x", state="done", created_by="amina")
    relay.step()
    assert [event for _, event, _ in told(hearing)] == ["job.finished"]


def test_a_field_that_the_schema_does_not_name_never_leaves(
    alpha: Any, say: Say, relay: Steps, hearing: Bus
) -> None:
    say(alpha, "job.started", id="1", kind="x", params={"pin": "4711"})
    relay.step()
    [(_, _, data)] = told(hearing)
    assert data["payload"] == {"id": "1", "kind": "x"}


def test_a_tenants_events_reach_its_own_app_alone(
    world: World, say: Say, relay: Steps, hearing: Bus, other_app: App
) -> None:
    say(world.beta, "job.started", id="1", kind="betas")
    say(None, "job.started", id="1", kind="the platform's")
    say(world.alpha, "job.started", id="1", kind="alphas")
    with listening(other_app.id) as betas:
        relay.step()
        assert [data["payload"]["kind"] for _, _, data in told(betas)] == ["betas"]
    assert [data["payload"]["kind"] for _, _, data in told(hearing)] == ["alphas"]


@pytest.fixture
def more_kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Kinds that other apps will declare, for one test."""
    monkeypatch.setattr(event_kinds, "_kinds", dict(event_kinds._kinds))
    translate._ways.cache_clear()
    about = {"id": NUMBER, "title": TEXT, "severity": TEXT, "site": NUMBER, "code": TEXT}
    declare(
        Kind("notification.noted", "x", "notifications.inbox.view", user="user_id",
             payload=shape(user_id=NUMBER, title=TEXT)),
        Kind("task.noted", "x", "notifications.task.view", site="site", code="code",
             payload=shape(**about)),
        Kind("payment.noted", "x", "payments.payment.view", payload=shape(amount_micro=NUMBER)),
        Kind("water.noted", "x", "water.transaction.view", payload=shape(ml=NUMBER)),
    )  # fmt: skip
    yield  # type: ignore[misc]
    translate._ways.cache_clear()


def test_what_is_for_one_user_goes_on_its_own_channel(
    world: World, owner: Person, say: Say, relay: Steps, hearing: Bus, more_kinds: None
) -> None:
    with tenant_context(world.alpha):
        me = User.objects.get(email=owner.email).pk
    say(world.alpha, "notification.noted", user_id=me, title="for you")
    say(world.alpha, "notification.noted", title="for nobody")
    say(world.alpha, "job.started", id="1", kind="x")
    relay.step()
    heard = [channel for channel, _, _ in told(hearing)]
    assert heard == [f"private-user-{me}", "private-jobs"]


def test_an_alert_says_that_it_is_and_not_what_it_is_about(
    alpha: Any, say: Say, relay: Steps, hearing: Bus, more_kinds: None
) -> None:
    say(alpha, "task.noted", id=1, title="Till is short", severity="critical", site=2, code="x.y.z")
    relay.step()
    [(channel, _, data)] = told(hearing)
    assert channel == "private-alerts"
    assert data["payload"] == {"id": 1, "severity": "critical"}


def test_payments_and_water_are_heard_as_soon_as_they_are_declared(
    alpha: Any, say: Say, relay: Steps, hearing: Bus, more_kinds: None
) -> None:
    say(alpha, "payment.noted", amount_micro=1_000_000, phone="0700")
    say(alpha, "water.noted", ml=500)
    relay.step()
    assert [(c, data["payload"]) for c, _, data in told(hearing)] == [
        ("private-payments", {"amount_micro": 1_000_000}),
        ("private-water", {"ml": 500}),
    ]


def test_a_closed_app_hears_nothing_and_the_stream_goes_on(
    alpha: Any, say: Say, relay: Steps, hearing: Bus, rows: Callable[..., Any]
) -> None:
    rows("UPDATE public.realtime_app SET enabled = false WHERE tenant = 'ts_alpha' RETURNING 1")
    registry.forget_all()
    say(alpha, "job.started", id="1", kind="x")
    relay.step()
    assert hearing.waiting() == []
    assert rows("SELECT published FROM public.events_stream WHERE tenant = 'ts_alpha'") == [(1,)]


def test_what_was_sent_but_not_marked_is_sent_again(
    alpha: Any, say: Say, relay: Steps, hearing: Bus, line: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    say(alpha, "job.started", id="1", kind="x")
    with monkeypatch.context() as broken, platform_context():
        broken.setattr(delivery.store, "mark", _killed)
        delivery.store.move(10)
        with pytest.raises(KeyboardInterrupt):
            delivery.Delivery(line).run()
    relay.step()
    first, again = hearing.messages(2)
    assert (first["seq"], first["data"]) == (again["seq"], again["data"])


def test_a_bug_in_the_bridge_costs_one_events_message_and_holds_up_nothing(
    alpha: Any, say: Say, relay: Steps, hearing: Bus, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(event: Any) -> Any:
        if event.seq == 1:
            raise ZeroDivisionError
        return translate.translate(event)

    monkeypatch.setattr(relaying, "_translators", [broken])
    say(alpha, "job.started", id="1", kind="x")
    say(alpha, "job.started", id="2", kind="x")
    relay.step()
    assert [data["seq"] for _, _, data in told(hearing)] == [2]


def test_while_apps_cannot_be_looked_up_the_stream_waits(
    alpha: Any, say: Say, relay: Steps, hearing: Bus, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as away:
        away.setattr(registry, "find", _away)
        say(alpha, "job.started", id="1", kind="x")
        relay.step()
        assert hearing.waiting() == []
    relay.relay._delivery._troubles.clear()
    relay.step()
    assert [data["seq"] for _, _, data in told(hearing)] == [1]


def _killed(*_arguments: Any) -> None:
    raise KeyboardInterrupt


def _away(*_arguments: Any) -> None:
    raise translate.RegistryAway


@pytest.fixture
def rows(world: World) -> Callable[..., list[tuple[Any, ...]]]:
    def ask(query: str) -> list[tuple[Any, ...]]:
        with platform_context(), connections["owner"].cursor() as cursor:
            cursor.execute(query)
            return list(cursor.fetchall())

    return ask
