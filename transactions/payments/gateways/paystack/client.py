"""Calls to Paystack: begin a charge, ask what became of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import requests

from wificore.kernel.network import Networks
from wificore.kernel.outbound import Limits, guarded_session, never_arrived, reason

from ..provider import Accepted, Arrival, Away, NotAsked, Order, Uncertain, Unreadable
from .callbacks import MICRO_OF_HUNDREDTH, charge

LIVE = "https://api.paystack.co"
LIMITS = Limits(connect_s=5, answer_s=15, whole_s=20)
TEXT_CHARS = 200


@dataclass(frozen=True, slots=True)
class Account:
    """A tenant's account; the secret key also signs its webhooks."""

    secret_key: str = field(repr=False)
    currency: str = "KES"
    base_url: str = ""


class Paystack:
    """One tenant's Paystack."""

    name = "paystack"

    def __init__(self, account: Account, networks: Networks, limits: Limits = LIMITS) -> None:
        self._account, self._networks, self._limits = account, networks, limits
        self.currency = account.currency

    def order(self, order: Order) -> Accepted:
        """Begin a charge under our own reference; the payer goes on at the url."""
        body = {
            "email": order.email,
            "amount": str(order.amount_micro // MICRO_OF_HUNDREDTH),
            "currency": order.currency,
            "reference": order.reference,
            "metadata": {"account": order.account_ref},
        }
        try:
            status, answer = self._call("POST", "/transaction/initialize", body)
        except requests.RequestException as error:
            if never_arrived(error):
                raise NotAsked(f"Paystack is not reached: {reason(error)}") from None
            raise Uncertain(reason(error)) from None
        data = answer.get("data")
        if status >= HTTPStatus.BAD_REQUEST or answer.get("status") is False:
            raise NotAsked(_said(status, answer), str(status))
        if not isinstance(data, dict) or data.get("reference") != order.reference:
            raise Uncertain("This is not Paystack's answer.")
        return Accepted(order.reference, url=str(data.get("authorization_url", ""))[:500])

    def status(self, checkout_id: str) -> Arrival:
        """Unlike M-Pesa's, this answer names the receipt."""
        try:
            status, answer = self._call("GET", f"/transaction/verify/{quote(checkout_id, safe='')}")
            data = answer.get("data")
            if status != HTTPStatus.OK or not isinstance(data, dict):
                raise Away(_said(status, answer))
            found = charge(data)
        except requests.RequestException as error:
            raise Away(f"Paystack does not answer: {reason(error)}") from None
        except Unreadable as error:
            raise Away(str(error)) from None
        if found.checkout_id != checkout_id:
            raise Away("Paystack answered about another payment.")
        return found

    def pull(self, since: datetime, until: datetime) -> Iterator[Arrival]:
        return iter(())

    def _call(self, method: str, path: str, body: Any = None) -> tuple[int, Mapping[str, Any]]:
        headers = {"Authorization": f"Bearer {self._account.secret_key}"}
        url = (self._account.base_url or LIVE) + path
        with guarded_session(self._networks, self._limits) as session:
            answer = session.request(method, url, json=body, headers=headers)
        try:
            content = answer.json()
        except ValueError:
            content = {}
        return answer.status_code, content if isinstance(content, dict) else {}


def _said(status: int, answer: Mapping[str, Any]) -> str:
    words = " ".join(str(answer.get("message", "")).split())[:TEXT_CHARS]
    return f"Paystack answers {status}: {words or 'no words'}"
