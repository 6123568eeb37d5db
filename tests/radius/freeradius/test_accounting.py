"""Accounting: one line that nobody can forge, and an answer only when it is written."""

import time

import pytest

from tests.radius.freeradius.conftest import Server
from tests.radius.freeradius.server import Freeradius, radclient
from tests.radius.freeradius.wire import (
    ACCOUNTING_ON,
    ACCOUNTING_RESPONSE,
    ACCT_SESSION,
    CALLED,
    CALLING,
    NAS_IDENTIFIER,
    SILENCE,
    START,
    STOP,
    USER_NAME,
    integer,
)

DELAY_TIME, EVENT_TIMESTAMP, CLASS, CONNECT_INFO = 41, 55, 25, 77


def test_a_stop_is_one_line_of_all_fields(server: Freeradius, address: str) -> None:
    server.router(address)
    packet = {
        "User-Name": "amina",
        "Acct-Status-Type": "Stop",
        "Acct-Session-Id": "81a0001f",
        "Calling-Station-Id": "AA-BB-CC-00-11-22",
        "Called-Station-Id": "00-11-22-33-44-55:Net",
        "NAS-Identifier": "tower-1",
        "NAS-Port-Id": "ether1",
        "NAS-Port": "15",
        "NAS-Port-Type": "Wireless-802.11",
        "Acct-Session-Time": "300",
        "Acct-Input-Octets": "4294967295",
        "Acct-Input-Gigawords": "2",
        "Acct-Output-Octets": "100",
        "Acct-Output-Gigawords": "1",
        "Acct-Terminate-Cause": "User-Request",
        "Framed-IP-Address": "10.5.50.7",
        "Framed-IPv6-Address": "2001:db8::7",
        "Framed-IPv6-Prefix": "2001:db8:1::/64",
        "Delegated-IPv6-Prefix": "2001:db8:2::/56",
        "Framed-Interface-Id": "1:2:3:4",
        "Service-Type": "Framed-User",
        "Framed-Protocol": "PPP",
        "Acct-Authentic": "RADIUS",
        "Connect-Info": "CONNECT 11Mbps",
        "Class": "0x0001ff",
        "Event-Timestamp": "Nov 21 2025 08:00:00 UTC",
    }
    attributes = [f"{name} = {value!r}" for name, value in packet.items()]
    answer = radclient(
        server, "acct", [f"Packet-Src-IP-Address = {address}", *attributes], "s3cret"
    )
    assert "Received Accounting-Response" in answer
    (record,) = server.accounting(source=address)
    assert abs(int(record.pop("received")) - time.time()) < 3600
    del packet["NAS-Port"], packet["Event-Timestamp"]
    assert record == {
        "version": "1",
        "tenant": "ts_acme",
        "event": "1763712000",
        "source": address,
        **packet,
    }


def test_an_absent_field_is_empty_and_the_port_stands_in_for_its_name(
    server: Freeradius, address: str
) -> None:
    router = server.router(address)
    assert router.account(START, (ACCT_SESSION, b"bare"), (5, integer(7)))
    (record,) = server.accounting(source=address)
    assert {name for name, value in record.items() if value} == {
        "version",
        "tenant",
        "received",
        "event",
        "source",
        "Acct-Status-Type",
        "Acct-Session-Id",
        "NAS-Port-Id",
    }
    assert record["NAS-Port-Id"] == "7"


def test_a_router_that_boots_needs_no_username(server: Freeradius, address: str) -> None:
    answer = server.router(address).account(ACCOUNTING_ON, (NAS_IDENTIFIER, b"tower"))
    assert answer.code == ACCOUNTING_RESPONSE
    assert [r["Acct-Status-Type"] for r in server.accounting(source=address)] == ["Accounting-On"]


def test_an_unknown_status_is_kept_as_its_number(server: Freeradius, address: str) -> None:
    assert server.router(address).account(99)
    assert [r["Acct-Status-Type"] for r in server.accounting(source=address)] == ["99"]


def test_the_event_is_as_old_as_the_router_says(server: Freeradius, address: str) -> None:
    assert server.router(address).account(STOP, (DELAY_TIME, integer(900)))
    (record,) = server.accounting(source=address)
    assert int(record["received"]) - int(record["event"]) == 900


