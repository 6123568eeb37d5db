"""Logins: names and stations of any octets."""

import pytest

from tests.radius.freeradius.answers import accepted, refused
from tests.radius.freeradius.conftest import Account
from tests.radius.freeradius.server import Freeradius
from tests.radius.freeradius.wire import CALLED, CALLING, NAS_IDENTIFIER, USER_PASSWORD


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
