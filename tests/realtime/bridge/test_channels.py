"""The catalogue: who may join a channel, and that a channel tells nobody what it may not see."""

from datetime import date
from types import SimpleNamespace

import pytest

from wificore.access.codes import TENANT_CODES, TENANT_ROLES
from wificore.access.decide import PositionRule, RoleRule, Subject
from wificore.access.subjects import role_rule
from wificore.kernel.event_kinds import Kind, kind_of
from wificore.realtime.bridge.channels import CATALOGUE, carried, channels_of, join

NAMES = [channel.name.replace("{id}", "7") for channel in CATALOGUE]


def somebody(*roles: RoleRule, **more: object) -> Subject:
    today = date(2026, 1, 1)
    return Subject("ts_alpha", "7", True, today, roles, **more)  # type: ignore[arg-type]


OWNER = somebody(role_rule("owner", (), built_in=True))


def test_the_channels_are_those_of_the_contract() -> None:
    assert {channel.name for channel in CATALOGUE} >= {
        "private-sessions",
        "private-payments",
        "private-water",
        "private-alerts",
        "private-jobs",
        "presence-staff",
        "private-user-{id}",
        "private-cache-dashboard",
    }


@pytest.mark.parametrize("name", NAMES)
def test_an_owner_joins_every_channel_and_somebody_without_rights_none(name: str) -> None:
    assert join(OWNER, None, name).allowed
    assert join(somebody(), None, name).reason in ("default", "scope")
    gone = Subject("ts_alpha", "7", False, OWNER.today, OWNER.roles)
    assert join(gone, None, name).reason == "inactive"


@pytest.mark.parametrize("name", NAMES)
def test_a_token_narrows_and_never_grants(name: str) -> None:
    assert not join(OWNER, SimpleNamespace(abilities=[]), name).allowed
    assert join(OWNER, SimpleNamespace(abilities=["*"]), name).allowed
    assert not join(somebody(), SimpleNamespace(abilities=["*"]), name).allowed


@pytest.mark.parametrize(
    "name",
    [
        "",
        "sessions",
        "private-",
        "private-session",
        "private-sessions ",
        "Private-sessions",
        "private-sys-tenants",
        "private-user-",
        "private-user-{id}",
        "private-user-8",
        "private-user-07",
        "private-user-7 ",
        "private-user-\u0667",
        "private-encrypted-sessions",
    ],
)
def test_other_names_and_other_users_channels_are_nobodys(name: str) -> None:
    assert not join(OWNER, None, name).allowed


def test_every_code_of_a_channel_is_needed() -> None:
    half = somebody(RoleRule("half", frozenset({"radius.session.view"})))
    assert not join(half, None, "private-sessions").allowed
    assert not join(half, None, "private-cache-dashboard").allowed


def test_a_position_that_denies_closes_the_channel_even_to_an_owner() -> None:
    denying = PositionRule(1, "Trainee", denials=frozenset({"radius.*"}))
    trainee = somebody(*OWNER.roles, positions=(denying,))
    assert join(trainee, None, "private-sessions").reason == "position"
    assert join(trainee, None, "private-jobs").allowed


def test_alerts_of_every_site_are_for_those_who_see_every_site() -> None:
    watcher = RoleRule("watcher", frozenset({"realtime.alert.view"}))
    assert join(somebody(watcher, sites=frozenset({1})), None, "private-alerts").reason == "scope"
    everywhere = RoleRule("watcher", frozenset({"realtime.alert.view"}), whole_tenant=True)
    assert join(somebody(everywhere), None, "private-alerts").allowed


@pytest.mark.parametrize("channel", CATALOGUE, ids=lambda channel: channel.name)
def test_a_channel_asks_for_whatever_shows_what_it_carries(channel: object) -> None:
    for kind in carried(channel):  # type: ignore[arg-type]
        if channel.fields is None:  # type: ignore[attr-defined]
            assert kind.view in channel.codes, kind.type  # type: ignore[attr-defined]
            assert not kind.code, kind.type
        assert not kind.site or channel.every_site, kind.type  # type: ignore[attr-defined]
        assert kind.payload.get("additionalProperties") is False, f"say what is in {kind.type}"
    assert set(channel.codes) <= TENANT_CODES  # type: ignore[attr-defined]


def test_the_channel_of_alerts_says_nothing_of_what_they_are_about() -> None:
    [alerts] = [channel for channel in CATALOGUE if channel.name == "private-alerts"]
    assert alerts.fields is not None
    assert not alerts.fields & {"title", "text", "name", "address", "site", "username"}


def test_what_goes_where() -> None:
    def names(event_type: str) -> list[str]:
        kind = kind_of(event_type)
        assert kind
        return [channel.name for channel in channels_of(kind)]

    assert names("session.started") == ["private-sessions"]
    assert names("login.rejected") == ["private-sessions"]
    assert names("job.finished") == ["private-jobs"]
    assert names("plan.created") == []
    assert names("nas.updated") == []


def test_an_app_is_heard_by_declaring_its_kinds() -> None:
    paid = Kind("payment.paid", "A payment came", "payments.payment.view")
    sold = Kind("water.dispensed", "Water was sold", "water.transaction.view")
    told = Kind("notification.noted", "News", "notifications.inbox.view", user="user")
    assert [c.name for c in channels_of(paid)] == ["private-payments"]
    assert [c.name for c in channels_of(sold)] == ["private-water"]
    assert [c.name for c in channels_of(told)] == ["private-user-{id}"]


def test_what_is_for_one_user_goes_on_no_shared_channel() -> None:
    secret = Kind("session.noted", "A note to one", "radius.session.view", user="user")
    assert channels_of(secret) == []


@pytest.mark.parametrize("role", ["cashier", "technician", "manager", "viewer"])
def test_whoever_works_here_gets_its_own_messages_and_is_seen(role: str) -> None:
    worker = somebody(role_rule(role, (), built_in=True))
    assert join(worker, None, "private-user-7").allowed
    assert join(worker, None, "presence-staff").allowed
    assert ("radius.session.view" in TENANT_ROLES[role].codes) == join(
        worker, None, "private-sessions"
    ).allowed
