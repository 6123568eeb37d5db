"""Reads a journal: each answer in its order, judged by the rules, and what follows from it."""

from collections.abc import Iterable
from datetime import datetime
from http import HTTPStatus
from typing import Any
from zoneinfo import ZoneInfo

from wificore.kernel.simulating import Fact

from . import rules
from .booking import Booking
from .expected import Due, Expected, Hold, Key, Purse, Tenant
from .rules import Price

# An ended hold's money comes back within this.
RELEASE_S = 60
# For so long a request may have been on its way that was never answered.
UNTOLD_S = 300


def expected(facts: Iterable[Fact]) -> Expected:
    """What a journal demands."""
    fold = Fold()
    for fact in facts:
        fold.take(fact)
    return fold.finished()


class Fold:
    """Takes one fact after another."""

    def __init__(self) -> None:
        self._due, self._asked = Expected(), dict[int, Fact]()
        self._booking = Booking(self._due)
        self._answers: dict[tuple[str, str], Any] = {}
        # Two tenants may have the same ids.
        self._by_id: dict[tuple[str, str], Due] = {}

    def take(self, fact: Fact) -> None:
        match fact["fact"]:
            case "run":
                self._due.run, self._due.at = fact["run"], fact["at"]
                tenants = fact["tenants"].items()
                self._due.tenants = {slug: _tenant(known) for slug, known in tenants}
            case "ask":
                self._asked[fact["n"]] = fact
            case "told":
                ask = self._asked.pop(fact["n"])
                getattr(self, f"_{ask['what']}")(ask, fact["status"], fact["answer"], fact["at"])
            case "end":
                self._due.ended = True

    def finished(self) -> Expected:
        """All of it; what was never answered may have been done or not."""
        for ask in self._asked.values():
            if ask["what"] == "records":
                self._book(ask, ask["at"] + UNTOLD_S, sure=False)
            elif ask["what"] != "forged":
                self._purse(ask).maybe = True
        self._asked.clear()
        return self._due

    def _records(self, ask: Fact, status: int, answer: Any, at: float) -> None:
        if not self._is(ask, status, HTTPStatus.OK):
            return
        records = ask["records"]
        self._book(ask, at, sure=True)
        for record, item in zip(records, answer["results"], strict=True):
            self._item(ask, self._due.dues[_number(ask, record)], record, item)
        for epoch in {record["epoch"] for record in records}:
            through = self._due.through(ask["kiosk"], epoch)
            told = answer["ack_through"].get(str(epoch))
            if told != through:
                self._wrong(ask, f"ack_through of epoch {epoch} is not {through}", told)

    def _book(self, ask: Fact, until: float, *, sure: bool) -> None:
        """A batch is booked whole, in the order of its numbers; of two with one the first."""
        for record in sorted(ask["records"], key=lambda one: (one["epoch"], one["seq"])):
            key = _number(ask, record)
            due = self._due.dues.get(key)
            if due is None:
                due = self._booking.book(
                    ask["tenant"], key, record, ask["records"], (ask["at"], until)
                )
                due.sure = sure
                self._due.dues[key] = due
                if sure:
                    self._due.received.setdefault(key[:2], set()).add(key[2])
            elif due.body != record and sure:
                self._due.conflicts.add(key)

    def _item(self, ask: Fact, due: Due, record: Any, item: Any) -> None:
        named = {"epoch": record["epoch"], "seq": record["seq"]}
        conflict = due.body != record
        wanted = {**named, "status": "conflict" if conflict else due.state}
        if {name: item[name] for name in wanted} != wanted:
            self._wrong(ask, f"not {wanted}", item)
        elif not conflict:
            # Of one that took nothing it is that of its batch's beginning or end.
            if due.item is None and due.captured and item["balance_micro"] != due.balance:
                self._wrong(ask, f"not a balance of {due.balance}", item)
            due.item = due.item or item
            if item != due.item:
                self._wrong(ask, f"answered otherwise than {due.item}", item)
            self._by_id[ask["tenant"], item["id"]] = due

    def _authorise(self, ask: Fact, status: int, answer: Any, _at: float) -> None:
        if not self._is(ask, status, HTTPStatus.OK):
            return
        key = (ask["kiosk"], ask["body"]["idempotency_key"])
        if self._answers.setdefault(key, answer) is not answer:
            if self._answers[key] != answer:
                self._wrong(ask, f"answered otherwise than {self._answers[key]}", answer)
            return
        purse, amount = self._purse(ask), answer.get("amount_micro", 0)
        prices = self._due.tenants[ask["tenant"]].prices
        price = rules.in_force(prices, ask["at"]).price
        if not self._releasing(purse, ask["at"]):
            available = purse.posted - purse.held(ask["at"])
            found = (answer["allowed_ml"], amount)
            if found not in _allowances(available, ask["body"]["max_ml"], price):
                self._wrong(ask, f"of {available} micro-units were set aside", found)
        if answer["hold"]:
            self._place(ask, answer["hold"], amount, answer["expires_at"])

    def _lease(self, ask: Fact, status: int, answer: Any, _at: float) -> None:
        purse, amount = self._purse(ask), ask["body"]["amount_micro"]
        enough = amount <= purse.posted - purse.held(ask["at"])
        if not self._releasing(purse, ask["at"]):
            self._is(ask, status, HTTPStatus.CREATED if enough else HTTPStatus.UNPROCESSABLE_ENTITY)
        if status == HTTPStatus.CREATED:
            self._place(ask, answer["id"], amount, answer["expires_at"], lease=True)

    def _lease_end(self, ask: Fact, status: int, _answer: Any, _at: float) -> None:
        if self._is(ask, status, HTTPStatus.OK):
            self._due.holds[ask["of"]].open = False

    def _top_up(self, ask: Fact, status: int, answer: Any, _at: float) -> None:
        if not self._is(ask, status, HTTPStatus.CREATED):
            return
        purse, amount = self._purse(ask), ask["body"]["amount_micro"]
        paid = min(purse.owed, amount)
        purse.owed -= paid
        purse.posted += amount - paid
        found = (answer["receivable_paid_micro"], answer["balance_micro"])
        if found != (paid, purse.posted):
            self._wrong(ask, f"paid and balance are not {(paid, purse.posted)}", found)

    def _refund(self, ask: Fact, status: int, answer: Any, _at: float) -> None:
        due, amount = self._by_id[ask["tenant"], ask["of"]], ask["body"]["amount_micro"]
        if due.refunded + amount > due.captured:
            self._is(ask, status, HTTPStatus.UNPROCESSABLE_ENTITY)
        elif self._is(ask, status, HTTPStatus.CREATED):
            due.refunded += amount
            self._purse(ask).posted += amount
            found = (answer["refunded_micro"], answer["balance_micro"])
            if found != (due.refunded, self._purse(ask).posted):
                self._wrong(ask, f"refunded and balance are not those of {due}", found)

    def _forged(self, ask: Fact, status: int, _answer: Any, _at: float) -> None:
        self._is(ask, status, HTTPStatus.UNAUTHORIZED)

    def _place(self, ask: Fact, name: str, amount: int, ends: str, *, lease: bool = False) -> None:
        expires = datetime.fromisoformat(ends).timestamp()
        hold = Hold(ask["wallet"], ask["kiosk"], amount, expires, lease)
        self._due.holds[name] = hold
        self._purse(ask).holds.append(hold)

    def _purse(self, ask: Fact) -> Purse:
        return self._due.tenants[ask["tenant"]].purses[ask["wallet"]]

    def _releasing(self, purse: Purse, at: float) -> bool:
        """Whether somebody's unused money is just on its way back."""
        return any(hold.rest and at - RELEASE_S < hold.expires <= at for hold in purse.holds)

    def _is(self, ask: Fact, status: int, wanted: int) -> bool:
        if status != wanted:
            self._wrong(ask, f"{wanted} was due", status)
        return status == wanted

    def _wrong(self, ask: Fact, why: str, found: Any) -> None:
        about = f"{ask['tenant']}: {ask['what']} {ask['n']} of kiosk {ask['kiosk']}"
        self._due.wrong.append(f"{about}: {why}: {found}")


def _number(ask: Fact, record: Any) -> Key:
    return ask["kiosk"], record["epoch"], record["seq"]


def _allowances(available: int, most: int, price: int) -> set[tuple[int, int]]:
    """Millilitres and what is set aside for them: all that was asked for, or what there is for."""
    if rules.cost(most, price) <= available:
        return {(most, rules.cost(most, price))}
    least = max(0, available) * 1000 // price
    # A part of a micro-unit is nobody's: one more millilitre may cost the same.
    both = {ml for ml in (least, least + 1) if rules.cost(ml, price) <= available}
    return {(ml, rules.cost(ml, price)) for ml in both}


def _tenant(known: dict[str, Any]) -> Tenant:
    funds = {**known["wallets"], **known["spare"]}
    return Tenant(
        zone=ZoneInfo(known["zone"]),
        prices=[Price(**one) for one in known["versions"]],
        kiosks=known["kiosks"],
        purses={wallet: Purse(micro) for wallet, micro in funds.items()},
    )
