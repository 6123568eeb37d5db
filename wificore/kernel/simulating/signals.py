"""The end of a simulation by a signal, and the word on what is left to compare."""

import signal
from collections.abc import Callable

from django.core.management.base import OutputWrapper


def until_signal() -> Callable[[], bool]:
    """Return a function that says whether SIGTERM or SIGINT has come."""
    came: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda received, _frame: came.append(received))
    return lambda: bool(came)


def differences_left(out: OutputWrapper) -> Callable[[int], None]:
    """Return a function that says how many differences are left, when their number changes."""
    last: list[int] = []

    def show(faults: int) -> None:
        if last != [faults]:
            last[:] = [faults]
            out.write(f"reconciling: {faults} differences left")
            out.flush()

    return show
