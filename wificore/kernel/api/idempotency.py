"""Idempotency keys: a request that is sent again does its work once (API-CONTRACT 2, ADR 0009).

    class TopUps(APIView):
        @idempotent(required=True)
        def post(self, request): ...

One transaction holds the key's row, what the view does and the answer, so that a crash leaves all
of it or nothing:

    INSERT key --(waits for a twin at work)--> new:   the view --> its answer kept --> COMMIT
                                               known: the same request? its answer : 409

Kept are answers below 400, and refusals that are the outcome of the work (409, 422): raised, the
work is undone and the refusal kept; returned, both stay. After anything else (400, 401, 403, 404,
5xx, an exception, a crash) nothing is kept and nothing was done: the key is free again.

An answer that shows a secret once may not be made idempotent: it is kept as it was sent.
"""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Protocol, TypeVar, cast

from django.core.exceptions import RequestDataTooBig
from django.db import transaction
from django.http import HttpResponse, HttpResponseBase
from django.http.request import RawPostDataException
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import APIException, UnsupportedMediaType, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from ..actor import current_actor
from .errors import Conflict, DomainError

HEADER = "Idempotency-Key"
REPLAY = "Idempotent-Replay"
MAX_KEY = 100
KEY = re.compile(rf"[ -~]{{1,{MAX_KEY}}}")
KEY_RULE = f"Send 1 to {MAX_KEY} printable ASCII characters, another key for every new request."
KEPT_REFUSALS = frozenset({409, 422})
MAX_BYTES = 64 * 1024

DESCRIPTION = (
    f"Names this request: sent again with the same key, method, path and body within 30 days, it"
    f" is not done again but gets the same answer, with the header `{REPLAY}: true`; while the"
    f" first is still at work, it waits. The same key with anything else: 409."
)

Handler = TypeVar("Handler", bound=Callable[..., HttpResponseBase])


class KeyReused(DomainError):
    """The key names another request; nothing was done."""

    status = 409
    code = "idempotency_key_reused"


class KeyBusy(Conflict):
    """The first request with this key took too long; nothing was done by this one."""

    default_code = "idempotency_key_busy"
    default_detail = "A request with this Idempotency-Key is still at work: send it again."
    wait = 2  # seconds; DRF makes Retry-After of it


class TooLarge(APIException):
    status_code = 413
    default_code = "too_large"
    default_detail = "The body is too large."


class AnswerTooLarge(RuntimeError):
    """A view whose answers have no bound may not be idempotent."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What was sent, and is sent again: all that differs from one answer of a view to another."""

    status: int
    content_type: str
    location: str
    body: bytes

    def response(self) -> HttpResponse:
        made = HttpResponse(self.body, status=self.status, content_type=self.content_type)
        if not self.content_type:
            del made["Content-Type"]
        if self.location:
            made["Location"] = self.location
        return made


@dataclass(frozen=True, slots=True)
class Known:
    """A key that was used before: for which request, and how that was answered."""

    fingerprint: bytes
    answer: Answer


class Store(Protocol):
    """What fills the port: keys of the active schema, in the open transaction."""

    def claim(self, key: str, fingerprint: bytes) -> Known | None:
        """Take a new key (None), or find what is known of it; waits for a twin at work.

        Raises:
            KeyBusy: the twin took too long.
        """

    def keep(self, key: str, answer: Answer) -> None:
        """Keep the answer with the key that was taken."""


_store: Store | None = None


def install(store: Store) -> None:
    """Fill the port; `wificore.jobs` does while Django starts."""
    global _store  # the one place where the port is filled
    _store = store


