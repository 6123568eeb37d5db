"""What a kiosk must know to sell by itself: how it counts, what water costs, who may not draw.

Told with each answer until the kiosk says, by `cfg` in its health, that it has this version of it;
then not again until something of it changes. The version is made of what is told, so that nobody
has to count it up.
"""

import hashlib
from datetime import datetime
from typing import Any

from django.utils import timezone

from . import pricing
from .commands import Command
from .models import Kiosk, Tag, TagState, Tap, TariffVersion
from .records import canonical

VERSION_CHARS = 12
MAX_BLOCKED = 500


def standing(kiosk: Kiosk, health: dict[str, Any]) -> list[Command]:
    """The commands `config`, `tariff` and `block`, each with the version of all three."""
    told = [_config(kiosk), _tariff(kiosk, timezone.now()), _block()]
    version = hashlib.sha256(canonical(told)).hexdigest()[:VERSION_CHARS]
    if str(health.get("cfg", "")) == version:
        return []
    return [{**command, "version": version} for command in told]


def _config(kiosk: Kiosk) -> Command:
    pulses = Tap.objects.values_list("pulses_per_litre", flat=True).get(kiosk=kiosk)
    return {"type": "config", "pulses_per_litre": pulses, "max_ml": kiosk.max_ml}


def _tariff(kiosk: Kiosk, now: datetime) -> Command:
    """The price in force, and those to come, the first one first."""
    versions = list(TariffVersion.objects.filter(tariff=kiosk.tariff_id))
    present = pricing.in_force(versions, now)
    coming = [one for one in versions if one.valid_from > now]
    known = sorted([present, *coming] if present else coming, key=lambda v: (v.valid_from, v.v))
    return {
        "type": "tariff",
        "currency": kiosk.tariff.currency,
        "versions": [
            {
                "v": one.v,
                "valid_from": one.valid_from.isoformat().replace("+00:00", "Z"),
                "price_micro_per_litre": one.price_micro_per_litre,
            }
            for one in known
        ],
    }


def _block() -> Command:
    """Tags that may not draw, by the ids that `authorise` gave; the newest, if there are many."""
    rows = Tag.objects.exclude(state=TagState.ACTIVE).order_by("-pk")
    return {"type": "block", "tags": list(rows.values_list("public_id", flat=True)[:MAX_BLOCKED])}
