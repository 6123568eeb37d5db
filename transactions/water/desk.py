"""What booking a batch needs to know, read at once: tariff, tags, holds, wallets, neighbours."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from transactions.ledger.models import Hold
from transactions.wallets.models import Wallet
from wificore.kernel.public_ids import is_public_id

from . import clock, pricing
from .clock import Anchor
from .identity import tag_key, uid_hash
from .models import DispenseClaim, Kiosk, Mode, Tag, TariffVersion
from .records import Fault, Numbered, Record, read


@dataclass(slots=True)
class Draft:
    """A record on its way to being booked.

    Attributes:
        record: None: it could not be read. fault: why it is quarantined; empty: it is not.
        trusted_at: its time, if that is relied on; guess: what its neighbours say.
    """

    sent: Numbered
    record: Record | None = None
    fault: str = ""
    trusted_at: datetime | None = None
    guess: datetime | None = None
    tag: Any = None
    hold: Any = None
    wallet: Any = None
    version: TariffVersion | None = None


@dataclass
class Desk:
    """One kiosk's batch. Everything is read before the first money moves."""

    kiosk: Kiosk
    now: datetime
    drafts: list[Draft] = field(default_factory=list)

    def take(self, sent: Sequence[Numbered]) -> list[Draft]:
        """Drafts of records that are new, in their order, each with what it names."""
        self.drafts = [self._read(record) for record in sent]
        read_well = [draft for draft in self.drafts if draft.record is not None]
        self._date(read_well)
        self._identify(read_well)
        self._find_holds(read_well)
        versions = list(TariffVersion.objects.filter(tariff=self.kiosk.tariff_id))
        for draft in read_well:
            draft.fault = draft.fault or self._fault(draft, versions)
        return self.drafts

    def _read(self, sent: Numbered) -> Draft:
        try:
            return Draft(sent, read(sent.raw))
        except Fault as fault:
            return Draft(sent, fault=str(fault))

    def _date(self, drafts: list[Draft]) -> None:
        for draft in drafts:
            record = _record(draft)
            draft.trusted_at = clock.trusted(record.clk, record.t, self.now)
        lost = [draft for draft in drafts if draft.trusted_at is None]
        for epoch in {draft.sent.epoch for draft in lost}:
            some = [draft for draft in lost if draft.sent.epoch == epoch]
            anchors = [*self._in_batch(drafts, epoch), *self._stored(epoch, some)]
            for draft in some:
                up_ms = _record(draft).up_ms
                draft.guess = clock.estimate(draft.sent.seq, up_ms, anchors, self.now)

    def _in_batch(self, drafts: list[Draft], epoch: int) -> list[Anchor]:
        return [
            Anchor(draft.sent.seq, _record(draft).up_ms, draft.trusted_at)
            for draft in drafts
            if draft.trusted_at is not None and draft.sent.epoch == epoch
        ]

    def _stored(self, epoch: int, drafts: list[Draft]) -> list[Anchor]:
        """Of those that came before: the ones between these, and the nearest on either side."""
        first, last = min(d.sent.seq for d in drafts), max(d.sent.seq for d in drafts)
        rows = DispenseClaim.objects.filter(
            kiosk=self.kiosk, epoch=epoch, trusted_at__isnull=False
        ).values_list("seq", "up_ms", "trusted_at")
        found = [
            *rows.filter(seq__lt=first).order_by("-seq")[:1],
            *rows.filter(seq__gt=last).order_by("seq")[:1],
            *(rows.filter(seq__gt=first, seq__lt=last) if first < last else ()),
        ]
        return [Anchor(seq, up_ms or 0, at) for seq, up_ms, at in found if at is not None]

    def _identify(self, drafts: list[Draft]) -> None:
        named = [draft for draft in drafts if _record(draft).tag is not None]
        key = tag_key() if named else None
        if key is None:
            return
        hashes = {id(draft): uid_hash(key, _record(draft).tag or "") for draft in named}
        rows = Tag.objects.filter(uid_hash__in=set(hashes.values()))
        known = {bytes(tag.uid_hash): tag for tag in rows}
        for draft in named:
            draft.tag = known.get(hashes[id(draft)])

    def _find_holds(self, drafts: list[Draft]) -> None:
        drafts = [draft for draft in drafts if _record(draft).mode != Mode.STAFF]
        wanted = {_record(draft).hold or "" for draft in drafts}
        mine = Hold.objects.filter(
            public_id__in=[name for name in wanted if is_public_id(name)],
            reference=reference(self.kiosk),
        )
        holds: dict[str, Any] = {hold.public_id: hold for hold in mine}
        accounts = {hold.account_id for hold in holds.values()}
        wallets = {row.account_id: row for row in Wallet.objects.filter(account__in=accounts)}
        for draft in drafts:
            draft.hold = holds.get(_record(draft).hold or "")
            draft.wallet = wallets.get(draft.hold.account_id) if draft.hold else None

    def _fault(self, draft: Draft, versions: list[TariffVersion]) -> str:
        record = _record(draft)
        if record.ml > self.kiosk.max_ml:
            return f"ml: more than {self.kiosk.max_ml} is impossible"
        if record.mode != Mode.STAFF and not _holds(draft):
            return f"{record.mode}: there is no such hold or lease of this kiosk"
        if draft.trusted_at is not None:
            draft.version = pricing.in_force(versions, draft.trusted_at)
        named = [version for version in versions if version.v == record.tariff_v]
        draft.version = draft.version or next(iter(named), None)
        return "" if draft.version else f"tariff_v: the tariff has no version {record.tariff_v}"


def reference(kiosk: Kiosk) -> str:
    """What a hold says that it is for."""
    return f"kiosk:{kiosk.public_id}"


def _holds(draft: Draft) -> bool:
    """Whether there is a hold, and of the kind that the mode wants; a code has set money aside."""
    if draft.wallet is None:
        return False
    kind = "lease" if _record(draft).mode == Mode.LEASE else "hold"
    return bool(draft.hold.kind == kind)


def _record(draft: Draft) -> Record:
    assert draft.record is not None
    return draft.record
