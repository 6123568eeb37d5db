"""The HTTP API as an ASGI application, beside the hub of its process: no ORM, no Django request.

    route 404, method 405, app 404, body 413, signature 401, app closed 403, call 400 403 413 429
    Redis or PostgreSQL away: 503

Source: Pusher Channels, "HTTP API"; what it leaves open is decided in REALTIME.
"""

from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from django.conf import settings

from wificore.kernel import logging

from .. import metrics
from ..handshake import host_serves
from ..link import LinkDown
from ..registry import App, RegistryAway, registry
from . import calls, routes
from .answers import Answer, Refused
from .bodies import BODY_BYTES
from .signing import Call, check, read_query

log = logging.get(__name__)

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """ASGI: one call."""
    try:
        answer = await _answer(scope, receive)
    except Refused as refused:
        answer = refused.answer()
    except (RegistryAway, LinkDown) as error:
        log.warning("call not carried out", error=type(error).__name__)
        answer = Refused(503, "Not now: try again.", retry_after_s=1).answer()
    except Exception:
        log.exception("call failed", path=scope["path"][:200])
        answer = Refused(500, "Something went wrong here.").answer()
    metrics.HTTP_CALLS.labels(str(answer.status)).inc()
    await _send(answer, send, head=scope["method"] == "HEAD")


async def _answer(scope: Scope, receive: Receive) -> Answer:
    path = scope.get("raw_path", b"").decode("latin-1") or scope["path"]
    asked = routes.find(path)
    if scope["method"] not in asked.methods:
        answer = Refused(405, f"Use {asked.methods[0]}.").answer()
        return Answer(405, answer.content, {"Allow": ", ".join(asked.methods)})
    if asked.carry_out is None:
        return Answer(200, {"ok": True})
    query = read_query(scope["query_string"])
    app = await _app(asked, query, scope)
    call = Call(scope["method"], path, query, await _body(scope, receive))
    check(call, app)
    if not app.open:
        raise Refused(403, "The app is disabled.")
    work = calls.Work(app, asked.parameters, query, call.body)
    return Answer(200, await asked.carry_out(work))


async def _app(asked: routes.Asked, query: dict[str, str], scope: Scope) -> App:
    """Raises:
    Refused: there is no such app on this host.
    """
    if asked.app_id is None:
        app = await registry.by_key(query.get("auth_key", ""))
        if app is None:
            raise Refused(401, "auth_key is no app's key.")
    else:
        app = await registry.by_id(asked.app_id)
    hosts = tuple(_headers(scope, b"host"))
    if app is None or not host_serves(app, hosts, settings.PLATFORM_HOST):
        raise Refused(404, "There is no such app.")
    return app


async def _body(scope: Scope, receive: Receive) -> bytes:
    """Raises:
    Refused: it is too large; what is left of it is not read.
    """
    declared = next(iter(_headers(scope, b"content-length")), "0")
    if declared.isdecimal() and int(declared) > BODY_BYTES:
        raise Refused(413, f"A body has {BODY_BYTES} bytes at most.")
    parts: list[bytes] = []
    size, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Refused(400, "The body did not come to its end.")
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > BODY_BYTES:
            raise Refused(413, f"A body has {BODY_BYTES} bytes at most.")
        more = message.get("more_body", False)
    return b"".join(parts)


def _headers(scope: Scope, wanted: bytes) -> Iterable[str]:
    return (value.decode("latin-1") for name, value in scope["headers"] if name == wanted)


async def _send(answer: Answer, send: Send, *, head: bool) -> None:
    body = answer.body()
    headers = {
        "Content-Type": "application/json",
        "Content-Length": str(len(body)),
        "Cache-Control": "no-store",
        **answer.headers,
    }
    lines = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": answer.status, "headers": lines})
    await send({"type": "http.response.body", "body": b"" if head else body})
