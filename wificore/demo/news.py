"""What the demo's people were told in the past: routers that fell silent and came back.

The words are those of the real notices. Each has a number below zero, which no real event has.
"""

import random
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from radius.registry.models import Nas
from wificore.access.models import Settings, Site, User
from wificore.kernel.notices import kind_of
from wificore.notifications.models import Notification, Preference
from wificore.notifications.words import Words, words

from .people import HISTORY_DAYS, DemoTenant

TIMES = 14
# Who looks after routers; of the newest ones some are unread.
TOLD = ("owner", "technician")
UNREAD_DAYS = 6


def tell(demo: DemoTenant) -> None:
    """Once: what is there stays as it was read."""
    if Notification.objects.filter(event_id__lt=0).exists():
        return
    dice, now = random.Random(demo.slug), timezone.now()
    people = list(User.objects.filter(email__in=[demo.email(name) for name in TOLD]))
    spoken = dict(Preference.objects.values_list("user_id", "language"))
    routers = list(Nas.objects.filter(address__in=demo.routers).order_by("pk"))
    zone, sites = Settings.objects.get(pk=1).zone, dict(Site.objects.values_list("pk", "name"))
    rows, number = [], 0
    for turn in range(TIMES):
        nas = dice.choice(routers)
        back = (HISTORY_DAYS - 2) * (1 - turn / TIMES) + dice.random()
        began = now - timedelta(days=back, hours=dice.randrange(24))
        silent = dice.randrange(17, 190)
        for kind, at in (
            ("nas.silent", began + timedelta(minutes=16)),
            ("nas.seen", began + timedelta(minutes=silent)),
        ):
            number -= 1
            payload = {
                "id": nas.pk,
                "name": nas.name,
                "address": str(nas.address),
                "site": sites.get(nas.site_id or 0, ""),
                "site_id": nas.site_id,
                "last_seen_at": began,
                "silent_since": began,
                "silent_minutes": silent,
            }
            for person in people:
                language = spoken.get(person.pk, "en")
                said = words(kind, language, payload, zone=zone)
                rows.append(_row(kind, number, person, payload, at, now, said))
    Notification.objects.bulk_create(rows)


def _row(
    kind: str,
    number: int,
    person: User,
    payload: dict[str, Any],
    at: datetime,
    now: datetime,
    said: Words,
) -> Notification:
    notice = kind_of(kind)
    assert notice is not None
    return Notification(
        event_id=number,
        user=person,
        event_type=kind,
        severity=notice.severity,
        title=said.title,
        text=said.text,
        link=notice.link_for(payload),
        site_id=payload["site_id"],
        created_at=at,
        read_at=None if now - at < timedelta(days=UNREAD_DAYS) else at + timedelta(minutes=9),
    )
