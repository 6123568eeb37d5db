"""Writes: invite somebody, who becomes a user by choosing a password.

invite   rehearsed: the user is made and taken back, so every rule of acceptance holds now
mail     a worker makes the token, stores its hash, and sends it: no clear text lies anywhere
accept   once, within a week, by the rights that the inviter has on that day
"""

import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from knox.crypto import hash_token

from wificore.kernel import tasks
from wificore.kernel.api.errors import DomainError
from wificore.kernel.changes import announce, snapshot

from ..decide import decide
from ..guard import By, NotYours
from ..models import ApiToken, Invitation, User, new_public_id
from ..placing import Placement
from ..rows import Invalid, clean
from .users import user_create

MAIL_TASK = "wificore.access.tasks.invitation_mail"
INVITE = "access.user.manage"
TOKEN_BYTES = 32
VALID = timedelta(days=7)
TOLD = ("email", "name", "placement", "inviter", "expires_at")


class InvitationOver(DomainError):
    """Nobody can be told more: the token is wrong, used, too old, or its inviter may no longer."""

    code = "invitation_over"

    def __init__(self) -> None:
        super().__init__("This invitation is not valid any more: ask for a new one.", field="token")


@dataclass(frozen=True, slots=True)
class Page:
    """Where the mail's link leads.

    Attributes:
        origin: scheme and host of the inviter's request: "https://acme.example.com".
        site: the organisation's name, which signs the mail.
    """

    origin: str
    site: str


@dataclass(frozen=True, slots=True)
class _Ceiling:
    abilities: Sequence[str] | None


def invitation_create(
    *,
    email: str,
    inviter: User,
    page: Page,
    name: str = "",
    placement: Placement | None = None,
    token: ApiToken | None = None,
) -> Invitation:
    """Invite an address; the mail leaves when the caller's transaction commits.

    Args:
        token: what the inviter works through; its abilities are the invitation's ceiling too.

    Raises:
        Invalid: the address is malformed, a user's, or invited already, or there is no such place.
        NotYours: the user would get more than the inviter has.
    """
    wanted = placement or Placement(roles=())
    _rehearse(email, name, wanted, By(inviter.subject(), token))
    now = timezone.now()
    invitation = Invitation(
        public_id=new_public_id(),
        email=email.strip().lower(),
        name=name,
        placement=_stored(wanted),
        inviter=inviter,
        ceiling=token.abilities if token else None,
        created_at=now,
        expires_at=now + VALID,
    )
    with transaction.atomic():
        Invitation.objects.filter(email=invitation.email, expires_at__lte=now).delete()
        clean(invitation)
        invitation.save()
        announce("invitation.created", invitation.public_id, new=snapshot(invitation, TOLD))
        _send(invitation, page)
    return invitation


def invitation_resend(*, invitation: Invitation, page: Page) -> Invitation:
    """Another mail, and another week; the links of earlier mails are dead at once."""
    old = snapshot(invitation, TOLD)
    invitation.digest, invitation.expires_at = None, timezone.now() + VALID
    with transaction.atomic():
        invitation.save(update_fields=["digest", "expires_at"])
        announce("invitation.resent", invitation.public_id, old=old, new=snapshot(invitation, TOLD))
        _send(invitation, page)
    return invitation


def invitation_revoke(*, invitation: Invitation) -> None:
    """Take it back: the link in the mail is dead at once."""
    with transaction.atomic():
        announce("invitation.revoked", invitation.public_id, old=snapshot(invitation, TOLD))
        invitation.delete()


def invitation_token(*, invitation: Invitation) -> str:
    """A new token for the mail that is about to leave; only its hash is stored."""
    clear = secrets.token_urlsafe(TOKEN_BYTES)
    told = snapshot(invitation, TOLD)
    with transaction.atomic():
        Invitation.objects.filter(pk=invitation.pk).update(
            digest=hash_token(clear), sent_at=timezone.now()
        )
        announce("invitation.sent", invitation.public_id, old=told, new=told)
    return clear


def invitation_accept(*, token: str, password: str, name: str = "") -> User:
    """Become a user, once.

    Raises:
        InvitationOver: there is nothing to accept.
        Invalid: the password is too weak.
    """
    digest = hash_token(token)
    found = _open(digest).first()
    if found is None:
        raise InvitationOver
    _check_password(password, found)
    with transaction.atomic():
        invitation = _open(digest).select_for_update(of=("self",)).first()
        if invitation is None:
            raise InvitationOver
        user = _user(invitation, password, name)
        told = snapshot(invitation, TOLD)
        invitation.delete()
        announce("invitation.accepted", invitation.public_id, old={**told, "user": user.pk})
    return user


def _user(invitation: Invitation, password: str, name: str) -> User:
    """By the rights of the inviter as they are now. Raises InvitationOver."""
    by = By(invitation.inviter.subject(), _Ceiling(invitation.ceiling))
    if not decide(by.subject, by.token, INVITE).allowed:
        raise InvitationOver
    try:
        return user_create(
            email=invitation.email,
            password=password,
            name=name.strip() or invitation.name,
            placement=_placement(invitation.placement),
            by=by,
        )
    except (Invalid, NotYours):
        raise InvitationOver from None


def _open(digest: str) -> Any:
    rows = Invitation.objects.select_related("inviter")
    return rows.filter(digest=digest, expires_at__gt=timezone.now())


def _rehearse(email: str, name: str, placement: Placement, by: By) -> None:
    """Make the user and take it back. Raises what making the user raises."""
    with transaction.atomic():
        user_create(email=email, password=None, name=name, placement=placement, by=by)
        transaction.set_rollback(True)


def _stored(placement: Placement) -> dict[str, Any]:
    extra = placement.extra_departments
    return {
        **asdict(placement),
        "roles": sorted(placement.roles or ()),
        # JSON has no numbers for names.
        "extra_departments": None if extra is None else [[k, v] for k, v in sorted(extra.items())],
        "extra_sites": None if placement.extra_sites is None else sorted(placement.extra_sites),
    }


def _placement(stored: dict[str, Any]) -> Placement:
    extra = stored["extra_departments"]
    return Placement(**{**stored, "extra_departments": None if extra is None else dict(extra)})


def _check_password(password: str, invitation: Invitation) -> None:
    try:
        validate_password(password, User(email=invitation.email, name=invitation.name))
    except ValidationError as error:
        raise Invalid(error.messages[0], field="password") from None


def _send(invitation: Invitation, page: Page) -> None:
    tasks.named(MAIL_TASK).send([invitation.public_id, page.origin, page.site])
