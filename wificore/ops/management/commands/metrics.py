"""`manage.py metrics`: the process that tells Prometheus how all others are."""

import signal
from threading import Thread
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from wificore.kernel import logging
from wificore.ops.metrics.page import server
from wificore.ops.metrics.parts import parts

log = logging.get("wificore.metrics")


class Command(BaseCommand):
    help = "Serve the metrics of all processes at /metrics."

    def handle(self, *_args: object, **_options: Any) -> None:
        serving = server(settings.METRICS_HOST, settings.METRICS_PORT, parts())
        for name in (signal.SIGTERM, signal.SIGINT):
            # It must not wait for the loop in the thread that runs it.
            signal.signal(name, lambda *_: Thread(target=serving.shutdown).start())
        log.info("metrics ready", port=serving.server_port)
        with serving:
            serving.serve_forever(poll_interval=0.2)
