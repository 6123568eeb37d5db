"""The ASGI application of the process `realtime`: sockets and the Pusher HTTP API."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wificore.settings.prod")
django.setup(set_prefix=False)

from typing import Any  # noqa: E402  # Django must be set up

from channels.routing import ProtocolTypeRouter  # noqa: E402
from django.conf import settings  # noqa: E402

from wificore.realtime import process  # noqa: E402
from wificore.realtime.consumer import SocketConsumer  # noqa: E402


async def http(scope: Any, receive: Any, send: Any) -> None:
    status = 200 if scope["path"] == "/up" else 404
    await send({"type": "http.response.start", "status": status, "headers": []})
    await send({"type": "http.response.body", "body": b""})


async def sockets(scope: Any, receive: Any, send: Any) -> None:
    consumer = SocketConsumer(process.hub(), settings.PLATFORM_HOST)
    await consumer(scope, receive, send)


application = ProtocolTypeRouter({"http": http, "websocket": sockets, "lifespan": process.lifespan})
