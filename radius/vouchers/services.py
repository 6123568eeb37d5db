"""Writes: batches of vouchers, and what becomes of a voucher by hand."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from radius.models import Plan, RadUserGroup
from radius.services import compiling
from wificore.jobs.services import job_start
from wificore.kernel import crypto
from wificore.kernel.changes import announce, snapshot

from . import codes, selectors
from .errors import BatchInvalid, VoucherNotForSale, VoucherOver
from .models import State, Voucher, VoucherBatch

KIND = "radius.fill_voucher_batch"
# So many are made while the caller waits; more by a job, so many a transaction.
AT_ONCE = CHUNK = 1_000
# What events and audit tell of a batch; of a code nothing.
TOLD = (
    "name",
    "plan",
    "prefix",
    "length",
    "alphabet",
    "count",
    "validity_s",
    "price_micro",
    "currency",
    "expires_at",
    "free",
    "reseller",
)


def voucher_batch_create(*, plan: Plan, **fields: Any) -> VoucherBatch:
    """A new batch with its codes; many are made by a job, and the batch is filled later.

    Raises:
        BatchInvalid: a value is out of range, or its codes could be guessed.
    """
    batch = VoucherBatch(
        plan=plan,
        validity_s=plan.validity_s,
        price_micro=plan.price_micro,
        currency=plan.currency,
        **fields,
    )
    _check(batch)
    with transaction.atomic():
        batch.save()
        _plan_account(plan)
        announce("voucher_batch.created", batch.pk, new=snapshot(batch, TOLD))
        if batch.count <= AT_ONCE:
            batch = voucher_batch_fill(batch=batch)
        else:
            job_start(kind=KIND, params={"batch": batch.pk})
    return batch


def voucher_batch_fill(
    *, batch: VoucherBatch, progress: Callable[[int, int], None] = lambda _done, _all: None
) -> VoucherBatch:
    """Make what is missing of a batch's codes; any process may go on where another one died."""
    while batch.filled_at is None:
        with transaction.atomic():
            batch = VoucherBatch.objects.select_for_update().get(pk=batch.pk)
            made = batch.vouchers.count()
            if made < batch.count:
                _make(batch, min(CHUNK, batch.count - made))
            elif batch.filled_at is None:
                batch.filled_at = timezone.now()
                batch.save(update_fields=["filled_at"])
                announce("voucher_batch.filled", batch.pk, new={"count": batch.count})
        progress(made, batch.count)
    return batch


def voucher_batch_void(*, batch: VoucherBatch, reason: str) -> int:
    """Void all of a batch that nobody has begun; how many there were."""
    with transaction.atomic():
        waiting = batch.vouchers.filter(state__in=(State.PRINTED, State.SOLD))
        number = waiting.update(state=State.VOID)
        told = {"name": batch.name, "vouchers": number, "reason": reason}
        announce("voucher_batch.voided", batch.pk, new=told, reason=reason)
    return number


def voucher_sell(*, voucher: Voucher) -> Voucher:
    """From now on its code works, in the caller's transaction, which moves the money.

    Raises:
        VoucherNotForSale: it is sold, void, or too old to be begun.
    """
    # Not by a join: the state must stand beside the row that is updated, or two sales both see it.
    usable = VoucherBatch.objects.filter(Q(expires_at=None) | Q(expires_at__gt=Now()))
    with transaction.atomic():
        rows = Voucher.objects.filter(pk=voucher.pk, state=State.PRINTED, batch__in=usable)
        if not rows.update(state=State.SOLD, sold_at=Now()):
            raise VoucherNotForSale("This voucher is sold, void or too old.", field="voucher")
        return _told("voucher.sold", voucher, {})


def voucher_void(*, voucher: Voucher, reason: str) -> Voucher:
    """Its code lets nobody in any more; a session that runs goes on until its end.

    Raises:
        VoucherOver: it is void already.
    """
    with transaction.atomic():
        if not Voucher.objects.filter(~Q(state=State.VOID), pk=voucher.pk).update(state=State.VOID):
            raise VoucherOver("This voucher is void already.")
        return _told("voucher.voided", voucher, {"reason": reason})


def _told(event: str, voucher: Voucher, more: dict[str, str]) -> Voucher:
    fresh: Voucher = selectors.vouchers().get(pk=voucher.pk)
    told = {"batch": fresh.batch_id, "plan": fresh.batch.plan_id, "state": str(fresh.state), **more}
    announce(event, fresh.pk, new=told, reason=more.get("reason", ""))
    return fresh


def _make(batch: VoucherBatch, count: int) -> None:
    """Codes that are there already are left out: the next round makes others."""
    made = codes.make(count, prefix=batch.prefix, length=batch.length, alphabet=batch.alphabet)
    state = State.SOLD if batch.free else State.PRINTED
    rows = [
        Voucher(batch=batch, code_hash=found, code_encrypted=crypto.encrypt(code), state=state)
        for code, found in zip(made, selectors.hashes(made), strict=True)
    ]
    Voucher.objects.bulk_create(rows, ignore_conflicts=True)


def _plan_account(plan: Plan) -> None:
    """The user without a password whose compiled row all vouchers of a plan share."""
    name = f"voucher-{plan.group}"
    RadUserGroup.objects.get_or_create(
        username=name, groupname=plan.group, defaults={"priority": 1}
    )
    compiling.recompile([name])


def _check(batch: VoucherBatch) -> None:
    try:
        batch.full_clean()
    except ValidationError as error:
        field, messages = next(iter(error.message_dict.items()))
        raise BatchInvalid(messages[0], field=field) from None
    needed = codes.length_for(batch.count, batch.alphabet)
    if batch.length < needed:
        message = f"So many codes need {needed} characters, or they could be guessed."
        raise BatchInvalid(message, field="length")
    if batch.expires_at is not None and batch.expires_at <= timezone.now():
        raise BatchInvalid("This has passed already.", field="expires_at")
