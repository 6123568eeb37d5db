"""Logins: what is broken gets no answer, and never an Accept that it should not."""

from tests.radius.freeradius.answers import accepted, refused
from tests.radius.freeradius.conftest import Account, Server, execute
from tests.radius.freeradius.postgres import Postgres
from tests.radius.freeradius.server import Freeradius, Row, radclient, wait_until
from tests.radius.freeradius.wire import SILENCE


def test_a_client_file_without_a_tenant_gets_no_answer(server: Freeradius, address: str) -> None:
    server.router(address)
    path = server.config.clients_dir / address
    path.write_text(path.read_text().replace("Tenant-Id = ts_acme", "Tenant-Id = public"))
    assert server.stranger(address).login("anyone", "x", deadline=SILENCE) is None


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
