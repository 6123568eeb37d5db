"""Books what kiosks dispensed: claim, money, row and event in one transaction, once.

    batch -> lock the kiosk -> what is known is answered as before
                            -> what is new: read, dated, priced, charged
                            -> rows, claims with their answers, acks, events -> COMMIT

A batch is one transaction, so that a hundred records cost little more than one. Wallets are
charged in the order of their accounts: two kiosks that both know a customer do not wait for each
other in a circle. Should the database break one nevertheless, nothing was done and it is tried
again.
"""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import DatabaseError, IntegrityError, OperationalError, transaction
from django.utils import timezone

from . import acks, pricing, telling
from .answers import CONFLICT, INVALID, Answer, Answers, Result, item, public_id
from .charging import Due, balance_of, charge
from .desk import Desk, Draft
from .models import DispenseClaim, Kiosk, RecordConflict, WaterTransaction
from .records import Numbered, kept, numbered
from .rows import claim_of, row_of
from .services.bundles import dispenses_count

TRIES = 5
BROKEN = ("40P01", "40001")


def book(kiosk: Kiosk, records: Sequence[Any], now: datetime | None = None) -> list[Result]:
    """Book records of a kiosk, each once; one result for each, in their order.

    Raises:
        DatabaseError: nothing was done.
    """
    for left in reversed(range(TRIES)):
        try:
            with transaction.atomic():
                return _book(kiosk, records, now or timezone.now())
        except (OperationalError, IntegrityError) as error:
            if not left or not _may_go_on(error):
                raise
    raise AssertionError("unreachable")


def _may_go_on(error: DatabaseError) -> bool:
    """Whether trying again helps: somebody was in the way."""
    state = getattr(error.__cause__, "pgcode", "")
    return state in BROKEN or isinstance(error, IntegrityError)


def _book(kiosk: Kiosk, records: Sequence[Any], now: datetime) -> list[Result]:
    # One batch of a kiosk at a time; what refers to it need not wait.
    rows = Kiosk.objects.select_for_update(of=("self",), no_key=True)
    locked = rows.select_related("site", "tariff").get(pk=kiosk.pk)
    sent = [numbered(raw) for raw in records]
    answers = _known(locked, [record for record in sent if record is not None])
    new: dict[tuple[int, int], Numbered] = {}
    for record in sent:
        if record is not None and record.number not in answers:
            new.setdefault(record.number, record)
    if new:
        answers |= _book_new(locked, list(new.values()), now)
    return [_result(locked, record, answers, now) for record in sent]


def _known(kiosk: Kiosk, sent: Sequence[Numbered]) -> Answers:
    """Claims of earlier batches."""
    found: Answers = {}
    for epoch in {record.epoch for record in sent}:
        wanted = [record.seq for record in sent if record.epoch == epoch]
        rows = DispenseClaim.objects.filter(kiosk=kiosk, epoch=epoch, seq__in=wanted)
        for seq, sha256, said in rows.values_list("seq", "body_sha256", "answer"):
            found[epoch, seq] = Answer(bytes(sha256), said)
    return found


def _book_new(kiosk: Kiosk, sent: list[Numbered], now: datetime) -> Answers:
    drafts = Desk(kiosk, now).take(sent)
    booked = [row_of(kiosk, draft, now) for draft in drafts]
    balances = _charged(kiosk, drafts, booked)
    WaterTransaction.objects.bulk_create(booked)
    dispenses_count(booked)
    answers: Answers = {}
    claims = []
    for draft, row, balance in zip(drafts, booked, balances, strict=True):
        said = item(draft.sent, row.state, public_id(row), balance)
        answers[draft.sent.number] = Answer(draft.sent.sha256, said)
        claims.append(claim_of(kiosk, draft, said))
    DispenseClaim.objects.bulk_create(claims)
    acks.advance(kiosk, answers)
    telling.tell_booked(kiosk, list(zip(drafts, booked, strict=True)))
    return answers


def _charged(kiosk: Kiosk, drafts: list[Draft], booked: list[WaterTransaction]) -> list[int | None]:
    """Moves the money of all of them; the wallets' balances, in the order of the drafts."""
    balances: list[int | None] = [None] * len(drafts)
    order = [i for i, draft in enumerate(drafts) if draft.wallet is not None]
    order.sort(key=lambda i: (drafts[i].wallet.account_id, drafts[i].sent.number))
    paid = [i for i in order if not drafts[i].fault]
    charges = charge([_due(drafts[i], booked[i]) for i in paid], kiosk.tariff.currency)
    for i, done in zip(paid, charges, strict=True):
        row, balances[i] = booked[i], done.balance
        row.captured_micro, row.transfer = done.captured, done.transfer
        row.receivable_micro, row.overrun_micro = done.receivable, done.overrun
    for i in set(order) - set(paid):
        balances[i] = balance_of(drafts[i].wallet)
    return balances


def _due(draft: Draft, row: WaterTransaction) -> Due:
    assert draft.version is not None, "a record without a fault has a price"
    row.cost_micro = pricing.cost(draft.version, row.ml)
    key = f"water:{row.kiosk.public_id}:{row.epoch}:{row.seq}"
    what = f"{pricing.litres(row.ml)} L at {row.kiosk.name}"
    return Due(draft.hold, draft.wallet, row.cost_micro, key, what)


def _result(kiosk: Kiosk, sent: Numbered | None, answers: Answers, now: datetime) -> Result:
    if sent is None:
        return Result(INVALID, item(None, INVALID, None, None))
    answer = answers[sent.number]
    first = json.loads(answer.item)
    if answer.sha256 == sent.sha256:
        return Result(first["status"], answer.item)
    _keep_conflict(kiosk, sent, first["id"], now)
    return Result(CONFLICT, item(sent, CONFLICT, first["id"], None))


def _keep_conflict(kiosk: Kiosk, sent: Numbered, first: str, now: datetime) -> None:
    """Another record with a number that is taken: told once, kept for a person."""
    row, is_new = RecordConflict.objects.get_or_create(
        kiosk=kiosk,
        epoch=sent.epoch,
        seq=sent.seq,
        defaults={"body_sha256": sent.sha256, "body": kept(sent.raw), "received_at": now},
    )
    if is_new:
        telling.tell_conflict(kiosk, row, first)
