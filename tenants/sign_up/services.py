"""Writes: a stranger asks for a tenant, confirms the address; an operator approves or declines.

asked --link in a mail--> confirmed --operator--> approved (an order to provision) or declined
"""

import hashlib
import secrets
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from wificore.kernel import tasks
from wificore.kernel.api.errors import DomainError
from wificore.kernel.changes import announce, snapshot
from wificore.kernel.db.context import platform_context

from ..hooks import FirstUser, Owner
from ..models import SignUp, Tenant
from ..services import slug_check, tenant_request

TOLD = ("slug", "name", "owner_email", "state")
MAIL_TASK = "tenants.tasks.sign_up_mail"
# An address that nobody confirmed, and what became of those that were.
UNCONFIRMED_KEPT = timedelta(days=3)
DECIDED_KEPT = timedelta(days=90)


class SignUpClosed(DomainError):
    """Strangers may not ask for tenants here."""

    status = 403
    code = "sign_up_closed"


class SignUpInvalid(DomainError):
    """This cannot be asked for, or this key confirms nothing."""

    code = "validation_error"


class SignUpDecided(DomainError):
    """It is not waiting for a decision."""

    status = 409
    code = "conflict"


def sign_up_ask(*, slug: str, name: str, owner: Owner) -> SignUp:
    """Note what a stranger asks for, and mail a link to confirm the address.

    Raises:
        SignUpClosed: the setting SIGN_UP_OPEN is off.
        TenantInvalid: the slug cannot be used.
        SignUpInvalid: there is a tenant of that name, as its host tells everybody.
    """
    sign_up_check_open()
    slug_check(slug)
    first = owner.hashed()
    with platform_context(), transaction.atomic():
        if Tenant.objects.filter(slug=slug).exists():
            raise SignUpInvalid(f"{slug!r} is taken: choose another slug.", field="slug")
        asked = SignUp.objects.create(
            slug=slug, name=name, owner_email=first.email, owner_password=first.password_hash
        )
        announce("sign_up.asked", asked.pk, new=snapshot(asked, TOLD))
        tasks.named(MAIL_TASK).enqueue(asked.pk)
    return asked


def sign_up_check_open() -> None:
    """Raises:
    SignUpClosed: the setting SIGN_UP_OPEN is off.
    """
    if not settings.SIGN_UP_OPEN:
        raise SignUpClosed("This platform takes no sign-ups: ask its operator for a tenant.")


def sign_up_key_new(*, asked: SignUp) -> str:
    """A new key that confirms; of it, only a hash is kept."""
    key = secrets.token_urlsafe(32)
    with transaction.atomic():
        SignUp.objects.filter(pk=asked.pk).update(key_hash=_hash(key))
        announce("sign_up.mailed", asked.pk, new=snapshot(asked, TOLD))
    return key


def sign_up_confirm(*, key: str) -> SignUp:
    """The address is the asker's: operators may decide now.

    Raises:
        SignUpInvalid: the key is wrong, too old or used.
    """
    with platform_context(), transaction.atomic():
        since = timezone.now() - UNCONFIRMED_KEPT
        rows = SignUp.objects.select_for_update().filter(key_hash=_hash(key), created_at__gt=since)
        asked = rows.filter(state=SignUp.State.ASKED).first()
        if asked is None:
            raise SignUpInvalid("This key confirms nothing, or not any more.", field="key")
        _decide(asked, SignUp.State.CONFIRMED)
    return asked


def sign_up_approve(*, asked: SignUp) -> Tenant:
    """Order the tenant; `worker-ddl` makes it.

    Raises:
        SignUpDecided: the address is not confirmed, or it was decided before.
        TenantConflict: the slug was taken in the meantime.
    """
    with platform_context(), transaction.atomic():
        row = _waiting(asked)
        owner = FirstUser(row.owner_email, row.owner_password)
        tenant = tenant_request(slug=row.slug, name=row.name, owner=owner)
        _decide(row, SignUp.State.APPROVED)
        tasks.named(MAIL_TASK).enqueue(row.pk)
    return tenant


def sign_up_decline(*, asked: SignUp, reason: str = "") -> None:
    """Say no.

    Raises:
        SignUpDecided: the address is not confirmed, or it was decided before.
    """
    with platform_context(), transaction.atomic():
        _decide(_waiting(asked), SignUp.State.DECLINED, reason)
        tasks.named(MAIL_TASK).enqueue(asked.pk)


def _waiting(asked: SignUp) -> SignUp:
    rows = SignUp.objects.select_for_update()
    row = rows.filter(pk=asked.pk, state=SignUp.State.CONFIRMED).first()
    if row is None:
        raise SignUpDecided("It is not waiting for a decision.")
    return row


def _decide(row: SignUp, state: SignUp.State, reason: str = "") -> None:
    """What is decided needs no password hash any more: an order has its own."""
    old = snapshot(row, TOLD)
    row.state, row.key_hash = state, ""
    if state != SignUp.State.CONFIRMED:
        row.owner_password, row.decided_at = "", timezone.now()
    row.save()
    announce(f"sign_up.{state}", row.pk, old=old, new=snapshot(row, TOLD), reason=reason)


def sign_ups_forget() -> dict[str, int]:
    """Delete what nobody confirmed and what was decided long ago (beat)."""
    now = timezone.now()
    asked = SignUp.objects.filter(state=SignUp.State.ASKED, created_at__lt=now - UNCONFIRMED_KEPT)
    decided = SignUp.objects.filter(decided_at__lt=now - DECIDED_KEPT)
    return {"unconfirmed": asked.delete()[0], "decided": decided.delete()[0]}


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
