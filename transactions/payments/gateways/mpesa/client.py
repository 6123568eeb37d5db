"""Calls to Daraja: OAuth token, STK push and query, C2B and Pull registration, Pull, reversal.

What moves money is sent once and never again by itself: a repeated STK request prompts the payer
twice. Only the token and questions are tried again.
"""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from typing import Any, Protocol

import requests
from django.utils import timezone

from wificore.kernel.network import Networks
from wificore.kernel.outbound import Limits, guarded_session, never_arrived, reason

from ..provider import Accepted, Arrival, Away, NotAsked, Order, Outcome, Uncertain, Unreadable
from . import callbacks, mapping

LIVE = "https://api.safaricom.co.ke"
SANDBOX = "https://sandbox.safaricom.co.ke"
LIMITS = Limits(connect_s=5, answer_s=20, whole_s=25)
TRIES = 3
PAUSE_S = 0.5
PAYBILL, BUY_GOODS = "CustomerPayBillOnline", "CustomerBuyGoodsOnline"
DESCRIPTION = "Top-up"
# Rows that Daraja gives at once; the offset counts rows.
PULL_ROWS = 100
MOST_PULLED = 20_000
PULL_TIME = "%Y-%m-%d %H:%M:%S"
NO_ROWS = "1001"
TEXT_CHARS = 200

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Account:
    """A tenant's short code and the secrets of its Daraja application.

    Attributes:
        shortcode: the paybill, or the store number of a till. till: the till's own number.
        base_url: without a slash at its end; empty: the live one.
        initiator, credential: of the API operator who may reverse; the credential is its password
            encrypted with Safaricom's certificate, as the portal makes it.
    """

    shortcode: str
    consumer_key: str = field(repr=False)
    consumer_secret: str = field(repr=False)
    passkey: str = field(repr=False)
    till: str = ""
    base_url: str = ""
    initiator: str = ""
    credential: str = field(default="", repr=False)

    @property
    def base(self) -> str:
        return self.base_url or LIVE


class Tokens(Protocol):
    """Where a bearer token is kept: a new one makes the one before worthless."""

    def get(self) -> str | None: ...
    def keep(self, token: str, seconds: int) -> None: ...
    def forget(self) -> None: ...


