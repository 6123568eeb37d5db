"""From a transaction's commit to a socket.

Another process (writer.py) publishes events as a tenant, beside sockets of which some hear them and
most are only there.
"""

import os
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from wificore.devserver.config import ROOT

from . import load

RATE, LISTENERS = 300, 50
CHANNEL, IDLE = "private-sessions", "lobby"
WRITER = "benchmarks.realtime.writer"
TARGET_MS = 500


def measure(contract: Any, var: Path, sockets: int, seconds: float) -> str:
    """One line: p50 and p99 in milliseconds."""
    tenant = contract["tenants"][0]
    app = tenant["realtime"]
    path = f"/app/{app['key']}?protocol=7"
    lines = (var / "stack.env").read_text().splitlines()
    environment = {**os.environ, **dict(line.split("=", 1) for line in lines if "=" in line)}
    with ExitStack() as stack:
        clients = stack.enter_context(
            load.clients(contract["websocket"]["port"], path, f"{app['key']}:{app['secret']}")
        )
        clients.do("open", sockets - LISTENERS, IDLE)
        clients.do("open", LISTENERS, CHANNEL)
        clients.do("reset")
        command = (sys.executable, "-m", WRITER, tenant["slug"], str(RATE), str(seconds))
        subprocess.run(command, cwd=ROOT, env=environment, check=True)
        time.sleep(2)
        report = clients.do("report")
        clients.do("close")
    return (
        f"commit to socket, {RATE} events/s, {LISTENERS} of {sockets} sockets hear each: "
        f"p50 {report['p50']:.0f} ms, p99 {report['p99']:.0f} ms (target p99 < {TARGET_MS}), "
        f"{report['count'] / seconds:.0f} deliveries/s\n"
    )
