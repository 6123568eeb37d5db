"""Seals the trail: one job a schema, every minute, never in the writes themselves (ADR 12).

    rows:      ....late....|......fresh......|..too young..
                         since             upto           now
    since      what the chain has looked at already; rows from before it come late
    upto       now - DELAY: whoever wrote a row before then has committed, nearly always

A row is dated when it is written and seen when its transaction commits, so that rows appear out
of order. None is skipped: a seal takes every row of the last `LATE` that no seal covers yet, by
its number. One that appears later still is never sealed, and verification names it.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from wificore.kernel import logging
from wificore.kernel.db.context import current

from . import keys, store
from .canonical import FORMAT
from .chain import NOTHING, Batch, Head, Seal

# Transactions of the application end within 5 s.
DELAY = timedelta(seconds=15)
# A longer one is somebody's accident: its rows are still sealed if it ends within this.
LATE = timedelta(hours=1)
# Rows in one transaction, which stays well under a second.
LIMIT = 50_000
# A quiet schema's note moves on this often only, so that it does not cost a write a minute.
QUIET = timedelta(minutes=10)

log = logging.get(__name__)


@dataclass(frozen=True, slots=True)
class Tip:
    """Where the chain goes on.

    Attributes:
        remade_at: see `Head`; set here when the platform's note is missing.
    """

    seq: int
    mac: bytes
    upto: datetime
    remade_at: datetime | None = None


def trail_seal(using: str = "default") -> dict[str, Any] | None:
    """Seal what is new in the active schema's trail; harmless to repeat or to run twice at once.

    Call it outside transactions. What could not be read as our own (a forged or cut chain) is
    left as it is, for `audit_verify` to name; sealing goes on behind it.
    """
    seals = rows = 0
    while True:
        made, full = _seal_once(using)
        seals += len(made)
        rows += sum(seal.rows for seal in made)
        if not full:
            return {"seals": seals, "rows": rows}


def _seal_once(using: str) -> tuple[list[Seal], bool]:
    """The seals of one transaction, and whether there is more to do."""
    schema = current().schema
    head = store.head(using, schema)
    with transaction.atomic(using=using, durable=True):
        now = store.now(using)
        tip = _tip(head, store.last(using), now)
        upto = now - DELAY
        if upto <= tip.upto:
            if tip.upto - upto > LATE:
                log.error("the database's clock went back: nothing is sealed until it is right")
            return [], False  # or two runs at once
        batches = store.fresh(using, after=tip.upto - LATE, since=tip.upto, upto=upto, limit=LIMIT)
        full = sum(batch.rows for batch in batches) >= LIMIT
        if full:
            upto = max(tip.upto, *(batch.last_at for batch in batches))
        made = _chained(schema, tip, batches, now, upto)
        if not all(store.add(using, seal) for seal in made):
            transaction.set_rollback(True, using=using)
            return [], False  # another process is at it
    _note(using, head, tip, made, upto)
    return made, full


def _tip(head: Head | None, last: Seal | None, now: datetime) -> Tip:
    """The newest seal of those that the chain and the platform's note agree on."""
    head = head if head and head.genuine else None
    if last is not None and last.genuine and (head is None or last.seq >= head.seq):
        if head:
            return Tip(last.seq, last.mac, max(last.upto, head.upto), head.remade_at)
        # After the first seal a crash may come before the note; later somebody took it away.
        return Tip(last.seq, last.mac, last.upto, now if last.seq > 1 else None)
    if last is None and head is None:
        return Tip(0, NOTHING, store.BEGINNING)
    log.error("the audit trail's chain is broken: run audit_verify")
    seq = max(last.seq if last else 0, head.seq if head else 0)
    if head is None:
        return Tip(seq, last.mac if last else NOTHING, store.BEGINNING, now)
    return Tip(seq, head.seal, head.upto, head.remade_at)


def _chained(
    schema: str, tip: Tip, batches: Sequence[Batch], now: datetime, upto: datetime
) -> list[Seal]:
    """One seal a day, each following the one before."""
    made: list[Seal] = []
    for number, batch in enumerate(batches, start=tip.seq + 1):
        seal = Seal(
            **asdict(batch),
            schema=schema,
            seq=number,
            format=FORMAT,
            made_at=now,
            since=tip.upto,
            upto=upto,
            previous=made[-1].mac if made else tip.mac,
            key_id=keys.current_id(),
        )
        made.append(seal.signed())
    return made


def _note(using: str, head: Head | None, tip: Tip, made: Sequence[Seal], upto: datetime) -> None:
    """Tell the platform, and the log, which is kept elsewhere, what the newest seal is."""
    for seal in made:
        log.info("audit sealed", seal=seal.seq, rows=seal.rows, mac=seal.mac.hex())
    if not made and head and head.genuine and upto - head.upto < QUIET:
        return
    if not made and tip.seq == 0:
        return  # nothing has ever happened here
    seq, mac = (made[-1].seq, made[-1].mac) if made else (tip.seq, tip.mac)
    note = Head(current().schema, seq, mac, upto, tip.remade_at, keys.current_id())
    store.head_put(using, note.signed())