def test_the_routers_own_clock_is_kept(server: Freeradius, address: str) -> None:
    assert server.router(address).account(STOP, (EVENT_TIMESTAMP, integer(1_700_000_000)))
    assert [r["event"] for r in server.accounting(source=address)] == ["1700000000"]


FORGERIES = [
    b"a\n1\tts_blue\t1\t1\t10.0.0.1\tStop\tx",
    b"a\r\nb",
    b"tab\there",
    b"percent %41 %{User-Name} %l",
    b"quotes ' \" `id`",
    b"back\\slash \\n \\\\ \\",
    "ünïcödé ✓".encode(),
    b"\xff\xfe\x80",
    b"x" * 253,
    b"\n" * 253,
    b"\xff" * 253,
]


@pytest.mark.parametrize("value", FORGERIES)
@pytest.mark.parametrize("kind", [USER_NAME, ACCT_SESSION, CALLING, CALLED, NAS_IDENTIFIER])
def test_no_value_can_forge_a_line_or_lose_a_byte(
    server: Freeradius, address: str, kind: int, value: bytes
) -> None:
    names = {
        USER_NAME: "User-Name",
        ACCT_SESSION: "Acct-Session-Id",
        CALLING: "Calling-Station-Id",
        CALLED: "Called-Station-Id",
        NAS_IDENTIFIER: "NAS-Identifier",
    }
    before = len(server.lines("acct"))
    assert server.router(address).account(START, (kind, value))
    assert len(server.lines("acct")) == before + 1
    (record,) = server.accounting(source=address)
    assert record[names[kind]].encode(errors="surrogateescape") == value
    assert record["tenant"] == "ts_acme"


def test_a_nul_ends_a_value_and_nothing_else(server: Freeradius, address: str) -> None:
    value = b"seen\0\n1\tts_blue"
    assert server.router(address).account(START, (USER_NAME, value), (ACCT_SESSION, b"nul"))
    (record,) = server.accounting(source=address)
    assert record["User-Name"] == "seen"
    assert record["Acct-Session-Id"] == "nul"


def test_a_line_that_is_too_long_stays_one_line(server: Freeradius, address: str) -> None:
    """linelog cuts at 4,095 bytes: an incomplete line, which the ingester puts aside."""
    long = [(kind, b"\xff" * 253) for kind in (USER_NAME, ACCT_SESSION, CALLING, CALLED)]
    long += [(NAS_IDENTIFIER, b"\xff" * 253), (87, b"\xff" * 253), (CONNECT_INFO, b"\xff" * 253)]
    before = len(server.lines("acct"))
    router = server.router(address)
    assert router.account(START, *long)
    assert router.account(STOP, (ACCT_SESSION, b"the next one"))
    lines = server.lines("acct")[before:]
    assert len(lines) == 2
    assert len(lines[0]) < 4096
    assert lines[1].split("\t")[6] == "the%20next%20one"


def test_a_wrong_secret_writes_nothing_and_gets_no_answer(server: Freeradius, address: str) -> None:
    server.router(address)
    forger = server.stranger(address, "guess")
    assert forger.account(START, (USER_NAME, b"forged"), deadline=SILENCE) is None
    assert server.accounting(source=address) == []


def test_no_answer_while_the_spool_cannot_be_written(new_server: Server, address: str) -> None:
    server = new_server()
    router = server.router(address)
    spool = server.config.spool_dir / "acct"
    spool.rmdir()
    spool.write_text("not a directory")
    assert router.account(START, (ACCT_SESSION, b"kept"), deadline=SILENCE) is None
    spool.unlink()
    assert router.account(START, (ACCT_SESSION, b"kept"))
    assert server.accounting(Acct_Session_Id="kept")


def test_a_spool_file_that_was_removed_is_made_again(server: Freeradius, address: str) -> None:
    router = server.router(address)
    assert router.account(START, (ACCT_SESSION, b"first"))
    for file in (server.config.spool_dir / "acct").iterdir():
        file.unlink()
    assert router.account(STOP, (ACCT_SESSION, b"second"))
    assert [r["Acct-Session-Id"] for r in server.accounting(source=address)] == ["second"]
