"""What is told of records: events only; the rows themselves are the trail."""

from collections.abc import Iterable
from typing import Any

from wificore.kernel.events import publish, publish_many

from .answers import public_id
from .desk import Draft
from .models import DispenseState, Kiosk, RecordConflict, WaterTransaction


def tell_booked(kiosk: Kiosk, booked: Iterable[tuple[Draft, WaterTransaction]]) -> None:
    """Each record of a batch, in two statements."""
    told: dict[str, list[tuple[str, dict[str, Any]]]] = {}
    for draft, row in booked:
        is_kept = row.state == DispenseState.QUARANTINED
        event = "water.quarantined" if is_kept else "water.dispensed"
        more = {"reason": draft.fault} if is_kept else _dispense(draft, row)
        payload = {"id": public_id(row), **where(kiosk, row.epoch, row.seq), **more}
        told.setdefault(event, []).append((payload["id"], payload))
    for event, rows in sorted(told.items()):
        publish_many(event, rows)


def tell_conflict(kiosk: Kiosk, row: RecordConflict, first: str) -> None:
    """A record came under a number that another one has."""
    payload = {"id": first, **where(kiosk, row.epoch, row.seq)}
    publish("water.conflict", payload, subject=first)


def where(kiosk: Kiosk, epoch: int, seq: int) -> dict[str, Any]:
    return {
        "kiosk": kiosk.public_id,
        "name": kiosk.name,
        "site": kiosk.site_id,
        "epoch": epoch,
        "seq": seq,
    }


def _dispense(draft: Draft, row: WaterTransaction) -> dict[str, Any]:
    return {
        "state": str(row.state),
        "mode": str(row.mode),
        "ml": row.ml,
        "cost_micro": row.cost_micro,
        "captured_micro": row.captured_micro,
        "receivable_micro": row.receivable_micro,
        "overrun_micro": row.overrun_micro,
        "currency": row.currency,
        "wallet": draft.wallet.public_id if draft.wallet else None,
        "tag": draft.tag.public_id if draft.tag else None,
        "happened_at": row.happened_at,
        "business_day": row.business_day.isoformat(),
        "flags": row.flags,
    }
