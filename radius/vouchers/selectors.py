"""Reads of vouchers."""

from typing import Any

from django.db import connection
from django.db.models import Case, CharField, Count, F, Q, QuerySet, Value, When
from django.db.models.functions import Now

from wificore.kernel import crypto
from wificore.kernel.db.context import current

from .models import State, Voucher, VoucherBatch

OVER = Q(state=State.ACTIVATED, ends_at__lte=Now()) | Q(
    state__in=(State.PRINTED, State.SOLD), batch__expires_at__lte=Now()
)


def batches() -> QuerySet[VoucherBatch]:
    return VoucherBatch.objects.select_related("plan")


def batch_get(*, batch: int) -> VoucherBatch | None:
    """A batch by its number."""
    return batches().filter(pk=batch).first()


def vouchers() -> QuerySet[Any]:
    """Each with `state_now`: as stored, or expired."""
    now = Case(
        When(OVER, then=Value(State.EXPIRED.value)),
        default=F("state"),
        output_field=CharField(),
    )
    rows: QuerySet[Any] = Voucher.objects.select_related("batch__plan").annotate(state_now=now)
    return rows


def voucher_get(*, voucher: int) -> Voucher | None:
    """A voucher by its number."""
    return vouchers().filter(pk=voucher).first()


def voucher_by_code(code: str) -> Voucher | None:
    """The voucher with this code, in any writing."""
    (found,) = hashes([code])
    return None if found is None else vouchers().filter(code_hash=found).first()


def code_of(voucher: Voucher) -> str:
    """The code in clear; whoever shows it records that."""
    return crypto.decrypt(voucher.code_encrypted)


def states(batch: VoucherBatch) -> dict[str, int]:
    """How many of its vouchers are in each state now, every state named."""
    rows = vouchers().filter(batch=batch).order_by().values_list("state_now")
    found = dict(rows.annotate(number=Count("*")))
    return {state.value: found.get(state.value, 0) for state in State}


def hashes(codes: list[str]) -> list[bytes | None]:
    """What codes are found by (wc_voucher_hashes_v1), in their order; None: it cannot be one."""
    clean = [code.replace("\0", "") for code in codes]
    with connection.cursor() as cursor:
        schema = current().schema
        cursor.execute(f'SELECT "{schema}".wc_voucher_hashes_v1(%s::text[])', [clean])
        (found,) = cursor.fetchone()
    return [None if one is None else bytes(one) for one in found]
