"""`manage.py demo_live`: the demo's kiosks at work, until stopped."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.db import connections

from transactions.water.simulation.wire import Wire
from wificore.demo.build import read
from wificore.demo.live import Live, places
from wificore.kernel.simulating import until_signal


class Command(BaseCommand):
    help = "Let the demo's kiosks sell water until stopped."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--demo", type=Path, required=True, help="what `demo --out` wrote")
        parser.add_argument("--url", default=f"http://127.0.0.1:{settings.WEB_PORT}")

    def handle(self, *_args: Any, demo: Path, url: str, **_options: Any) -> None:
        stopped = until_signal()
        found = places(read(demo))
        connections.close_all()  # from now on it is a program like any other
        self.stdout.write("ready")
        self.stdout.flush()
        Live(found, Wire(url, stopped), stopped).play()
