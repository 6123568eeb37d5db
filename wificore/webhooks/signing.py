"""Signatures of Standard Webhooks 1.0.0 (github.com/standard-webhooks/standard-webhooks).

    webhook-signature: v1,<base64 of HMAC-SHA256 over "{webhook-id}.{webhook-timestamp}.{body}">

A secret is `whsec_` and the base64 of 24 to 64 random octets. While an old secret is still valid
both sign, the new one first, with a space between.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence

PREFIX = "whsec_"
OCTETS = 32


def new_secret() -> str:
    return PREFIX + base64.b64encode(secrets.token_bytes(OCTETS)).decode()


def sign(secrets_: Sequence[str], message_id: str, timestamp: int, body: bytes) -> str:
    """The header's value.

    Args:
        timestamp: seconds since the epoch, of this attempt.
    """
    signed = f"{message_id}.{timestamp}.".encode() + body
    return " ".join(_one(secret, signed) for secret in secrets_)


def _one(secret: str, signed: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(PREFIX))
    digest = hmac.new(key, signed, hashlib.sha256).digest()
    return "v1," + base64.b64encode(digest).decode()
