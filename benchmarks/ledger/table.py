"""Runs both in turns, on one hot wallet and on many, and prints medians and ratios."""

import os
import random
import secrets
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from wificore.devserver.services import running_stack

WALLETS, THREADS, ROUNDS, SECONDS = 500, 8, 7, 3.0
FUNDS = 10**15
Hold = Callable[[int, int, str], Any]


def main(rounds: int = ROUNDS, seconds: float = SECONDS) -> str:
    """The table, of a stack of its own."""
    with tempfile.TemporaryDirectory() as var, running_stack(Path(var), "--no-simulator") as stack:
        lines = (Path(var) / "stack.env").read_text().splitlines()
        os.environ.update(line.split("=", 1) for line in lines if "=" in line)
        import django

        django.setup()
        from tenants.selectors import tenant_get

        tenant = tenant_get(slug=stack.contract["tenants"][0]["slug"])
        return measured(tenant, rounds=rounds, seconds=seconds)


def measured(
    tenant: Any,
    *,
    wallets: int = WALLETS,
    threads: int = THREADS,
    rounds: int = ROUNDS,
    seconds: float = SECONDS,
) -> str:
    """The table, in one tenant; `seconds` is the length of one turn."""
    from benchmarks.ledger import ours, peer
    from wificore.kernel.db.context import tenant_context

    with tenant_context(tenant):
        theirs = peer.create(wallets, FUNDS)
        mine = ours.create(wallets, FUNDS)
    try:
        figures: dict[tuple[str, str], list[float]] = {}
        for _ in range(rounds):
            for name, hold, numbers in (
                ("WifiCore", ours.hold, mine),
                ("select_for_update", peer.hold, theirs),
            ):
                for load, used in (("one hot wallet", numbers[:1]), ("many wallets", numbers)):
                    rate = _rate(tenant, hold, used, threads, seconds)
                    figures.setdefault((name, load), []).append(rate)
    finally:
        with tenant_context(tenant):
            peer.drop()
    return _table(figures, wallets, threads, rounds)


def _rate(tenant: Any, hold: Hold, wallets: Sequence[int], threads: int, seconds: float) -> float:
    """Holds a second of all threads together."""
    began = time.perf_counter()
    until = began + seconds
    with ThreadPoolExecutor(threads) as pool:
        done = list(pool.map(lambda _: _work(tenant, hold, wallets, until), range(threads)))
    return sum(done) / (time.perf_counter() - began)


def _work(tenant: Any, hold: Hold, wallets: Sequence[int], until: float) -> int:
    from django.db import connections

    from wificore.kernel.db.context import tenant_context

    done = 0
    try:
        with tenant_context(tenant):
            while time.perf_counter() < until:
                hold(random.choice(wallets), 1, f"bench:{secrets.token_hex(8)}")
                done += 1
    finally:
        connections.close_all()
    return done


def _table(
    figures: dict[tuple[str, str], list[float]], wallets: int, threads: int, rounds: int
) -> str:
    loads = list(dict.fromkeys(load for _, load in figures))
    medians = {key: statistics.median(found) for key, found in figures.items()}
    lines = [
        f"holds a second, {threads} threads (median of {rounds} turns; many: {wallets} wallets)",
        "",
        f"{'':24}" + "".join(f"{load:>18}" for load in loads),
    ]
    for name in dict.fromkeys(name for name, _ in figures):
        lines.append(f"{name:24}" + "".join(f"{medians[name, load]:18,.0f}" for load in loads))
    ratios = [medians["WifiCore", load] / medians["select_for_update", load] for load in loads]
    lines.append(f"{'ratio':24}" + "".join(f"{ratio:18.2f}" for ratio in ratios))
    return "\n".join(lines) + "\n"
