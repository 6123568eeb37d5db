"""Reads: whose token is this, which sessions are open, which ends the tenants do not know yet."""

from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils import timezone
from knox.crypto import hash_token

from wificore.kernel.db.context import current

from .models import SupportSession


def session_by_token(token: str) -> SupportSession | None:
    """The open session of a token in the active tenant; None on the platform, or if it is over."""
    rows = SupportSession.objects.filter(digest=hash_token(token), tenant=current().schema)
    return still_open(rows).filter(told_at__isnull=False).first()


def still_open(
    rows: QuerySet[SupportSession], now: datetime | None = None
) -> QuerySet[SupportSession]:
    return rows.filter(ended_at__isnull=True, expires_at__gt=now or timezone.now())


def sessions() -> QuerySet[SupportSession]:
    """All of the platform, or those that the active tenant was told of."""
    rows = SupportSession.objects.order_by("-created_at", "-public_id")
    if current().is_platform:
        return rows
    return rows.filter(tenant=current().schema, told_at__isnull=False)


def ends_untold(now: datetime) -> QuerySet[SupportSession]:
    """Over, and the tenant's trail does not say so yet."""
    over = Q(ended_at__isnull=False) | Q(expires_at__lte=now)
    return SupportSession.objects.filter(over, told_at__isnull=False, end_told_at__isnull=True)
