"""`manage.py relay`: the process that carries events from the outbox to the world."""

import signal
from threading import Event
from typing import Any

import redis
from django.conf import settings
from django.core.management.base import BaseCommand

from wificore.events.relay import Relay


class Command(BaseCommand):
    help = "Move events from the outbox to the log, to Redis and to handlers."

    def handle(self, *_args: object, **_options: Any) -> None:
        stop = Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: stop.set())
        client = redis.Redis.from_url(
            settings.EVENTS_REDIS_URL, socket_timeout=5, socket_connect_timeout=5
        )
        Relay(client, stop).run()
