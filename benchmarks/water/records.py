"""What kiosks tell: the same for both."""

import itertools
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

ML, PULSES_PER_LITRE, PRICE = 20_000, 450, 250_000


def records(tag: str, lease: str) -> Iterator[dict[str, Any]]:
    """One epoch of a kiosk, all of it spent from one lease."""
    for seq in itertools.count(1):
        yield {
            "epoch": 1,
            "seq": seq,
            "type": "dispense",
            "tag": tag,
            "mode": "lease",
            "lease": lease,
            "pulses": ML * PULSES_PER_LITRE // 1000,
            "ml": ML,
            "totalizer_ml": seq * ML,
            "dur_ms": ML * 4,
            "stop": "target",
            "tariff_v": 1,
            "t": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
            "clk": "synced",
            "up_ms": seq * 60_000,
        }
