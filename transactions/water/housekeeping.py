"""What devices' requests leave behind, and for how long."""

from datetime import timedelta

from django.utils import timezone

from .models import Authorisation
from .signatures import nonces_forget

# As long as answers to people's keys are kept.
KEEP_ANSWERS = timedelta(days=30)


def devices_forget() -> dict[str, int]:
    """Delete nonces that can come no more, and old questions of kiosks (beat)."""
    old = Authorisation.objects.filter(created_at__lt=timezone.now() - KEEP_ANSWERS)
    return {"nonces": nonces_forget(), "answers": old.delete()[0]}
