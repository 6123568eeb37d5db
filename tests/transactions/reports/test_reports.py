"""Reports: a day at the counter, and what each of them says of it."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from radius.services import plan_create, subscriber_create
from tests.conftest import Person, World
from tests.transactions.tills.conftest import AMINA, UNIT
from transactions.ledger import suspense
from transactions.ledger.kinds import Kind
from transactions.ledger.services import account, post
from transactions.reports import selectors
from transactions.resellers.services import float_top_up, resale_make, reseller_create
from transactions.tills.services import cash_top_up, sale_make, sale_refund, shift_open
from transactions.wallets.services import top_up, wallet_open
from wificore.kernel.actor import acting_as
from wificore.kernel.db.context import tenant_context

NOW = datetime.now(UTC)
DAY = timedelta(days=1)
SPAN = (NOW - DAY, NOW + DAY)
URL = "/api/v1/reports/"


@pytest.fixture
def worked(world: World) -> World:
    """100 by telephone and 50 in cash into a wallet; 20 sold by each way; 5 given back."""
    with tenant_context(world.alpha), acting_as(AMINA):
        shift_open(float_micro=100 * UNIT)
        daily = plan_create(name="Daily", price_micro=20 * UNIT, validity_s=86_400)
        chao = subscriber_create(username="chao", password="secret1", plan=daily)
        wallet = wallet_open(name="Dalila", phone="0712345678")
        mpesa = account(Kind.CLEARING, "mpesa")
        top_up(wallet, 100 * UNIT, source=mpesa, channel="mpesa", key="payment:1")
        post("fee.mpesa", [(mpesa, UNIT), (account(Kind.FEES, "mpesa"), -UNIT)], key="fee:1")
        cash_top_up(wallet=wallet, amount_micro=50 * UNIT)
        sale = sale_make(subscriber=chao, plan=daily, pay="cash")
        sale_make(subscriber=wallet.subscriber, plan=daily, pay="wallet")
        sale_refund(sale=sale, amount_micro=5 * UNIT, pay="cash", reason="slow")
        shop = reseller_create(name="Mama Njeri", commission_bp=1_000)
        float_top_up(reseller=shop, amount_micro=200 * UNIT)
        resale_make(reseller=shop, subscriber=chao, plan=daily)
        owed = [(wallet.receivable_id, -3 * UNIT), (account(Kind.REVENUE_WATER), 3 * UNIT)]
        post("water.receivable", owed, key="water:1")
        unknown = [(mpesa, -7 * UNIT), (account(Kind.SUSPENSE, "mpesa"), 7 * UNIT)]
        post("suspense.mpesa", unknown, key="suspense:1")
    return world


def summed(rows: list[dict[str, Any]], *names: str) -> dict[Any, int]:
    found: dict[Any, int] = {}
    for row in rows:
        key = tuple(row[name] for name in names)
        found[key] = found.get(key, 0) + row["amount_micro"]
    return found


def test_income_is_by_service_and_channel(worked: World) -> None:
    with tenant_context(worked.alpha):
        rows = selectors.income(*SPAN, by="day", zone=UTC)
    assert summed(rows, "service", "channel") == {
        ("wifi", "cash"): 20 * UNIT,
        ("wifi", "wallet"): 20 * UNIT,
        ("wifi", "float"): 20 * UNIT,
        ("water", "receivable"): 3 * UNIT,
    }


def test_hours_begin_on_the_organisations_clock(worked: World) -> None:
    half = ZoneInfo("Asia/Kolkata")  # 5 h 30 min
    with tenant_context(worked.alpha):
        rows = selectors.income(*SPAN, by="hour", zone=half)
    assert {row["at"].astimezone(half).minute for row in rows} == {0}
    assert {row["at"].astimezone(UTC).minute for row in rows} == {30}


def test_money_received_is_what_came_from_outside(worked: World) -> None:
    with tenant_context(worked.alpha):
        rows = selectors.received(*SPAN, by="day", zone=UTC)
    assert summed(rows, "what", "channel") == {
        ("topup", "mpesa"): 100 * UNIT,
        ("fee", "mpesa"): -UNIT,
        ("suspense", "mpesa"): 7 * UNIT,
        ("topup", "cash"): 50 * UNIT,
        ("sale", "cash"): 20 * UNIT,
        ("refund", "cash"): -5 * UNIT,
        ("float", "cash"): 200 * UNIT,
    }


def test_floats_and_cash_are_where_they_are(worked: World) -> None:
    with tenant_context(worked.alpha):
        found = selectors.floats()
    assert [(shop["name"], shop["float_micro"]) for shop in found["resellers"]] == [
        ("Mama Njeri", 182 * UNIT)
    ]
    assert found["total_micro"] == 182 * UNIT
    assert found["cash"] == {
        "drawers_micro": 365 * UNIT,
        "safe_micro": -100 * UNIT,
        "difference_micro": 0,
    }


def test_liability_is_what_we_owe_at_a_moment(worked: World) -> None:
    with tenant_context(worked.alpha):
        now = selectors.liability(NOW + DAY)
        before = selectors.liability(NOW - DAY)
    assert now == {
        "wallet_micro": 130 * UNIT,
        "float_micro": 182 * UNIT,
        "suspense_micro": 7 * UNIT,
        "total_micro": 319 * UNIT,
        "receivable_micro": 3 * UNIT,
    }
    assert set(before.values()) == {0}


def test_costs_are_above_zero(worked: World) -> None:
    with tenant_context(worked.alpha):
        rows = selectors.costs(*SPAN)
    assert [(row["kind"], row["owner"], row["amount_micro"]) for row in rows] == [
        ("commission", "", 2 * UNIT),
        ("fees", "mpesa", UNIT),
        ("refunds", "", 5 * UNIT),
    ]


def test_suspense_is_counted_by_its_age(worked: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(suspense, "_sources", [])
    ages = [0, 23, 24, 71, 72, 24 * 7, 24 * 30, 24 * 400]
    suspense.suspense_source(lambda: [(NOW - timedelta(hours=h), 10 * UNIT) for h in ages])
    with tenant_context(worked.alpha):
        found = selectors.suspense(NOW)
    assert found["total_micro"] == 7 * UNIT
    assert {name: bucket["number"] for name, bucket in found["ages"].items()} == {
        "day": 2,
        "three_days": 2,
        "week": 1,
        "month": 1,
        "older": 2,
    }


@pytest.mark.parametrize("name", ["income", "floats", "liability", "fees", "suspense"])
def test_reports_are_for_those_who_may_and_show_nothing_to_the_stranger(
    worked: World, owner: Person, clerk: Person, stranger: Person, name: str
) -> None:
    assert owner.client().get(f"{URL}{name}/").status_code == 200
    assert clerk.client().get(f"{URL}{name}/").status_code == 403
    assert str(UNIT)[1:] not in str(stranger.client().get(f"{URL}{name}/").json())


def test_a_report_over_http_has_its_currency_and_time(worked: World, owner: Person) -> None:
    found = owner.client().get(f"{URL}income/?by=day").json()
    assert found["currency"] == "KES"
    assert found["income"]
    assert found["since"] < found["until"]


@pytest.mark.parametrize(
    "query",
    ["by=week", "since=x", "since=2026-02-01T00:00:00Z&until=2026-01-01T00:00:00Z",
     "since=2020-01-01T00:00:00Z", "until=0001-01-01T00:00:00Z", "since=9999-12-31T23:59:59Z"],
)  # fmt: skip
def test_a_time_that_cannot_be_is_400(world: World, owner: Person, query: str) -> None:
    assert owner.client().get(f"{URL}income/?{query}").status_code == 400
