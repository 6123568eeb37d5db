"""Writes: create a tenant, suspend and resume it."""

import re

from django.conf import settings
from django.core.cache import cache
from django.db import connections, transaction

from wificore.kernel.api.errors import DomainError
from wificore.kernel.db.context import platform_context
from wificore.kernel.db.router import OWNER_ALIAS

from .hooks import Owner
from .models import SLUG, Domain, Tenant, TenantState
from .provisioning import provision
from .selectors import host_key

RESERVED = frozenset({"public", "platform", "www", "api", "admin"})


class TenantInvalid(DomainError):
    """A tenant cannot be made from what was given."""

    code = "validation_error"


def tenant_create(*, slug: str, name: str, owner: Owner, host: str | None = None) -> Tenant:
    """Make a tenant with schema, role, tables and owner; call again to resume a failed one.

    Raises:
        TenantInvalid: the slug or the host cannot be used.
    """
    _check_slug(slug)
    domain = (host or f"{slug.replace('_', '-')}.{settings.TENANT_BASE_DOMAIN}").lower()
    with platform_context():
        tenant = _requested(slug, name, domain)
    provision(tenant, owner)
    forget_hosts(tenant)
    return tenant


def _check_slug(slug: str) -> None:
    if not re.fullmatch(SLUG, slug):
        raise TenantInvalid("Use 1 to 40 of: small letters a-z, digits, underscore.", field="slug")
    if slug in RESERVED:
        raise TenantInvalid(f"{slug!r} is reserved: choose another slug.", field="slug")
    if OWNER_ALIAS not in connections:
        raise TenantInvalid("DATABASE_OWNER_URL is not set: provisioning needs the owner's login.")


def _requested(slug: str, name: str, domain: str) -> Tenant:
    with transaction.atomic(using=OWNER_ALIAS):
        taken = Domain.objects.using(OWNER_ALIAS).filter(domain=domain).exclude(tenant__slug=slug)
        if taken.exists():
            raise TenantInvalid(f"{domain} belongs to another tenant.", field="host")
        tenant, _ = Tenant.objects.using(OWNER_ALIAS).get_or_create(
            slug=slug, defaults={"name": name, "schema_name": f"ts_{slug}"}
        )
        Domain.objects.using(OWNER_ALIAS).get_or_create(domain=domain, defaults={"tenant": tenant})
    return tenant


def tenant_suspend(*, tenant: Tenant) -> None:
    """Close the tenant's hosts; its routers and data stay."""
    _change_state(tenant, TenantState.ACTIVE, TenantState.SUSPENDED)


def tenant_resume(*, tenant: Tenant) -> None:
    _change_state(tenant, TenantState.SUSPENDED, TenantState.ACTIVE)


def _change_state(tenant: Tenant, before: TenantState, after: TenantState) -> None:
    with platform_context():
        rows = Tenant.objects.filter(pk=tenant.pk, state=before).update(state=after)
    if rows == 0:
        raise TenantInvalid(f"{tenant.slug} is not {before}.", field="state")
    forget_hosts(tenant)


def forget_hosts(tenant: Tenant) -> None:
    """Drop the cached look-ups of the tenant's hosts, in every process at once."""
    with platform_context():
        hosts = Domain.objects.filter(tenant_id=tenant.pk).values_list("domain", flat=True)
        cache.delete_many([host_key(host) for host in hosts])
