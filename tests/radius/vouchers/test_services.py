"""Vouchers are made, sold and voided; a code is nowhere in clear."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from radius.models import Plan
from radius.services import PlanInUse, plan_delete
from radius.vouchers import codes, selectors, services
from radius.vouchers.errors import BatchInvalid, VoucherNotForSale, VoucherOver
from radius.vouchers.models import State, Voucher
from tests.conftest import World
from tests.transactions.threads import done, together
from wificore.jobs.models import Job

from .conftest import HOUR, UNIT, Batches


def test_codes_are_many_and_each_another(batch: Batches) -> None:
    made = batch(count=500, prefix="KE")
    found = [selectors.code_of(voucher) for voucher in Voucher.objects.all()]
    assert len(set(found)) == 500
    assert all(len(code) == 10 and code.startswith("KE") for code in found)
    assert set("".join(found)) <= set(codes.ALPHABETS["mixed"]) | set("KE")
    assert made.filled_at is not None


def test_the_database_has_neither_a_code_nor_its_plain_hash(batch: Batches) -> None:
    batch()
    voucher = Voucher.objects.get()
    code = selectors.code_of(voucher)
    with connection.cursor() as cursor:
        cursor.execute("SELECT sha256(%s::bytea), radius_voucher::text FROM radius_voucher", [code])
        plain, row = cursor.fetchone()
    assert bytes(plain) != bytes(voucher.code_hash)
    assert code not in row


def test_a_code_is_found_in_any_writing(batch: Batches) -> None:
    batch()
    voucher = Voucher.objects.get()
    code = selectors.code_of(voucher)
    for typed in (code, code.lower(), codes.printed(code), f" {code[:2]} {code[2:]} "):
        assert selectors.voucher_by_code(typed) == voucher
    for typed in ("", "ABC", "not a code!", "é" * 8, "\0" * 8, code + "X"):
        assert selectors.voucher_by_code(typed) is None


def test_the_same_code_has_another_hash_elsewhere(world: World, batch: Batches) -> None:
    from wificore.kernel.db.context import tenant_context

    ours = selectors.hashes(["ABCDEFGH"])
    with tenant_context(world.beta):
        assert selectors.hashes(["ABCDEFGH"]) != ours


def test_the_plans_terms_stay_on_the_paper(hourly: Plan, batch: Batches) -> None:
    made = batch()
    hourly.price_micro, hourly.validity_s = 1, 60
    hourly.save()
    made.refresh_from_db()
    assert (made.price_micro, made.validity_s) == (10 * UNIT, HOUR)


def test_a_large_batch_is_made_by_a_job_that_anybody_may_finish(batch: Batches) -> None:
    made = batch(count=services.AT_ONCE + 5, length=9)
    assert made.filled_at is None
    assert Job.objects.get(kind=services.KIND).params == {"batch": made.pk}
    seen: list[tuple[int, int]] = []
    filled = services.voucher_batch_fill(batch=made, progress=lambda *at: seen.append(at))
    assert filled.filled_at is not None
    assert Voucher.objects.filter(batch=made).count() == services.AT_ONCE + 5
    assert seen[-1] == (services.AT_ONCE + 5, services.AT_ONCE + 5)
    assert services.voucher_batch_fill(batch=made).filled_at == filled.filled_at


@pytest.mark.parametrize(
    ("field", "fields"),
    [
        ("count", {"count": 0}),
        ("count", {"count": 50_001, "length": 12}),
        ("length", {"length": 5}),
        ("length", {"count": 2, "length": 8, "alphabet": "digits"}),
        ("alphabet", {"alphabet": "runes"}),
        ("prefix", {"prefix": "kio"}),
        ("name", {"name": "a\x07"}),
        ("expires_at", {"expires_at": datetime(2020, 1, 1, tzinfo=UTC)}),
    ],
)
def test_what_cannot_be_is_said_by_field(
    batch: Batches, field: str, fields: dict[str, object]
) -> None:
    with pytest.raises(BatchInvalid) as refused:
        batch(**fields)
    assert refused.value.field == field


def test_a_voucher_is_sold_once(world: World, batch: Batches) -> None:
    batch(free=False)
    voucher = Voucher.objects.get()
    sold = done(together(world.alpha, [lambda: services.voucher_sell(voucher=voucher)] * 4))
    assert len(sold) == 1
    assert sold[0].state == State.SOLD
    assert sold[0].sold_at is not None


def test_what_is_void_or_too_old_is_not_sold(batch: Batches) -> None:
    made = batch(count=2, free=False, expires_at=datetime.now(UTC) + timedelta(days=1))
    first, second = Voucher.objects.all()
    services.voucher_void(voucher=first, reason="torn")
    with pytest.raises(VoucherNotForSale):
        services.voucher_sell(voucher=first)
    with pytest.raises(VoucherOver):
        services.voucher_void(voucher=first, reason="torn")
    made.expires_at = datetime.now(UTC)
    made.save()
    with pytest.raises(VoucherNotForSale):
        services.voucher_sell(voucher=second)


def test_states_are_what_they_are_now(batch: Batches) -> None:
    made, now = batch(count=4), datetime.now(UTC)
    ended, running, void, _ = Voucher.objects.order_by("pk")
    for voucher, until in ((ended, now), (running, now + timedelta(hours=1))):
        voucher.state, voucher.activated_at, voucher.ends_at = State.ACTIVATED, now, until
        voucher.save()
    services.voucher_void(voucher=void, reason="torn")
    wanted = {"printed": 0, "sold": 1, "activated": 1, "expired": 1, "void": 1}
    assert selectors.states(made) == wanted
    assert services.voucher_batch_void(batch=made, reason="lost") == 1
    assert selectors.states(made) == {**wanted, "sold": 0, "void": 2}


def test_a_plan_with_vouchers_stays(hourly: Plan, batch: Batches) -> None:
    batch()
    with pytest.raises(PlanInUse):
        plan_delete(plan=hourly)
