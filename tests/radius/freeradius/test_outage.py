"""The database is away or hangs: no reject, no starved accounting, and logins again afterwards."""

import os
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager

import psycopg2
import pytest

from tests.radius.freeradius.conftest import Account, Server
from tests.radius.freeradius.postgres import Postgres
from tests.radius.freeradius.server import Freeradius, wait_until
from tests.radius.freeradius.wire import (
    ACCEPT,
    ACCT_SESSION,
    REJECT,
    SILENCE,
    START,
    USER_NAME,
    USER_PASSWORD,
    Router,
    encode,
    hide_password,
)

PACKETS = 40


@contextmanager
def frozen(postgres: Postgres) -> Iterator[None]:
    postgres.freeze()
    yield
    postgres.thaw()


@contextmanager
def stopped(postgres: Postgres) -> Iterator[None]:
    postgres.stop()
    yield
    postgres.start()


OUTAGES = [frozen, stopped]


class Crowd:
    """Many customers who log in at once and wait for the answer."""

    def __init__(self, router: Router, size: int) -> None:
        self.router = router
        self.sockets = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(size)]
        for wire in self.sockets:
            wire.bind((router.address, 0))
            wire.connect(router.server[:2])
            wire.setblocking(False)

    def __enter__(self) -> "Crowd":
        return self

    def __exit__(self, *_: object) -> None:
        for wire in self.sockets:
            wire.close()

    def knock(self, name: str, password: str) -> None:
        for wire in self.sockets:
            authenticator = os.urandom(16)
            hidden = hide_password(password.encode(), self.router.secret, authenticator)
            attributes = [(USER_NAME, name.encode()), (USER_PASSWORD, hidden)]
            wire.send(encode(1, 1, attributes, authenticator, self.router.secret))

    def codes(self) -> list[int]:
        """Codes of all answers that have come so far."""
        return [packet[0] for wire in self.sockets for packet in _received(wire)]


def _received(wire: socket.socket) -> Iterator[bytes]:
    try:
        while True:
            yield wire.recv(4096)
    except BlockingIOError:
        return


@pytest.fixture
def customer(account: Account) -> str:
    return account("ts_acme", "patient", ("Cleartext-Password", "pw"))


def logs_in(router: Router, name: str) -> bool:
    answer = router.login(name, "pw", deadline=SILENCE)
    return answer is not None and answer.code == ACCEPT


def back_in_service(router: Router, name: str) -> bool:
    """New logins until one is accepted; a server that ignored a packet ignores its repeats too."""
    wait_until(lambda: logs_in(router, name))
    return True


@pytest.mark.parametrize("outage", OUTAGES)
def test_a_right_password_is_never_refused_and_works_again_afterwards(
    new_server: Server, postgres: Postgres, customer: str, address: str, outage: object
) -> None:
    server = new_server()
    router = server.router(address)
    assert back_in_service(router, customer)
    with Crowd(router, 60) as crowd:
        with outage(postgres):
            crowd.knock(customer, "pw")
            assert router.login(customer, "pw", deadline=SILENCE) is None
            assert router.login("nobody", "x", deadline=SILENCE) is None
            assert crowd.codes() == []
        assert back_in_service(router, customer)
        assert REJECT not in crowd.codes()
    # `nobody` may be answered at the very end of the outage, and then rightly with a reject.
    replies = {line["reply"] for line in server.logins(User_Name=customer)}
    assert replies == {"Access-Accept"}


@pytest.mark.parametrize("outage", OUTAGES)
def test_all_accounting_is_answered_while_every_thread_waits_for_the_database(
    new_server: Server, postgres: Postgres, customer: str, address: str, outage: object
) -> None:
    # Threads wait far longer than the deadline below: a server that starves cannot pass.
    server = new_server(threads=2, query_timeout=600, statement_timeout=600.0)
    router = server.router(address)
    assert back_in_service(router, customer)
    with ExitStack() as stack:
        crowd = stack.enter_context(Crowd(router, 60))
        with outage(postgres):
            for number in range(PACKETS):
                crowd.knock(customer, "pw")
                session = (ACCT_SESSION, f"s{number}".encode())
                assert router.account(START, session), server.log[-2000:]
            assert REJECT not in crowd.codes()
        assert back_in_service(router, customer)
    assert {record["Acct-Session-Id"] for record in server.accounting()} == {
        f"s{number}" for number in range(PACKETS)
    }


def test_a_server_that_starts_without_its_database_serves_when_it_comes(
    new_server: Server, postgres: Postgres, customer: str, address: str
) -> None:
    with stopped(postgres):
        server = new_server()
        router = server.router(address)
        assert router.account(START)
        assert router.login(customer, "pw", deadline=SILENCE) is None
    assert back_in_service(router, customer)


def test_a_locked_table_is_no_answer_and_costs_no_connection(
    new_server: Server, postgres: Postgres, customer: str, address: str
) -> None:
    server = new_server(query_timeout=600, statement_timeout=0.3)
    router = server.router(address)
    assert back_in_service(router, customer)
    with closing(psycopg2.connect(postgres.dsn)) as blocker, blocker.cursor() as cursor:
        cursor.execute("LOCK TABLE answers IN ACCESS EXCLUSIVE MODE")
        assert router.login(customer, "pw", deadline=SILENCE) is None
        blocker.rollback()
    assert back_in_service(router, customer)
    assert "econnect" not in server.log


def test_a_server_stops_cleanly_while_the_database_hangs(
    new_server: Server, postgres: Postgres, customer: str, address: str
) -> None:
    server = new_server()
    router = server.router(address)
    assert back_in_service(router, customer)
    with frozen(postgres):
        assert router.login(customer, "pw", deadline=SILENCE) is None
        stop_within_a_minute(server)


def stop_within_a_minute(server: Freeradius) -> None:
    begun = time.monotonic()
    server.stop()
    assert time.monotonic() - begun < 60
