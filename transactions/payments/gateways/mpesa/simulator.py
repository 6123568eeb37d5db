"""A stand-in for Daraja: a real HTTP server for development, tests and the demo.

It takes every well-formed STK request, and the payer's number decides what happens then:

    2547000xxxxx    nothing; a status query says that it is being processed
    2547001xxxxx    nothing; a status query says paid
    2547002xxxxx    the payer cancels: a callback with 1032, and so says a query
    others          the payer pays after a moment: a callback with a receipt; a query says paid

The number is part of the checkout id, as it is at Daraja, so that queries are answered after a
restart too. Bodies have the published shapes (`tests/transactions/payments/published`).
"""

import base64
import binascii
import http.client
import json
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from . import mapping
from .bodies import (
    DONE,
    Json,
    confirmation,
    pulled_row,
    reversal_result,
    stk_failure,
    stk_success,
)

MAX_BODY = 64 * 1024
CALLBACK_S = 10
TRIES = 3
# Daraja refuses URLs with such words.
REFUSED_WORDS = ("mpesa", "m-pesa", "safaricom", "exec", "cmd", "sql", "query")
SILENT, LOST, CANCELS = "2547000", "2547001", "2547002"
CANCELLED = ("1032", "Request cancelled by user")
TOKEN = "sim-"
RECEIPT_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

Answer = tuple[int, Json]


