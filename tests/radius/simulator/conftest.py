"""Two tenants with the same usernames and different passwords, and a server for them."""

from collections.abc import Iterator

import pytest

from radius.simulator.participants import Party, Router, Subscriber

from .responder import Responder


def two_parties() -> list[Party]:
    return [_party(0, "acme"), _party(1, "blue")]


@pytest.fixture
def parties() -> list[Party]:
    return two_parties()


def _party(index: int, tenant: str) -> Party:
    routers = [
        Router(tenant, f"127.71.{index}.{n}", b"secret of %d" % n, stamps=n != 3, mac_style=n)
        for n in (1, 2, 3)
    ]
    people = [Subscriber(f"sim-{n:04d}", f"{tenant}'s {n}") for n in range(40)]
    return Party(tenant, tuple(routers), tuple(people))


@pytest.fixture
def responder(parties: list[Party]) -> Iterator[Responder]:
    with Responder(parties) as server:
        yield server
