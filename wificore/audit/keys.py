"""The keys of the seals: somebody with the database alone cannot make one.

Each is derived from a secret of `AUDIT_KEYS`, or of `FIELD_KEYS` while that is not set, and has
the secret's id. The first one seals; older ones verify what they sealed.
"""

import hashlib
import hmac
from functools import cache

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

PURPOSE = b"wificore.audit.seal"
MAC_BYTES = 32


class KeyMissing(LookupError):
    """No secret with this id is configured."""


def current_id() -> str:
    """The id of the key that seals now."""
    return next(iter(settings.AUDIT_KEYS))


def sign(key_id: str, text: str) -> bytes:
    """HMAC-SHA-256 of the text.

    Raises:
        KeyMissing: AUDIT_KEYS has no such id.
    """
    secret: bytes | None = settings.AUDIT_KEYS.get(key_id)
    if secret is None:
        raise KeyMissing(key_id)
    return hmac.new(_derived(secret), text.encode(), hashlib.sha256).digest()


def genuine(key_id: str, text: str, mac: bytes) -> bool:
    """Whether this mac was made with that key; False too if the key is not configured."""
    try:
        return hmac.compare_digest(sign(key_id, text), mac)
    except KeyMissing:
        return False


@cache
def _derived(secret: bytes) -> bytes:
    """The same secret may encrypt fields: each purpose has a key of its own (RFC 5869)."""
    return HKDF(SHA256(), MAC_BYTES, salt=None, info=PURPOSE).derive(secret)
