"""What kiosks' requests have in common: a signature, a bounded body, and who acts."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.utils import timezone
from rest_framework.exceptions import APIException, ParseError
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.views import APIView

from wificore.kernel.actor import Actor, acting_as
from wificore.kernel.addresses import client_address

from ..models import Kiosk
from ..signatures import Signed, Unsigned, signer

MAX_BODY = 256 * 1024
MAX_DEPTH = 16
SEEN_EVERY = timedelta(seconds=10)


class NotSigned(APIException):
    status_code = 401
    default_code = "not_authenticated"
    default_detail = "The signature, or something that it covers, is wrong."


class TooLarge(APIException):
    status_code = 413
    default_code = "too_large"
    default_detail = f"The body is larger than {MAX_BODY} octets."


class OurChoice(BaseContentNegotiation):
    """Devices get JSON, whatever they say that they accept."""

    def select_parser(self, request: Any, parsers: Any) -> Any:
        return parsers[0]

    def select_renderer(self, request: Any, renderers: Any, format_suffix: Any = None) -> Any:
        return renderers[0], renderers[0].media_type


class DeviceView(APIView):
    """A route that kiosks sign for; nobody else is let in."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    content_negotiation_class = OurChoice
    http_method_names = ["get", "post"]

    @contextmanager
    def signed(self, request: Request, *, any_time: bool = False) -> Iterator[tuple[Kiosk, bytes]]:
        """The kiosk and the body; the block acts in the kiosk's name.

        Raises:
            NotSigned: any fault of the signature. TooLarge: the body.
        """
        inner = request._request
        try:
            body = inner.body
        except RequestDataTooBig:
            raise TooLarge from None
        sent = Signed(str(inner.method), inner.path, inner.headers, body)
        try:
            kiosk = signer(sent, any_time=any_time)
        except Unsigned:
            raise NotSigned from None
        if len(body) > MAX_BODY:
            raise TooLarge
        _seen(kiosk)
        address = client_address(inner)
        with acting_as(Actor("kiosk", id=kiosk.public_id, name=kiosk.name, address=address)):
            yield kiosk, body


def document(body: bytes) -> dict[str, Any]:
    """The body's JSON object.

    Raises:
        ParseError: it is not one, or is nested deeper than anything of ours.
    """
    try:
        found = json.loads(body.decode("utf-8"), parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise ParseError("The body is not JSON in UTF-8.") from None
    if not isinstance(found, dict) or _is_deep(found):
        raise ParseError("Send a JSON object.")
    return found


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")


def _is_deep(value: Any) -> bool:
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [
            inner
            for outer in level
            if isinstance(outer, dict | list)
            for inner in (outer.values() if isinstance(outer, dict) else outer)
        ]
    return bool(level)


def _seen(kiosk: Kiosk) -> None:
    """It is there; not written down with every request."""
    now = timezone.now()
    if kiosk.last_seen_at is None or kiosk.last_seen_at < now - SEEN_EVERY:
        Kiosk.objects.filter(pk=kiosk.pk).update(last_seen_at=now)
