"""What becomes of each kind of record, and where its money goes (API-CONTRACT 2, Kiosk API)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from tests.transactions.invariants import assert_books
from tests.transactions.water.conftest import (
    UID,
    UNIT,
    Borehole,
    make_kiosk,
    make_wallet,
    pay_in,
    record,
    rfc3339,
)
from transactions.ledger import holds
from transactions.ledger.kinds import Kind
from transactions.ledger.selectors import sum_of
from transactions.ledger.services import InsufficientFunds, account
from transactions.water.booking import book
from transactions.water.models import Lease, RecordConflict, WaterTransaction
from transactions.water.selectors import acks, missing
from transactions.water.services import lease_end, lease_grant, tag_bind, version_add
from wificore.kernel.db.context import tenant_context

DAY = timedelta(days=1)


def sent(borehole: Borehole, **fields: Any) -> WaterTransaction:
    """Book one record; its row."""
    with tenant_context(borehole.tenant):
        book(borehole.kiosk, [borehole.device.record(**fields)])
        return WaterTransaction.objects.select_related("wallet").latest("pk")


def money(row: WaterTransaction) -> tuple[int, int, int, int]:
    return row.cost_micro, row.captured_micro, row.receivable_micro, row.overrun_micro


def balance(borehole: Borehole) -> tuple[int, int, int]:
    """Posted, held and owed of Amina's."""
    with tenant_context(borehole.tenant):
        wallet = borehole.wallet
        wallet.account.refresh_from_db()
        wallet.receivable.refresh_from_db()
        return wallet.account.posted, wallet.account.held, wallet.receivable_micro


def hold(borehole: Borehole, ml: int = 20_000) -> str:
    return str(borehole.device.authorise(ml).json()["hold"])


def lease(borehole: Borehole, units: int = 1) -> Lease:
    with tenant_context(borehole.tenant):
        return lease_grant(
            wallet=borehole.wallet, kiosk=borehole.kiosk, amount_micro=units * UNIT, ttl=DAY
        )


def test_more_than_was_set_aside_is_ours(borehole: Borehole) -> None:
    row = sent(borehole, mode="hold", hold=hold(borehole), ml=20_100)
    assert money(row) == (502_500, 500_000, 0, 2_500)
    assert balance(borehole) == (100 * UNIT - 500_000, 0, 0)
    with tenant_context(borehole.tenant):
        assert sum_of(account(Kind.REVENUE_WATER)) == 502_500
        assert sum_of(account(Kind.OVERRUN)) == -2_500
    assert_books(borehole.tenant)


def test_after_a_hold_ended_all_is_owed_and_the_next_top_up_pays_it(borehole: Borehole) -> None:
    name = hold(borehole)
    with tenant_context(borehole.tenant):
        holds.expire(timezone.now() + DAY)
    row = sent(borehole, mode="hold", hold=name)
    assert money(row) == (500_000, 0, 500_000, 0)
    assert balance(borehole) == (100 * UNIT, 0, 500_000)
    with tenant_context(borehole.tenant):
        paid = pay_in(borehole.wallet, 1)
    assert paid.receivable_paid_micro == 500_000
    assert balance(borehole) == (100 * UNIT + 500_000, 0, 0)
    assert_books(borehole.tenant)


def test_a_hold_pays_once(borehole: Borehole) -> None:
    name = hold(borehole)
    with tenant_context(borehole.tenant):
        records = [borehole.device.record(mode="hold", hold=name) for _ in range(2)]
        book(borehole.kiosk, records)
        first, second = WaterTransaction.objects.order_by("seq")
    assert (money(first), money(second)) == ((500_000, 500_000, 0, 0), (500_000, 0, 500_000, 0))
    assert_books(borehole.tenant)


def test_nothing_dispensed_lets_the_hold_go(borehole: Borehole) -> None:
    row = sent(borehole, mode="hold", hold=hold(borehole), ml=0, stop="no_flow")
    assert (row.state, money(row)) == ("aborted", (0, 0, 0, 0))
    assert balance(borehole) == (100 * UNIT, 0, 0)


@pytest.mark.parametrize("stop", ["fault", "power", "no_flow"])
def test_a_dispense_that_broke_off_is_partial_and_paid(borehole: Borehole, stop: str) -> None:
    row = sent(borehole, mode="hold", hold=hold(borehole), ml=7, stop=stop)
    assert (row.state, row.captured_micro) == ("partial", 175)


def test_a_lease_pays_until_it_is_empty_and_the_rest_is_owed(borehole: Borehole) -> None:
    name = lease(borehole).public_id  # 40 litres
    rows = [sent(borehole, mode="lease", lease=name, ml=ml) for ml in (30_000, 20_000, 4_000)]
    assert [money(row) for row in rows] == [
        (750_000, 750_000, 0, 0),
        (500_000, 250_000, 250_000, 0),
        (100_000, 0, 100_000, 0),
    ]
    assert balance(borehole) == (99 * UNIT, 0, 350_000)
    assert_books(borehole.tenant)


