"""manage.py simulate <what>: load from outside, and the proof of what became of it."""

from argparse import ArgumentParser
from typing import Any, Protocol

from django.core.management.base import BaseCommand, OutputWrapper

from radius.simulator.command import RouterSimulation
from transactions.payments.simulation.command import PaymentSimulation
from transactions.water.simulation.command import KioskSimulation
from wificore.ops.simulation import WholeSimulation


class Simulation(Protocol):
    """One kind of load."""

    help: str

    def __init__(self, stdout: OutputWrapper) -> None: ...

    @staticmethod
    def add_arguments(parser: ArgumentParser) -> None: ...

    def handle(self, given: dict[str, Any]) -> None: ...


SIMULATIONS: dict[str, type[Simulation]] = {
    "routers": RouterSimulation,
    "payments": PaymentSimulation,
    "kiosks": KioskSimulation,
    "all": WholeSimulation,
}


class Command(BaseCommand):
    """Exit code: 0 clean, 1 a difference or no server, 2 misuse."""

    help = "Simulate routers, payments or kiosks, then check what the running system stored."

    def add_arguments(self, parser: ArgumentParser) -> None:
        kinds = parser.add_subparsers(dest="what", required=True)
        for name, simulation in SIMULATIONS.items():
            simulation.add_arguments(kinds.add_parser(name, help=simulation.help))

    def handle(self, *_args: object, **given: Any) -> None:
        SIMULATIONS[given["what"]](self.stdout).handle(given)
