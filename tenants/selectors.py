"""Reads: which tenant has this host, this slug; which are active."""

from dataclasses import dataclass

from django.core.cache import cache
from django.db.models import QuerySet

from wificore.kernel.db.context import platform_context

from .models import Domain, Tenant, TenantState

HOST_TTL_S = 60


@dataclass(frozen=True, slots=True)
class TenantRef:
    """What a request needs to know of its tenant; small enough to cache."""

    slug: str
    schema_name: str
    name: str
    state: str


def host_key(host: str) -> str:
    return f"host:{host}"


def tenant_by_host(host: str) -> TenantRef | None:
    """The tenant of a normalised host name, cached for `HOST_TTL_S`; None if there is none."""
    with platform_context():
        found: list[TenantRef] | None = cache.get(host_key(host))
        if found is None:
            # A list, so that "no such host" can be cached as well.
            found = [ref(domain.tenant) for domain in _domains(host)]
            cache.set(host_key(host), found, HOST_TTL_S)
    return found[0] if found else None


def _domains(host: str) -> QuerySet[Domain]:
    return Domain.objects.select_related("tenant").filter(domain=host)


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


def tenants_with_schema(using: str) -> list[Tenant]:
    """Tenants whose schema exists already, whatever their state: those that are migrated."""
    with platform_context():
        rows = Tenant.objects.using(using).exclude(state=TenantState.REQUESTED)
        return list(rows.order_by("slug"))


def primary_host(tenant: Tenant) -> str:
    with platform_context():
        return str(Domain.objects.get(tenant_id=tenant.pk, is_primary=True).domain)
