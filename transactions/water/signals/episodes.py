"""Episodes: a signal begins once and ends once; each is told in the transaction that writes it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from transactions.water.models import Kiosk, KioskSignal
from wificore.kernel.events import publish

from .events import BEGINS, OVER
from .rules import Signal, Verdicts

# What an event says where a signal has nothing to say of it.
NOTHING = {"tag": "", "day": "", "litres": 0, "records": 0}


class Episodes:
    """What is wrong with one kiosk now, and what becomes of it.

    Args:
        rows: its open episodes.
    """

    def __init__(self, kiosk: Kiosk, rows: Iterable[KioskSignal]) -> None:
        self.kiosk = kiosk
        self.open = {(row.signal, row.about): row for row in rows}
        self.changed = 0

    def say(self, verdicts: Verdicts, at: datetime, **detail: Any) -> None:
        """What one record or report says."""
        for signal, on in verdicts.items():
            if on:
                self.on(signal, at, **detail)
            else:
                self.off(signal, at)

    def on(self, signal: Signal, at: datetime, *, about: str = "", **detail: Any) -> None:
        """It is so; `detail` is of `tag`, `day`, `litres`, `records` what it is about."""
        known = self.open.get((str(signal), about))
        if known is None:
            self._begin(signal, at, about, detail)
        elif at > known.seen_at:
            known.seen_at, known.detail = at, detail
            known.save(update_fields=["seen_at", "detail"])

    def off(self, signal: Signal, at: datetime, *, about: str = "") -> None:
        """It is not so, or no more."""
        known = self.open.pop((str(signal), about), None)
        if known is not None:
            self._end(known, max(at, known.seen_at))

    def only(self, signal: Signal, still: set[str], at: datetime) -> None:
        """It is so of these matters alone."""
        for name, about in list(self.open):
            if name == signal and about not in still:
                self.off(signal, at, about=about)

    def _begin(self, signal: Signal, at: datetime, about: str, detail: dict[str, Any]) -> None:
        row = KioskSignal(
            kiosk=self.kiosk, signal=str(signal), about=about, since=at, seen_at=at, detail=detail
        )
        try:
            with transaction.atomic():
                row.save(force_insert=True)
                publish(f"{BEGINS}{signal}", self._told(row), subject=self._subject(row))
        except IntegrityError:
            return  # somebody else saw it at this moment
        self.open[str(signal), about] = row
        self.changed += 1

    def _end(self, row: KioskSignal, at: datetime) -> None:
        with transaction.atomic():
            if not KioskSignal.objects.filter(pk=row.pk, over_at=None).update(over_at=at):
                return
            minutes = int((at - row.since).total_seconds() // 60)
            publish(OVER, {**self._told(row), "minutes": minutes}, subject=self._subject(row))
        self.changed += 1

    def _subject(self, row: KioskSignal) -> str:
        """One task for each kiosk, signal and matter."""
        parts = (self.kiosk.public_id, row.signal, row.about)
        return ":".join(part for part in parts if part)

    def _told(self, row: KioskSignal) -> dict[str, Any]:
        return {
            "id": self.kiosk.public_id,
            "name": self.kiosk.name,
            "site": self.kiosk.site_id,
            "signal": row.signal,
            **NOTHING,
            **row.detail,
            "since": row.since,
        }
