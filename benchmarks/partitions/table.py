"""Measures the peers in turns and prints their medians and ratios."""

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import django

from wificore.devserver import binaries
from wificore.devserver.services import private_postgres

TENANTS, FIRST, ROUNDS = 200, 20, 3
PARTMAN = "postgresql-15-partman"


def main(tenants: int = TENANTS, first: int = FIRST, rounds: int = ROUNDS) -> str:
    """The table."""
    django.setup()
    # They need Django's settings.
    from .peers import Peer, has_partman, peers

    choices = binaries.postgres_choices()
    programs = next((one for one in choices if has_partman(one)), choices[0])
    together = has_partman(programs)

    def night(peer: Peer) -> float:
        schemas = peer.tables(tenants)
        peer.steady(schemas)
        _expect(peer, tenants * 8)
        seconds = _timed(lambda: peer.night(schemas))
        _expect(peer, tenants * 8)
        return seconds

    def creation(peer: Peer) -> float:
        schemas = peer.tables(first)
        seconds = _timed(lambda: peer.first(schemas))
        _expect(peer, first * 8)
        return seconds

    lines = [f"partitions on PostgreSQL {programs.major}, seconds (median of {rounds})", ""]
    with (
        tempfile.TemporaryDirectory() as directory,
        private_postgres(Path(directory) / "postgres", programs=programs, throwaway=False) as own,
        peers(own.dsn(), together, Path(directory)) as contestants,
    ):
        for title, work in (
            (f"steady night, {tenants} tenants x 8 partitions", night),
            (f"first creation, {first} tenants x 8 partitions", creation),
        ):
            # In turns, so that what else the machine does meets all of them.
            turns = [{peer.title: work(peer) for peer in contestants} for _ in range(rounds)]
            lines += _lines(title, turns)
    if not together:
        lines.append(f"pg_partman is not installed here (Debian: {PARTMAN}): no ratio")
    return "\n".join(lines) + "\n"


def _lines(title: str, turns: Sequence[Mapping[str, float]]) -> Iterator[str]:
    medians = {name: statistics.median(turn[name] for turn in turns) for name in turns[0]}
    theirs = medians.get("pg_partman")
    yield title
    for name, seconds in medians.items():
        ratio = f"{seconds / theirs:8.2f}x" if theirs else ""
        yield f"  {name:24}{seconds:8.2f}{ratio}"
    yield ""


def _timed(work: Callable[[], object]) -> float:
    began = time.monotonic()
    work()
    return time.monotonic() - began


def _expect(peer: Any, partitions: int) -> None:
    found = peer.partitions()
    assert found == partitions, f"{peer.title} has {found} partitions, not {partitions}"
