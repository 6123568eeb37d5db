"""What every realtime process counts, together: handed over in Redis once a second.

    process --differences--> wificore:rt:public:counters        never less when a process dies
            --values-------> wificore:rt:public:gauges:<node>   gone a few seconds after it
    `metrics` (port 9670) <-- totals()

While Redis is away the differences wait in the process.
"""

import asyncio
import json
import secrets
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

import redis
from prometheus_client import CollectorRegistry
from prometheus_client.metrics_core import Metric
from prometheus_client.samples import Sample

from .link import Link, LinkDown, Script
from .metrics import REGISTRY

COUNTERS: Final = "wificore:rt:public:counters"
GAUGES: Final = "wificore:rt:public:gauges:"
EVERY_S: Final = 1.0
GAUGES_HOLD_S: Final = 5.0
# Samples that only ever grow.
GROWING: Final = ("_total", "_bucket", "_count", "_sum")
PROCESSES: Final = "wificore_realtime_processes"


class Reporter:
    """One process' half: `run` beside the hub, `report` once more at its end."""

    def __init__(self, link: Link, registry: CollectorRegistry = REGISTRY) -> None:
        self._link = link
        self._registry = registry
        self._node = secrets.token_hex(8)
        self._reported: dict[str, float] = {}

    async def run(self) -> None:
        """Report until cancelled."""
        while True:
            await asyncio.sleep(EVERY_S)
            await self.report()

    async def report(self) -> None:
        """Hand over what is new; while Redis is away it is kept for the next time."""
        now = dict(_samples(self._registry))
        grown = {name: value for name, value in now.items() if _grows(name)}
        new = {
            name: value - self._reported.get(name, 0.0)
            for name, value in grown.items()
            if value != self._reported.get(name, 0.0)
        }
        gauges = {name: value for name, value in now.items() if name not in grown}
        try:
            await self._link.ask(self._script(new, gauges))
        except LinkDown:
            return
        self._reported.update(grown)

    def _script(self, counters: Mapping[str, float], gauges: Mapping[str, float]) -> Script:
        hold_ms = int(GAUGES_HOLD_S * 1000)
        pairs = [*_flat(counters), *_flat(gauges)]
        keys = (COUNTERS, GAUGES + self._node)
        return Script("report", keys, (hold_ms, len(counters), *pairs))


def totals(client: "redis.Redis") -> Iterator[Metric]:
    """Every metric of realtime, over all processes."""
    nodes = list(client.scan_iter(f"{GAUGES}*", count=1000))
    kept: dict[str, float] = _floats(client.hgetall(COUNTERS))
    for node in nodes:
        for name, value in _floats(client.hgetall(node)).items():
            kept[name] = kept.get(name, 0.0) + value
    for family in REGISTRY.collect():
        yield _family(family, kept)
    alive = Metric(PROCESSES, "Realtime processes that live.", "gauge")
    alive.add_sample(PROCESSES, {}, len(nodes))
    yield alive


def _family(family: Metric, kept: Mapping[str, float]) -> Metric:
    """This program's metric with the values of all; what none has counted is 0."""
    found = Metric(family.name, family.documentation, family.type)
    known = {_field(sample): sample for sample in family.samples if not _is_birth(sample)}
    names = {family.name, *(family.name + ending for ending in GROWING)}
    for field, sample in known.items():
        found.add_sample(sample.name, sample.labels, kept.get(field, 0.0))
    for field, value in kept.items():
        name, labels = json.loads(field)
        if name in names and field not in known:
            found.add_sample(name, labels, value)
    return found


def _samples(registry: CollectorRegistry) -> Iterator[tuple[str, float]]:
    for family in registry.collect():
        for sample in family.samples:
            if not _is_birth(sample):
                yield _field(sample), sample.value


def _is_birth(sample: Sample) -> bool:
    return sample.name.endswith("_created")


def _field(sample: Sample) -> str:
    """A sample's name and labels as the field of a hash."""
    return json.dumps([sample.name, sample.labels], sort_keys=True, separators=(",", ":"))


def _grows(field: str) -> bool:
    return str(json.loads(field)[0]).endswith(GROWING)


def _flat(values: Mapping[str, float]) -> Iterable[str]:
    for name, value in values.items():
        yield from (name, repr(value))


def _floats(answer: Any) -> dict[str, float]:
    return {name.decode(): float(value) for name, value in answer.items()}
