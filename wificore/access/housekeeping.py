"""What expires by itself is refused at once, and cleared away later: beat calls this hourly."""

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db.models import Exists, OuterRef
from django.utils import timezone

from .models import ApiToken, Invitation
from .signin.lockout import stale_forget


def expired_forget() -> dict[str, int]:
    """Delete what has expired in the current schema; returns how many of each."""
    now = timezone.now()
    sign_ins, _ = Session.objects.filter(expire_date__lt=now).delete()
    known = Session.objects.filter(session_key=OuterRef("session_key"))
    UserSession.objects.filter(~Exists(known)).delete()
    tokens, _ = ApiToken.objects.filter(expiry__lt=now).delete()
    invitations, _ = Invitation.objects.filter(expires_at__lt=now).delete()
    return {
        "sign_ins": sign_ins,
        "tokens": tokens,
        "invitations": invitations,
        "counters": stale_forget(),
    }