def idempotent(*, required: bool = False) -> Callable[[Handler], Handler]:
    """Make a view's method honour the header; it runs inside a transaction then.

    Args:
        required: without the header 400. Otherwise the method then runs as if undecorated.
    """

    def decorate(handler: Handler) -> Handler:
        @wraps(handler)
        def work(view: APIView, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
            key = _key_of(request, required)
            if key is None:
                return handler(view, request, *args, **kwargs)
            return _once(view, request, key, lambda: handler(view, request, *args, **kwargs))

        work.idempotency_required = required  # type: ignore[attr-defined]  # for `parameters`
        return cast(Handler, work)

    return decorate


def parameters(view: Any, method: str) -> list[OpenApiParameter]:
    """The header as OpenAPI describes it, if this operation of a view has it."""
    handler = getattr(view, getattr(view, "action", None) or method.lower(), None)
    required = getattr(handler, "idempotency_required", None)
    if required is None:
        return []
    shape = {"type": "string", "minLength": 1, "maxLength": MAX_KEY}
    header = OpenApiParameter(
        HEADER, shape, location="header", required=required, description=DESCRIPTION
    )
    return [header]


def _key_of(request: Request, required: bool) -> str | None:
    key = request.headers.get(HEADER)
    if key is None and not required:
        return None
    if key is None:
        raise ValidationError({HEADER: [f"This header is required. {KEY_RULE}"]})
    if not KEY.fullmatch(key):
        raise ValidationError({HEADER: [KEY_RULE]})
    return key


def _once(
    view: APIView, request: Request, key: str, work: Callable[[], HttpResponseBase]
) -> HttpResponseBase:
    assert _store is not None, "wificore.jobs is not installed"
    fingerprint = _fingerprint(request)
    with transaction.atomic(durable=True):
        known = _store.claim(key, fingerprint)
        if known is not None:
            return _replayed(known, fingerprint)
        response = _outcome(view, work)
        if not _is_kept(response.status_code):
            transaction.set_rollback(True)
            return response
        answer = _rendered(view, request, response)
        _store.keep(key, answer)
    return answer.response()


def _replayed(known: Known, fingerprint: bytes) -> HttpResponse:
    if known.fingerprint != fingerprint:
        message = f"This {HEADER} was used for another request: send a new one."
        raise KeyReused(message, field=HEADER)
    again = known.answer.response()
    again[REPLAY] = "true"
    return again


def _fingerprint(request: Request) -> bytes:
    """SHA-256 of who asks for what: the body as sent, so that nothing is decided by parsing it."""
    inner, actor = request._request, current_actor()
    try:
        body = hashlib.sha256(inner.body).hexdigest()
    except RawPostDataException:  # a form, already taken apart for its CSRF token
        raise UnsupportedMediaType(request.content_type) from None
    except RequestDataTooBig:
        raise TooLarge from None
    query = inner.META.get("QUERY_STRING", "")
    parts = (actor.kind, actor.id, str(inner.method), inner.path_info, query, body)
    return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogateescape")).digest()


def _outcome(view: APIView, work: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    """The view's answer; of a refusal that is raised only the answer stays, not its work."""
    try:
        with transaction.atomic():
            return work()
    except (DomainError, APIException) as error:
        status = error.status if isinstance(error, DomainError) else error.status_code
        if status not in KEPT_REFUSALS:
            raise
        return view.handle_exception(error)


def _is_kept(status: int) -> bool:
    return status < 400 or status in KEPT_REFUSALS


def _rendered(view: APIView, request: Request, response: HttpResponseBase) -> Answer:
    """The very bytes that leave now and later."""
    if isinstance(response, Response):
        # What DRF would do after the view: inside the transaction, its failure undoes the work.
        response.accepted_renderer = request.accepted_renderer
        response.accepted_media_type = request.accepted_media_type
        response.renderer_context = view.get_renderer_context()  # type: ignore[attr-defined]
        response.render()
    assert isinstance(response, HttpResponse), "a stream cannot be kept"
    if len(response.content) > MAX_BYTES:
        raise AnswerTooLarge(f"{type(view).__name__} answered more than {MAX_BYTES} bytes")
    return Answer(
        status=response.status_code,
        content_type=response.get("Content-Type", ""),
        location=response.get("Location", ""),
        body=response.content,
    )
