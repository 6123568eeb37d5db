"""An authenticator app, by RFC 4226 and RFC 6238: not the product's code."""

import base64
import hmac
import struct
import time

PERIOD_S = 30


def code(secret: str, steps: int = 0) -> str:
    """What the app shows now, or some steps later."""
    counter = int(time.time()) // PERIOD_S + steps
    key = base64.b32decode(secret)
    digest = hmac.digest(key, struct.pack(">Q", counter), "sha1")
    offset = digest[-1] & 0x0F
    (number,) = struct.unpack(">I", digest[offset : offset + 4])
    return f"{(number & 0x7FFFFFFF) % 1_000_000:06}"


def away_from_the_edge() -> None:
    """Wait if a step ends so soon that a code could expire on its way."""
    left = PERIOD_S - time.time() % PERIOD_S
    if left < 10:
        time.sleep(left + 0.1)
