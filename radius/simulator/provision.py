"""Participants from the tenants' own services: what is missing is made, what is there is used."""

import hmac
from collections.abc import Sequence
from hashlib import blake2s

from django.core.exceptions import ObjectDoesNotExist

from radius.models import Plan, RadCheck
from radius.registry.models import Nas
from radius.services import nas_create, plan_create, subscribers_create
from radius.simulator.participants import Party, Router, Subscriber, is_loopback
from tenants.selectors import tenant_get
from wificore.kernel.crypto import decrypt
from wificore.kernel.db.context import tenant_context

PLAN = "Simulation"
ROUTERS = 3  # a tenant
ROUTER_NAME = "simulated-"
CHUNK = 1000  # subscribers in one transaction


class NoTenant(Exception):
    """A tenant that does not exist was named."""


class TenantParticipants:
    """Implements `participants.Participants`.

    `own_routers`: use routers made for the simulator, which it may reboot without ending anybody
    else's sessions; otherwise the tenant's routers at loopback addresses, if it has any.
    Passwords and secrets come from the seed the first time; later runs find them in the database.
    """

    def __init__(self, seed: int, *, own_routers: bool) -> None:
        self._seed = seed
        self._own_routers = own_routers

    def gather(self, tenants: Sequence[str], subscribers: int) -> list[Party]:
        """Return one party a tenant."""
        return [self._party(slug, subscribers) for slug in tenants]

    def _party(self, slug: str, subscribers: int) -> Party:
        try:
            tenant = tenant_get(slug=slug)
        except ObjectDoesNotExist:
            raise NoTenant(f"--tenants: there is no tenant {slug!r}") from None
        with tenant_context(tenant):
            return Party(slug, self._routers(slug), self._subscribers(slug, subscribers))

    def _routers(self, slug: str) -> tuple[Router, ...]:
        known = [nas for nas in Nas.objects.filter(enabled=True) if is_loopback(nas.address)]
        mine = {nas.address: nas for nas in known if nas.name.startswith(ROUTER_NAME)}
        theirs = [nas for nas in known if nas.address not in mine]
        if theirs and not self._own_routers:
            return _as_routers(slug, sorted(theirs, key=lambda nas: nas.address))
        return _as_routers(slug, [self._router(slug, n, mine) for n in range(1, ROUTERS + 1)])

    def _router(self, slug: str, number: int, known: dict[str, Nas]) -> Nas:
        address = router_address(slug, number)
        if address in known:
            return known[address]
        secret = self._secret(slug, address)
        return nas_create(address=address, secret=secret, name=f"{ROUTER_NAME}{number}")

    def _subscribers(self, slug: str, count: int) -> tuple[Subscriber, ...]:
        names = [f"sim-{number:04d}" for number in range(1, count + 1)]
        plan = Plan.objects.filter(name=PLAN).first() or plan_create(name=PLAN, devices=0)
        for start in range(0, count, CHUNK):
            accounts = [(name, self._secret(slug, name)) for name in names[start : start + CHUNK]]
            subscribers_create(plan=plan, accounts=accounts)
        rows = RadCheck.objects.filter(attribute="Cleartext-Password", username__startswith="sim-")
        passwords = dict(rows.values_list("username", "value"))
        return tuple(Subscriber(name, passwords[name]) for name in names)

    def _secret(self, slug: str, name: str) -> str:
        """Return a password that differs in each tenant."""
        key = f"simulator {self._seed}".encode()
        return hmac.digest(key, f"{slug}/{name}".encode(), "sha256").hex()[:16]


def router_address(slug: str, number: int) -> str:
    """Return the loopback address of a tenant's simulated router: 127.64.0.0/10 is theirs."""
    first, second = blake2s(slug.encode(), digest_size=2).digest()
    return f"127.{64 + first % 64}.{second}.{number}"


def _as_routers(slug: str, rows: Sequence[Nas]) -> tuple[Router, ...]:
    """Every third router has no Event-Timestamp, and each writes MACs in its own way."""
    return tuple(
        Router(slug, nas.address, decrypt(nas.secret_encrypted).encode(), i % 3 != 2, i % 4)
        for i, nas in enumerate(rows)
    )
