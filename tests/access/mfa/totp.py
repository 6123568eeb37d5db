"""An authenticator app, by RFC 4226 and RFC 6238: not the product's code."""

import base64
import hmac
import struct
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from unittest.mock import patch

PERIOD_S = 30


def code(secret: str, steps: int = 0) -> str:
    """What the app shows now, or some steps later."""
    counter = int(time.time()) // PERIOD_S + steps
    key = base64.b32decode(secret)
    digest = hmac.digest(key, struct.pack(">Q", counter), "sha1")
    offset = digest[-1] & 0x0F
    (number,) = struct.unpack(">I", digest[offset : offset + 4])
    return f"{(number & 0x7FFFFFFF) % 1_000_000:06}"


def clock(steps: int = 0) -> Callable[[], float]:
    """A clock that is at the beginning of this step, or of one some steps later, and goes on.

    So no code expires on its way, however slow the machine is.
    """
    real = time.time
    ahead = steps * PERIOD_S - real() % PERIOD_S
    return lambda: real() + ahead


@contextmanager
def early_in_a_step() -> Iterator[None]:
    """The server's clock, and the app's."""
    with patch("time.time", clock()):
        yield
