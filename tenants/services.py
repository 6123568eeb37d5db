"""Writes: ask for a tenant, suspend and resume it, delete it.

`tenant_request` and `tenant_delete_request` leave the work to `worker-ddl` (web); `tenant_create`
and `tenant_delete` do it here and now, and need the owner's login (commands).
"""

import re

from django.conf import settings
from django.core.cache import cache
from django.db import connections, transaction

from wificore.kernel.api.errors import DomainError
from wificore.kernel.changes import announce, snapshot
from wificore.kernel.db.context import platform_context
from wificore.kernel.db.router import OWNER_ALIAS

from . import orders
from .hooks import FirstUser, Owner
from .models import SLUG, Domain, Order, Tenant, TenantState
from .selectors import forget_own_hosts, host_key, tenant_get

# What events and audit tell of a tenant.
TOLD = ("slug", "name", "schema_name", "state")
RESERVED = frozenset({"public", "platform", "www", "api", "admin"})
# Its hosts open again by themselves, or it is leaving: nothing to suspend or to make.
DONE = (TenantState.ACTIVE, TenantState.SUSPENDED)


class TenantInvalid(DomainError):
    """A tenant cannot be made or changed from what was given."""

    code = "validation_error"


class TenantConflict(TenantInvalid):
    """What is asked does not fit what is already there."""

    status = 409
    code = "conflict"


def tenant_request(
    *, slug: str, name: str, owner: Owner | FirstUser, host: str | None = None
) -> Tenant:
    """A new tenant that `worker-ddl` makes; its hosts open when it is `active`.

    Raises:
        TenantInvalid: the slug cannot be used.
        TenantConflict: the slug or the host is taken.
    """
    slug_check(slug)
    first = owner.hashed() if isinstance(owner, Owner) else owner
    with platform_context(), transaction.atomic():
        tenant, made = _requested(slug, name, _host(slug, host), first, "default")
        if not made:
            raise TenantConflict(f"There is a tenant {slug!r} already.", field="slug")
        orders.send(slug)
    forget_hosts(tenant)
    return tenant


def tenant_create(*, slug: str, name: str, owner: Owner, host: str | None = None) -> Tenant:
    """Make a tenant with schema, role, tables and owner; call again to resume a failed one.

    Raises:
        TenantInvalid: the slug or the host cannot be used.
    """
    slug_check(slug)
    _require_owner_login()
    first = owner.hashed()
    with platform_context(), transaction.atomic(using=OWNER_ALIAS):
        tenant, _ = _requested(slug, name, _host(slug, host), first, OWNER_ALIAS)
    orders.carry_out(slug)
    forget_hosts(tenant)
    return tenant_get(slug=slug)


def slug_check(slug: str) -> None:
    """Raises:
    TenantInvalid: a tenant cannot be called so.
    """
    if not re.fullmatch(SLUG, slug):
        raise TenantInvalid("Use 1 to 40 of: small letters a-z, digits, underscore.", field="slug")
    if slug in RESERVED:
        raise TenantInvalid(f"{slug!r} is reserved: choose another slug.", field="slug")


def _require_owner_login() -> None:
    if OWNER_ALIAS not in connections:
        raise TenantInvalid("DATABASE_OWNER_URL is not set: this needs the owner's login.")


def _host(slug: str, host: str | None) -> str:
    return (host or f"{slug.replace('_', '-')}.{settings.TENANT_BASE_DOMAIN}").lower()


def _requested(
    slug: str, name: str, domain: str, owner: FirstUser, using: str
) -> tuple[Tenant, bool]:
    """The tenant's rows and its order, and whether they are new."""
    taken = Domain.objects.using(using).filter(domain=domain).exclude(tenant__slug=slug)
    if domain == settings.PLATFORM_HOST or taken.exists():
        raise TenantConflict(f"{domain} belongs to another tenant.", field="host")
    tenant, made = Tenant.objects.using(using).get_or_create(
        slug=slug, defaults={"name": name, "schema_name": f"ts_{slug}"}
    )
    if tenant.state == TenantState.DELETING:
        raise TenantConflict(f"{slug} is being deleted.", field="slug")
    Domain.objects.using(using).get_or_create(domain=domain, defaults={"tenant": tenant})
    if tenant.state not in DONE:
        orders.place(tenant, Order.Kind.CREATE, using, owner)
    if made:
        told = {**snapshot(tenant, TOLD), "host": domain}
        announce("tenant.created", slug, new=told, using=using)
    return tenant, made


