"""Commits events: `python -m benchmarks.realtime.writer SLUG RATE SECONDS`, as the tenant.

Each has a transaction of its own; its subject says when it was about to be committed.
"""

import sys
import threading
import time

THREADS, EVENT = 4, "session.started"


def _publish(slug: str, rate: float, seconds: float) -> None:
    """One thread's events."""
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
