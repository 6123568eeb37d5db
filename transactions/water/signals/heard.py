"""What a report of health says is told at once: a door may be shut again before beat looks."""

from typing import Any

from django.utils import timezone

from transactions.water.models import Kiosk, KioskSignal

from .episodes import Episodes
from .rules import Signal, of_health


def heard(kiosk: Kiosk, health: dict[str, Any]) -> None:
    """Begin what a report says has begun; `watch` ends it."""
    if of_health(health).get(Signal.TAMPER):
        rows = KioskSignal.objects.filter(kiosk=kiosk, over_at=None)
        Episodes(kiosk, rows).on(Signal.TAMPER, timezone.now())
