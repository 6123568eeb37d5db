"""Writes: how a person wants to be told."""

from django.db import transaction

from wificore.access.rows import Invalid, clean
from wificore.kernel.changes import announce, snapshot, stored
from wificore.kernel.notices import kinds

from ..choices import malformed
from ..models import Preference

TOLD = ("language", "email_from", "sms_from", "kinds", "quiet_from", "quiet_until", "urgent")


def preference_save(*, preference: Preference) -> Preference:
    """Store one person's choice as a form has filled it.

    Raises:
        Invalid: a value cannot be; names the field.
    """
    clean(preference, exclude=["user"])
    if wrong := malformed(preference.kinds, (kind.event_type for kind in kinds())):
        raise Invalid(wrong, field="kinds")
    if (preference.quiet_from is None) != (preference.quiet_until is None):
        field = "quiet_from" if preference.quiet_from is None else "quiet_until"
        raise Invalid("Quiet hours have a beginning and an end, or neither.", field=field)
    if preference.quiet_from is not None and preference.quiet_from == preference.quiet_until:
        raise Invalid("They would never begin: use another hour.", field="quiet_until")
    with transaction.atomic():
        old = stored(preference, TOLD)
        preference.save()
        new = snapshot(preference, TOLD)
        announce("preference.updated", preference.pk, old=_plain(old or {}), new=_plain(new))
    return preference


def _plain(values: dict[str, object]) -> dict[str, object]:
    """Hours as people write them."""
    return {
        name: f"{value:%H:%M}" if name.startswith("quiet") and value else value
        for name, value in values.items()
    }
