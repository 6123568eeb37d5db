"""Orders for `worker-ddl`: written with the tenant's row, carried out once, brought back if lost.

request (web, CLI) --one transaction--> tenant + order --on commit--> message on the queue `ddl`
worker-ddl: lock the tenant, read the order again, run its steps, delete the order
beat, every minute: orders whose time to be sent again has come
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db import OperationalError, connections
from django.utils import timezone

from wificore.kernel import tasks
from wificore.kernel.db.context import platform_context
from wificore.kernel.db.router import OWNER_ALIAS

from . import deletion, provisioning
from .hooks import FirstUser
from .models import Order, Tenant, TenantState

LOCK_CLASS = 7_301
TASK = "tenants.tasks.carry_out"
# Longer than a message usually waits; a second one finds the order done.
PATIENCE = timedelta(minutes=2)
LONGEST_PAUSE = timedelta(hours=1)

STEPS_OF = {Order.Kind.CREATE: provisioning.provision, Order.Kind.DELETE: deletion.delete}


def place(tenant: Tenant, kind: Order.Kind, using: str, owner: FirstUser | None = None) -> None:
    """Write the order down, in the caller's transaction; an older one is replaced."""
    values: dict[str, object] = {"kind": kind, "attempts": 0, "retry_at": timezone.now() + PATIENCE}
    if owner is not None:
        values |= {"owner_email": owner.email, "owner_password": owner.password_hash}
    Order.objects.using(using).update_or_create(tenant=tenant, defaults=values)


def send(slug: str) -> None:
    """Ask `worker-ddl` for it, once the caller's transaction is committed."""
    tasks.named(TASK).send([slug], expires=PATIENCE.total_seconds())


def overdue(now: datetime) -> list[str]:
    """Slugs of tenants whose order is to be sent again; failed provisioning waits for a person."""
    with platform_context():
        rows = Order.objects.filter(retry_at__lte=now).exclude(tenant__state=TenantState.FAILED)
        return list(rows.values_list("tenant__slug", flat=True))


def overdue_send() -> dict[str, int]:
    """Send overdue orders again (beat, once a minute)."""
    now = timezone.now()
    slugs = overdue(now)
    Order.objects.filter(tenant__slug__in=slugs).update(retry_at=now + PATIENCE)
    for slug in slugs:
        send(slug)
    return {"orders": len(slugs)}


def carry_out(slug: str) -> None:
    """Do what is ordered for a tenant; nothing if it is done already.

    Raises:
        Exception: what stopped it; the tenant's row says why, and the order stays.
    """
    with platform_context(), _locked(slug):
        rows = Order.objects.using(OWNER_ALIAS).select_related("tenant")
        order = rows.filter(tenant__slug=slug).first()
        if order is None:
            return
        try:
            STEPS_OF[Order.Kind(order.kind)](order)
        except OperationalError:
            raise  # PostgreSQL is away: nothing can be written down, and beat brings it back
        except Exception as error:
            _failed(order, error)
            raise


def _failed(order: Order, error: Exception) -> None:
    """A tenant half made waits for a person; one half deleted is tried again, ever more rarely."""
    attempts = order.attempts + 1
    pause = min(timedelta(minutes=2 ** min(attempts, 10)), LONGEST_PAUSE)
    rows = Order.objects.using(OWNER_ALIAS).filter(pk=order.pk)
    rows.update(attempts=attempts, retry_at=timezone.now() + pause)
    failed = {} if order.kind == Order.Kind.DELETE else {"state": TenantState.FAILED}
    tenants = Tenant.objects.using(OWNER_ALIAS).filter(pk=order.tenant_id)
    tenants.update(error=str(error)[:2000], **failed)


@contextmanager
def _locked(slug: str) -> Iterator[None]:
    """One order at a time for this tenant, across processes."""
    with connections[OWNER_ALIAS].cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s, hashtext(%s))", [LOCK_CLASS, slug])
    try:
        yield
    finally:
        with connections[OWNER_ALIAS].cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s, hashtext(%s))", [LOCK_CLASS, slug])
