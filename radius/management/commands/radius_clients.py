"""manage.py radius_clients: keeps FreeRADIUS' router files equal to the registry."""

import signal
from collections.abc import Sequence
from threading import Event
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import connections

from radius.freeradius.clients import Router
from radius.freeradius.watch import watch
from radius.registry import selectors
from wificore.kernel.db.boot import refuse_mixing_pools


class Command(BaseCommand):
    help = "Render the routers of the registry as FreeRADIUS client files, about once a second."

    def handle(self, *_args: object, **_options: Any) -> None:
        stop = Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: stop.set())
        refuse_mixing_pools()
        watch(_routers, settings.RADIUS.clients_dir, stop, self._report)

    def _report(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()


def _routers() -> Sequence[Router]:
    """The registry; a connection that broke is dropped, so that the next try makes a new one."""
    try:
        return list(selectors.clients())
    except Exception:
        connections.close_all()
        raise