class Refusal(Exception):
    """Daraja answers an error."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.code, self.message, self.status = code, message, status


@dataclass
class Daraja:
    """What the simulator knows; all of it is lost when it ends.

    Attributes:
        delay_s: how long payers think.
        paid: rows as the pull gives them.
        urls: confirmation URLs by short code.
    """

    delay_s: float = 2.0
    paid: list[tuple[str, Json]] = field(default_factory=list)
    urls: dict[str, str] = field(default_factory=dict)
    revoked: set[str] = field(default_factory=set)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def token(self) -> Answer:
        token = f"{TOKEN}{secrets.token_urlsafe(18)}"
        return 200, {"access_token": token, "expires_in": "3599"}

    def knows(self, authorization: str) -> bool:
        """Whether this is a token of ours, also of before a restart."""
        token = authorization.removeprefix("Bearer ")
        return token.startswith(TOKEN) and token not in self.revoked

    def push(self, body: Json) -> Answer:
        """Take an STK request; the payer answers later."""
        phone, amount = _checked_push(body)
        checkout = f"ws_CO_{_stamp()}{secrets.randbelow(900) + 100}{phone[3:]}"
        request = f"{secrets.token_hex(2)}-{secrets.token_hex(2)}-{secrets.randbelow(10**9)}"
        if not phone.startswith((SILENT, LOST)):
            ids = {"MerchantRequestID": request, "CheckoutRequestID": checkout}
            self._later(lambda: self._payer_answers(ids, phone, amount, body))
        said = "Success. Request accepted for processing"
        return 200, {
            "MerchantRequestID": request,
            "CheckoutRequestID": checkout,
            "ResponseCode": "0",
            "ResponseDescription": said,
            "CustomerMessage": said,
        }

    def status(self, body: Json) -> Answer:
        """What became of a prompt, by the number in its id."""
        checkout = _field(body, "CheckoutRequestID")
        phone = f"254{checkout[-9:]}"
        if phone.startswith(SILENT):
            raise Refusal("500.001.1001", "The transaction is being processed", 500)
        code, text = CANCELLED if phone.startswith(CANCELS) else ("0", DONE)
        return 200, {
            "ResponseCode": "0",
            "ResponseDescription": "The service request has been accepted successfully",
            "MerchantRequestID": "22205-34066-1",
            "CheckoutRequestID": checkout,
            "ResultCode": code,
            "ResultDesc": text,
        }

    def register(self, body: Json) -> Answer:
        for name in ("ConfirmationURL", "ValidationURL"):
            _check_url(_field(body, name), name)
        with self.lock:
            self.urls[_field(body, "ShortCode")] = _field(body, "ConfirmationURL")
        return 200, {
            "OriginatorCoversationID": "7619-37765134-1",
            "ResponseCode": "0",
            "ResponseDescription": "success",
        }

    def register_pull(self, body: Json) -> Answer:
        return 200, {
            "ResponseRefID": "feb5e3f2-fbc-4745-844c-ee37b546f627",
            "ResponseStatus": "1000",
            "ShortCode": _field(body, "ShortCode"),
            "ResponseDescription": "Shortcode Registered Successfully",
        }

    def simulate(self, body: Json) -> Answer:
        """Somebody pays the paybill, as the sandbox' own simulator lets one."""
        shortcode = _field(body, "ShortCode")
        url = self.urls.get(shortcode)
        if url is None:
            raise Refusal("400.003.02", "No URLs are registered for this short code")
        phone, amount = _field(body, "Msisdn"), _field(body, "Amount")
        account = _field(body, "BillRefNumber")
        receipt = self._pay(shortcode, phone, amount, account)
        confirmed = confirmation(receipt, shortcode, phone, amount, account)
        self._later(lambda: deliver(url, confirmed))
        return 200, {"OriginatorCoversationID": "7619-37765134-1", "ResponseCode": "0",
                     "ResponseDescription": "Accept the service request successfully."}  # fmt: skip

    def pull(self, body: Json) -> Answer:
        shortcode, offset = _field(body, "ShortCode"), int(_field(body, "OffSetValue"))
        with self.lock:
            rows = [row for code, row in self.paid if code == shortcode][offset : offset + 100]
        about = {"ResponseRefID": "26178-42530161-2"}
        if not rows:
            return 200, {**about, "ResponseCode": "1001", "ResponseMessage": "Null",
                         "Response": [[]]}  # fmt: skip
        return 200, {**about, "ResponseCode": "1000", "ResponseMessage": "Success",
                     "Response": [rows]}  # fmt: skip

    def reverse(self, body: Json) -> Answer:
        url = _field(body, "ResultURL")
        _check_url(url, "ResultURL")
        for name in ("Initiator", "SecurityCredential"):
            _field(body, name)
        conversation = f"f1e2-4b95-a71d-{secrets.token_hex(9)}"
        receipt, amount = _field(body, "TransactionID"), _field(body, "Amount")
        self._later(lambda: deliver(url, reversal_result(conversation, receipt, amount)))
        return 200, {
            "OriginatorConversationID": conversation,
            "ConversationID": "AG_20210706_20106e9209f64bebd05b",
            "ResponseCode": "0",
            "ResponseDescription": "Accept the service request successfully.",
        }

    def _payer_answers(self, ids: Mapping[str, str], phone: str, amount: str, body: Json) -> None:
        if phone.startswith(CANCELS):
            deliver(body["CallBackURL"], stk_failure(ids, *CANCELLED))
            return
        shortcode = str(body["BusinessShortCode"])
        receipt = self._pay(shortcode, phone, amount, str(body["AccountReference"]))
        deliver(body["CallBackURL"], stk_success(ids, receipt, amount, phone))

    def _pay(self, shortcode: str, phone: str, amount: str, account: str) -> str:
        receipt = new_receipt()
        row = pulled_row(receipt, phone, amount, account)
        with self.lock:
            self.paid.append((shortcode, row))
        return receipt

    def _later(self, work: Callable[[], object]) -> None:
        timer = threading.Timer(self.delay_s, work)
        timer.daemon = True
        timer.start()


def new_receipt() -> str:
    """Ten letters and digits, as M-Pesa's are."""
    return "S" + "".join(secrets.choice(RECEIPT_LETTERS) for _ in range(9))


