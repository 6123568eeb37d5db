"""From a transaction's commit to a socket.

`python -m benchmarks.realtime.commits SLUG RATE SECONDS` publishes events as a tenant, each in a
transaction of its own; `measure` runs it beside sockets of which some hear the events and most are
only there.
"""

import os
import subprocess
import sys
import threading
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from wificore.devserver.config import ROOT

from . import load

RATE, LISTENERS, THREADS = 300, 50, 4
CHANNEL, IDLE, EVENT = "private-sessions", "lobby", "session.started"
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
        command = (sys.executable, "-m", __name__, tenant["slug"], str(RATE), str(seconds))
        subprocess.run(command, cwd=ROOT, env=environment, check=True)
        time.sleep(2)
        report = clients.do("report")
        clients.do("close")
    return (
        f"commit to socket, {RATE} events/s, {LISTENERS} of {sockets} sockets hear each: "
        f"p50 {report['p50']:.0f} ms, p99 {report['p99']:.0f} ms (target p99 < {TARGET_MS}), "
        f"{report['count'] / seconds:.0f} deliveries/s\n"
    )


def _publish(slug: str, rate: float, seconds: float) -> None:
    """One thread's events; the subject says when each was about to be committed."""
    from django.db import connection, transaction

    from tenants.selectors import tenant_get
    from wificore.kernel.db.context import platform_context, tenant_context
    from wificore.kernel.events import publish

    with platform_context():
        tenant = tenant_get(slug=slug)
    with tenant_context(tenant):
        began, sent = time.monotonic(), 0
        while time.monotonic() - began < seconds:
            with transaction.atomic():
                publish(EVENT, {"username": "bench"}, subject=f"t={time.time_ns()}")
            sent += 1
            time.sleep(max(0.0, began + sent / rate - time.monotonic()))
    connection.close()


def _main(slug: str, rate: float, seconds: float) -> None:
    import django

    django.setup()
    threads = [
        threading.Thread(target=_publish, args=(slug, rate / THREADS, seconds))
        for _ in range(THREADS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    _main(sys.argv[1], float(sys.argv[2]), float(sys.argv[3]))
