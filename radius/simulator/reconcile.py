"""Compares until the ingester has caught up, or makes no progress any more."""

import time
from collections.abc import Callable, Iterable
from typing import Protocol

from radius.simulator.board import tenant_tag
from radius.simulator.compare import LoginRow, SessionRow, compare_logins, compare_sessions
from radius.simulator.ledger import Ledger
from radius.simulator.report import Report

PAUSE = 1.0  # seconds between two looks
SETTLE = 60.0  # seconds without progress after which what is missing counts as missing


class Unavailable(Exception):
    """The database cannot be asked just now."""


class Rows(Protocol):
    """What the tenants' databases hold of a run; both may raise Unavailable."""

    def sessions(self, ledger: Ledger) -> Iterable[SessionRow]:
        """Return all tenants' sessions with a name of the run."""

    def logins(self, ledger: Ledger) -> Iterable[LoginRow]:
        """Return all tenants' logins from a device of the run, counted."""


def reconcile(
    ledger: Ledger,
    rows: Rows,
    *,
    settle: float = SETTLE,
    progress: Callable[[int], None] = lambda _faults: None,
    pause: float = PAUSE,
) -> Report:
    """Return the report: the second clean one in a row, or the last when nothing improves.

    Two looks, because a doubled row may come later than the first. `progress` hears how many
    differences are left. Raises Unavailable if the database is away for `settle` seconds.
    """
    fewest: int | None = None
    was_clean = False
    deadline = time.monotonic() + settle
    while True:
        report = _look(ledger, rows, deadline)
        if report is not None:
            faults = report.open_faults
            progress(faults)
            if (faults == 0 and was_clean) or time.monotonic() > deadline:
                return report
            was_clean = faults == 0
            if fewest is None or faults < fewest:
                fewest, deadline = faults, time.monotonic() + settle
        time.sleep(pause)


def _look(ledger: Ledger, rows: Rows, deadline: float) -> Report | None:
    tags = {tenant: tenant_tag(ledger.run, i) for i, tenant in enumerate(ledger.tenants)}
    try:
        sessions = compare_sessions(ledger, rows.sessions(ledger))
        logins = compare_logins(ledger, rows.logins(ledger), tags)
    except Unavailable:
        if time.monotonic() > deadline:
            raise
        return None
    return Report(ledger, sessions, logins)
