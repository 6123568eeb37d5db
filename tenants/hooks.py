"""How a new tenant reaches the other apps without `tenants` importing them.

An app registers a seed in its `AppConfig.ready`; provisioning runs all seeds, in the order of
their registration, in the new tenant's context. A seed must be safe to run again.
"""

from collections.abc import Callable
from dataclasses import dataclass

from .models import Tenant


@dataclass(frozen=True, slots=True)
class Owner:
    """The first person of a new tenant."""

    email: str
    password: str

    def __repr__(self) -> str:
        return f"Owner(email={self.email!r})"


Seed = Callable[[Tenant, Owner, str], None]
_seeds: list[Seed] = []


def on_tenant_created(seed: Seed) -> Seed:
    """Register a seed: called with the tenant, its owner, and the database alias to write to."""
    if seed not in _seeds:
        _seeds.append(seed)
    return seed


def run_seeds(tenant: Tenant, owner: Owner, using: str) -> None:
    for seed in _seeds:
        seed(tenant, owner, using)
