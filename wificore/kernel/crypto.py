"""Secrets at rest: AES-256-GCM with key ids, so that keys can be rotated (OPERATIONS, Secrets).

Stored form: `<key id>:<base64 of nonce(12) + ciphertext + tag(16)>`.
"""

import base64
import binascii
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

NONCE_BYTES = 12
KEY_BYTES = 32


class DecryptionError(ValueError):
    """The stored text was made with a key we do not have, or it was altered."""


def parse_keys(text: str) -> dict[str, bytes]:
    """`k2:<base64>,k1:<base64>` as {id: 32 bytes}; the first one encrypts.

    Raises:
        ValueError: an entry is not `id:base64 of 32 bytes`.
    """
    keys: dict[str, bytes] = {}
    for entry in text.split(","):
        key_id, _, encoded = entry.strip().partition(":")
        keys[key_id] = _decode_key(key_id, encoded)
    return keys


def _decode_key(key_id: str, encoded: str) -> bytes:
    try:
        key = base64.b64decode(encoded, validate=True)
    except binascii.Error:
        key = b""
    if not key_id or len(key) != KEY_BYTES:
        raise ValueError("FIELD_KEYS must be 'id:<base64 of 32 bytes>', several with commas")
    return key


def encrypt(text: str) -> str:
    key_id, key = next(iter(_keys().items()))
    nonce = os.urandom(NONCE_BYTES)
    sealed = AESGCM(key).encrypt(nonce, text.encode(), key_id.encode())
    return f"{key_id}:{base64.b64encode(nonce + sealed).decode()}"


def decrypt(stored: str) -> str:
    """The clear text.

    Raises:
        DecryptionError: unknown key id, or the text was altered.
    """
    key_id, _, encoded = stored.partition(":")
    key = _keys().get(key_id)
    if key is None:
        raise DecryptionError(f"no key with id {key_id!r} in FIELD_KEYS")
    try:
        raw = base64.b64decode(encoded, validate=True)
        clear = AESGCM(key).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], key_id.encode())
    except (InvalidTag, binascii.Error, ValueError):
        raise DecryptionError("the stored secret was altered or its key is another") from None
    return clear.decode()


def _keys() -> dict[str, bytes]:
    keys: dict[str, bytes] = settings.FIELD_KEYS
    return keys
