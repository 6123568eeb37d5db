"""HTTP to the system under test: kiosks that sign, and staff with a token."""

import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from wificore.kernel.simulating import Wire as Http

from .device import Device

PREFIX = "/api/v1/kiosk"
RECORDS = f"{PREFIX}/records"
# Longer ago than a signature may be.
STALE_S = 900


@dataclass(frozen=True, slots=True)
class Door:
    """A tenant's address, and a token of its staff."""

    slug: str
    host: str
    token: str = field(repr=False)


class Wire(Http):
    """One address; the tenant is said by the Host."""

    def staff(
        self, door: Door, method: str, path: str, body: Any = None, key: str = ""
    ) -> tuple[int, Any]:
        """A request of the tenant's staff, sent until it is answered."""
        headers = {"Authorization": f"Token {door.token}"}
        if key:
            headers["Idempotency-Key"] = key
        content = None if body is None else json.dumps(body).encode()
        return self.until_answered(door.host, method, f"/api/v1{path}", content, lambda: headers)

    def kiosk(self, door: Door, device: Device, what: str, body: Any = None) -> tuple[int, Any]:
        """A signed request, sent until it is answered; each try with a nonce of its own."""
        content = b"" if body is None else json.dumps(body).encode()
        method = "GET" if body is None else "POST"
        path = f"{PREFIX}/{what}"
        return self.until_answered(
            door.host, method, path, content, lambda: signed(device, path, content, method=method)
        )

    def overheard(self, door: Door, body: Any, headers: Mapping[str, str]) -> tuple[int, Any]:
        """Records with headers that somebody made, sent until they are answered."""
        content = json.dumps(body).encode()
        return self.until_answered(door.host, "POST", RECORDS, content, lambda: headers)


def signed(
    device: Device,
    path: str,
    body: bytes,
    *,
    method: str = "POST",
    key: str | None = None,
    late: float = 0.0,
) -> dict[str, str]:
    """The headers of one request.

    Args:
        key: another one than the device's. late: seconds by which its time has passed.
    """
    stamp, nonce = str(int(time.time() - late)), secrets.token_hex(8)
    text = f"{method}\n{path}\n{stamp}\n{nonce}\n{hashlib.sha256(body).hexdigest()}"
    made = hmac.new((key or device.key).encode(), text.encode(), hashlib.sha256)
    return {
        "X-Kiosk": device.public_id,
        "X-Key-Id": device.key_id,
        "X-Ts": stamp,
        "X-Nonce": nonce,
        "X-Signature": made.hexdigest(),
    }