def tenant_suspend(*, tenant: Tenant, reason: str = "") -> None:
    """Close the tenant's hosts; its routers and data stay."""
    _change_state("tenant.suspended", tenant, TenantState.ACTIVE, TenantState.SUSPENDED, reason)


def tenant_resume(*, tenant: Tenant) -> None:
    """Open a suspended tenant's hosts again.

    Raises:
        TenantConflict: it is not suspended.
    """
    _change_state("tenant.resumed", tenant, TenantState.SUSPENDED, TenantState.ACTIVE)


def tenant_retry(*, tenant: Tenant) -> None:
    """Let `worker-ddl` go on with provisioning that failed.

    Raises:
        TenantConflict: it did not fail.
    """
    _change_state("tenant.retried", tenant, TenantState.FAILED, TenantState.REQUESTED, send=True)


def tenant_go_on(*, tenant: Tenant) -> TenantState:
    """Resume a suspended tenant, or provisioning that failed; returns the new state.

    Raises:
        TenantConflict: it is neither.
    """
    if tenant.state == TenantState.FAILED:
        tenant_retry(tenant=tenant)
        return TenantState.REQUESTED
    tenant_resume(tenant=tenant)
    return TenantState.ACTIVE


def tenant_delete_request(*, tenant: Tenant, confirm: str) -> None:
    """Close the tenant at once, and let `worker-ddl` export and drop everything of it.

    Asking again sends the order again.

    Raises:
        TenantInvalid: `confirm` is not its slug.
    """
    _delete_request(tenant, confirm)
    with platform_context():
        orders.send(tenant.slug)


def tenant_delete(*, tenant: Tenant, confirm: str) -> None:
    """Export and drop everything of a tenant; call again to go on after a failure.

    Raises:
        TenantInvalid: `confirm` is not its slug, or the owner's login is not here.
    """
    _require_owner_login()
    _delete_request(tenant, confirm)
    orders.carry_out(tenant.slug)


def _delete_request(tenant: Tenant, confirm: str) -> None:
    if confirm != tenant.slug:
        raise TenantInvalid("Type the tenant's slug to delete it for good.", field="confirm")
    with platform_context(), transaction.atomic():
        row = Tenant.objects.select_for_update().get(pk=tenant.pk)
        if row.state != TenantState.DELETING:
            Tenant.objects.filter(pk=row.pk).update(state=TenantState.DELETING, error="")
            orders.place(row, Order.Kind.DELETE, "default")
            told = {"slug": row.slug, "schema_name": row.schema_name}
            old, new = {**told, "state": row.state}, {**told, "state": TenantState.DELETING}
            announce("tenant.deleting", row.slug, old=old, new=new)
    forget_hosts(tenant)


def _change_state(
    event: str,
    tenant: Tenant,
    before: TenantState,
    after: TenantState,
    reason: str = "",
    *,
    send: bool = False,
) -> None:
    with platform_context(), transaction.atomic():
        rows = Tenant.objects.filter(pk=tenant.pk, state=before).update(state=after)
        if rows == 0:
            raise TenantConflict(f"{tenant.slug} is not {before}.", field="state")
        told = {"slug": tenant.slug, "schema_name": tenant.schema_name}
        old, new = {**told, "state": before}, {**told, "state": after}
        announce(event, tenant.slug, old=old, new=new, reason=reason)
        if send:
            orders.send(tenant.slug)
    forget_hosts(tenant)


def forget_hosts(tenant: Tenant) -> None:
    """Drop the cached look-ups of the tenant's hosts: here at once, elsewhere within 2 seconds."""
    with platform_context():
        hosts = Domain.objects.filter(tenant_id=tenant.pk).values_list("domain", flat=True)
        cache.delete_many([host_key(host) for host in hosts])
    forget_own_hosts()
