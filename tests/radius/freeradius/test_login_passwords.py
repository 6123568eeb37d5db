"""Logins: the ways to prove a password, and to store one."""

import base64
import hashlib

import pytest

from tests.radius.freeradius.answers import accepted, refused
from tests.radius.freeradius.conftest import Account
from tests.radius.freeradius.mschap import md4
from tests.radius.freeradius.server import Freeradius, radclient
from tests.radius.freeradius.wire import (
    MESSAGE_AUTHENTICATOR,
    MICROSOFT,
    MS_CHAP2_SUCCESS,
    USER_NAME,
    VENDOR_SPECIFIC,
)


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


def test_a_login_without_a_password_is_refused(
    server: Freeradius, account: Account, address: str
) -> None:
    router = server.router(address)
    account("ts_acme", "passwordless", ("Cleartext-Password", "pw"))
    answer = router.request(1, [(USER_NAME, b"passwordless")], bytes(16))
    assert refused(answer, "Login refused: no usable password")
