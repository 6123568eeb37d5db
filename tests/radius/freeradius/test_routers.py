"""Routers come, change and go while the server runs."""

import itertools
from threading import Event, Thread

from tests.radius.freeradius.conftest import Account, Server
from tests.radius.freeradius.server import Freeradius, Row, wait_until
from tests.radius.freeradius.wire import ACCEPT, SILENCE, START, Router


def logs_in(router: Router, name: str) -> bool:
    answer = router.login(name, "pw", deadline=SILENCE)
    return answer is not None and answer.code == ACCEPT


def test_an_unknown_address_gets_no_answer_and_is_named_in_the_log(
    server: Freeradius, address: str
) -> None:
    stranger = server.stranger(address)
    assert stranger.login("anyone", "x", deadline=SILENCE) is None
    assert stranger.account(START, deadline=SILENCE) is None
    assert f"from unknown client {address} " in server.log
    assert server.logins(source=address) == server.accounting(source=address) == []


def test_an_address_that_was_unknown_works_when_its_file_appears(
    server: Freeradius, account: Account, address: str
) -> None:
    name = account("ts_acme", "new-router", ("Cleartext-Password", "pw"))
    assert not logs_in(server.stranger(address), name)
    assert server.router(address).login(name, "pw")


def test_strangers_that_shout_do_not_keep_a_new_router_out(
    server: Freeradius, account: Account, address: str
) -> None:
    name = account("ts_acme", "among-strangers", ("Cleartext-Password", "pw"))
    network = address.rpartition(".")[0]
    strangers = [server.stranger(f"{network}.{last}") for last in range(2, 250)]
    quiet = Event()

    def shout() -> None:
        for stranger in itertools.cycle(strangers):
            stranger.shout()
            if quiet.wait(0.001):
                return

    crowd = Thread(target=shout)
    crowd.start()
    try:
        # With FreeRADIUS' own limit of one new address per second, a stranger always comes first.
        assert server.router(address).login(name, "pw")
    finally:
        quiet.set()
        crowd.join()


def test_a_removed_router_stops_within_the_lifetime(
    server: Freeradius, account: Account, address: str
) -> None:
    name = account("ts_acme", "old-router", ("Cleartext-Password", "pw"))
    router = server.router(address)
    assert router.login(name, "pw")
    server.remove(address)
    wait_until(lambda: not logs_in(router, name))


def test_a_changed_secret_counts_when_the_lifetime_is_over(
    server: Freeradius, account: Account, address: str
) -> None:
    name = account("ts_acme", "new-secret", ("Cleartext-Password", "pw"))
    before = server.router(address, secret="before")
    assert before.login(name, "pw")
    after = server.router(address, secret="after")
    wait_until(lambda: logs_in(after, name))
    assert not logs_in(before, name)


def test_a_router_that_moves_to_another_tenant_is_that_tenants(
    server: Freeradius, account: Account, address: str
) -> None:
    account("ts_acme", "moving", ("Cleartext-Password", "pw"))
    router = server.router(address)
    assert router.login("moving", "pw")
    server.register(Row(address, "ts_blue"))
    wait_until(lambda: not logs_in(router, "moving"))
    assert server.logins(User_Name="moving")[-1]["tenant"] == "ts_blue"


def test_a_secret_with_every_allowed_character_works(
    server: Freeradius, account: Account, address: str
) -> None:
    name = account("ts_acme", "any-secret", ("Cleartext-Password", "pw"))
    secret = "".join(map(chr, range(0x20, 0x7F))).replace("\\", "")
    assert server.router(address, secret=secret).login(name, "pw")


def test_routers_survive_a_restart(new_server: Server, account: Account, address: str) -> None:
    name = account("ts_acme", "restarted", ("Cleartext-Password", "pw"))
    server = new_server()
    router = server.router(address)
    server.router("2001:db8::7")
    server.stop()
    server.start()
    assert router.login(name, "pw")


def test_a_router_may_have_an_ipv6_address(new_server: Server, account: Account) -> None:
    name = account("ts_acme", "six", ("Cleartext-Password", "pw"))
    server = new_server(host="::1")
    router = server.router("::1")
    assert router.login(name, "pw")
    assert router.account(START)
    assert [line["source"] for line in server.logins(User_Name="six")] == ["::1"]
    assert [line["source"] for line in server.accounting()] == ["::1"]
