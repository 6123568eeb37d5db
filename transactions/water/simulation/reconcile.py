"""Compares until there is no difference, or for long enough."""

import time
from collections.abc import Callable

from .compare import Report, Rows, compare
from .expected import Expected

SETTLE_S = 90.0
POLL_S = 2.0


class Unavailable(Exception):
    """The database cannot be asked now."""


def reconcile(
    due: Expected, rows: Rows, *, settle: float, progress: Callable[[int], None]
) -> Report:
    """The report of the first look without a difference, or of the last after `settle` seconds.

    Raises:
        Unavailable: the database could not be asked until the end.
    """
    deadline = time.monotonic() + settle
    while True:
        over = time.monotonic() >= deadline
        try:
            report = compare(due, rows, time.time())
        except Unavailable:
            if over:
                raise
        else:
            progress(len(report.faults))
            # An answer that was wrong stays wrong.
            if over or report.clean or len(report.faults) == len(due.wrong):
                return report
        time.sleep(POLL_S)
