"""Kills processes of a running stack, chosen and timed by a seed; the launcher restarts them."""

import json
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.e2e.conftest import eventually
from wificore.devserver import procfs

SINGLE = (
    *("ingester", "freeradius", "radius-clients", "relay", "worker", "worker-outbound"),
    *("worker-ddl", "beat", "postgres", "redis", "web", "realtime", "metrics"),
)
KINDS = (*SINGLE, "a backend of postgres", "a worker of web")
# Shorter and longer than what is killed needs to come back.
GAP_S = (1.0, 6.0)


@dataclass
class Storm:
    """Each kind once, in random order, again and again."""

    var: Path
    rng: random.Random
    kinds: Sequence[str] = KINDS
    done: Counter[str] = field(default_factory=Counter)

    def kill(self, count: int, check: Callable[[], None]) -> None:
        """Kill so many processes, some seconds apart; `check` is called before each."""
        for _, kind in zip(range(count), self._kinds(), strict=False):
            time.sleep(self.rng.uniform(*GAP_S))
            check()
            pid = eventually(lambda kind=kind: self._victim(kind))
            os.kill(pid, signal.SIGKILL)
            self.done[kind] += 1

    def _kinds(self) -> Iterator[str]:
        while True:
            yield from self.rng.sample(self.kinds, len(self.kinds))

    def _victim(self, kind: str) -> int | None:
        """Who is to go, once there is one: it may still be coming back from another kill."""
        pids = self.contract()["processes"]
        if kind == "a worker of web":
            return self._one_of(p for p in procfs.processes() if p.session == pids["web"] != p.pid)
        if kind == "a backend of postgres":
            return self._one_of(
                p
                for p in procfs.processes()
                if p.command == "postgres"
                and p.pid != pids["postgres"]
                and (procfs.working_directory(p.pid) or "").startswith(f"{self.var}/")
            )
        found = procfs.stat(pids[kind])
        return None if found is None or found.dead else found.pid

    def _one_of(self, processes: Iterator[procfs.Stat]) -> int | None:
        pids = sorted(process.pid for process in processes)
        return self.rng.choice(pids) if pids else None

    def contract(self) -> dict[str, Any]:
        """stack.json as it is now: the pids change."""
        content: dict[str, Any] = json.loads((self.var / "stack.json").read_text())
        return content
