"""Writes: kiosks and the keys that they sign with."""

import secrets
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from wificore.kernel.changes import announce, snapshot, stored
from wificore.kernel.crypto import encrypt

from ..errors import Invalid, Taken, TwoKeys
from ..models import Kiosk, KioskKey, Tap, Tariff

LIVE_KEYS = 2
KEY_BYTES, KEY_ID_BYTES = 32, 4
MAX_PULSES = 100_000
TOLD = ("name", "state", "max_ml")
# What nobody types: the device says it.
UNTYPED = ("health", "health_at", "last_seen_at", "firmware")


@dataclass(frozen=True, slots=True)
class KioskWithKey:
    """A key in clear text: shown to whoever asked for it, once."""

    kiosk: Kiosk
    key_id: str
    key: str


def kiosk_create(*, name: str, site: int, tariff: Tariff, pulses_per_litre: int) -> KioskWithKey:
    """A new kiosk with its tap and its first key.

    Raises:
        Invalid: a value cannot be. Taken: another kiosk has this name.
    """
    if not 0 < pulses_per_litre <= MAX_PULSES:
        raise Invalid(f"Give 1 to {MAX_PULSES} pulses.", field="pulses_per_litre")
    with transaction.atomic():
        kiosk = _saved(Kiosk(name=name, site_id=site, tariff=tariff), "kiosk.created")
        Tap.objects.create(kiosk=kiosk, pulses_per_litre=pulses_per_litre)
        return _new_key(kiosk)


def kiosk_change(*, kiosk: Kiosk, **changes: Any) -> Kiosk:
    """Change `name`, `site_id`, `state` or `max_ml`; its tariff stays.

    Raises:
        Invalid: a value cannot be. Taken: another kiosk has this name.
    """
    for field, value in changes.items():
        setattr(kiosk, field, value)
    return _saved(kiosk, "kiosk.changed")


def key_add(*, kiosk: Kiosk) -> KioskWithKey:
    """Another key, beside the one that it has, so that it can be told of it.

    Raises:
        TwoKeys: two are live.
    """
    with transaction.atomic():
        _lock(kiosk)
        if KioskKey.objects.filter(kiosk=kiosk, revoked_at=None).count() >= LIVE_KEYS:
            raise TwoKeys("Two keys are live: delete one first.")
        return _new_key(kiosk)


def key_revoke(*, kiosk: Kiosk, key_id: str) -> bool:
    """A key is dead at once; False: there is no live one with this id."""
    with transaction.atomic():
        _lock(kiosk)
        rows = KioskKey.objects.filter(kiosk=kiosk, key_id=key_id, revoked_at=None)
        if not rows.update(revoked_at=timezone.now()):
            return False
        announce("kiosk.key_revoked", kiosk.public_id, new=_told_of_key(kiosk, key_id))
    return True


def _lock(kiosk: Kiosk) -> None:
    Kiosk.objects.select_for_update(no_key=True).get(pk=kiosk.pk)


def _new_key(kiosk: Kiosk) -> KioskWithKey:
    key, key_id = secrets.token_hex(KEY_BYTES), secrets.token_hex(KEY_ID_BYTES)
    KioskKey.objects.create(kiosk=kiosk, key_id=key_id, sealed=encrypt(key))
    announce("kiosk.key_added", kiosk.public_id, new=_told_of_key(kiosk, key_id))
    return KioskWithKey(kiosk, key_id, key)


def _told_of_key(kiosk: Kiosk, key_id: str) -> dict[str, Any]:
    return {"name": kiosk.name, "site": kiosk.site_id, "key_id": key_id}


def _saved(kiosk: Kiosk, event: str) -> Kiosk:
    try:
        kiosk.full_clean(validate_unique=False, exclude=UNTYPED)
        with transaction.atomic():
            old = stored(kiosk, (*TOLD, "site"))
            columns = None if old is None else [*TOLD, "site"]
            kiosk.save(update_fields=columns)
            new = {**snapshot(kiosk, (*TOLD, "site")), "tariff": kiosk.tariff.public_id}
            if old is not None:
                old["tariff"] = kiosk.tariff.public_id
            announce(event, kiosk.public_id, old=old, new=new)
    except ValidationError as error:
        field, messages = next(iter(error.message_dict.items()))
        raise Invalid(messages[0], field=field) from None
    except IntegrityError:
        raise Taken("Another kiosk has this name.", field="name") from None
    return kiosk
