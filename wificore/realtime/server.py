"""uvicorn as the process `realtime` runs it.

On SIGTERM every client is told `pusher:error` 4200 and closed with it, so that stock clients come
back at once; the port is shared (SO_REUSEPORT), so that the next process may listen already.
"""

import asyncio
import resource
import socket

import uvicorn

from wificore.kernel import logging
from wificore.realtime import frames, limits, process
from wificore.realtime.conf import RealtimeConf
from wificore.realtime.wire import Wire, settled

log = logging.get(__name__)

APPLICATION = "wificore.asgi:application"
# How long clients may take to read their last frames, and the whole stop at most.
FAREWELL_S = 2.0
STOP_S = 5
BACKLOG = 4_096


class Server(uvicorn.Server):
    """Says good-bye before uvicorn cuts."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        log.info("realtime ready", port=self.config.port)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for server in self.servers:
            server.close()
        hub = process.hub()
        hub.stopping = True
        for client in hub.sockets():
            client.finish(frames.RESTARTING, "The server restarts: connect again")
        wires = [each for each in self.server_state.connections if isinstance(each, Wire)]
        await settled(wires, FAREWELL_S)
        await super().shutdown(sockets)


def run(conf: RealtimeConf) -> None:
    """Serve until a signal."""
    config = uvicorn.Config(
        APPLICATION,
        host=conf.host,
        port=conf.port,
        ws=Wire,
        ws_max_size=limits.FRAME,
        # Ours is the protocol's own (`pusher:ping`); this one would close first.
        ws_ping_interval=None,
        ws_per_message_deflate=False,
        lifespan="on",
        log_config=None,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=STOP_S,
    )
    allow_many_files()
    listening = listen(conf.host, conf.port)
    asyncio.run(Server(config).serve(sockets=[listening]))


def allow_many_files() -> None:
    """Each socket is a file; the usual soft limit is 1,024."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def listen(host: str, port: int) -> socket.socket:
    """A socket that another process of ours may share."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    listening.bind((host, port))
    listening.listen(BACKLOG)
    listening.setblocking(False)
    return listening
