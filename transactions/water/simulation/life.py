"""Spells of a kiosk's life: it sells without the network, tells of it later, sells with it."""

import secrets
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from .device import Record, changed
from .link import Link
from .moments import clear
from .plan import WALLETS, Manner, Pour, Spell, Twist

# Above what is asked for; a valve that closes late lets more through than was allowed.
OVER_ML = 700
TOP_UP = 60_000_000
SHORT_S = 5
STAFF: Record = {"mode": "staff"}


class Life:
    """One kiosk's; its spells are played one after another, in one thread.

    Args:
        known: what the journal knows of its tenant.
    """

    def __init__(self, link: Link, known: dict[str, Any], counts: Counter[str]) -> None:
        self._link, self._counts = link, counts
        self._kiosk, self._device = link.kiosk, link.kiosk.device
        self._zone, self._versions = ZoneInfo(known["zone"]), known["versions"]

    def play(self, spell: Spell) -> None:
        now, dice = time.time(), Random(f"{spell.number}")
        self._device.boot(now, spell.hours, spell.clock)
        leases = [self._link.lease(wallet, spell.lease) for wallet in self._kiosk.wallets]
        queue, later = self._offline(spell, leases, now)
        if spell.shuffled:
            dice.shuffle(queue)
        if spell.recalled:
            self._end(leases)
        self._tell(queue, spell)
        for record in later:
            self._link.records([changed(record)])
        self._link.time()
        self._device.sync()
        taken = [made for pour in spell.live for made in self._live(pour, dice)]
        if not spell.recalled and dice.random() < 0.8:
            self._end(leases)
        self._make_good(spell, dice, taken)

    def _offline(
        self, spell: Spell, leases: Sequence[str | None], now: float
    ) -> tuple[list[Record], list[Record]]:
        """What it did while nobody heard of it, and what of that it will be told otherwise."""
        queue, later = [], []
        version = self._version(now - spell.hours * 3600)
        changes = [one["since"] for one in self._versions]
        for pour in spell.offline:
            when = clear(now - pour.age, now=now, changes=changes, zone=self._zone)
            lease = leases[pour.wallet]
            if pour.twist is not Twist.STAFF and lease is None:
                self._counts["no lease"] += 1
                continue
            spends = STAFF if pour.twist is Twist.STAFF else {"mode": "lease", "lease": lease}
            record = self._record(pour, when, version, spends)
            if pour.twist is not Twist.LOST:
                queue.append(record)
            if pour.twist is Twist.CHANGED:
                later.append(record)
        return queue, later

    def _live(self, pour: Pour, dice: Random) -> Iterator[tuple[Pour, str]]:
        """One dispense with the network; it and the id that the platform gave it."""
        hold = self._hold(pour, dice)
        if hold is None:
            self._counts["declined"] += 1
            return
        spends, allowed = hold
        poured = allowed + OVER_ML if pour.twist is Twist.OVER else min(pour.ml, allowed)
        pour = Pour(pour.age, pour.wallet, poured, pour.twist)
        now = time.time()
        record = self._record(pour, now, self._version(now), spends)
        if pour.twist is Twist.LOST:
            return
        results = self._link.records([record])
        if pour.twist is Twist.CHANGED:
            self._link.records([record, changed(record)])
        elif pour.twist is Twist.WORN:
            self._link.records([self._record(pour, time.time(), self._version(now), spends)])
        for result in results:
            if result["status"] in ("completed", "partial") and pour.twist is not Twist.STAFF:
                yield pour, result["id"]

    def _hold(self, pour: Pour, dice: Random) -> tuple[Record, int] | None:
        """What lets the water run, and how many ml of it at most; None: nothing does."""
        match pour.twist:
            case Twist.STAFF:
                return STAFF, pour.ml
            case Twist.UNKNOWN:
                return {"mode": "hold", "hold": secrets.token_hex(8)}, pour.ml
            case Twist.STRANGER:
                wallet, tag = self._kiosk.spare
                by = self._kiosk.stranger
                answer = self._link.authorise(tag, wallet, pour.ml, ttl=SHORT_S, by=by)
            case _:
                wallet, tag = self._kiosk.wallets[pour.wallet], self._kiosk.tags[pour.wallet]
                answer = self._link.authorise(tag, wallet, pour.ml, twice=dice.random() < 0.2)
        if not answer.get("hold"):
            return None
        return {"mode": "hold", "hold": answer["hold"]}, answer["allowed_ml"]

    def _record(self, pour: Pour, when: float, version: int, spends: Record) -> Record:
        tag = self._kiosk.tags[pour.wallet]
        self._counts[pour.twist] += 1
        return self._device.record(pour, when, tag=tag, version=version, spends=spends)

    def _tell(self, queue: Sequence[Record], spell: Spell) -> None:
        """The queue in batches, each in its manner."""
        for number, first in enumerate(range(0, len(queue), spell.batch)):
            batch = queue[first : first + spell.batch]
            manner = spell.manners[number % len(spell.manners)]
            if manner is Manner.SPLIT:
                self._link.records(batch[len(batch) // 2 :])
                batch = batch[: len(batch) // 2]
            self._link.records(batch, manner)

    def _end(self, leases: Sequence[str | None]) -> None:
        for wallet, lease in zip(self._kiosk.wallets, leases, strict=True):
            if lease is not None:
                self._link.lease_end(wallet, lease)

    def _make_good(self, spell: Spell, dice: Random, taken: Sequence[tuple[Pour, str]]) -> None:
        """Somebody pays what is owed; somebody gets a part of it back, and asks for more."""
        self._link.top_up(self._kiosk.wallets[spell.number % WALLETS], TOP_UP)
        if taken and dice.random() < 0.5:
            pour, dispense = dice.choice(taken)
            wallet = self._kiosk.wallets[pour.wallet]
            captured = self._link.captured(dispense)
            for amount in (captured // 2, captured):
                if amount:
                    self._link.refund(wallet, dispense, amount)

    def _version(self, when: float) -> int:
        """What the list says that a device has which was last told then."""
        known = [one["v"] for one in self._versions if one["since"] <= when]
        return int(known[-1])
