"""Runs both in turns and prints medians, percentiles and ratios."""

import os
import statistics
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from wificore.devserver.services import running_stack

KIOSKS, ROUNDS, SECONDS, BATCH = 4, 5, 3.0, 100
FUNDS = 10**15
BATCHED, SINGLE = f"in batches of {BATCH}", "one at a time"
Turn = list[float]
"""How long each call took, in seconds."""


def main(rounds: int = ROUNDS, seconds: float = SECONDS) -> str:
    """The table, of a stack of its own."""
    return on_a_stack(lambda tenant: measured(tenant, rounds=rounds, seconds=seconds))


def on_a_stack(measure: Callable[[Any], str]) -> str:
    """What it says of the first tenant of a stack that is started for it."""
    with tempfile.TemporaryDirectory() as var, running_stack(Path(var), "--no-simulator") as stack:
        lines = (Path(var) / "stack.env").read_text().splitlines()
        os.environ.update(line.split("=", 1) for line in lines if "=" in line)
        import django

        django.setup()
        from tenants.selectors import tenant_get

        tenant = tenant_get(slug=stack.contract["tenants"][0]["slug"])
        return measure(tenant)


def measured(
    tenant: Any, *, kiosks: int = KIOSKS, rounds: int = ROUNDS, seconds: float = SECONDS
) -> str:
    """The table, in one tenant; `seconds` is the length of one turn."""
    from benchmarks.water import ours, peer
    from wificore.kernel.db.context import tenant_context

    rates: dict[str, dict[str, list[float]]] = {BATCHED: {}, SINGLE: {}}
    waits: dict[str, Turn] = {}
    try:
        with tenant_context(tenant):
            teams = [list(peer.create(kiosks, FUNDS)), list(ours.create(kiosks, FUNDS))]
        for number in range(rounds):
            # Who comes second finds the other's dirty pages: so in turns.
            for team in teams if number % 2 else reversed(teams):
                name = team[0].name
                for load, count in ((BATCHED, BATCH), (SINGLE, 1)):
                    calls = [_telling(one, count) for one in team]
                    turns = _turns(tenant, calls, seconds)
                    rate = sum(len(turn) * count / sum(turn) for turn in turns)
                    rates[load].setdefault(name, []).append(rate)
                for turn in _turns(tenant, [one.ask for one in team], seconds):
                    waits.setdefault(name, []).extend(turn)
    finally:
        with tenant_context(tenant):
            peer.drop()
    return _table(rates, waits, kiosks, rounds)


def _telling(one: Any, count: int) -> Callable[[], None]:
    return lambda: one.tell(count)


def _turns(tenant: Any, calls: Sequence[Callable[[], None]], seconds: float) -> list[Turn]:
    """Each call again and again, in a thread of its own."""
    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(lambda call: _work(tenant, call, seconds), calls))


def _work(tenant: Any, call: Callable[[], None], seconds: float) -> Turn:
    from django.db import connections

    from wificore.kernel.db.context import tenant_context

    took: Turn = []
    try:
        with tenant_context(tenant):
            call()  # a new connection, on which nothing is compiled yet
            until = time.perf_counter() + seconds
            while (began := time.perf_counter()) < until:
                call()
                took.append(time.perf_counter() - began)
    finally:
        connections.close_all()
    return took


def _table(
    rates: Mapping[str, Mapping[str, list[float]]],
    waits: Mapping[str, Turn],
    kiosks: int,
    rounds: int,
) -> str:
    lines = [f"{kiosks} kiosks at once, a thread each; {rounds} turns of each, in turns", ""]
    lines.append(f"{'':28}{'WifiCore':>12}{'ORM':>12}{'ratio':>8}")
    for load, of in rates.items():
        mine, theirs = (statistics.median(of[name]) for name in ("WifiCore", _other(of)))
        lines.append(_line(f"records/s {load}", mine, theirs, mine / theirs))
    for percent in (50, 99):
        mine, theirs = (_percentile(waits[name], percent) for name in ("WifiCore", _other(waits)))
        lines.append(_line(f"authorise p{percent}, ms", mine, theirs, theirs / mine))
    lines += ["", f"load average at the end: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"]
    return "\n".join(lines) + "\n"


def _line(what: str, mine: float, theirs: float, ratio: float) -> str:
    return f"{what:28}{mine:12,.1f}{theirs:12,.1f}{ratio:8.2f}"


def _other(of: Mapping[str, Any]) -> str:
    return next(name for name in of if name != "WifiCore")


def _percentile(took: Turn, percent: int) -> float:
    return statistics.quantiles(took, n=100)[percent - 1] * 1000