class Mpesa:
    """One tenant's M-Pesa."""

    name = "mpesa"
    currency = callbacks.CURRENCY

    def __init__(
        self, account: Account, tokens: Tokens, networks: Networks, limits: Limits = LIMITS
    ) -> None:
        self._account, self._tokens = account, tokens
        self._networks, self._limits = networks, limits

    def order(self, order: Order) -> Accepted:
        """Send the payer a prompt; accepted is not paid."""
        try:
            token = self._token()
        except Away as error:
            raise NotAsked(str(error)) from None
        try:
            status, answer = self._post(
                "/mpesa/stkpush/v1/processrequest", self._push(order), token
            )
        except requests.RequestException as error:
            if never_arrived(error):
                raise NotAsked(f"M-Pesa is not reached: {reason(error)}") from None
            raise Uncertain(reason(error)) from None
        return self._accepted(status, answer)

    def status(self, checkout_id: str) -> Arrival:
        stamp = mapping.stamp(timezone.now())
        body = {**self._signed(stamp), "CheckoutRequestID": checkout_id}
        status, answer = self._ask("/mpesa/stkpushquery/v1/query", body)
        error = str(answer.get("errorCode", ""))
        if error:
            if mapping.PROCESSING_TEXT in str(answer.get("errorMessage", "")).lower():
                return Arrival(Outcome.WAITING, checkout_id=checkout_id, code=error)
            raise Away(f"M-Pesa answers {error}: {_text(answer.get('errorMessage'))}")
        if str(answer.get("CheckoutRequestID", checkout_id)) != checkout_id:
            raise Away("M-Pesa answered about another payment.")
        code = str(answer.get("ResultCode", ""))
        if status != HTTPStatus.OK or not code:
            raise Away(f"M-Pesa answers {status} without a result.")
        text = _text(answer.get("ResultDesc"))
        return Arrival(mapping.outcome(code), checkout_id=checkout_id, code=code, text=text)

    def pull(self, since: datetime, until: datetime) -> Iterator[Arrival]:
        """Payments of the last 48 hours at most; Daraja keeps no older ones."""
        for offset in range(0, MOST_PULLED, PULL_ROWS):
            rows = self._pulled(since, until, offset)
            for row in rows:
                try:
                    yield callbacks.pulled(row)
                except Unreadable:
                    continue
            if len(rows) < PULL_ROWS:
                return

    def register(self, callback_base: str) -> str:
        """Tell Daraja where C2B confirmations and validations go. Raises NotAsked, Uncertain."""
        body = {
            "ShortCode": self._account.shortcode,
            "ResponseType": "Completed",
            "ConfirmationURL": f"{callback_base}/c2b/confirmation",
            "ValidationURL": f"{callback_base}/c2b/validation",
        }
        return self._told("/mpesa/c2b/v2/registerurl", body)

    def register_pull(self, nominated_number: str, callback_base: str) -> str:
        """Once for each short code, before the first pull. Raises NotAsked, Uncertain."""
        body = {
            "ShortCode": self._account.shortcode,
            "RequestType": "Pull",
            "NominatedNumber": nominated_number,
            "CallBackURL": f"{callback_base}/c2b/confirmation",
        }
        return self._told("/pulltransactions/v1/register", body)

    def reverse(self, receipt: str, amount_micro: int, *, result_url: str, remarks: str) -> str:
        """Ask for a payment to be given back; Daraja posts the result to `result_url`.

        Returns:
            OriginatorConversationID, which the result repeats.

        Raises:
            NotAsked, Uncertain.
        """
        body = {
            "Initiator": self._account.initiator,
            "SecurityCredential": self._account.credential,
            "CommandID": "TransactionReversal",
            "TransactionID": receipt,
            "Amount": str(amount_micro // mapping.MICRO),
            "ReceiverParty": self._account.shortcode,
            "RecieverIdentifierType": "11",  # spelled so by Daraja
            "ResultURL": result_url,
            "QueueTimeOutURL": result_url,
            "Remarks": remarks[:100] or "Reversal",
        }
        return self._told("/mpesa/reversal/v1/request", body)

    def _push(self, order: Order) -> dict[str, str]:
        account = self._account
        phone = mapping.plain_phone(order.phone)
        return {
            **self._signed(mapping.stamp(timezone.now())),
            "TransactionType": BUY_GOODS if account.till else PAYBILL,
            "Amount": str(order.amount_micro // mapping.MICRO),
            "PartyA": phone,
            "PartyB": account.till or account.shortcode,
            "PhoneNumber": phone,
            "CallBackURL": f"{order.callback_base}/stk",
            "AccountReference": order.account_ref[:12],
            "TransactionDesc": DESCRIPTION,
        }

    def _signed(self, stamp: str) -> dict[str, str]:
        account = self._account
        secret = mapping.password(account.shortcode, account.passkey, stamp)
        return {"BusinessShortCode": account.shortcode, "Password": secret, "Timestamp": stamp}

    def _accepted(self, status: int, answer: Json) -> Accepted:
        if status >= HTTPStatus.BAD_REQUEST:
            self._forget_bad_token(answer)
            raise NotAsked(_error(status, answer), str(answer.get("errorCode", "")))
        if str(answer.get("ResponseCode", "")) != mapping.PAID:
            code = str(answer.get("ResponseCode", ""))
            if not code:  # no answer of Daraja's: it may have been taken
                raise Uncertain("This is not M-Pesa's answer.")
            raise NotAsked(_text(answer.get("ResponseDescription")), code)
        checkout = _text(answer.get("CheckoutRequestID"))
        if not checkout:
            raise Uncertain("M-Pesa's answer names no checkout.")
        return Accepted(checkout, _text(answer.get("MerchantRequestID")))

    def _told(self, path: str, body: Json) -> str:
        """A POST that is sent once; returns Daraja's name of the conversation."""
        try:
            status, answer = self._post(path, body, self._token())
        except Away as error:
            raise NotAsked(str(error)) from None
        except requests.RequestException as error:
            if never_arrived(error):
                raise NotAsked(f"M-Pesa is not reached: {reason(error)}") from None
            raise Uncertain(reason(error)) from None
        if status >= HTTPStatus.BAD_REQUEST or "errorCode" in answer:
            self._forget_bad_token(answer)
            raise NotAsked(_error(status, answer), str(answer.get("errorCode", "")))
        names = ("OriginatorConversationID", "OriginatorCoversationID", "ResponseRefID")
        return next((_text(answer[name]) for name in names if answer.get(name)), "")

    def _pulled(self, since: datetime, until: datetime, offset: int) -> list[Json]:
        body = {
            "ShortCode": self._account.shortcode,
            "StartDate": since.astimezone(mapping.EAT).strftime(PULL_TIME),
            "EndDate": until.astimezone(mapping.EAT).strftime(PULL_TIME),
            "OffSetValue": str(offset),
        }
        status, answer = self._ask("/pulltransactions/v1/query", body)
        if str(answer.get("ResponseCode")) == NO_ROWS:
            return []
        found = answer.get("Response")
        if status != HTTPStatus.OK or not isinstance(found, list):
            raise Away(_error(status, answer))
        flat = [row for part in found for row in (part if isinstance(part, list) else [part])]
        return [row for row in flat if isinstance(row, dict)]

    def _ask(self, path: str, body: Json) -> tuple[int, Json]:
        """A question, asked again when nothing was heard or the token was too old."""
        failure = ""
        for number in range(TRIES):
            time.sleep(PAUSE_S * number)
            try:
                status, answer = self._post(path, body, self._token())
            except requests.RequestException as error:
                failure = reason(error)
                continue
            if not self._forget_bad_token(answer):
                return status, answer
            failure = _error(status, answer)
        raise Away(f"M-Pesa does not answer: {failure}")

    def _token(self) -> str:
        """The bearer token; fetched, at most three times, when none is kept. Raises Away."""
        if kept := self._tokens.get():
            return kept
        failure = ""
        for number in range(TRIES):
            time.sleep(PAUSE_S * number)
            try:
                return self._new_token()
            except requests.RequestException as error:
                failure = reason(error)
            except Away as error:
                failure = str(error)
        raise Away(f"M-Pesa gives no access: {failure}")

    def _new_token(self) -> str:
        account = self._account
        url = f"{account.base}/oauth/v1/generate"
        with guarded_session(self._networks, self._limits) as session:
            answer = session.get(
                url,
                params={"grant_type": "client_credentials"},
                auth=(account.consumer_key, account.consumer_secret),
            )
        content = _json(answer)
        token = content.get("access_token")
        if answer.status_code != HTTPStatus.OK or not isinstance(token, str) or not token:
            raise Away(_error(answer.status_code, content))
        seconds = str(content.get("expires_in", ""))
        self._tokens.keep(token, int(seconds) if seconds.isdigit() else 0)
        return token

    def _forget_bad_token(self, answer: Json) -> bool:
        bad = str(answer.get("errorCode", "")) in mapping.BAD_TOKEN
        if bad:
            self._tokens.forget()
        return bad

    def _post(self, path: str, body: Json, token: str) -> tuple[int, Json]:
        headers = {"Authorization": f"Bearer {token}"}
        with guarded_session(self._networks, self._limits) as session:
            answer = session.post(self._account.base + path, json=body, headers=headers)
        return answer.status_code, _json(answer)


def _json(answer: requests.Response) -> Json:
    try:
        content = answer.json()
    except ValueError:
        return {}
    return content if isinstance(content, dict) else {}


def _error(status: int, answer: Json) -> str:
    code = _text(answer.get("errorCode")) or str(status)
    return f"M-Pesa answers {code}: {_text(answer.get('errorMessage')) or 'no words'}"


def _text(value: Any) -> str:
    return " ".join(str(value if value is not None else "").replace("\0", "").split())[:TEXT_CHARS]
