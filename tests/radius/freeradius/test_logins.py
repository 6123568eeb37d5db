"""Logins: whose customer it is, what the answer holds, what the spool says."""

import psycopg2

from tests.radius.freeradius.answers import accepted, refused
from tests.radius.freeradius.conftest import Account
from tests.radius.freeradius.postgres import Postgres
from tests.radius.freeradius.server import Freeradius, radclient
from tests.radius.freeradius.wire import (
    CALLED,
    CALLING,
    MESSAGE_AUTHENTICATOR,
    NAS_IDENTIFIER,
    SESSION_TIMEOUT,
    VENDOR_SPECIFIC,
    integer,
)


def test_an_unknown_user_is_refused_in_the_same_words_as_a_wrong_password(
    server: Freeradius, address: str
) -> None:
    assert refused(server.router(address).login("nobody-here", "x"))
    assert [line["reason"] for line in server.logins(User_Name="nobody-here")] == ["unknown user"]


def test_the_same_name_is_another_customer_in_another_tenant(
    server: Freeradius, account: Account, address: str
) -> None:
    acme = server.router(address)
    blue = server.router(address.replace("127.", "127.1", 1), tenant="ts_blue")
    account("ts_acme", "same", ("Cleartext-Password", "acme-pw"))
    account("ts_blue", "same", ("Cleartext-Password", "blue-pw"))
    assert accepted(acme.login("same", "acme-pw"))
    assert accepted(blue.login("same", "blue-pw"))
    assert refused(acme.login("same", "blue-pw"))
    assert refused(blue.login("same", "acme-pw"))
    assert len(server.logins(User_Name="same", tenant="ts_acme")) == 2
    assert len(server.logins(User_Name="same", tenant="ts_blue")) == 2


def test_a_packet_cannot_choose_its_tenant(
    server: Freeradius, account: Account, address: str
) -> None:
    router = server.router(address)
    account("ts_blue", "chooser", ("Cleartext-Password", "blue-pw"))
    # Every way to say 3000 on the wire: an extended attribute, and a vendor's of number 0.
    spoofs = [
        (241, bytes([200]) + b"ts_blue"),
        (VENDOR_SPECIFIC, bytes(4) + b"\x0b\xb8\x09ts_blue"),
    ]
    assert refused(router.login("chooser", "blue-pw", *spoofs))
    assert server.logins(User_Name="chooser")[0]["tenant"] == "ts_acme"


def test_the_function_is_asked_once_with_router_and_device(
    server: Freeradius, account: Account, address: str, postgres: Postgres
) -> None:
    account("ts_acme", "asked-once", ("Cleartext-Password", "pw"))
    server.router(address).login(
        "asked-once", "pw", (CALLING, b"AA-BB-CC-00-11-22"), (CALLED, b"00-11-22-33-44-55:Net")
    )
    connection = psycopg2.connect(postgres.dsn)
    with connection.cursor() as cursor:
        cursor.execute("SELECT nas, mac, called FROM asked WHERE username = 'asked-once'")
        rows = cursor.fetchall()
    connection.close()
    assert rows == [(address, "AA-BB-CC-00-11-22", "00-11-22-33-44-55:Net")]


def test_reply_rows_reach_the_router_and_local_attributes_do_not(
    server: Freeradius, account: Account, address: str
) -> None:
    account(
        "ts_acme",
        "rows",
        ("Cleartext-Password", "top-secret"),
        ("Session-Timeout", "3600"),
        ("Mikrotik-Rate-Limit", "2M/4M"),
    )
    answer = server.router(address).login("rows", "top-secret")
    assert accepted(answer)
    assert answer.get(SESSION_TIMEOUT) == integer(3600)
    kinds = sorted(kind for kind, _ in answer.attributes)
    assert kinds == [VENDOR_SPECIFIC, SESSION_TIMEOUT, MESSAGE_AUTHENTICATOR]
    assert all(b"secret" not in value and b"ts_acme" not in value for _, value in answer.attributes)


def test_a_refusal_tells_its_reason_only_to_who_knows_the_password(
    server: Freeradius, account: Account, address: str
) -> None:
    router = server.router(address)
    account(
        "ts_acme",
        "late",
        ("Cleartext-Password", "pw"),
        ("WC-Reason", "expired"),
        ("Session-Timeout", "60"),
    )
    right = router.login("late", "pw")
    assert refused(right, "Login refused: expired")
    assert right.get(SESSION_TIMEOUT) is None
    assert refused(router.login_chap("late", "pw"), "Login refused: expired")
    assert refused(router.login_mschap2("late", "pw"), "Login refused: expired")
    assert refused(router.login("late", "wrong"))
    reasons = [line["reason"] for line in server.logins(User_Name="late")]
    assert reasons == ["expired", "expired", "expired", "wrong password"]


def test_every_login_is_one_line(server: Freeradius, account: Account, address: str) -> None:
    account("ts_acme", "counted", ("Cleartext-Password", "pw"))
    server.router(address).login(
        "counted", "pw", (CALLING, b"aa:bb"), (CALLED, b"cc:dd"), (NAS_IDENTIFIER, b"tower 1")
    )
    (line,) = server.logins(User_Name="counted")
    assert int(line.pop("received")) > 0
    assert line == {
        "version": "1",
        "tenant": "ts_acme",
        "source": address,
        "User-Name": "counted",
        "reply": "Access-Accept",
        "reason": "",
        "Calling-Station-Id": "aa:bb",
        "Called-Station-Id": "cc:dd",
        "NAS-Port-Id": "",
        "NAS-Identifier": "tower 1",
    }


def test_status_server_is_answered(server: Freeradius, address: str) -> None:
    server.router(address)
    asked = [f"Packet-Src-IP-Address = {address}", "Message-Authenticator = 0x00"]
    assert "Received Access-Accept" in radclient(server, "status", asked, "s3cret")
