"""`manage.py realtime`: the process that serves sockets and the Pusher HTTP API."""

import signal
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.utils import autoreload

from wificore.realtime import server


class Command(BaseCommand):
    help = "Serve sockets (Pusher protocol) and their HTTP API."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--reload", action="store_true", help="start again when code changes")

    def handle(self, *_args: object, **options: Any) -> None:
        if options["reload"]:
            autoreload.run_with_reloader(server.run, settings.REALTIME)
            return
        # uvicorn raises the signal again once it has stopped: that end is a good one.
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: None)
        server.run(settings.REALTIME)
