"""`manage.py sms_simulator`: a stand-in for Africa's Talking that shows what it is given."""

import signal
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from wificore.notifications.sms.africastalking.simulator import Simulator, serve

PORT = 8095


class Command(BaseCommand):
    help = "Take text messages on loopback as Africa's Talking would, and show them; Ctrl-C ends."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=PORT)

    def handle(self, *_args: Any, port: int, **_options: Any) -> None:
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        simulator = Simulator(on_message=self._show)
        with serve(simulator, port) as server:
            self.stdout.write(f"ready: base_url {simulator.url}, any user name and API key")
            try:
                server.serve_forever()
            except KeyboardInterrupt:
                self.stdout.write("stopped")

    def _show(self, message: dict[str, str]) -> None:
        self.stdout.write(f"{message.get('to', '')}: {message.get('message', '')}")
