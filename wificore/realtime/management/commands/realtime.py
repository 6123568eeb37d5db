"""`manage.py realtime`: the process that serves sockets and the Pusher HTTP API."""

import signal
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from wificore.realtime import server


class Command(BaseCommand):
    help = "Serve sockets (Pusher protocol) and their HTTP API."

    def handle(self, *_args: object, **_options: Any) -> None:
        # uvicorn raises the signal again once it has stopped: that end is a good one.
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: None)
        server.run(settings.REALTIME)