def deliver(url: str, body: Json, tries: int = TRIES) -> int | None:
    """Post to a callback; its status, None: nobody answered.

    Names under `localhost` do not resolve everywhere: loopback is what they mean.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    address = "127.0.0.1" if host.endswith("localhost") else host
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    for number in range(tries):
        time.sleep(number)
        connection = kind(address, parts.port, timeout=CALLBACK_S)
        try:
            headers = {"Host": parts.netloc, "Content-Type": "application/json"}
            connection.request("POST", parts.path, json.dumps(body), headers)
            return connection.getresponse().status
        except (OSError, http.client.HTTPException):
            continue
        finally:
            connection.close()
    return None


class Handler(BaseHTTPRequestHandler):
    """Daraja's paths."""

    protocol_version = "HTTP/1.1"
    timeout = 30
    daraja: Daraja

    def do_GET(self) -> None:
        if urlsplit(self.path).path != "/oauth/v1/generate":
            self._send(404, _error("404.001.01", "Resource not found"))
        elif not self.headers.get("Authorization", "").startswith("Basic "):
            self._send(400, _error("400.008.01", "Invalid Authentication passed"))
        else:
            self._send(*self.daraja.token())

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        raw = self.rfile.read(min(length, MAX_BODY))
        work = self._paths().get(urlsplit(self.path).path)
        try:
            if work is None:
                raise Refusal("404.001.01", "Resource not found", 404)
            if not self.daraja.knows(self.headers.get("Authorization", "")):
                raise Refusal("404.001.03", "Invalid Access Token", 404)
            self._send(*work(_object(raw)))
        except Refusal as refusal:
            self._send(refusal.status, _error(refusal.code, refusal.message))

    def _paths(self) -> dict[str, Callable[[Json], Answer]]:
        daraja = self.daraja
        return {
            "/mpesa/stkpush/v1/processrequest": daraja.push,
            "/mpesa/stkpushquery/v1/query": daraja.status,
            "/mpesa/c2b/v2/registerurl": daraja.register,
            "/mpesa/c2b/v2/simulate": daraja.simulate,
            "/pulltransactions/v1/register": daraja.register_pull,
            "/pulltransactions/v1/query": daraja.pull,
            "/mpesa/reversal/v1/request": daraja.reverse,
        }

    def _send(self, status: int, content: Json) -> None:
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # the library's name
        """Nothing: requests carry numbers of people."""


def server(host: str, port: int, daraja: Daraja) -> ThreadingHTTPServer:
    """The server, listening; `serve_forever` and `shutdown` are the caller's."""
    made = type("BoundHandler", (Handler,), {"daraja": daraja})
    listening = ThreadingHTTPServer((host, port), made)
    listening.daemon_threads = True
    return listening


def _checked_push(body: Json) -> tuple[str, str]:
    """Number and amount of a well-formed STK request."""
    shortcode, stamp = _field(body, "BusinessShortCode"), _field(body, "Timestamp")
    try:
        secret = base64.b64decode(_field(body, "Password"), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        secret = ""
    if not (secret.startswith(shortcode) and secret.endswith(stamp) and len(stamp) == 14):
        raise Refusal("500.001.1001", "Wrong credentials", 500)
    phone, amount = _field(body, "PhoneNumber"), _field(body, "Amount")
    limits = {"AccountReference": 12, "TransactionDesc": 13}
    wrong = [name for name, most in limits.items() if not 0 < len(_field(body, name)) <= most]
    if not (phone.isdigit() and len(phone) == 12 and phone.startswith("254")):
        wrong.append("PhoneNumber")
    if not (amount.isdigit() and int(amount) > 0):
        wrong.append("Amount")
    if body.get("TransactionType") not in ("CustomerPayBillOnline", "CustomerBuyGoodsOnline"):
        wrong.append("TransactionType")
    if wrong:
        raise Refusal("400.002.02", f"Bad Request - Invalid {wrong[0]}")
    _check_url(_field(body, "CallBackURL"), "CallBackURL")
    return phone, amount


def _check_url(url: str, name: str) -> None:
    parts = urlsplit(url)
    refused = any(word in url.lower() for word in REFUSED_WORDS)
    if parts.scheme not in ("http", "https") or not parts.hostname or refused:
        raise Refusal("400.002.02", f"Bad Request - Invalid {name}")


def _field(body: Json, name: str) -> str:
    value = body.get(name)
    if isinstance(value, bool) or not isinstance(value, str | int) or value == "":
        raise Refusal("400.002.02", f"Bad Request - Invalid {name}")
    return str(value)


def _object(raw: bytes) -> Json:
    try:
        found = json.loads(raw)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise Refusal("400.002.05", "Invalid Request Payload")
    return found


def _error(code: str, message: str) -> Json:
    return {"requestId": secrets.token_hex(8), "errorCode": code, "errorMessage": message}


def _stamp() -> str:
    return datetime.now(mapping.EAT).strftime("%d%m%Y%H%M%S")
