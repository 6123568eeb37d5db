"""Participants are made through the tenant's services once, and found again later."""

from typing import Any

import pytest

from radius.models import RadCheck, Subscriber
from radius.registry.models import Nas
from radius.services import nas_create
from radius.simulator.participants import is_loopback
from radius.simulator.provision import NoTenant, TenantParticipants
from wificore.kernel.db.context import tenant_context

TENANTS = ("alpha", "beta")


def test_each_tenant_gets_loopback_routers_and_passwords_of_its_own(world: object) -> None:
    alpha, beta = TenantParticipants(1, own_routers=True).gather(TENANTS, 12)
    routers = (*alpha.routers, *beta.routers)
    assert len({router.address for router in routers}) == len(routers) == 6
    assert all(is_loopback(router.address) for router in routers)
    assert [s.username for s in alpha.subscribers] == [f"sim-{n:04d}" for n in range(1, 13)]
    names = {s.username: s.password for s in alpha.subscribers}
    assert all(names[s.username] != s.password for s in beta.subscribers)


def test_what_is_made_is_what_freeradius_reads(world: object, alpha: Any) -> None:
    (party,) = TenantParticipants(1, own_routers=True).gather(["alpha"], 3)
    with tenant_context(alpha):
        rows = RadCheck.objects.filter(attribute="Cleartext-Password")
        assert dict(rows.values_list("username", "value")) == {
            s.username: s.password for s in party.subscribers
        }


def test_later_runs_find_the_same_participants_whatever_their_seed(world: object) -> None:
    first = TenantParticipants(1, own_routers=True).gather(TENANTS, 5)
    again = TenantParticipants(2, own_routers=True).gather(TENANTS, 5)
    more = TenantParticipants(3, own_routers=True).gather(TENANTS, 8)
    assert again == first
    assert [party.subscribers[:5] for party in more] == [party.subscribers for party in first]


def test_the_demo_uses_the_tenants_own_loopback_routers(world: object, alpha: Any) -> None:
    with tenant_context(alpha):
        nas_create(address="127.0.0.21", secret="hotel", name="hotel")
        nas_create(address="192.0.2.7", secret="far away", name="far away")
    (demo,) = TenantParticipants(1, own_routers=False).gather(["alpha"], 2)
    assert [(r.address, r.secret) for r in demo.routers] == [("127.0.0.21", b"hotel")]
    (own,) = TenantParticipants(1, own_routers=True).gather(["alpha"], 2)
    assert "127.0.0.21" not in {r.address for r in own.routers}
    (after,) = TenantParticipants(1, own_routers=False).gather(["alpha"], 2)
    assert after == demo


def test_a_thousand_and_more_subscribers_are_made_in_chunks(world: object, alpha: Any) -> None:
    (party,) = TenantParticipants(1, own_routers=True).gather(["alpha"], 1100)
    assert len({s.password for s in party.subscribers}) == 1100
    with tenant_context(alpha):
        assert Subscriber.objects.count() == 1100
        assert Nas.objects.count() == 3


def test_an_unknown_tenant_is_named(world: object) -> None:
    with pytest.raises(NoTenant, match="nobody"):
        TenantParticipants(1, own_routers=True).gather(["nobody"], 1)
