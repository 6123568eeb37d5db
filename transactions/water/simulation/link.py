"""What a kiosk and its staff ask of the platform; each question and each answer is journalled."""

import json
import secrets
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from typing import Any

from .device import Device, Record
from .journal import Journal
from .plan import Manner
from .stage import CURRENCY, Kiosk
from .wire import RECORDS, STALE_S, Wire, signed

REASON = "The jug leaked."
LEASE_S = 7 * 86_400


class Link:
    """One kiosk's."""

    def __init__(
        self, kiosk: Kiosk, wire: Wire, journal: Journal, counts: Counter[str], run: str
    ) -> None:
        self.kiosk = kiosk
        self._wire, self._journal, self._counts = wire, journal, counts
        self._about = {"tenant": kiosk.door.slug, "kiosk": kiosk.device.public_id}
        self._prefix, self._asked = f"{run}-{kiosk.device.public_id}", 0

    def records(self, records: Sequence[Record], manner: Manner = Manner.ONCE) -> list[Any]:
        """Send a batch, and whatever else becomes of it on the way; its results."""
        if manner is not Manner.ONCE:
            self._counts[f"{manner} batches"] += 1
        body = {"records": list(records), "health": self.kiosk.device.health()}
        if manner is Manner.FORGED:
            self._refused(body, key=secrets.token_urlsafe(32))
        elif manner is Manner.STALE:
            self._refused(body, late=STALE_S)
        elif manner is Manner.DOUBLED:
            with ThreadPoolExecutor(2) as two:
                for sent in [two.submit(self._send, body) for _ in range(2)]:
                    found = sent.result()
            return found
        found = self._send(body)
        if manner is Manner.REPEATED:
            self._send(body)
        elif manner is Manner.REPLAYED:
            self._replayed(body)
        return found

    def time(self) -> None:
        """Ask for the time, as a device does whose clock is unset."""
        self._wire.kiosk(self.kiosk.door, self.kiosk.device, "time")

    def authorise(
        self,
        tag: str,
        wallet: str,
        max_ml: int,
        *,
        ttl: int = 3600,
        by: Device | None = None,
        twice: bool = False,
    ) -> Any:
        """The answer; `by` another kiosk of the tenant."""
        body = {"idempotency_key": self._key(), "tag": tag, "max_ml": max_ml, "ttl_s": ttl}
        device = by or self.kiosk.device
        for _ in range(1 + twice):
            asked = self._journal.ask(
                "authorise", **{**self._about, "kiosk": device.public_id}, wallet=wallet, body=body
            )
            status, answer = self._wire.kiosk(self.kiosk.door, device, "authorise", body)
            self._journal.told(asked, status, answer)
        return answer

    def lease(self, wallet: str, amount: int) -> str | None:
        """Its id; None: the wallet has not as much."""
        body = {
            "kiosk": self.kiosk.device.public_id,
            "amount_micro": amount,
            "currency": CURRENCY,
            "ttl_s": LEASE_S,
        }
        status, answer = self._staff("lease", wallet, f"/wallets/{wallet}/leases/", body)
        return answer["id"] if status == HTTPStatus.CREATED else None

    def lease_end(self, wallet: str, lease: str) -> None:
        self._staff("lease_end", wallet, f"/wallets/{wallet}/leases/{lease}/end/", {}, of=lease)

    def top_up(self, wallet: str, amount: int) -> None:
        body = {"amount_micro": amount, "currency": CURRENCY, "channel": "cash"}
        self._staff("top_up", wallet, f"/wallets/{wallet}/topups/", body)

    def refund(self, wallet: str, dispense: str, amount: int) -> None:
        body = {"amount_micro": amount, "currency": CURRENCY, "reason": REASON}
        path = f"/water/transactions/{dispense}/refunds/"
        self._staff("refund", wallet, path, body, of=dispense)

    def captured(self, dispense: str) -> int:
        """What a dispense took of its wallet, in micro-units."""
        path = f"/water/transactions/{dispense}/"
        _, answer = self._wire.staff(self.kiosk.door, "GET", path)
        return int(answer["captured_micro"])

    def _staff(self, what: str, wallet: str, path: str, body: Any, of: str = "") -> tuple[int, Any]:
        asked = self._journal.ask(what, **self._about, wallet=wallet, of=of, body=body)
        status, answer = self._wire.staff(self.kiosk.door, "POST", path, body, key=self._key())
        self._journal.told(asked, status, answer)
        return status, answer

    def _send(self, body: Any) -> list[Any]:
        asked = self._journal.ask("records", **self._about, records=body["records"])
        status, answer = self._wire.kiosk(self.kiosk.door, self.kiosk.device, "records", body)
        self._journal.told(asked, status, answer)
        self._counts["batches"] += 1
        results: list[Any] = answer["results"] if status == HTTPStatus.OK else []
        return results

    def _refused(self, body: Any, *, key: str | None = None, late: float = 0.0) -> None:
        """What nobody may believe; the journal knows of no record in it."""
        asked = self._journal.ask("forged", **self._about)
        content = json.dumps(body).encode()
        headers = signed(self.kiosk.device, RECORDS, content, key=key, late=late)
        status, _ = self._wire.overheard(self.kiosk.door, body, headers)
        self._journal.told(asked, status, None)

    def _replayed(self, body: Any) -> None:
        """The first one may be the kiosk's own; the second has its nonce, which is spent."""
        headers = signed(self.kiosk.device, RECORDS, json.dumps(body).encode())
        self._wire.overheard(self.kiosk.door, body, headers)
        asked = self._journal.ask("forged", **self._about)
        status, _ = self._wire.overheard(self.kiosk.door, body, headers)
        self._journal.told(asked, status, None)

    def _key(self) -> str:
        self._asked += 1
        return f"{self._prefix}-{self._asked}"
