"""What the demo's people hear of: a router that fell silent, in each one's own way.

Their texts go to the stand-in for a provider that the launcher starts (`stack.json`, `sms.url`).
"""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from radius import services as radius
from radius.models import NasState
from radius.registry.models import Nas
from wificore.access.models import Department, Site, User
from wificore.access.services import Placement, user_phone_set, user_update
from wificore.notifications.models import Preference, SmsSettings
from wificore.notifications.services import preference_save, sms_settings_save

from .people import (
    ALERTS,
    PHONES,
    PREFERENCES,
    SILENT_MINUTES,
    SILENT_ROUTER,
    SITES,
    SMS_KEY,
    SMS_USER,
    DemoTenant,
)


def alarm(demo: DemoTenant, owner: User) -> None:
    """What is missing of it; the alert itself comes from beat, the relay and a worker."""
    if not owner.extra_departments.exists():
        technical = Department.objects.get(name=ALERTS["nas.*"])
        user_update(user=owner, placement=Placement(extra_departments={technical.pk: True}))
    for name, phone in PHONES.items():
        person = User.objects.get(email=demo.email(name))
        if not person.phone:
            user_phone_set(user=person, phone=phone)
    for name, choice in PREFERENCES.items():
        key = User.objects.get(email=demo.email(name)).pk
        if not Preference.objects.filter(user_id=key).exists():
            preference_save(preference=Preference(user_id=key, **choice))
    _texts()
    _router(demo)


def _texts() -> None:
    row = SmsSettings.objects.filter(pk=1).first() or SmsSettings(username=SMS_USER, enabled=True)
    url = f"http://127.0.0.1:{settings.SMS_SIMULATOR_PORT}"
    # Somebody who looks around may have entered an account of their own.
    if row.username == SMS_USER and row.base_url != url:
        row.base_url = url
        sms_settings_save(row=row, api_key=SMS_KEY)


def _router(demo: DemoTenant) -> None:
    if Nas.objects.filter(address=demo.silent_router).exists():
        return
    site = Site.objects.get(name=list(SITES)[-1])
    nas = radius.nas_create(
        address=demo.silent_router, secret=demo.secret, name=SILENT_ROUTER, site_id=site.pk
    )
    last = timezone.now() - timedelta(minutes=SILENT_MINUTES)
    NasState.objects.create(nas_id=nas.pk, last_seen_at=last, owes=True)
