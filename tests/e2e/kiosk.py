"""A water kiosk that knows nothing of the product but its documented interface."""

import hashlib
import hmac
import http.client
import json
import secrets
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from tests.e2e.conftest import Stack

PREFIX = "/api/v1/kiosk"


@dataclass
class Device:
    """Signs and sends; counts its records as a kiosk does.

    Attributes:
        raw: the bytes of the last answer.
    """

    stack: Stack
    host: str
    public_id: str
    key_id: str
    key: str
    tariff_v: int = 1
    epoch: int = 1
    seq: int = 0
    totalizer_ml: int = 0
    raw: bytes = field(default=b"", repr=False)

    def call(self, method: str, path: str, body: bytes = b"", **faults: str) -> tuple[int, Any]:
        """Status and JSON; `faults` replace headers: `x_ts="1"`; an empty one is left out."""
        headers = self.signed(method, f"{PREFIX}{path}".partition("?")[0], body)
        for name, value in faults.items():
            headers[name.replace("_", "-").title()] = value
        headers = {name: value for name, value in headers.items() if value}
        address = urlsplit(self.stack.contract["web"]["url"])
        connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=30)
        try:
            kind = {"Host": self.host, "Content-Type": "application/json"}
            connection.request(method, f"{PREFIX}{path}", body or None, {**kind, **headers})
            answer = connection.getresponse()
            self.raw = answer.read()
            return answer.status, json.loads(self.raw)
        finally:
            connection.close()

    def signed(
        self, method: str, path: str, body: bytes, ts: str = "", nonce: str = ""
    ) -> dict[str, str]:
        ts, nonce = ts or str(int(time.time())), nonce or secrets.token_hex(12)
        text = "\n".join((method, path, ts, nonce, hashlib.sha256(body).hexdigest()))
        signature = hmac.new(self.key.encode(), text.encode(), hashlib.sha256).hexdigest()
        return {
            "X-Kiosk": self.public_id,
            "X-Key-Id": self.key_id,
            "X-Ts": ts,
            "X-Nonce": nonce,
            "X-Signature": signature,
        }

    def post(self, path: str, body: Any, **faults: str) -> tuple[int, Any]:
        return self.call("POST", path, json.dumps(body).encode(), **faults)

    def record(self, ml: int, **more: Any) -> dict[str, Any]:
        """The next record: what was dispensed now, by a clock that is right."""
        self.seq += 1
        self.totalizer_ml += ml
        return {
            "epoch": self.epoch,
            "seq": self.seq,
            "type": "dispense",
            "tag": None,
            "mode": "hold",
            "pulses": ml * 450 // 1000,
            "ml": ml,
            "totalizer_ml": self.totalizer_ml,
            "dur_ms": max(ml, 1) * 4,
            "stop": "target",
            "tariff_v": self.tariff_v,
            "t": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            "clk": "synced",
            "up_ms": 1_000_000 + self.seq * 60_000,
            **more,
        }

    def send(self, *records: Any, **more: Any) -> dict[str, Any]:
        """The answer to a batch that is taken."""
        status, answer = self.post("/records", {"records": list(records), **more})
        assert status == 200, answer
        found: dict[str, Any] = answer
        return found

    def authorise(self, tag: str, max_ml: int, key: str = "", **more: Any) -> dict[str, Any]:
        body = {"idempotency_key": key or secrets.token_hex(8), "tag": tag, "max_ml": max_ml}
        status, answer = self.post("/authorise", {**body, **more})
        assert status == 200, answer
        found: dict[str, Any] = answer
        return found
