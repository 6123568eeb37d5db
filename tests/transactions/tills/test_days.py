"""Closed days: totals, a chain, and nothing that rewrites them."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from typing import Any

import psycopg2
import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connections, transaction

from radius.models import Plan, Subscriber
from tests.conftest import World
from tests.transactions.threads import done, together
from tests.transactions.tills.conftest import AMINA, BRIAN, UNIT
from transactions.tills import parts
from transactions.tills.closing import draft
from transactions.tills.errors import DayClosed, ReasonNeeded, ShiftOpen, TillInvalid
from transactions.tills.models import DayClose, Shift
from transactions.tills.services import (
    cash_top_up,
    day_close,
    sale_make,
    sale_refund,
    shift_close,
    shift_open,
)
from transactions.wallets.models import Wallet
from wificore.access.models import Site
from wificore.access.services import site_save
from wificore.kernel.actor import acting_as
from wificore.kernel.db.context import no_context

DAY = timedelta(days=1)


def today() -> date:
    """Not a constant: a long run of tests may pass midnight."""
    return datetime.now(UTC).date()


@pytest.fixture
def worked(shift: Shift, daily: Plan, customer: Subscriber, wallet: Wallet) -> Shift:
    """A shift with a bit of everything, one coin short."""
    cash_top_up(wallet=wallet, amount_micro=50 * UNIT)
    sale = sale_make(subscriber=customer, plan=daily, pay="cash")
    sale_make(subscriber=wallet.subscriber, plan=daily, pay="wallet")
    sale_refund(sale=sale, amount_micro=5 * UNIT, pay="cash", reason="slow")
    return shift_close(shift=shift, counted_micro=164 * UNIT)


def closed(day: date, **options: Any) -> DayClose:
    """After a shift in which nothing happened."""
    shift_close(shift=shift_open(float_micro=0, site=options.get("site")), counted_micro=0)
    return day_close(day=day, **options)


def test_a_close_has_the_totals_of_its_shifts(worked: Shift) -> None:
    totals = day_close(day=today()).totals
    assert totals["shifts"] == [
        {
            "shift": worked.public_id,
            "cashier": AMINA.name,
            "cash": {
                "shift.float": 100 * UNIT,
                "topup.cash": 50 * UNIT,
                "sale.cash": 20 * UNIT,
                "refund.cash": -5 * UNIT,
                "shift.count": -165 * UNIT,
            },
            "expected_micro": 165 * UNIT,
            "counted_micro": 164 * UNIT,
            "difference_micro": -UNIT,
        }
    ]
    assert totals["sales"] == {
        "cash": {"number": 1, "amount_micro": 20 * UNIT},
        "wallet": {"number": 1, "amount_micro": 20 * UNIT},
    }
    assert totals["refunds"] == {"cash": {"number": 1, "amount_micro": 5 * UNIT}}
    assert (totals["counted_micro"], totals["difference_micro"]) == (164 * UNIT, -UNIT)


def test_a_day_with_an_open_shift_is_not_closed(shift: Shift) -> None:
    with pytest.raises(ShiftOpen) as refused:
        day_close(day=today())
    assert AMINA.name in refused.value.message


def test_a_shift_is_in_one_close(worked: Shift) -> None:
    first = day_close(day=today() - DAY)
    assert first.totals["shifts"] == []  # it was opened after that day
    second = day_close(day=today())
    assert [shift["shift"] for shift in second.totals["shifts"]] == [worked.public_id]
    assert (second.seq, second.previous, second.since) == (2, first.hash, first.until)


def test_a_day_is_closed_once_and_in_order(counter: World) -> None:
    day_close(day=today() - DAY)
    for day in (today() - DAY, today() - 2 * DAY):
        with pytest.raises(DayClosed):
            day_close(day=day)
    with pytest.raises(TillInvalid):
        day_close(day=today() + 2 * DAY)


def test_a_day_is_closed_once_by_many_at_the_same_moment(world: World, worked: Shift) -> None:
    results = together(world.alpha, [lambda: day_close(day=today())] * 5)
    assert len(done(results)) == 1
    assert {type(r).__name__ for r in results} == {"DayClose", "DayClosed"}


def test_each_site_has_a_chain_of_its_own(counter: World) -> None:
    site = kibera()
    here, there = closed(today()), day_close(day=today() - DAY, site=site)
    assert (here.seq, there.seq, there.previous) == (1, 1, "")
    with acting_as(BRIAN):
        mine = shift_open(float_micro=0, site=site)
        with pytest.raises(ShiftOpen):
            day_close(day=today(), site=site)
        shift_close(shift=mine, counted_micro=0)
        assert len(day_close(day=today(), site=site).totals["shifts"]) == 1
    with pytest.raises(TillInvalid):
        day_close(day=today(), site=2**40)


def test_other_apps_add_their_part_to_the_close_without_a_site(
    counter: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parts, "_parts", {})
    parts.day_part("payments", lambda since, until: {"seconds": int((until - since).seconds >= 0)})
    assert day_close(day=today()).totals["parts"] == {"payments": {"seconds": 1}}
    site = site_save(site=Site(name="Kibera")).pk
    assert day_close(day=today(), site=site).totals["parts"] == {}
    with pytest.raises(ValueError, match="payments"):
        parts.day_part("payments", lambda since, until: {})


def test_a_name_of_a_part_at_sites_is_taken_once(doubtful: list[parts.Cut]) -> None:
    with pytest.raises(ValueError, match="water"):
        parts.site_part("water", lambda cut: None)


def kibera() -> int:
    return site_save(site=Site(name="Kibera", zone="Africa/Nairobi")).pk


@pytest.fixture
def doubtful(monkeypatch: pytest.MonkeyPatch) -> list[parts.Cut]:
    """Something that a site sells beside its tills has a gap; what it was asked."""
    asked: list[parts.Cut] = []

    def said(cut: parts.Cut) -> parts.Said:
        asked.append(cut)
        return parts.Said({"litres": 7}, ["Kiosk 1 lacks a record."])

    monkeypatch.setattr(parts, "_site_parts", {})
    parts.site_part("water", said)
    parts.site_part("dust", lambda cut: None)
    return asked


def test_what_else_a_site_sold_is_sealed_in_the_same_close(
    counter: World, doubtful: list[parts.Cut]
) -> None:
    site = kibera()
    first = day_close(day=today() - DAY, site=site, note="the kiosk's battery was empty")
    assert first.totals["parts"] == {"water": {"litres": 7}}
    assert first.totals["doubts"] == ["Kiosk 1 lacks a record."]
    second = day_close(day=today(), site=site, note="the same")
    assert [(cut.site, cut.after) for cut in doubtful] == [(site, None), (site, first.day)]
    assert (doubtful[1].day, doubtful[1].since) == (today(), second.since)
    assert day_close(day=today()).totals["doubts"] == []  # no site, no kiosk


def test_a_day_in_doubt_is_not_closed_without_a_reason(
    counter: World, doubtful: list[parts.Cut]
) -> None:
    site = kibera()
    for note in ("", "  "):
        with pytest.raises(ReasonNeeded) as refused:
            day_close(day=today(), site=site, note=note)
        assert (refused.value.field, refused.value.status) == ("note", 422)
        assert "Kiosk 1 lacks a record." in refused.value.message
    assert not DayClose.objects.exists()


def test_a_draft_names_open_shifts_and_tells_nothing_of_their_drawers(shift: Shift) -> None:
    found = draft(day=today(), site=None)
    assert (found.waiting, found.totals["shifts"]) == ([AMINA.name], [])
    shift_close(shift=shift, counted_micro=100 * UNIT)
    later = draft(day=today(), site=None)
    assert day_close(day=today()).totals == later.totals


def verified(*arguments: str) -> tuple[int, str]:
    out = StringIO()
    with no_context():
        try:
            call_command("days_verify", *arguments, stdout=out)
        except CommandError as error:
            return error.returncode, out.getvalue() + str(error)
    return 0, out.getvalue()


def test_a_chain_that_nobody_touched_is_clean(worked: Shift) -> None:
    day_close(day=today() - DAY)
    day_close(day=today())
    code, text = verified("--all")
    assert code == 0
    assert "ts_alpha: 2 closed days: clean" in text
    assert "ts_beta: 0 closed days: clean" in text
    assert verified("--tenant", "nobody")[0] == 2


def as_owner(statement: str, *values: object) -> None:
    """What nobody should do."""
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute(statement, values)


@pytest.mark.parametrize(
    ("statement", "finding"),
    [
        ("UPDATE tills_dayclose SET note = 'x' WHERE seq = 1", "it was changed"),
        (
            "UPDATE tills_dayclose SET hash = repeat('0', 64) WHERE seq = 1",
            "it does not follow the close before it",
        ),
        ("UPDATE tills_shift SET counted_micro = 1", "its shifts are not what they were"),
        (
            "UPDATE ledger_entry SET amount = -7 WHERE balance_after = -100000000",
            "its shifts are not what they were",
        ),
    ],
    ids=["note", "hash", "shift", "entries"],
)
def test_what_was_changed_is_found(worked: Shift, statement: str, finding: str) -> None:
    day_close(day=today() - DAY)
    day_close(day=today())
    as_owner(statement)
    code, text = verified("--tenant", "alpha")
    assert code == 1
    assert finding in text


def test_a_close_that_is_missing_is_found(counter: World) -> None:
    day_close(day=today() - DAY)
    day_close(day=today())
    as_owner("DELETE FROM tills_dayclose WHERE seq = 1")
    assert "a close before it is missing" in verified("--tenant", "alpha")[1]


@pytest.mark.parametrize("statement", ["UPDATE {} SET note = ''", "DELETE FROM {}", "TRUNCATE {}"])
@pytest.mark.parametrize("role", ["ts_alpha", "none", "ts_beta"])
def test_no_role_of_the_application_rewrites_a_close(
    counter: World, as_role: Callable[[str], Any], role: str, statement: str
) -> None:
    day_close(day=today())
    with as_role(role).cursor() as cursor:
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            cursor.execute(statement.format("ts_alpha.tills_dayclose"))
