"""The mirror of a presence channel's list, in whatever order news arrive."""

import json

import pytest

from wificore.realtime import limits
from wificore.realtime.presence import BadMember, MemberTooBig, Mirror, parse_member

ANN = '{"user_id":"7","user_info":{"name":"Ann"}}'
BEN = '{"user_id":"8"}'


def test_news_that_are_known_already_change_nothing() -> None:
    mirror = Mirror()
    assert mirror.add("7", ANN, 10)
    assert not mirror.add("7", ANN, 11)
    assert mirror.remove("7", 12)
    assert not mirror.remove("7", 13)


def test_an_older_message_that_comes_later_is_passed_over() -> None:
    mirror = Mirror()
    mirror.add("7", ANN, 10)
    mirror.add("7", ANN, 20)
    assert not mirror.remove("7", 15)
    assert mirror.remove("7", 30)
    assert not mirror.add("7", ANN, 25)
    assert mirror.members == {}


def test_a_whole_list_tells_who_came_and_who_went() -> None:
    mirror = Mirror()
    mirror.add("7", ANN, 10)
    assert mirror.load({"8": BEN}, 20) == ["8"]
    assert mirror.purge({"8": BEN}, 20) == ["7"]
    assert mirror.load({"8": BEN}, 21) == mirror.purge({"8": BEN}, 21) == []


def test_a_whole_list_does_not_undo_what_is_newer() -> None:
    mirror = Mirror()
    mirror.add("7", ANN, 30)
    mirror.remove("8", 30)
    assert mirror.load({"8": BEN}, 20) == mirror.purge({"8": BEN}, 20) == []
    assert list(mirror.members) == ["7"]


def test_the_list_is_what_stock_clients_read() -> None:
    mirror = Mirror()
    mirror.add("7", ANN, 10)
    mirror.add("8", BEN, 10)
    assert mirror.snapshot() == {
        "presence": {"count": 2, "ids": ["7", "8"], "hash": {"7": {"name": "Ann"}, "8": None}}
    }


def test_those_who_left_long_ago_are_forgotten() -> None:
    mirror = Mirror()
    for number in range(3_000):
        mirror.add(str(number), BEN, number * 1_000_000)
        mirror.remove(str(number), number * 1_000_000 + 1)
    assert len(mirror._versions) < 1_100


@pytest.mark.parametrize(("sent", "user_id"), [('{"user_id":"7"}', "7"), ('{"user_id":7}', "7")])
def test_a_member_has_an_id_as_text(sent: str, user_id: str) -> None:
    member = parse_member(sent)
    assert member.user_id == user_id
    assert json.loads(member.json) == {"user_id": user_id}


@pytest.mark.parametrize(
    "sent", ["", "x", "[]", "{}", '{"user_id":""}', '{"user_id":true}', '{"user_id":"a\\n"}']
)
def test_a_member_without_a_usable_id_is_none(sent: str) -> None:
    with pytest.raises(BadMember):
        parse_member(sent)


def test_a_member_has_an_end() -> None:
    room = limits.MEMBER - len('{"user_id":"7","user_info":""}')
    assert parse_member(f'{{"user_id":"7","user_info":"{"x" * room}"}}')
    with pytest.raises(MemberTooBig):
        parse_member(f'{{"user_id":"7","user_info":"{"x" * (room + 1)}"}}')
