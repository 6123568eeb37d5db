"""The one hub of a realtime process, from the server's start to its end."""

from typing import Any

from django.conf import settings

from wificore.realtime.hooks.sender import Sender
from wificore.realtime.hub import Hub
from wificore.realtime.registry import registry
from wificore.realtime.reporting import Reporter

# Without Redis we serve all the same, a little later.
LINK_S = 5.0

_hub: Hub | None = None


def hub() -> Hub:
    """The hub.

    Raises:
        RuntimeError: this is not a realtime process, or it has not started.
    """
    if _hub is None:
        raise RuntimeError("no hub here: only `manage.py realtime` has one")
    return _hub


async def lifespan(_scope: Any, receive: Any, send: Any) -> None:
    """ASGI's lifespan: the hub lives from startup to shutdown."""
    global _hub
    await receive()
    _hub = Hub(settings.EVENTS_REDIS_URL, settings.REALTIME, registry)
    _hub.start()
    _hub.spawn(Sender(_hub).run())
    await _hub.link.wait_until_up(LINK_S)
    reporter = Reporter(_hub.link)
    _hub.spawn(reporter.run())
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await reporter.report()
    await _hub.stop()
    _hub = None
    await send({"type": "lifespan.shutdown.complete"})
