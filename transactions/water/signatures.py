"""Who signed a request of a device (API-CONTRACT 2, Kiosk API).

    X-Signature = hex(HMAC-SHA256(key, METHOD\\nPATH\\nTS\\nNONCE\\nsha256hex(body)))

A kiosk that does not exist, a dead key and a wrong signature take the same way through here. A
nonce is spent by a good signature only, by the row's primary key: no process takes it twice.
"""

import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from django.db import connection
from django.utils import timezone

from wificore.kernel.crypto import decrypt, encrypt
from wificore.kernel.public_ids import is_public_id

from .models import Kiosk, KioskKey, KioskNonce, KioskState

SKEW_S = 300
# A request is good from SKEW_S before its time to SKEW_S after it.
KEEP_NONCES = timedelta(seconds=4 * SKEW_S)
NONCE = re.compile(r"[!-~]{8,64}")
UNIX = re.compile(r"[0-9]{1,12}")
SPEND = (
    "INSERT INTO water_kiosknonce (kiosk_id, nonce, seen_at) VALUES (%s, %s, %s)"
    " ON CONFLICT DO NOTHING"
)


class Unsigned(Exception):
    """Nobody signed this; which part is wrong is not told."""


@dataclass(frozen=True, slots=True)
class Signed:
    """What is signed, as it was sent."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    def text(self) -> bytes:
        digest = hashlib.sha256(self.body).hexdigest()
        parts = (self.method, self.path, self.header("X-Ts"), self.header("X-Nonce"), digest)
        return "\n".join(parts).encode("utf-8", "surrogateescape")

    def header(self, name: str) -> str:
        return self.headers.get(name, "")


def signature(key: str, signed: bytes) -> str:
    """What a device puts into X-Signature; the key is the text as it was given."""
    return hmac.new(key.encode(), signed, hashlib.sha256).hexdigest()


def signer(request: Signed, *, any_time: bool = False) -> Kiosk:
    """The active kiosk that signed; its nonce is spent.

    Args:
        any_time: X-Ts may be anything: the device asks for the time.

    Raises:
        Unsigned: any fault.
    """
    found = _key(request.header("X-Kiosk"), request.header("X-Key-Id"))
    sealed = _nobodys() if found is None else found.sealed
    wanted = signature(decrypt(sealed), request.text()).encode()
    given = request.header("X-Signature").encode("utf-8", "surrogateescape")
    good = hmac.compare_digest(wanted, given)
    now = timezone.now()
    if found is None or not good or not (any_time or _is_timely(request.header("X-Ts"), now)):
        raise Unsigned
    if not _spent(found.kiosk, request.header("X-Nonce"), now):
        raise Unsigned
    return found.kiosk


def nonces_forget() -> int:
    """Delete nonces of requests that are too old to come again (beat)."""
    old = KioskNonce.objects.filter(seen_at__lt=timezone.now() - KEEP_NONCES)
    return old.delete()[0]


@cache
def _nobodys() -> str:
    """A key that nobody has, sealed like all of them."""
    return encrypt(secrets.token_hex(32))


def _key(kiosk: str, key_id: str) -> KioskKey | None:
    if not is_public_id(kiosk):
        kiosk = ""
    rows = KioskKey.objects.select_related("kiosk__tariff", "kiosk__site")
    return rows.filter(
        kiosk__public_id=kiosk,
        kiosk__state=KioskState.ACTIVE,
        key_id=key_id.replace("\0", "")[:16],
        revoked_at=None,
    ).first()


def _is_timely(text: str, now: datetime) -> bool:
    return bool(UNIX.fullmatch(text)) and abs(int(text) - now.timestamp()) <= SKEW_S


def _spent(kiosk: Kiosk, nonce: str, now: datetime) -> bool:
    """Spend it; False: it cannot be one, or was spent before."""
    if not NONCE.fullmatch(nonce):
        return False
    with connection.cursor() as cursor:
        cursor.execute(SPEND, [kiosk.pk, nonce, now])
        return bool(cursor.rowcount == 1)
