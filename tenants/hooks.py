"""How a new or leaving tenant reaches the other apps without `tenants` importing them.

An app registers a seed in its `AppConfig.ready`; provisioning runs all seeds, in the order of
their registration, in the new tenant's context. What an app keeps of a tenant outside the
tenant's schema, it registers a farewell for, which runs in the platform's context when the tenant
is deleted. Both must be safe to run again.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from django.contrib.auth.hashers import make_password

from .models import Tenant


@dataclass(frozen=True, slots=True)
class Owner:
    """The first person of a new tenant, as somebody typed it; kept nowhere."""

    email: str
    password: str = field(repr=False)

    def hashed(self) -> "FirstUser":
        return FirstUser(self.email.strip().lower(), make_password(self.password))


@dataclass(frozen=True, slots=True)
class FirstUser:
    """The same person as provisioning knows it: with the password's hash."""

    email: str
    password_hash: str = field(repr=False)


Seed = Callable[[Tenant, FirstUser, str], None]
Farewell = Callable[[str, str], None]
_seeds: list[Seed] = []
_farewells: list[Farewell] = []


def on_tenant_created(seed: Seed) -> Seed:
    """Register a seed: called with the tenant, its owner, and the database alias to write to."""
    if seed not in _seeds:
        _seeds.append(seed)
    return seed


def run_seeds(tenant: Tenant, owner: FirstUser, using: str) -> None:
    for seed in _seeds:
        seed(tenant, owner, using)


def on_tenant_deleted(farewell: Farewell) -> Farewell:
    """Register a farewell: called with the tenant's schema and the database alias to write to."""
    if farewell not in _farewells:
        _farewells.append(farewell)
    return farewell


def run_farewells(schema: str, using: str) -> None:
    for farewell in _farewells:
        farewell(schema, using)
