"""Logins: who gets in, what the answer holds, what the spool says."""

import base64
import hashlib

import psycopg2
import pytest

from tests.radius.freeradius.conftest import Account, Server, execute
from tests.radius.freeradius.mschap import md4
from tests.radius.freeradius.postgres import Postgres
from tests.radius.freeradius.server import Freeradius, Row, radclient, wait_until
from tests.radius.freeradius.wire import (
    ACCEPT,
    CALLED,
    CALLING,
    MESSAGE_AUTHENTICATOR,
    MICROSOFT,
    MS_CHAP2_SUCCESS,
    NAS_IDENTIFIER,
    REJECT,
    SESSION_TIMEOUT,
    SILENCE,
    USER_NAME,
    USER_PASSWORD,
    VENDOR_SPECIFIC,
    Answer,
    integer,
)

WRONG = "Login refused: wrong username or password"


def refused(answer: Answer | None, message: str = WRONG) -> bool:
    return answer is not None and (answer.code, answer.message) == (REJECT, message)


def accepted(answer: Answer | None) -> bool:
    return answer is not None and answer.code == ACCEPT


def test_pap_chap_and_mschap2_prove_the_right_password(
    server: Freeradius, account: Account, address: str
) -> None:
    router = server.router(address)
    account("ts_acme", "methods", ("Cleartext-Password", "right"))
    assert accepted(router.login("methods", "right"))
    assert accepted(router.login_chap("methods", "right"))
    proven = router.login_mschap2("methods", "right")
    assert accepted(proven)
    vendors = [value for kind, value in proven.attributes if kind == VENDOR_SPECIFIC]
    assert any(
        value[:5] == MICROSOFT.to_bytes(4, "big") + bytes([MS_CHAP2_SUCCESS]) for value in vendors
    )


def test_pap_chap_and_mschap2_refuse_a_wrong_password(
    server: Freeradius, account: Account, address: str
) -> None:
    router = server.router(address)
    account("ts_acme", "guessed", ("Cleartext-Password", "right"))
    assert refused(router.login("guessed", "wrong"))
    assert refused(router.login_chap("guessed", "wrong"))
    assert refused(router.login_mschap2("guessed", "wrong"))
    reasons = [line["reason"] for line in server.logins(User_Name="guessed")]
    assert reasons == ["wrong password"] * 3


