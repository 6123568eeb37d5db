"""What expires by itself is refused at once, and cleared away later: beat calls this hourly."""

from django.contrib.sessions.models import Session
from django.utils import timezone

from .models import ApiToken, Invitation


def expired_forget() -> dict[str, int]:
    """Delete what has expired in the current schema; returns how many of each."""
    now = timezone.now()
    sign_ins, _ = Session.objects.filter(expire_date__lt=now).delete()
    tokens, _ = ApiToken.objects.filter(expiry__lt=now).delete()
    invitations, _ = Invitation.objects.filter(expires_at__lt=now).delete()
    return {"sign_ins": sign_ins, "tokens": tokens, "invitations": invitations}
