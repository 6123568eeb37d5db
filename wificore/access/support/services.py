"""Writes: open and end support sessions, so that the tenant always knows.

    open    platform's transaction:  row + audit + event       the token is nobody's yet
            tenant's transaction:    told_at + audit + event   from here on it works
    end     platform's transaction:  ended_at + audit + event  from here on it does not work
            tenant's transaction:    end_told_at + audit + event

A context may not change inside a transaction, so there are two. A crash between them leaves a
session that never works, or an end that `sessions_watch` tells within a minute. By the tenant's
own hand both are one.
"""

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from knox.crypto import hash_token

from tenants.models import Tenant, TenantState
from tenants.selectors import TenantRef
from wificore.kernel import logging
from wificore.kernel.actor import SUPPORT, Actor, acting_as, current_actor
from wificore.kernel.api.errors import DomainError
from wificore.kernel.changes import announce, snapshot
from wificore.kernel.db.context import PUBLIC, platform_context, tenant_context

from ..codes import TENANT_ROLES
from ..decide import decide
from ..models import User, new_public_id
from ..rows import Invalid
from ..subjects import build, nobody, rights_of
from .models import LONGEST, SupportSession
from .selectors import ends_untold, still_open

log = logging.get(__name__)

OPEN = "tenants.support.manage"
TOKEN_BYTES = 32
DEFAULT_MINUTES = 60
LONGEST_MINUTES = int(LONGEST / timedelta(minutes=1))
# The trails keep what happened; the rows are only needed while somebody may ask about them.
KEEP = timedelta(days=90)
TOLD = ("tenant", "role", "operator", "reason", "expires_at")
BY_TIME, BY_PLATFORM = "(its time was over)", "(the operator may no longer)"


class SupportConflict(DomainError):
    """The tenant cannot be worked in now."""

    status = 409
    code = "conflict"


def session_open(
    *, tenant: Tenant, role: str, reason: str, operator: User, minutes: int = DEFAULT_MINUTES
) -> tuple[SupportSession, str]:
    """A session in a tenant and its token, which is never to be had again.

    Args:
        role: a built-in role of tenants; its protected and lasting codes are left out.
        operator: the platform's user who will work in it.

    Raises:
        Invalid: the role, the reason or the minutes cannot be.
        SupportConflict: the tenant is not active.
    """
    _check(tenant, role, reason, minutes)
    clear = secrets.token_urlsafe(TOKEN_BYTES)
    now = timezone.now()
    with platform_context(), transaction.atomic():
        session = SupportSession.objects.create(
            public_id=new_public_id(),
            tenant=tenant.schema_name,
            digest=hash_token(clear),
            role=role,
            reason=reason.strip(),
            operator_id=operator.pk,
            operator=operator.email,
            created_at=now,
            expires_at=now + timedelta(minutes=minutes),
        )
        announce("support.opened", session.public_id, new=_told(session), reason=session.reason)
    opener = _support(session, operator.email)
    with _in_tenant(session, opener), transaction.atomic():
        session.told_at = timezone.now()
        session.save(update_fields=["told_at"])
        announce("support.opened", session.public_id, new=_told(session), reason=session.reason)
    return session, clear


def session_end(*, session: SupportSession, by: str) -> None:
    """End a session at once, from the platform's side; one that is over stays as it is."""
    with platform_context(), transaction.atomic():
        ended = _end(session, by)
        if ended:
            announce("support.ended", session.public_id, old=_ended(session, by))
        there = _is_there(session)
    if ended and there:
        _tell_end(session, by=by)


def session_end_here(*, session: SupportSession, by: str) -> None:
    """End a session at once, from the tenant's side; one that is over stays as it is."""
    with transaction.atomic():
        if _end(session, by, end_told_at=timezone.now()):
            announce("support.ended", session.public_id, old=_ended(session, by))


