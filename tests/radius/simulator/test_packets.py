"""Packets say what the action says, and prove it as the RFCs ask."""

from typing import Any

import pytest
from pyrad.packet import AccessReject, AcctPacket, AuthPacket

from radius.simulator.actions import Answer, Flavour, Login, Record, Status
from radius.simulator.packets import DICTIONARY, MAC_STYLES, answer_to, request_packet
from radius.simulator.participants import Router

from .responder import chap_digest

ROUTER = Router("acme", "127.71.0.1", b"its secret")
MAC = "02A1B2000001"


def login(number: int = 1, *, chap: bool) -> Login:
    return Login(number, ROUTER, "sim-0001", "pässword", MAC, Flavour.RIGHT, chap)


def stop(router: Router = ROUTER, octets: int = 5) -> Record:
    return Record(
        number=2,
        router=router,
        status=Status.STOP,
        event=1_700_000_000,
        session="run-1",
        username="sim-0001",
        mac=MAC,
        framed_ip="10.0.0.1",
        seconds=60,
        octets_in=octets,
        octets_out=7,
        cause="User-Request",
    )


def received(packet: Any, kind: type) -> Any:
    """What a server sees of the packet."""
    return kind(packet=packet.RequestPacket(), secret=ROUTER.secret, dict=DICTIONARY)


def test_pap_hides_the_password_behind_the_secret() -> None:
    raw = request_packet(login(chap=False), 9)
    seen = received(raw, AuthPacket)
    assert seen.PwDecrypt(seen["User-Password"][0]) == "pässword"
    assert "pässword".encode() not in raw.RequestPacket()


@pytest.mark.parametrize("number", [1, 2], ids=["CHAP-Challenge", "authenticator as challenge"])
def test_chap_answers_its_challenge(number: int) -> None:
    seen = received(request_packet(login(number, chap=True), 9), AuthPacket)
    challenge = seen.get("CHAP-Challenge", [seen.authenticator])[0]
    value = seen["CHAP-Password"][0]
    assert value[1:] == chap_digest(value[:1], "pässword", challenge)
    assert ("CHAP-Challenge" in seen) == bool(number % 2)
    assert "User-Password" not in seen


@pytest.mark.parametrize("chap", [True, False])
def test_logins_carry_a_message_authenticator_as_first_attribute(chap: bool) -> None:
    data = request_packet(login(chap=chap), 9).RequestPacket()
    assert data[20] == 80
    seen = AuthPacket(packet=data, secret=ROUTER.secret, dict=DICTIONARY)
    assert seen.verify_message_authenticator()
    assert not AuthPacket(packet=data, secret=b"x", dict=DICTIONARY).verify_message_authenticator()


def test_no_two_logins_share_an_authenticator() -> None:
    assert len({request_packet(login(chap=False), 9).authenticator for _ in range(100)}) == 100


def test_accounting_is_signed_and_complete() -> None:
    seen = received(request_packet(stop(), 9), AcctPacket)
    assert seen.VerifyAcctRequest()
    assert seen["Acct-Status-Type"] == ["Stop"]
    assert seen["Event-Timestamp"] == [1_700_000_000]
    assert seen["Acct-Session-Time"] == [60]
    assert seen["Acct-Terminate-Cause"] == ["User-Request"]
    assert "Acct-Input-Gigawords" not in seen
    assert "Acct-Delay-Time" not in seen


def test_octets_beyond_32_bits_go_to_gigawords() -> None:
    seen = received(request_packet(stop(octets=2 * 2**32 + 100), 9), AcctPacket)
    assert seen["Acct-Input-Octets"] == [100]
    assert seen["Acct-Input-Gigawords"] == [2]
    assert "Acct-Output-Gigawords" not in seen


def test_a_router_without_clock_sends_its_delay() -> None:
    seen = received(
        request_packet(stop(Router("acme", "127.71.0.1", b"its secret", False)), 9, 4), AcctPacket
    )
    assert seen["Acct-Delay-Time"] == [4]
    assert "Event-Timestamp" not in seen


def test_all_mac_styles_are_one_mac() -> None:
    written = [style(MAC) for style in MAC_STYLES]
    assert len(set(written)) == len(written)
    assert {w.upper().translate(str.maketrans("", "", "-:.")) for w in written} == {MAC}


def reply_to(request: Any, *, secret: bytes = ROUTER.secret, signed: bool = True) -> bytes:
    reply = received(request, AuthPacket).CreateReply(message_authenticator=signed)
    reply.code, reply.secret = AccessReject, secret
    data: bytes = reply.ReplyPacket()
    return data


def test_only_a_proven_answer_counts() -> None:
    request = request_packet(login(chap=False), 9)
    assert answer_to(request, reply_to(request)) is Answer.REJECT
    assert answer_to(request, reply_to(request, secret=b"another")) is None
    assert answer_to(request, reply_to(request, signed=False)) is None
    assert answer_to(request, reply_to(request_packet(login(chap=False), 9))) is None
