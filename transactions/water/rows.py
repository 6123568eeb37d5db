"""A record's rows: the dispense, and the claim that makes it one."""

from datetime import UTC, datetime

from . import clock
from .desk import Draft
from .models import DispenseClaim, DispenseState, Kiosk, WaterTransaction
from .records import BROKEN_OFF, MAX_NOTE, kept


def row_of(kiosk: Kiosk, draft: Draft, now: datetime) -> WaterTransaction:
    """The row as far as it is known before money moves."""
    sent, record, version = draft.sent, draft.record, draft.version
    when = clock.when(draft.trusted_at, draft.guess, now, kiosk.site.zone)
    row = WaterTransaction(
        received_on=now.astimezone(UTC).date(),
        received_at=now,
        kiosk=kiosk,
        site_id=kiosk.site_id,
        epoch=sent.epoch,
        seq=sent.seq,
        state=_state(draft),
        currency=kiosk.tariff.currency,
        happened_at=when.at,
        business_day=when.day,
        flag_words=" ".join(_flags(draft, estimated=when.estimated)),
        note=f"{draft.fault}\n{kept(sent.raw)}"[:MAX_NOTE] if draft.fault else "",
        tag=draft.tag,
        wallet=draft.wallet,
        ledger_hold=draft.hold.pk if draft.hold else None,
    )
    if record is not None:
        row.mode, row.stop, row.clk = record.mode, record.stop, record.clk
        row.pulses, row.ml, row.totalizer_ml = record.pulses, record.ml, record.totalizer_ml
        row.dur_ms, row.up_ms, row.device_time = record.dur_ms, record.up_ms, record.t
        row.tariff_v = version.v if version else record.tariff_v
    return row


def _state(draft: Draft) -> DispenseState:
    if draft.fault or draft.record is None:
        return DispenseState.QUARANTINED
    if not draft.record.ml:
        return DispenseState.ABORTED
    broken = draft.record.stop in BROKEN_OFF
    return DispenseState.PARTIAL if broken else DispenseState.COMPLETED


def _flags(draft: Draft, *, estimated: bool) -> list[str]:
    other = draft.tag is not None and draft.wallet is not None
    mismatched = other and draft.tag.wallet_id != draft.wallet.pk
    known = {clock.ESTIMATED: estimated, "other_tag": mismatched}
    return [name for name, is_so in known.items() if is_so]


def claim_of(kiosk: Kiosk, draft: Draft, item: str) -> DispenseClaim:
    relied = draft.record is not None and draft.trusted_at is not None and not draft.fault
    return DispenseClaim(
        kiosk=kiosk,
        epoch=draft.sent.epoch,
        seq=draft.sent.seq,
        body_sha256=draft.sent.sha256,
        answer=item,
        up_ms=draft.record.up_ms if relied and draft.record else None,
        trusted_at=draft.trusted_at if relied else None,
    )
