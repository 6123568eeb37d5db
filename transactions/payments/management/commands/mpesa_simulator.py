"""manage.py mpesa_simulator: the process `mpesa-simulator` of a development stack."""

import signal
import threading
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from transactions.payments.gateways.mpesa.simulator import Daraja, server

HOST = "127.0.0.1"


class Command(BaseCommand):
    help = "Stand in for M-Pesa's interface, on loopback, until stopped."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, required=True)
        parser.add_argument("--delay", type=float, default=2.0, help="seconds that payers think")

    def handle(self, *_args: object, **given: Any) -> None:
        listening = server(HOST, given["port"], Daraja(delay_s=given["delay"]))

        def stop(_number: int, _frame: object) -> None:
            threading.Thread(target=listening.shutdown, daemon=True).start()

        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, stop)
        self.stdout.write(f"ready: M-Pesa's stand-in on {HOST}:{given['port']}")
        self.stdout.flush()
        listening.serve_forever()
        listening.server_close()
