"""Loads the contestants in turns and prints medians, ratios and targets."""

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from wificore.devserver import binaries
from wificore.devserver.services import private_postgres

from . import packets
from .generator import send
from .ours import Ours
from .packets import ACCESS_ACCEPT, ACCOUNTING_RESPONSE
from .peers import Peer
from .processes import cpu_seconds, cpu_seconds_with_children
from .stock import Stock, create_database

# Turns of 4 s: what is sustained shows, and the wait for the last batch weighs little.
TENANTS, ROUNDS, SECONDS = (1, 50, 200), 3, 4.0
# So many are prepared; a turn ends when they are sent, or when its time is over.
MOST_PER_S = 12_000
DRAIN_S = 300.0
TARGETS = {"logins": 2.5, "accounting": 2.0}


@dataclass(frozen=True)
class Turn:
    """One contestant under one load: rates a second, processor time in us a packet."""

    packets: int
    repeats: int
    answered: float
    rows: float
    cpu: Mapping[str, float]


Results = dict[str, dict[str, list[Turn]]]


def main(tenants: Sequence[int] = TENANTS, rounds: int = ROUNDS, seconds: float = SECONDS) -> str:
    """The table."""
    programs = binaries.postgres_choices()[0]
    lines = [f"RADIUS on PostgreSQL {programs.major}, {packets.ACCOUNTS} accounts a tenant;"]
    lines.append(f"median of {rounds} turns of {seconds:g} s, processor time in us a packet")
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        directory = Path(name)
        own = stack.enter_context(
            private_postgres(directory / "postgres", programs=programs, throwaway=False)
        )
        postmaster = int((directory / "postgres" / "postmaster.pid").read_text().split()[0])
        create_database(own.dsn(), "stock")
        peers: list[Peer] = [
            stack.enter_context(closing(Stock(own.dsn("stock"), directory / "stock"))),
            stack.enter_context(closing(Ours(own.dsn(), "ours", directory / "ours"))),
        ]
        have = 0
        for count in tenants:
            for peer in peers:
                for tenant in range(have, count):
                    peer.add_tenant(tenant)
                peer.sql("VACUUM ANALYZE")
            have = count
            results = _measure(peers, postmaster, count, rounds, seconds)
            lines += ["", *(found := list(_lines(count, results)))]
            # The whole takes minutes.
            print("\n".join(found), file=sys.stderr, flush=True)
    lines += ["", f"load average at the end: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"]
    return "\n".join(lines) + "\n"


def _measure(
    peers: Sequence[Peer], postmaster: int, tenants: int, rounds: int, seconds: float
) -> Results:
    results: Results = {kind: {peer.title: [] for peer in peers} for kind in TARGETS}
    with ExitStack() as stack:
        for peer in peers:
            stack.enter_context(peer.serving(tenants))
        before = {peer.title: peer.counts() for peer in peers}
        for peer in peers:
            # Each connection compiles each tenant's function once: not what is measured.
            for kind in TARGETS:
                _turn(peer, kind, postmaster, tenants, 0.5 + tenants / 40)
            before[peer.title] = peer.counts()
        for number in range(rounds):
            for kind, turns in results.items():
                # Who comes second finds the other's dirty pages: so in turns.
                for peer in peers if number % 2 else reversed(peers):
                    turns[peer.title].append(_turn(peer, kind, postmaster, tenants, seconds))
        for peer in peers:
            _check(peer, before[peer.title], results)
    return results


def _turn(peer: Peer, kind: str, postmaster: int, tenants: int, seconds: float) -> Turn:
    count = int(MOST_PER_S * seconds)
    if kind == "logins":
        made, port, answer = packets.logins(tenants), peer.auth_port, ACCESS_ACCEPT
    else:
        run = time.monotonic_ns() // 1_000_000
        made, port, answer = packets.accounting(tenants, run), peer.acct_port, ACCOUNTING_RESPONSE
    prepared = list(islice(made, count))
    spool = "postauth" if kind == "logins" else "acct"
    applied, before = peer.applied(spool), _cpu(peer, postmaster)
    began = time.monotonic()
    sent = send(prepared, port, seconds, answer)
    if applied is not None:
        _drain(peer, spool, applied + sent.packets)
    whole = time.monotonic() - began if applied is not None else sent.seconds
    after = _cpu(peer, postmaster)
    cpu = {name: (after[name] - before[name]) / sent.packets * 1e6 for name in after}
    return Turn(sent.packets, sent.repeats, sent.packets / sent.seconds, sent.packets / whole, cpu)


def _drain(peer: Peer, spool: str, wanted: int) -> None:
    """Wait until all is rows; what was sent again may be there twice."""
    deadline = time.monotonic() + DRAIN_S
    while (applied := peer.applied(spool) or 0) < wanted:
        if time.monotonic() > deadline:
            raise RuntimeError(f"{spool}: {applied} of {wanted} records are rows")
        time.sleep(0.02)


def _cpu(peer: Peer, postmaster: int) -> dict[str, float]:
    return {
        "radiusd": cpu_seconds(peer.radiusd),
        "postgres": cpu_seconds_with_children(postmaster),
        "ingester": cpu_seconds(peer.ingester) if peer.ingester else 0.0,
    }


def _check(peer: Peer, before: tuple[int, int, int], results: Results) -> None:
    """Every packet is in the rows: no speed by losing some."""
    sent = [packets.sessions_sent(turn.packets) for turn in results["accounting"][peer.title]]
    wanted = [sum(each[0] for each in sent), sum(each[1] for each in sent)]
    turns = results["logins"][peer.title]
    least = sum(turn.packets for turn in turns)
    # A login that was sent again may be two attempts; a repeated accounting packet changes nothing.
    most = least + sum(turn.repeats for turn in turns)
    *sessions, logins = (now - then for now, then in zip(peer.counts(), before, strict=True))
    if sessions != wanted or not least <= logins <= most:
        raise RuntimeError(
            f"{peer.title}: {sessions} sessions and stops, sent {wanted};"
            f" {logins} logins, sent {least} to {most} times"
        )


def _lines(tenants: int, results: Results) -> Iterator[str]:
    title = f"{tenants} tenant{'s' if tenants > 1 else ''}, 8 partitions each"
    parts = "".join(f"{part:>9}" for part in ("radiusd", "postgres", "ingester"))
    yield f"{title:42}{'per s':>8}{'ratio':>8}{'target':>9}{parts}{'in all':>8}"
    for kind, peers in results.items():
        yield from _kind_lines(f"{kind} answered", "answered", peers, None)
        yield from _kind_lines(f"{kind} to rows", "rows", peers, TARGETS[kind])


def _kind_lines(
    what: str, rate: str, peers: Mapping[str, Sequence[Turn]], target: float | None
) -> Iterator[str]:
    base = None
    for name, turns in peers.items():
        median = statistics.median(getattr(turn, rate) for turn in turns)
        shown = f"{median / base:7.2f}x" if base else " " * 8
        goal = f">= {target}x" if base and target else ""
        cpu = [statistics.median(turn.cpu[part] for turn in turns) for part in turns[0].cpu]
        times = "".join(f"{value:9.0f}" for value in cpu) + f"{sum(cpu):8.0f}"
        yield f"  {what:22}{name:18}{median:8.0f}{shown}{goal:>9}" + (times if target else "")
        base = base or median
