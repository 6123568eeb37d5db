"""Reads: which tenant has this host, this slug; which are active."""

import time
from dataclasses import dataclass
from itertools import islice

from django.core.cache import cache
from django.db.models import F, Func, QuerySet, TextField

from wificore.kernel.db.context import platform_context

from .models import Domain, Tenant, TenantState

# Entries are deleted when a tenant changes. Their short lives bound what a deletion cannot reach:
# another process' memory, Redis away at that moment, a look-up that read the old row just before.
# Together they stay well under the 3 s in which a suspension must be in force.
HOST_TTL_S = 1
OWN_TTL_S = 1.0


@dataclass(frozen=True, slots=True)
class TenantRef:
    """What a request needs to know of its tenant; small enough to cache."""

    slug: str
    schema_name: str
    name: str
    state: str


# So many hosts of this process are looked up together.
TOGETHER = 200

_own_hosts: dict[str, tuple[float, TenantRef]] = {}
_asked_for: set[str] = set()


def host_key(host: str) -> str:
    return f"host:{host}"


def tenant_by_host(host: str) -> TenantRef | None:
    """The tenant of a normalised host name; None if there is none.

    A change of another process counts after `OWN_TTL_S + HOST_TTL_S` at the latest.
    """
    known = _own_hosts.get(host)
    if known is not None and known[0] > time.monotonic():
        _asked_for.add(host)
        return known[1]
    return _look_up(host)


def forget_own_hosts() -> None:
    """This process looks its hosts up anew."""
    _own_hosts.clear()


def _look_up(host: str) -> TenantRef | None:
    """This host, and with it those that were asked for lately: one look-up a second for all.

    Each host by itself cost a fifth of a request's time where tenants alternate.
    """
    global _asked_for  # whoever comes first takes them all
    others, _asked_for = _asked_for, set()
    hosts = {host, *islice(others, TOGETHER)}
    until = time.monotonic() + OWN_TTL_S
    found = _shared_by_host(hosts)
    # Hosts that exist only: nobody can fill the memory with names, and a new one works at once.
    _own_hosts.update({name: (until, tenant) for name, tenant in found.items()})
    return found.get(host)


def _shared_by_host(hosts: set[str]) -> dict[str, TenantRef]:
    """Those of the hosts that exist. A list is cached, so that "no such host" can be as well."""
    with platform_context():
        cached = cache.get_many([host_key(host) for host in hosts])
        known: dict[str, list[TenantRef]] = {
            host: cached[host_key(host)] for host in hosts if host_key(host) in cached
        }
        if missing := hosts - known.keys():
            fresh: dict[str, list[TenantRef]] = {host: [] for host in missing}
            for domain in _domains(missing):
                fresh[domain.domain].append(ref(domain.tenant))
            cache.set_many({host_key(host): tenants for host, tenants in fresh.items()}, HOST_TTL_S)
            known |= fresh
    return {host: tenants[0] for host, tenants in known.items() if tenants}


def _domains(hosts: set[str]) -> QuerySet[Domain]:
    return Domain.objects.select_related("tenant").filter(domain__in=hosts)


def ref(tenant: Tenant) -> TenantRef:
    return TenantRef(tenant.slug, tenant.schema_name, tenant.name, tenant.state)


def tenant_get(*, slug: str) -> Tenant:
    """One tenant.

    Raises:
        Tenant.DoesNotExist: no such slug.
    """
    with platform_context():
        return Tenant.objects.get(slug=slug)


def tenants_active() -> list[Tenant]:
    with platform_context():
        return list(Tenant.objects.filter(state=TenantState.ACTIVE))


def schema_is_active(schema: str) -> bool:
    """Whether background work may be done for this tenant."""
    with platform_context():
        rows = Tenant.objects.filter(schema_name=schema, state=TenantState.ACTIVE)
        return bool(rows.exists())


def schemas_active() -> list[str]:
    with platform_context():
        rows = Tenant.objects.filter(state=TenantState.ACTIVE).order_by("schema_name")
        return list(rows.values_list("schema_name", flat=True))


def tenants_with_schema(using: str) -> list[Tenant]:
    """Tenants whose schema exists already, unless they are being deleted: those to migrate."""
    there = Func(F("schema_name"), function="to_regnamespace", output_field=TextField())
    with platform_context():
        rows = Tenant.objects.using(using).alias(there=there).filter(there__isnull=False)
        return list(rows.exclude(state=TenantState.DELETING).order_by("slug"))


@dataclass(frozen=True, slots=True)
class Identity:
    """A tenant as people outside see it: its name and where it is reached."""

    name: str
    host: str


def identity_of(schema: str) -> Identity:
    """What mails and messages of a tenant say of it; outside any transaction.

    Raises:
        Domain.DoesNotExist: there is no such tenant.
    """
    with platform_context():
        rows = Domain.objects.select_related("tenant").filter(is_primary=True)
        domain = rows.get(tenant__schema_name=schema)
        return Identity(str(domain.tenant.name), str(domain.domain))


def primary_host(tenant: Tenant) -> str:
    with platform_context():
        return str(Domain.objects.get(tenant_id=tenant.pk, is_primary=True).domain)