@pytest.mark.parametrize("attribute", ["User-Password", "CHAP-Password", "MS-CHAP-Password"])
def test_freeradius_own_client_logs_in(
    server: Freeradius, account: Account, address: str, attribute: str
) -> None:
    server.router(address)
    name = account("ts_acme", f"radclient-{attribute}", ("Cleartext-Password", "pw"))
    source, user = f"Packet-Src-IP-Address = {address}", f"User-Name = {name}"
    assert "Received Access-Accept" in radclient(
        server, "auth", [source, user, f"{attribute} = pw"], "s3cret"
    )
    assert "Received Access-Reject" in radclient(
        server, "auth", [source, user, f"{attribute} = other"], "s3cret"
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


def test_a_client_file_without_a_tenant_gets_no_answer(server: Freeradius, address: str) -> None:
    server.router(address)
    path = server.config.clients_dir / address
    path.write_text(path.read_text().replace("Tenant-Id = ts_acme", "Tenant-Id = public"))
    assert server.stranger(address).login("anyone", "x", deadline=SILENCE) is None


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


@pytest.mark.parametrize(
    ("attribute", "stored"),
    [
        ("NT-Password", "0x" + md4("Hello world!".encode("utf-16-le")).hex()),
        ("Crypt-Password", "$5$saltstring$5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc5"),
        ("SHA2-Password", hashlib.sha256(b"Hello world!").hexdigest()),
        (
            "SSHA2-256-Password",
            base64.b64encode(hashlib.sha256(b"Hello world!" + b"salt").digest() + b"salt").decode(),
        ),
        (
            "Password-With-Header",
            "{SHA}"
            + base64.b64encode(
                hashlib.sha1(b"Hello world!", usedforsecurity=False).digest()
            ).decode(),
        ),
    ],
)
def test_a_hashed_password_proves_pap(
    server: Freeradius, account: Account, address: str, attribute: str, stored: str
) -> None:
    router = server.router(address)
    name = account("ts_acme", f"hash-{attribute}", (attribute, stored))
    answer = router.login(name, "Hello world!")
    assert accepted(answer)
    assert [kind for kind, _ in answer.attributes] == [MESSAGE_AUTHENTICATOR]
    assert refused(router.login(name, "other"))


@pytest.mark.parametrize(
    "password",
    [
        "it's",
        '"quoted"',
        "'single'",
        "`%{User-Name}`",
        "`/bin/true`",
        "%{User-Name}",
        "back\\slash",
        "trailing\\",
        "\\n\\t\\001",
        '"',
        "`",
        "ends with quote'",
        "pässwörd",
        "spaces  in it ",
        "${x}",
        "x" * 128,
        "'" * 120,
        '"' * 120,
        "\\" * 120,
    ],
)
def test_a_password_is_taken_literally(
    server: Freeradius, account: Account, address: str, password: str
) -> None:
    router = server.router(address)
    name = account("ts_acme", f"literal-{password[:40]}", ("Cleartext-Password", password))
    assert accepted(router.login(name, password))
    assert accepted(router.login_chap(name, password))
    assert refused(router.login(name, password + "x"))


@pytest.mark.parametrize(
    "name",
    [
        "+254712345678",
        "O'Neil",
        'say "hi"',
        "back\\slash",
        "trailing\\",
        "'; DROP TABLE answers; --",
        "%{User-Name}",
        "ünïcödé ✓",
        "with space",
        "a=b,c",
        "n" * 253,
        "'" * 120,
    ],
)
def test_a_username_is_taken_literally(
    server: Freeradius, account: Account, address: str, name: str
) -> None:
    account("ts_acme", name, ("Cleartext-Password", "pw"))
    assert accepted(server.router(address).login(name, "pw"))
    assert [line["reply"] for line in server.logins(User_Name=name)] == ["Access-Accept"]


@pytest.mark.parametrize(
    "name",
    [
        b"visible\0hidden",
        b"visible\0",
        b"\0",
        b"visible\n",
        b"\xff\xfe",
        b"visible\xc3",
        b"\xc0\xaf",
        b"\xed\xa0\x80",
        b"\xf5\x80\x80\x80",
    ],
)
def test_a_username_that_is_no_text_is_nobody(
    server: Freeradius, account: Account, address: str, name: bytes
) -> None:
    account("ts_acme", "visible", ("Cleartext-Password", "pw"))
    assert refused(server.router(address).login(name, "pw"))
    assert [line["reason"] for line in server.logins(source=address)] == ["unknown user"]


@pytest.mark.parametrize("kind", [CALLING, CALLED])
@pytest.mark.parametrize("value", [b"AA-BB:Caf\xe9", b"AA-BB:\0", b"\x01", b"\xff" * 253])
def test_a_station_that_is_no_text_does_not_keep_its_customers_out(
    server: Freeradius, account: Account, address: str, kind: int, value: bytes
) -> None:
    name = account("ts_acme", f"cafe-{kind}-{value[:12].hex()}", ("Cleartext-Password", "pw"))
    assert accepted(server.router(address).login(name, "pw", (kind, value)))


def test_no_username_is_refused_with_its_own_reason(server: Freeradius, address: str) -> None:
    router = server.router(address)
    hidden = (USER_PASSWORD, bytes(16))
    answer = router.request(1, [hidden, (NAS_IDENTIFIER, b"nameless")], bytes(16))
    assert refused(answer, "Login refused: no username")
    (line,) = server.logins(NAS_Identifier="nameless")
    assert line["reason"] == "no username"


def test_a_login_without_a_password_is_refused(
    server: Freeradius, account: Account, address: str
) -> None:
    router = server.router(address)
    account("ts_acme", "passwordless", ("Cleartext-Password", "pw"))
    answer = router.request(1, [(USER_NAME, b"passwordless")], bytes(16))
    assert refused(answer, "Login refused: no usable password")


def test_a_wrong_secret_is_a_wrong_password_at_most(
    server: Freeradius, account: Account, address: str
) -> None:
    server.router(address)
    account("ts_acme", "overheard", ("Cleartext-Password", "pw"))
    # Its Message-Authenticator is wrong too: no answer.
    router = server.stranger(address, "guess")
    assert router.login("overheard", "pw", deadline=SILENCE) is None
    assert server.logins(User_Name="overheard") == []


def test_a_router_may_be_required_to_sign(
    server: Freeradius, account: Account, address: str
) -> None:
    name = account("ts_acme", "unsigned", ("Cleartext-Password", "pw"))
    server.register(Row(address, "ts_acme", require_message_authenticator=True))
    assert accepted(server.stranger(address).login(name, "pw"))
    unsigned = [f"Packet-Src-IP-Address = {address}", f"User-Name = {name}", "User-Password = pw"]
    assert "No reply from server" in radclient(server, "auth", unsigned, "s3cret", retries=1)


def test_status_server_is_answered(server: Freeradius, address: str) -> None:
    server.router(address)
    asked = [f"Packet-Src-IP-Address = {address}", "Message-Authenticator = 0x00"]
    assert "Received Access-Accept" in radclient(server, "status", asked, "s3cret")


def test_a_row_that_cannot_be_read_is_no_answer(
    server: Freeradius, account: Account, address: str
) -> None:
    account("ts_acme", "bad-row", ("Cleartext-Password", "pw"), ("Session-Timeout", "soon"))
    assert server.router(address).login("bad-row", "pw", deadline=SILENCE) is None
    assert server.logins(User_Name="bad-row") == []


def test_a_row_of_an_unknown_attribute_takes_nothing_from_the_others(
    server: Freeradius, account: Account, address: str
) -> None:
    rows = ("Cleartext-Password", "pw"), ("No-Such-Attribute", "x"), ("WC-Reason", "suspended")
    account("ts_acme", "odd-row", *rows)
    assert refused(server.router(address).login("odd-row", "pw"), "Login refused: suspended")


def test_an_error_in_the_function_is_no_answer(
    server: Freeradius, account: Account, address: str, postgres: Postgres
) -> None:
    name = account("ts_acme", "error", ("Cleartext-Password", "pw"))
    router = server.router(address)
    execute(postgres, "ALTER TABLE asked RENAME TO unasked")
    try:
        assert router.login(name, "pw", deadline=SILENCE) is None
    finally:
        execute(postgres, "ALTER TABLE unasked RENAME TO asked")
    assert server.logins(User_Name=name) == []
    assert accepted(router.login(name, "pw"))


def test_a_login_counts_even_when_its_line_cannot_be_written(
    new_server: Server, account: Account, address: str
) -> None:
    server = new_server()
    account("ts_acme", "full-disk", ("Cleartext-Password", "pw"))
    (server.config.spool_dir / "postauth").rmdir()
    (server.config.spool_dir / "postauth").write_text("not a directory")
    assert accepted(server.router(address).login("full-disk", "pw"))
    wait_until(lambda: "Failed to open" in server.log)