def test_a_record_after_its_lease_ended_is_owed(borehole: Borehole) -> None:
    granted = lease(borehole)
    with tenant_context(borehole.tenant):
        assert lease_end(lease=granted).state == "ended"
        assert lease_end(lease=granted).state == "ended"
    row = sent(borehole, mode="lease", lease=granted.public_id)
    assert money(row) == (500_000, 0, 500_000, 0)
    assert balance(borehole) == (100 * UNIT, 0, 500_000)


def test_a_lease_is_at_most_what_is_available(borehole: Borehole) -> None:
    with pytest.raises(InsufficientFunds):
        lease(borehole, 101)


def told_of_leases(borehole: Borehole) -> list[Any]:
    commands = borehole.device.records().json()["cmds"]
    return [told for told in commands if told["type"] == "lease"]


def test_kiosks_learn_their_leases_and_that_they_ended(borehole: Borehole) -> None:
    granted = lease(borehole)
    (told,) = told_of_leases(borehole)
    assert told["id"] == granted.public_id
    assert (told["amount_micro"], told["captured_micro"]) == (UNIT, 0)
    assert told["tags"] == [borehole.tag.public_id]
    assert borehole.device.authorise(1).json()["tag_id"] == borehole.tag.public_id
    with tenant_context(borehole.tenant):
        lease_end(lease=granted)
    assert told_of_leases(borehole) == []


def test_staff_dispense_for_nothing(borehole: Borehole) -> None:
    row = sent(borehole, mode="staff")
    assert (row.state, row.ml, money(row), row.wallet) == ("completed", 20_000, (0, 0, 0, 0), None)


def test_a_code_pays_from_what_it_has_set_aside(borehole: Borehole) -> None:
    row = sent(borehole, mode="code", hold=hold(borehole))
    assert money(row) == (500_000, 500_000, 0, 0)
    assert sent(borehole, mode="code").state == "quarantined"


IMPOSSIBLE: dict[str, dict[str, Any]] = {
    "more than a tap can give": {"ml": 1_000_001},
    "less than nothing": {"ml": -1},
    "no number": {"ml": "20000"},
    "a fraction": {"ml": 1.5},
    "yes": {"ml": True},
    "another type": {"type": "refund"},
    "a mode of its own": {"mode": "free"},
    "a list for a mode": {"mode": ["staff"]},
    "an unknown stop": {"stop": "bored"},
    "an unknown clock": {"clk": "sundial"},
    "no time": {"t": "yesterday"},
    "a time without a zone": {"t": "2026-11-21T10:00:00"},
    "a time before all times": {"t": "0001-01-01T00:00:00+14:00"},
    "synced without a time": {"t": None},
    "a number for a tag": {"tag": 5},
    "a long tag": {"tag": "t" * 65},
    "no pulses": {"pulses": None},
    "a huge number": {"totalizer_ml": 10**30},
    "an uptime of centuries": {"up_ms": 2**50},
    "version 0": {"tariff_v": 0},
    "a hold that is not there": {"mode": "hold", "hold": "0123456789abcdef"},
    "a hold that is no id": {"mode": "hold", "hold": "\x00"},
    "no hold": {"mode": "hold"},
    "a lease of the same": {"mode": "lease", "lease": {}},
}


@pytest.mark.parametrize("fields", IMPOSSIBLE.values(), ids=IMPOSSIBLE.keys())
def test_what_cannot_be_is_kept_and_not_booked(borehole: Borehole, fields: dict[str, Any]) -> None:
    device = borehole.device
    body = device.record(**fields)
    answer = device.records(body, device.record()).json()
    assert [item["status"] for item in answer["results"]] == ["quarantined", "completed"]
    assert answer["ack_through"] == {"1": 2}
    assert device.records(body).json()["results"] == answer["results"][:1]
    with tenant_context(borehole.tenant):
        row = WaterTransaction.objects.get(state="quarantined")
    assert money(row) == (0, 0, 0, 0)
    assert UID not in row.note
    assert row.note


def test_a_hold_of_another_kiosk_or_kind_is_not_taken(borehole: Borehole) -> None:
    mine, leased = hold(borehole), lease(borehole).public_id
    with tenant_context(borehole.tenant):
        other = make_kiosk("Kiosk 2", host=borehole.device.host)
    bodies = [
        other.record(mode="hold", hold=mine),
        other.record(mode="lease", lease=leased),
    ]
    crossed = [
        borehole.device.record(mode="hold", hold=leased),
        borehole.device.record(mode="lease", lease=mine),
    ]
    answers = [*other.records(*bodies).json()["results"]]
    answers += borehole.device.records(*crossed).json()["results"]
    assert {item["status"] for item in answers} == {"quarantined"}
    assert balance(borehole) == (100 * UNIT, 500_000 + UNIT, 0)


