"""Names: what is legal, what a prefix means, and what is made of them."""

import pytest

from wificore.realtime import limits, names


@pytest.mark.parametrize("name", ["a", "A-z_0.9=@,;", "private-x", "x" * limits.CHANNEL_NAME])
def test_a_legal_channels_name_is_taken(name: str) -> None:
    assert names.channel(name) is not None


@pytest.mark.parametrize(
    "name", ["", "ok\n", "\nok", "two words", "é", "a:b", "#x", "x" * (limits.CHANNEL_NAME + 1)]
)
def test_an_illegal_channels_name_is_refused_by_its_whole_string(name: str) -> None:
    assert names.channel(name) is None


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("orders", set()),
        ("privateer", set()),
        ("presenceless", set()),
        ("cached", set()),
        ("private-", {"private"}),
        ("private-orders", {"private"}),
        ("private-sys-health", {"private", "system"}),
        ("private-sysadmin", {"private"}),
        ("presence-room", {"private", "presence"}),
        ("cache-prices", {"cache"}),
        ("private-cache-prices", {"private", "cache"}),
        ("private-cached", {"private"}),
        ("presence-cache-room", {"private", "presence", "cache"}),
        ("private-encrypted-notes", {"private", "encrypted"}),
        ("private-encryptedish", {"private"}),
        ("private-encrypted-cache-notes", {"private", "encrypted", "cache"}),
    ],
)
def test_a_prefix_counts_with_its_dash(name: str, what: set[str]) -> None:
    channel = names.channel(name)
    assert channel is not None
    kinds = ("private", "presence", "encrypted", "cache", "system")
    assert {kind for kind in kinds if getattr(channel, kind)} == what


@pytest.mark.parametrize("name", ["client-typing", "Order paid ✓", "x" * limits.EVENT_NAME])
def test_an_events_name_may_be_any_readable_text(name: str) -> None:
    assert names.is_event(name)


@pytest.mark.parametrize("name", ["", "a\n", "\x00", "\ud800", "x" * (limits.EVENT_NAME + 1)])
def test_an_events_name_has_no_control_characters_and_an_end(name: str) -> None:
    assert not names.is_event(name)


def test_the_protocols_own_events_are_reserved() -> None:
    assert names.is_reserved_event("pusher:error")
    assert names.is_reserved_event("pusher_internal:member_added")
    assert not names.is_reserved_event("pushers")


def test_a_users_channel_names_its_user() -> None:
    assert names.user_of(names.user_channel("7 é")) == "7 é"
    assert names.user_of("#server-to-user-") is None
    assert names.user_of("private-user-7") is None


@pytest.mark.parametrize("name", ["1.2", "123456.789"])
def test_a_socket_id_is_two_integers(name: str) -> None:
    assert names.is_socket_id(name)


@pytest.mark.parametrize("name", ["", "1", "1.", ".1", "1.2\n", "1.2.3", "a.b", "٣.٤"])
def test_anything_else_is_no_socket_id(name: str) -> None:
    assert not names.is_socket_id(name)


def test_the_same_channel_of_two_apps_has_two_names_everywhere() -> None:
    assert names.internal("1", "orders") != names.internal("11", "orders")
    assert names.bus("1") == "rt:1"
    assert names.app_of_bus(names.bus("12")) == "12"
    assert names.cache_key("ts_a", "1", "cache-x") == "wificore:rt:ts_a:1:cache:cache-x"
