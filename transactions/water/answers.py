"""What a kiosk is told of one record: the same text whenever the record comes again."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime

from wificore.kernel.day_ids import day_id

from .models import WaterTransaction
from .records import Numbered

CONFLICT, INVALID = "conflict", "invalid"


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one record; `item` is its part of the answer, as it is sent."""

    status: str
    item: str


@dataclass(frozen=True, slots=True)
class Answer:
    """A claim's: of which record, and what was said."""

    sha256: bytes
    item: str


Answers = dict[tuple[int, int], Answer]


def public_id(row: WaterTransaction) -> str:
    """Its id in the API; it holds the day, so that a look-up reads one partition."""
    return day_id(datetime.combine(row.received_on, datetime.min.time(), UTC), row.pk)


def item(sent: Numbered | None, status: str, id: str | None, balance: int | None) -> str:  # noqa: A002  # the API's word
    """One part of `results`, the very text that is sent now and whenever the record comes again."""
    shown = {
        "epoch": sent.epoch if sent else None,
        "seq": sent.seq if sent else None,
        "status": str(status),
        "id": id,
        "balance_micro": balance,
    }
    return json.dumps(shown, separators=(",", ":"))
