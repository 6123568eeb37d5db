"""The plainest Channels consumer on a stock layer: `-m benchmarks.realtime.peer KIND PORT`."""

import os
import sys
from typing import Any

import django
import uvicorn
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings

from .layers import GROUP, LAYERS


class Subscriber(AsyncWebsocketConsumer):
    """In one group from the start; sends what the group is sent."""

    groups = (GROUP,)

    async def told(self, message: dict[str, Any]) -> None:
        await self.send(text_data=message["text"])


def configure(kind: str) -> None:
    """Settings with nothing but the layer; BENCH_REDIS_URL says where."""
    config: dict[str, Any] = {"hosts": [os.environ["BENCH_REDIS_URL"]]}
    if kind == "stock":
        config["capacity"] = 100_000  # nothing may be dropped
    settings.configure(CHANNEL_LAYERS={"default": {"BACKEND": LAYERS[kind], "CONFIG": config}})
    django.setup()


if __name__ == "__main__":
    configure(sys.argv[1])
    uvicorn.run(
        Subscriber.as_asgi(),
        port=int(sys.argv[2]),
        ws="websockets-sansio",
        ws_per_message_deflate=False,
        ws_ping_interval=None,
        lifespan="off",
        access_log=False,
    )
