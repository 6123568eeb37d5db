"""manage.py ingester: applies FreeRADIUS' spools to the tenants' schemas."""

import signal
from threading import Event
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from radius.ingest.runner import Ingester
from radius.ingest.spool import SpoolTaken, exclusive


class Command(BaseCommand):
    help = "Read the accounting and login spools into the database, until told to stop."

    def handle(self, *_args: object, **_options: Any) -> None:
        if settings.DATABASE_RADIUS_URL is None:
            raise CommandError("DATABASE_RADIUS_URL is not set: the ingester connects with it")
        stop = Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: stop.set())
        try:
            with exclusive(settings.RADIUS.spool_dir):
                ingester = Ingester(settings.DATABASE_RADIUS_URL, settings.RADIUS.spool_dir)
                self.stdout.write("ready")
                self.stdout.flush()
                ingester.run(stop)
        except SpoolTaken as taken:
            raise CommandError(str(taken)) from taken
