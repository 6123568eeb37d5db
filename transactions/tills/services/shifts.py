"""Writes: shifts. What is put into a drawer and taken out of it comes from, and goes to, the safe.

A difference between what was counted and what had to be there stands on an account of its own.
"""

from django.db import IntegrityError, transaction
from django.utils import timezone

from transactions.ledger.kinds import Kind
from transactions.ledger.services import account, post
from transactions.tills.errors import ShiftClosed, ShiftOpen, TillInvalid
from transactions.tills.models import Shift
from transactions.tills.taking import cashier
from transactions.wallets.amounts import MAX_AMOUNT
from wificore.kernel.actor import current_actor
from wificore.kernel.changes import announce
from wificore.kernel.public_ids import new_public_id

SAFE, DIFFERENCE = "safe", "difference"


def shift_open(*, float_micro: int, site: int | None = None) -> Shift:
    """Open the actor's shift, with what is put into its drawer to give change from.

    Raises:
        ShiftOpen: the actor has one open.
        TillInvalid: not an amount.
        NotACashier: nobody who can answer for a drawer.
    """
    who = cashier()
    _check(float_micro, "float_micro")
    public_id = new_public_id()
    try:
        with transaction.atomic():
            drawer = account(Kind.CASH, f"shift:{public_id}")
            shift = Shift.objects.create(
                public_id=public_id,
                site_id=site,
                cashier=int(who.id),
                cashier_name=who.name,
                account_id=drawer,
                float_micro=float_micro,
                opened_at=timezone.now(),
            )
            if float_micro:
                entries = [(drawer, -float_micro), (account(Kind.CASH, SAFE), float_micro)]
                post("shift.float", entries, key=f"shift:{public_id}:float")
            told = {**_told(shift), "float_micro": float_micro}
            announce("shift.opened", public_id, new=told)
    except IntegrityError:
        raise ShiftOpen("You have a shift open: close it first.") from None
    return shift


def shift_close(*, shift: Shift, counted_micro: int, note: str = "") -> Shift:
    """Count the drawer: all of it goes to the safe, and a difference is written down.

    Raises:
        ShiftClosed: it is counted already.
        TillInvalid: not an amount.
    """
    _check(counted_micro, "counted_micro")
    with transaction.atomic():
        shift = Shift.objects.select_for_update(of=("self",)).get(pk=shift.pk)
        if not shift.is_open:
            raise ShiftClosed("This shift is closed.")
        expected = -shift.account.posted
        _empty(shift, expected, counted_micro)
        shift.expected_micro, shift.counted_micro = expected, counted_micro
        shift.closed_at, shift.closed_by = timezone.now(), current_actor().label
        shift.note = note
        shift.save()
        told = {
            **_told(shift),
            "expected_micro": expected,
            "counted_micro": counted_micro,
            "difference_micro": counted_micro - expected,
        }
        announce("shift.closed", shift.public_id, new=told, reason=note)
    return shift


def _empty(shift: Shift, expected: int, counted: int) -> None:
    entries = [
        (shift.account_id, expected),
        (account(Kind.CASH, SAFE), -counted),
        (account(Kind.CASH, DIFFERENCE), counted - expected),
    ]
    moved = [(number, amount) for number, amount in entries if amount]
    if moved:
        post("shift.count", moved, key=f"shift:{shift.public_id}:count")


def _check(amount: int, field: str) -> None:
    if not 0 <= amount <= MAX_AMOUNT:
        raise TillInvalid(f"Give an amount from 0 to {MAX_AMOUNT}.", field=field)


def _told(shift: Shift) -> dict[str, object]:
    return {
        "site": shift.site_id,
        "cashier": shift.cashier,
        "cashier_name": shift.cashier_name,
        "currency": shift.account.currency,
    }
