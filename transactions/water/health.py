"""What a kiosk says of itself, as far as it can be believed to be that."""

from typing import Any

from django.utils import timezone

from .models import Kiosk

NAMES = ("fw", "cfg", "bat_mv", "rssi", "tank_pct", "door", "queue")
MAX_TEXT, MOST = 40, 2**31


def health_note(kiosk: Kiosk, said: Any) -> dict[str, Any]:
    """Keep it; what is not of the known names and plain is left out. Returns what was kept."""
    known = said if isinstance(said, dict) else {}
    health = {name: known[name] for name in NAMES if name in known and _is_plain(known[name])}
    if health:
        firmware = health.get("fw", kiosk.firmware)
        values = {"health": health, "health_at": timezone.now()}
        Kiosk.objects.filter(pk=kiosk.pk).update(firmware=str(firmware), **values)
    return health


def _is_plain(value: Any) -> bool:
    if isinstance(value, str):
        return len(value) <= MAX_TEXT and value.isascii() and value.isprintable()
    return isinstance(value, int | float) and abs(value) <= MOST
