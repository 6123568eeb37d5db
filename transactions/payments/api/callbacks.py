"""/api/v1/pay/cb/<token>/: what providers post (ADR 0030).

Nothing here is signed but Paystack's: a message counts when its URL has the tenant's secret and it
comes from an address on the list. It is stored, then answered at once; a worker looks at it.
Whatever else comes is stored as rejected, up to a limit, and changes nothing.
"""

import hmac
import json
from collections.abc import Callable
from functools import wraps
from ipaddress import ip_address
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from transactions.wallets.amounts import UNIT
from transactions.wallets.selectors import by_account_no
from wificore.kernel.addresses import client_address
from wificore.kernel.api import errors
from wificore.kernel.throttle import source_of, too_many

from .. import services
from ..gateways.mpesa import callbacks as mpesa
from ..gateways.paystack.callbacks import refs as paystack_refs
from ..gateways.provider import Unreadable, Unsigned
from ..gateways.providers import callback_token, mpesa_account, paystack_reader
from ..models import InboxDoor
from ..tasks import take_message

MAX_BODY = 64 * 1024
ACCEPTED = {"ResultCode": 0, "ResultDesc": "Accepted"}
# A validation may come before there is one.
NO_RECEIPT = "NONE"
View = Callable[[HttpRequest, str], HttpResponse]


def callback(door: InboxDoor, *, listed: bool = True) -> Callable[[Callable[..., Any]], View]:
    """A view of one door: POST only, of bounded size, with the tenant's token.

    Args:
        listed: the sender's address must be on the list.
    """

    def decorate(view: Callable[..., Any]) -> View:
        @csrf_exempt
        @wraps(view)
        def take(request: HttpRequest, token: str) -> HttpResponse:
            if request.method != "POST":
                return _refused(request, 405, Allow="POST")
            body = _body(request)
            if body is None:
                return _refused(request, 413)
            if fault := _stranger(request, token, listed):
                _keep_strangers(request, door, body, fault)
                return _refused(request, 404)
            answer: HttpResponse = view(request, body)
            return answer

        return take

    return decorate


@callback(InboxDoor.STK)
def stk(request: HttpRequest, body: bytes) -> HttpResponse:
    """The end of a prompt."""
    return _stored(request, InboxDoor.STK, body)


@callback(InboxDoor.C2B)
def confirmation(request: HttpRequest, body: bytes) -> HttpResponse:
    """Money came."""
    return _stored(request, InboxDoor.C2B, body)


@callback(InboxDoor.C2B)
def validation(request: HttpRequest, body: bytes) -> HttpResponse:
    """May this money come? It has not; nothing is stored."""
    try:
        arrival = mpesa.c2b({**mpesa.document(body), "TransID": NO_RECEIPT})
    except Unreadable:
        return JsonResponse({"ResultCode": "C2B00016", "ResultDesc": "Rejected"})
    code = _validated(arrival.account, arrival.account_ref, arrival.amount_micro)
    return JsonResponse(
        {"ResultCode": code, "ResultDesc": "Accepted" if code == "0" else "Rejected"}
    )


@callback(InboxDoor.REVERSAL)
def reversal(request: HttpRequest, body: bytes) -> HttpResponse:
    """What became of money that we wanted given back."""
    return _stored(request, InboxDoor.REVERSAL, body)


@callback(InboxDoor.PAYSTACK, listed=False)
def paystack(request: HttpRequest, body: bytes) -> HttpResponse:
    """An event, signed over its octets."""
    refs = paystack_refs(body)
    try:
        paystack_reader().check(body, request.headers)
    except Unsigned as error:
        _keep_strangers(request, InboxDoor.PAYSTACK, body, str(error), refs)
        return _refused(request, 401)
    return _stored(request, InboxDoor.PAYSTACK, body, refs)


def _stored(
    request: HttpRequest, door: InboxDoor, body: bytes, refs: tuple[str, str] | None = None
) -> HttpResponse:
    found = mpesa.refs(body) if refs is None else refs
    remote = client_address(request)
    if not _is_json(body):
        services.inbox_keep(door=door, body=body, remote=remote, rejected="The body is not JSON.")
        return _refused(request, 400)
    with transaction.atomic():
        message = services.inbox_keep(door=door, body=body, refs=found, remote=remote)
        take_message.enqueue(message.pk)
    return JsonResponse(ACCEPTED)


def _stranger(request: HttpRequest, token: str, listed: bool) -> str:
    """Why this is not a provider; empty: it is."""
    wanted = callback_token()
    if not wanted or not hmac.compare_digest(wanted.encode(), token.encode()):
        return "The secret in the URL is wrong."
    networks = settings.PAYMENTS.callback_networks
    address = client_address(request)
    if listed and not _within(address, networks):
        return "The sender's address is not on the list."
    return ""


def _within(address: str | None, networks: Any) -> bool:
    return address is not None and any(ip_address(address) in network for network in networks)


def _keep_strangers(
    request: HttpRequest,
    door: InboxDoor,
    body: bytes,
    fault: str,
    refs: tuple[str, str] | None = None,
) -> None:
    """Strangers fill no disk: so many a minute from one address, and the rest is not kept."""
    most = settings.PAYMENTS.strangers_per_minute
    if too_many("payments-strangers", source_of(request), most=most, seconds=60):
        return
    found = mpesa.refs(body) if refs is None else refs
    remote = client_address(request)
    services.inbox_keep(door=door, body=body, refs=found, remote=remote, rejected=fault)


def _validated(shortcode: str, account_ref: str, amount_micro: int | None) -> str:
    account = mpesa_account()
    if shortcode not in (account.shortcode, account.till):
        return "C2B00015"
    if by_account_no(account_ref) is None:
        return "C2B00012"
    if amount_micro is None or amount_micro <= 0 or amount_micro % UNIT:
        return "C2B00013"
    return "0"


def _is_json(body: bytes) -> bool:
    try:
        json.loads(body)
    except (ValueError, RecursionError):
        return False
    return True


def _body(request: HttpRequest) -> bytes | None:
    """At most `MAX_BODY` octets; None: there are more."""
    try:
        body = request.body
    except RequestDataTooBig:
        return None
    return body if len(body) <= MAX_BODY else None


def _refused(request: HttpRequest, status: int, **headers: str) -> HttpResponse:
    answer = errors.response(request, status, errors.CODES[status], WORDS[status])
    for name, value in headers.items():
        answer[name] = value
    # Django would log the path, and with it the secret.
    answer._has_been_logged = True  # type: ignore[attr-defined]
    return answer


WORDS = {
    400: "The body is not JSON.",
    401: "The signature is missing or wrong.",
    404: "Not found.",
    405: "Only POST.",
    413: f"The body is larger than {MAX_BODY} octets.",
}
