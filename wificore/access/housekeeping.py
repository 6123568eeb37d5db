"""What expires by itself is refused at once, and cleared away later: beat calls this hourly."""

from django.contrib.sessions.models import Session
from django.utils import timezone

from .models import ApiToken


def expired_forget() -> dict[str, int]:
    """Delete the current schema's expired sign-ins and tokens; returns how many of each."""
    now = timezone.now()
    sign_ins, _ = Session.objects.filter(expire_date__lt=now).delete()
    tokens, _ = ApiToken.objects.filter(expiry__lt=now).delete()
    return {"sign_ins": sign_ins, "tokens": tokens}
