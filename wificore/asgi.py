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
from wificore.realtime.http import app as http  # noqa: E402


async def sockets(scope: Any, receive: Any, send: Any) -> None:
    consumer = SocketConsumer(process.hub(), settings.PLATFORM_HOST)
    await consumer(scope, receive, send)


application = ProtocolTypeRouter(
    {"http": http.application, "websocket": sockets, "lifespan": process.lifespan}
)
