"""/api/v1/tills/ and cash top-ups over HTTP, as API-CONTRACT 2 has them."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connections

from radius.services import plan_create, subscriber_create
from tests.access.people import department, hold, id_of, person_of, position, site
from tests.conftest import Person, World
from tests.transactions.invariants import assert_books
from tests.transactions.tills.conftest import UNIT, keyed
from wificore.kernel.db.context import tenant_context

JSON = "application/json"
SHIFTS, SALES, DAYS = "/api/v1/tills/shifts/", "/api/v1/tills/sales/", "/api/v1/tills/days/"
FLOAT = {"float_micro": 100 * UNIT, "currency": "KES"}
CASH = {"amount_micro": 50 * UNIT, "currency": "KES", "channel": "cash"}


@pytest.fixture
def plan(world: World) -> int:
    with tenant_context(world.alpha):
        made = plan_create(name="Daily", price_micro=20 * UNIT, validity_s=86_400)
        subscriber_create(username="chao", password="secret1", plan=made, phone="0700000001")
    return made.pk


def post(person: Person, path: str, body: Any, key: str = "") -> Any:
    options = keyed(key) if key else {}
    return person.client().post(path, body, JSON, **options)


def opened(person: Person) -> str:
    answer = post(person, SHIFTS, FLOAT)
    assert answer.status_code == 201, answer.content
    return str(answer.json()["id"])


def wallet_of(person: Person) -> str:
    made = post(person, "/api/v1/wallets/", {"name": "Amina", "phone": "0712345678"})
    return str(made.json()["id"])


def sold(person: Person, plan: int, key: str = "sale-1", **fields: Any) -> Any:
    return post(person, SALES, {"plan": plan, "pay": "cash", "phone": "0700000001", **fields}, key)


def test_a_shift_is_opened_once_shown_and_closed(world: World, clerk: Person) -> None:
    client = clerk.client()
    assert client.get(f"{SHIFTS}current/").status_code == 404
    number = opened(clerk)
    assert post(clerk, SHIFTS, FLOAT).status_code == 409
    current = client.get(f"{SHIFTS}current/").json()
    assert (current["id"], current["state"], current["expected_micro"]) == (number, "open", None)
    counted = {"counted_micro": 99 * UNIT, "currency": "KES"}
    closed = post(clerk, f"{SHIFTS}{number}/close/", counted)
    assert closed.status_code == 200
    assert closed.json()["difference_micro"] == -UNIT
    assert post(clerk, f"{SHIFTS}{number}/close/", counted).status_code == 409


@pytest.mark.parametrize(
    "body",
    [{}, {"float_micro": -1, "currency": "KES"}, {"float_micro": 0, "currency": "USD"},
     {"float_micro": "x", "currency": "KES"}, {"float_micro": 0, "currency": "KES", "site": 0},
     {"float_micro": 0, "currency": "KES", "site": 12345},
     {"float_micro": 10**30, "currency": "KES"}],
    ids=str,
)  # fmt: skip
def test_a_shift_that_cannot_be_is_400(world: World, clerk: Person, body: Any) -> None:
    assert post(clerk, SHIFTS, body).status_code == 400


def test_cash_goes_into_the_callers_till_and_the_wallet(world: World, clerk: Person) -> None:
    wallet = wallet_of(clerk)
    path = f"/api/v1/wallets/{wallet}/topups/"
    assert post(clerk, path, CASH, "top-0").status_code == 409  # no shift is open
    opened(clerk)
    answer = post(clerk, path, CASH, "top-1")
    assert answer.status_code == 201, answer.content
    assert answer.json() | {"transfer": ""} == {
        "transfer": "",
        "wallet": wallet,
        "amount_micro": 50 * UNIT,
        "currency": "KES",
        "receivable_paid_micro": 0,
        "balance_micro": 50 * UNIT,
    }
    assert isinstance(answer.json()["transfer"], str)
    assert post(clerk, path, CASH, "top-1").content == answer.content
    assert post(clerk, path, {**CASH, "amount_micro": UNIT}, "top-1").status_code == 409
    assert post(clerk, path, CASH).status_code == 400  # without a key
    found = clerk.client().get(f"/api/v1/wallets/{wallet}/").json()
    assert found["posted_micro"] == 50 * UNIT
    assert_books(world.alpha)


def test_one_top_up_sent_many_times_at_the_same_moment_is_one(world: World, clerk: Person) -> None:
    wallet = wallet_of(clerk)
    opened(clerk)

    def send(amount: int) -> tuple[int, bytes]:
        try:
            body = {**CASH, "amount_micro": amount * UNIT}
            answer = post(clerk, f"/api/v1/wallets/{wallet}/topups/", body, "top-1")
            return answer.status_code, answer.content
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(send, [50, 50, 50, 20, 20, 50, 20, 50]))
    accepted = {content for status, content in answers if status == 201}
    assert {status for status, _ in answers} == {201, 409}
    assert len(accepted) == 1
    amount = json.loads(accepted.pop())["amount_micro"]
    assert amount in (50 * UNIT, 20 * UNIT)
    found = clerk.client().get(f"/api/v1/wallets/{wallet}/").json()
    assert found["posted_micro"] == amount
    assert_books(world.alpha)


@pytest.mark.parametrize(
    "change",
    [{"amount_micro": 0}, {"amount_micro": -UNIT}, {"amount_micro": UNIT + 1}, {"currency": "USD"},
     {"channel": "mpesa"}, {"amount_micro": 2**70}, {"amount_micro": 1.5}, {"amount_micro": None}],
    ids=str,
)  # fmt: skip
def test_a_top_up_that_cannot_be_is_400(world: World, clerk: Person, change: Any) -> None:
    opened(clerk)
    path = f"/api/v1/wallets/{wallet_of(clerk)}/topups/"
    assert post(clerk, path, {**CASH, **change}, "top-1").status_code == 400


def test_a_wallet_of_another_tenant_is_404(world: World, clerk: Person, stranger: Person) -> None:
    opened(stranger)
    path = f"/api/v1/wallets/{wallet_of(clerk)}/topups/"
    assert post(stranger, path, CASH, "top-1").status_code == 404


def test_a_cashier_sells_a_plan_once_for_a_key(world: World, clerk: Person, plan: int) -> None:
    opened(clerk)
    answer = sold(clerk, plan)
    assert answer.status_code == 201, answer.content
    sale = answer.json()
    assert (sale["plan_name"], sale["customer"], sale["amount_micro"]) == (
        "Daily",
        "chao",
        20 * UNIT,
    )
    # The till was offline and sends again what it has no answer to.
    assert sold(clerk, plan).content == answer.content
    listed = clerk.client().get(SALES).json()["results"]
    assert [row["id"] for row in listed] == [sale["id"]]
    assert clerk.client().get(f"{SALES}{sale['id']}/").json() == sale
    customer = clerk.client().get("/api/v1/radius/subscribers/?username=chao").json()["results"][0]
    assert customer["expires_at"] == sale["valid_until"]
    assert_books(world.alpha)


def test_a_wallet_is_named_by_id_or_number(world: World, clerk: Person, plan: int) -> None:
    opened(clerk)
    wallet = wallet_of(clerk)
    post(clerk, f"/api/v1/wallets/{wallet}/topups/", CASH, "top-1")
    number = clerk.client().get(f"/api/v1/wallets/{wallet}/").json()["account_no"]
    for name in (wallet, number):
        body = {"plan": plan, "pay": "wallet", "wallet": name}
        assert post(clerk, SALES, body, f"sale-{name}").status_code == 201
    body = {"plan": plan, "pay": "wallet", "wallet": wallet}
    refused = post(clerk, SALES, body, "sale-3")
    assert (refused.status_code, refused.json()["error"]["code"]) == (422, "insufficient_funds")


@pytest.mark.parametrize(
    "change",
    [{"plan": 0}, {"plan": 99999}, {"pay": "card"}, {"phone": "0799999999"}, {"phone": "x"},
     {"subscriber": 1}, {"pay": "wallet"}, {"plan": 2**70}],
    ids=str,
)  # fmt: skip
def test_a_sale_that_cannot_be_is_400(world: World, clerk: Person, plan: int, change: Any) -> None:
    opened(clerk)
    body = {"plan": plan, "pay": "cash", "phone": "0700000001", **change}
    assert post(clerk, SALES, body, "sale-1").status_code == 400


def test_nobody_refunds_an_own_sale_nor_alone_above_the_limit(
    world: World, clerk: Person, owner: Person, plan: int
) -> None:
    opened(owner)
    sale = sold(owner, plan).json()["id"]
    body = {"amount_micro": 6 * UNIT, "currency": "KES", "reason": "slow"}

    def refund(person: Person, key: str, **change: Any) -> Any:
        return post(person, f"{SALES}{sale}/refunds/", {**body, **change}, key)

    assert refund(owner, "own").status_code == 403  # the owner sold it
    assert refund(clerk, "role").status_code == 403  # no right at all
    front = department(world, "Front")
    rules = {"grants": ["tills.sale.refund"], "limits": {"refund_max": 10 * UNIT}}
    hold(world, clerk, position(world, front, "Supervisor", **rules), "2026-01-01")
    opened(clerk)
    assert refund(clerk, "high", amount_micro=11 * UNIT).status_code == 202  # somebody decides
    done = refund(clerk, "low")
    assert done.status_code == 201, done.content
    assert done.json()["refunded_micro"] == 6 * UNIT
    assert refund(clerk, "low").content == done.content
    assert refund(clerk, "next", amount_micro=10 * UNIT).status_code == 201
    too_much = refund(clerk, "more", amount_micro=5 * UNIT)
    assert too_much.status_code == 422
    listed = clerk.client().get(f"{SALES}{sale}/refunds/").json()["results"]
    assert [row["amount_micro"] for row in listed] == [10 * UNIT, 6 * UNIT]
    assert_books(world.alpha)


def test_a_manager_closes_anothers_shift_and_the_day(
    world: World, clerk: Person, owner: Person
) -> None:
    number = opened(clerk)
    day = {"day": "2026-01-01"}
    assert post(clerk, DAYS, day).status_code == 403
    brian = person_of(world, "brian", "cashier")
    counted = {"counted_micro": 100 * UNIT, "currency": "KES"}
    assert post(brian, f"{SHIFTS}{number}/close/", counted).status_code == 403
    assert post(owner, f"{SHIFTS}{number}/close/", counted).status_code == 200
    first = post(owner, DAYS, day)
    assert first.status_code == 201, first.content
    assert post(owner, DAYS, day).status_code == 409
    assert post(owner, DAYS, {"day": "2199-01-01"}).status_code == 400
    assert owner.client().get(f"{DAYS}{first.json()['id']}/").json() == first.json()


def test_a_manager_looks_at_a_day_before_closing_it(
    world: World, clerk: Person, owner: Person, stranger: Person
) -> None:
    number = opened(clerk)
    kibera = site(world, "Kibera")
    look = f"{DAYS}preview/?day={datetime.now(UTC).date()}"
    seen = owner.client().get(look).json()
    assert (seen["waiting"], seen["doubts"], seen["totals"]["shifts"]) == ([clerk.email], [], [])
    counted = {"counted_micro": 100 * UNIT, "currency": "KES"}
    assert post(clerk, f"{SHIFTS}{number}/close/", counted).status_code == 200
    seen = owner.client().get(look).json()
    assert [shift["shift"] for shift in seen["totals"]["shifts"]] == [number]
    there = owner.client().get(f"{look}&site={kibera}").json()
    assert (there["site"], there["totals"]["parts"]) == (kibera, {})
    assert clerk.client().get(look).status_code == 403
    assert stranger.client().get(f"{look}&site={kibera}").status_code == 400


def test_a_clerk_sees_and_opens_tills_at_own_sites_only(world: World, owner: Person) -> None:
    kibera, mathare = site(world, "Kibera"), site(world, "Mathare")
    amina = person_of(world, "amina", "cashier", extra_sites=[kibera])
    assert post(amina, SHIFTS, {**FLOAT, "site": mathare}).status_code == 403
    assert post(amina, SHIFTS, {**FLOAT, "site": kibera}).status_code == 201
    there = post(owner, SHIFTS, {**FLOAT, "site": mathare}).json()["id"]
    seen = amina.client().get(SHIFTS).json()["results"]
    assert [row["cashier"] for row in seen] == [id_of(world, amina)]
    assert amina.client().get(f"{SHIFTS}{there}/").status_code == 404


def test_a_site_where_something_was_counted_stays(world: World, owner: Person) -> None:
    kibera = site(world, "Kibera")
    assert post(owner, SHIFTS, {**FLOAT, "site": kibera}).status_code == 201
    answer = owner.client().delete(f"/api/v1/sites/{kibera}/")
    assert answer.status_code == 409
    assert "Tills are" in answer.json()["error"]["message"]


def test_the_stranger_sees_nothing(
    world: World, clerk: Person, stranger: Person, plan: int
) -> None:
    shift = opened(clerk)
    sale = sold(clerk, plan).json()["id"]
    for path in (f"{SHIFTS}{shift}/", f"{SALES}{sale}/", f"{SALES}{sale}/refunds/"):
        assert stranger.client().get(path).status_code == 404
    for path in (SHIFTS, SALES, DAYS):
        assert stranger.client().get(path).json()["results"] == []
