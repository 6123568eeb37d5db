"""The sockets: retries as RFC 2865 and 2866 ask, source addresses, and never off this machine."""

import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from radius.simulator.actions import Action, Answer, Flavour, Login, Record, Status
from radius.simulator.participants import Party, Router
from radius.simulator.transport import LOGIN_WAITS, Outcome, Wire

from .responder import Got, Responder

PATIENCE_S = 20.0


@pytest.fixture
def wire(responder: Responder) -> Iterator[Wire]:
    wire = Wire("127.0.0.1", responder.auth_port, responder.acct_port)
    yield wire
    wire.close()


def login(party: Party, number: int = 1, password: str | None = None) -> Login:
    person = party.subscribers[number % len(party.subscribers)]
    secret = person.password if password is None else password
    router = party.routers[number % 3]
    return Login(
        number, router, person.username, secret, "02A1B2000001", Flavour.RIGHT, number % 2 == 0
    )


def start(router: Router, event: float) -> Record:
    return Record(
        1, router, Status.START, int(event), "run-1", "sim-0001", "02A1B2000001", "10.0.0.1"
    )


def answered(wire: Wire, count: int = 1) -> list[Outcome]:
    outcomes: list[Outcome] = []
    deadline = time.monotonic() + PATIENCE_S
    while len(outcomes) < count and time.monotonic() < deadline:
        outcomes += wire.receive(0.1, time.time)
    return outcomes


def until_seen(got: list[Got], count: int) -> None:
    """Wait for the server's thread."""
    deadline = time.monotonic() + PATIENCE_S
    while len(got) < count and time.monotonic() < deadline:
        time.sleep(0.01)
    assert len(got) >= count


def test_right_and_wrong_passwords_are_told_apart_by_pap_and_chap(
    wire: Wire, responder: Responder, parties: list[Party]
) -> None:
    for number in range(1, 5):
        wire.send(login(parties[0], number), time.time())
        wire.send(login(parties[1], number, "wrong"), time.time())
    given = {(o.action.router.tenant, o.answer) for o in answered(wire, 8)}
    assert given == {("acme", Answer.ACCEPT), ("blue", Answer.REJECT)}
    assert responder.invalid == []


def test_each_router_sends_from_its_own_address(
    wire: Wire, responder: Responder, parties: list[Party]
) -> None:
    routers = [router for party in parties for router in party.routers]
    for router in routers:
        wire.send(start(router, time.time()), time.time())
    assert len(answered(wire, len(routers))) == len(routers)
    assert {got.source[0] for got in responder.records} == {r.address for r in routers}


def test_more_than_256_unanswered_packets_open_another_port(
    wire: Wire, responder: Responder, parties: list[Party]
) -> None:
    router = parties[0].routers[0]
    for number in range(600):
        wire.send(replace(start(router, time.time()), number=number), time.time())
    outcomes = answered(wire, 600)
    assert {o.action.number for o in outcomes} == set(range(600))
    assert len({got.source for got in responder.records}) == 3


def unheard(action: Action, parties: list[Party], tries: int) -> list[Got]:
    """What a server gets whose answers have a wrong secret, so that they prove nothing."""
    with Responder(parties) as server:
        server.deaf = True
        wire = Wire("127.0.0.1", server.auth_port, server.acct_port)
        now = time.time()
        wire.send(action, now)
        for n in range(1, tries):
            assert wire.retry_due(now + 60 * n) == []
        until_seen(server.heard, tries)
        wire.close()
        return server.heard


def test_a_login_is_repeated_with_the_same_identifier_and_authenticator(
    parties: list[Party],
) -> None:
    heard = unheard(login(parties[0]), parties, len(LOGIN_WAITS))
    assert len({(got.source, got.id, got.authenticator) for got in heard}) == 1


def test_a_record_with_event_timestamp_is_repeated_unchanged(parties: list[Party]) -> None:
    heard = unheard(start(parties[0].routers[0], time.time()), parties, 6)
    assert len({(got.source, got.id, got.authenticator) for got in heard}) == 1


def test_a_grown_delay_makes_a_new_packet(parties: list[Party]) -> None:
    router = parties[0].routers[2]
    assert not router.stamps
    heard = unheard(start(router, time.time()), parties, 3)
    delays = [got.attributes["Acct-Delay-Time"] for got in heard]
    assert sorted(delays) == delays
    assert delays[-1] >= 120
    assert len({got.id for got in heard}) == len({got.authenticator for got in heard}) == 3


def test_a_login_is_given_up_and_a_record_never(parties: list[Party]) -> None:
    with Responder(parties) as server:
        server.deaf = True
        wire = Wire("127.0.0.1", server.auth_port, server.acct_port)
        now = time.time()
        wire.send(login(parties[0]), now)
        wire.send(start(parties[0].routers[2], now), now)
        lost = [o for n in range(1, 50) for o in wire.retry_due(now + 60 * n)]
        assert [(o.answer, o.tries) for o in lost] == [(Answer.NONE, len(LOGIN_WAITS))]
        server.deaf = False
        wire.retry_due(now + 60 * 60)
        assert [o.action.number for o in answered(wire)] == [1]
        wire.close()


def test_an_answer_with_another_secret_is_no_answer(parties: list[Party]) -> None:
    with Responder(parties, wrong_secret=True) as server:
        wire = Wire("127.0.0.1", server.auth_port, server.acct_port)
        wire.send(login(parties[0]), time.time())
        deadline = time.monotonic() + PATIENCE_S
        while not wire.invalid and time.monotonic() < deadline:
            assert wire.receive(0.1, time.time) == []
        assert wire.invalid == 1
        wire.close()


def test_a_server_that_is_not_there_loses_packets_only(parties: list[Party]) -> None:
    with Responder(parties) as gone:
        ports = gone.auth_port, gone.acct_port
    wire = Wire("127.0.0.1", *ports)
    for number in range(20):
        wire.send(login(parties[0], number), time.time())
        assert wire.receive(0.01, time.time) == []
    wire.close()


@pytest.mark.parametrize(
    "host", ["192.0.2.1", "198.51.100.7", "example.org", "127.0.0.1.example.org"]
)
def test_nothing_is_sent_off_this_machine(host: str) -> None:
    with pytest.raises(ValueError, match="loopback"):
        Wire(host, 1812, 1813)