def sessions_watch() -> dict[str, int]:
    """End sessions of operators who may no longer, tell tenants of ends (beat, every minute)."""
    now = timezone.now()
    gone = _of_gone_operators(now)
    for session in gone:
        _each(session, lambda one: session_end(session=one, by=BY_PLATFORM))
    ends = [session for session in ends_untold(now) if _is_there(session)]
    for session in ends:
        _each(session, lambda one: _tell_end(one, by=one.ended_by or BY_TIME))
    SupportSession.objects.filter(expires_at__lt=now - KEEP).delete()
    return {"gone": len(gone), "ends": len(ends)}


def forget_tenant(schema: str, using: str) -> None:
    """Delete the sessions of a tenant that is deleted."""
    rows = SupportSession.objects.using(using).filter(tenant=schema)
    with transaction.atomic(using=using):
        for session in rows:
            announce("support.forgotten", session.public_id, old=_told(session), using=using)
        rows.delete()


def _each(session: SupportSession, do: Callable[[SupportSession], None]) -> None:
    """One tenant that is out of order stops no other; it is tried again in a minute."""
    try:
        do(session)
    except Exception:
        log.exception("support session not ended or told", tenant=session.slug)


def _check(tenant: Tenant, role: str, reason: str, minutes: int) -> None:
    if role not in TENANT_ROLES:
        raise Invalid(f"Use one of {', '.join(TENANT_ROLES)}.", field="role")
    if not reason.strip():
        raise Invalid("Say why: the tenant reads it.", field="reason")
    if not 1 <= minutes <= LONGEST_MINUTES:
        raise Invalid(f"Use 1 to {LONGEST_MINUTES} minutes.", field="minutes")
    if tenant.state != TenantState.ACTIVE:
        raise SupportConflict(f"{tenant.slug} is {tenant.state}, not active.", field="tenant")


def _told(session: SupportSession) -> dict[str, Any]:
    return snapshot(session, TOLD)


def _ended(session: SupportSession, by: str) -> dict[str, Any]:
    return {**_told(session), "ended_by": by}


def _end(session: SupportSession, by: str, **more: Any) -> bool:
    """Whether it was still open."""
    rows = still_open(SupportSession.objects.filter(pk=session.pk))
    return rows.update(ended_at=timezone.now(), ended_by=by, **more) == 1


def _tell_end(session: SupportSession, *, by: str) -> None:
    """Once, whoever tells it; by the clock it is the system that ends it."""
    now = current_actor()
    ender = now if now.kind == "system" else _support(session, by)
    with _in_tenant(session, ender), transaction.atomic():
        rows = SupportSession.objects.filter(pk=session.pk, end_told_at__isnull=True)
        if rows.update(end_told_at=timezone.now()):
            announce("support.ended", session.public_id, old=_ended(session, by))


@contextmanager
def _in_tenant(session: SupportSession, actor: Actor) -> Iterator[None]:
    with tenant_context(TenantRef(session.slug, session.tenant, "", "")), acting_as(actor):
        yield


def _support(session: SupportSession, name: str) -> Actor:
    """The session's name for the trail: a platform user's id would be another person's there."""
    return replace(current_actor(), kind=SUPPORT, id=session.public_id, name=name, token="")


def _of_gone_operators(now: datetime) -> list[SupportSession]:
    """Open sessions of operators who are inactive, deleted, or may not open one any more."""
    found = list(still_open(SupportSession.objects.all(), now))
    ids = {session.operator_id for session in found}
    rights = rights_of(ids, PUBLIC) if ids else {}
    may = {key: decide(build(PUBLIC, key, rights.get(key, nobody())), None, OPEN) for key in ids}
    return [session for session in found if not may[session.operator_id].allowed]


def _is_there(session: SupportSession) -> bool:
    """Its tenant has a schema to write to: it is not being deleted."""
    rows = Tenant.objects.filter(schema_name=session.tenant)
    return bool(rows.exclude(state=TenantState.DELETING).exists())