@pytest.mark.parametrize(
    "body",
    [None, 5, "record", [], {}, {"epoch": 1}, {"epoch": 0, "seq": 1}, {"epoch": True, "seq": 1},
     {"epoch": 1, "seq": "1"}, {"epoch": 1, "seq": 2**60}],
)  # fmt: skip
def test_what_has_no_number_is_not_stored(borehole: Borehole, body: Any) -> None:
    answer = borehole.device.records(body, borehole.device.record()).json()
    assert answer["results"][0] == {
        "epoch": None,
        "seq": None,
        "status": "invalid",
        "id": None,
        "balance_micro": None,
    }
    assert answer["results"][1]["status"] == "completed"
    with tenant_context(borehole.tenant):
        assert WaterTransaction.objects.count() == 1


def test_the_same_record_gets_the_same_bytes_and_another_is_a_conflict(borehole: Borehole) -> None:
    body = borehole.device.record(mode="lease", lease=lease(borehole).public_id)
    first = borehole.device.records(body)
    again = borehole.device.records(dict(reversed(body.items())))
    assert again.content == first.content.replace(b'"captured_micro":0', b'"captured_micro":500000')
    other = {**body, "ml": 1}
    for _ in range(2):
        (item,) = borehole.device.records(other).json()["results"]
        assert item["status"] == "conflict"
        assert item["id"] == first.json()["results"][0]["id"]
    with tenant_context(borehole.tenant):
        assert WaterTransaction.objects.get().ml == 20_000
        (kept,) = RecordConflict.objects.all()
    assert '"ml":1,' in kept.body
    assert UID not in kept.body


def test_one_batch_may_hold_a_record_twice(borehole: Borehole) -> None:
    body = borehole.device.record()
    answer = borehole.device.records(body, body, {**body, "ml": 5}).json()["results"]
    assert [item["status"] for item in answer] == ["completed", "completed", "conflict"]
    assert answer[0] == answer[1]


def test_the_price_is_that_of_the_time_when_the_clock_is_good(borehole: Borehole) -> None:
    now = datetime.now(UTC)
    with tenant_context(borehole.tenant):
        tariff = borehole.kiosk.tariff
        for hours, price in ((-20, 50_000), (-10, 100_000), (10, 200_000)):
            valid_from = now + timedelta(hours=hours)
            version_add(tariff=tariff, valid_from=valid_from, price_micro_per_litre=price)
    name = lease(borehole, 50).public_id

    def priced(hours: int, **fields: Any) -> tuple[int | None, int]:
        moment = rfc3339(now + timedelta(hours=hours))
        row = sent(borehole, mode="lease", lease=name, ml=1000, t=moment, **fields)
        return row.tariff_v, row.cost_micro

    assert priced(-30, tariff_v=3) == (1, 25_000)
    assert priced(-15, tariff_v=9) == (2, 50_000)
    assert priced(-1) == (3, 100_000)
    assert priced(11) == (4, 200_000)
    # Too long ago, or a clock that is not synced: the version that the device knew.
    assert priced(-50, tariff_v=2) == (2, 50_000)
    assert priced(-1, tariff_v=2, clk="holdover") == (2, 50_000)
    assert sent(borehole, mode="lease", lease=name, tariff_v=9, clk="holdover").state == (
        "quarantined"
    )


def test_gaps_are_told_exactly(borehole: Borehole) -> None:
    for seq in (1, 2, 5, 6, 9):
        sent(borehole, seq=seq)
    with tenant_context(borehole.tenant):
        book(borehole.kiosk, [record(epoch=3, seq=4)])
        assert acks(borehole.kiosk) == {"1": 2, "3": 0}
        assert missing(borehole.kiosk) == [(1, 3, 4), (1, 7, 8), (3, 1, 3)]
        book(borehole.kiosk, [record(seq=seq) for seq in (8, 3, 4, 7)])
        assert acks(borehole.kiosk) == {"1": 9, "3": 0}
        assert missing(borehole.kiosk) == [(3, 1, 3)]


def test_a_tag_of_somebody_else_is_flagged(borehole: Borehole) -> None:
    name = hold(borehole)
    with tenant_context(borehole.tenant):
        tag_bind(uid="other", wallet=make_wallet(0, "0722000000", "Brian"))
    row = sent(borehole, mode="hold", hold=name, tag="other")
    assert (row.flags, row.captured_micro) == (["other_tag"], 500_000)
