"""Reports of 90 days: from what is counted of each day, against reading the records themselves.

python -m benchmarks.water.reports --kiosks 100
"""

import argparse
import os
import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from .table import on_a_stack

KIOSKS, DAYS, A_DAY, ROUNDS = 100, 90, 200, 5
PRICE = 25  # micro-units a millilitre

# 20 litres every few minutes from 6 to 20 o'clock, a test now and then; received as they happened.
FILL = """
INSERT INTO water_transactions (received_on, received_at, kiosk_id, site_id, epoch, seq, state,
    mode, pulses, ml, totalizer_ml, dur_ms, stop, tariff_v, currency, cost_micro, captured_micro,
    clk, happened_at, business_day)
SELECT at::date, at, %(kiosk)s, %(site)s, 1, number, 'completed',
    CASE WHEN number %% 50 = 0 THEN 'staff' ELSE 'hold' END, 9000, 20000, number * 20000, 80000,
    'target', 1, 'KES', 20000 * %(price)s, 20000 * %(price)s, 'synced', at, at::date
FROM (
    SELECT number, %(since)s::timestamptz + interval '1 day' * ((number - 1) / %(a_day)s)
        + interval '6 hours' + interval '14 hours' * ((number - 1) %% %(a_day)s) / %(a_day)s AS at
    FROM generate_series(1, %(days)s * %(a_day)s) number
) moments
"""
NAIVE = """
SELECT business_day, extract(hour FROM happened_at AT TIME ZONE 'Africa/Nairobi'), kiosk_id,
    sum(ml), sum(captured_micro + receivable_micro), count(*)
FROM water_transactions
WHERE received_on >= %s AND business_day >= %s AND mode <> 'staff' AND state <> 'quarantined'
GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""


def measured(
    tenant: Any, *, kiosks: int = KIOSKS, days: int = DAYS, a_day: int = A_DAY, rounds: int = ROUNDS
) -> str:
    """The table, in one tenant."""
    from transactions.reports import water
    from transactions.water import selectors
    from transactions.water.signals.watch import kiosks_watch
    from wificore.kernel.db.context import tenant_context

    now = datetime.now(UTC)
    with tenant_context(tenant):
        since = _filled(tenant, kiosks, days, a_day, now)
        first = _took(kiosks_watch, 1)
        again = _took(kiosks_watch, rounds)
        span = (since.date(), now.date())
        mine = selectors.kiosks().filter(name__startswith="reports ")
        ours = _took(lambda: water.sales(mine, *span, by="hour"), rounds)
        theirs = _took(lambda: _naive(since), rounds)
        meters = _took(lambda: water.totalizers(mine, *span), rounds)
    lines = [
        f"{kiosks} kiosks, {days} days, {kiosks * days * a_day:,} records; median of {rounds}, ms",
        "",
        _line("litres and income per kiosk and hour: counted", ours),
        _line("the same, read from the records", theirs),
        f"{'ratio':52}{theirs / ours:10.1f}",
        _line("sold beside what the meters counted", meters),
        _line("the first count, of all that is kept", first),
        _line("a minute's look at all kiosks, nothing new", again),
        "",
        f"load average at the end: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores",
    ]
    return "\n".join(lines) + "\n"


def _filled(tenant: Any, kiosks: int, days: int, a_day: int, now: datetime) -> datetime:
    """Kiosks with records of so many whole days, the last one yesterday."""
    from django.db import connection

    from transactions.water.models import Kiosk, Tariff
    from wificore.access.models import Site
    from wificore.access.services import site_save
    from wificore.demo.history import partitions
    from wificore.kernel.db.partitions.calendar import midnight

    since = midnight(now) - timedelta(days=days)
    partitions(tenant.schema_name, "water_transactions", since, now)
    site = site_save(site=Site(name="reports", zone="Africa/Nairobi"))
    tariff = Tariff.objects.create(name="reports", currency="KES")
    for number in range(kiosks):
        kiosk = Kiosk.objects.create(name=f"reports {number}", site=site, tariff=tariff)
        values = {"kiosk": kiosk.pk, "site": site.pk, "price": PRICE, "since": since}
        with connection.cursor() as cursor:
            cursor.execute(FILL, {**values, "days": days, "a_day": a_day})
    return since


def _naive(since: datetime) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(NAIVE, [since.date(), since.date()])
        cursor.fetchall()


def _took(call: Callable[[], object], rounds: int) -> float:
    """Median, in ms."""
    took = []
    for _ in range(rounds):
        began = time.perf_counter()
        call()
        took.append((time.perf_counter() - began) * 1000)
    return statistics.median(took)


def _line(what: str, ms: float) -> str:
    return f"{what:52}{ms:10,.1f}"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks.water.reports")
    parser.add_argument("--kiosks", type=int, default=KIOSKS)
    arguments = parser.parse_args()
    if arguments.kiosks <= 0:
        parser.error("every size is more than 0")
    sys.stdout.write(on_a_stack(lambda tenant: measured(tenant, kiosks=arguments.kiosks)))
