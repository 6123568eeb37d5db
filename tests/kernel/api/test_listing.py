"""Lists are searched, filtered, ordered and taken along as a file."""

import csv
import io
from typing import Any

import pytest

from radius.models import Plan
from radius.services import plan_create, subscriber_create
from tests.conftest import Person, World
from wificore.audit.models import AuditEntry
from wificore.kernel.api.listing import cell
from wificore.kernel.db.context import tenant_context

CUSTOMERS = "/api/v1/radius/subscribers/"
PLANS = "/api/v1/radius/plans/"


@pytest.fixture
def customers(world: World) -> dict[str, Plan]:
    """Four, of two plans."""
    with tenant_context(world.alpha):
        day, week = plan_create(name="Day"), plan_create(name="Week")
        for username, name, phone, plan in (
            ("amina", "Amina W", "+254712000001", day),
            ("brian", "=HYPERLINK(1)", "+254712000002", week),
            ("chao", "Amina's shop", "", day),
            ("dora", "", "", week),
        ):
            subscriber_create(
                username=username, name=name, phone=phone, plan=plan, password="secret1"
            )
    return {"day": day, "week": week}


def names(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [row["username"] for row in answer.json()["results"]]


def test_a_search_looks_in_every_field_without_regard_to_case(
    owner: Person, customers: dict[str, Plan]
) -> None:
    client = owner.client()
    assert names(client.get(CUSTOMERS, {"q": "AMINA"})) == ["chao", "amina"]
    assert names(client.get(CUSTOMERS, {"q": "712000002"})) == ["brian"]
    assert names(client.get(CUSTOMERS, {"q": " %"})) == []
    assert names(client.get(CUSTOMERS, {"q": "am\0ina"})) == ["chao", "amina"]


def test_filters_narrow_together(owner: Person, customers: dict[str, Plan]) -> None:
    client = owner.client()
    day = customers["day"].pk
    assert names(client.get(CUSTOMERS, {"plan": day})) == ["chao", "amina"]
    assert names(client.get(CUSTOMERS, {"plan": day, "q": "shop", "status": "active"})) == ["chao"]
    assert names(client.get(CUSTOMERS, {"plan": day, "status": "suspended"})) == []


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"plan": "day"}, "plan"),
        ({"status": "asleep"}, "status"),
        ({"order": "password"}, "order"),
        ({"order": "--name"}, "order"),
        ({"export": "xlsx"}, "export"),
        ({"q": "x" * 101}, "q"),
    ],
)
def test_what_cannot_be_asked_for_is_refused_by_name(
    owner: Person, customers: dict[str, Plan], query: dict[str, str], field: str
) -> None:
    answer = owner.client().get(CUSTOMERS, query)
    assert answer.status_code == 400
    assert list(answer.json()["error"]["fields"]) == [field]


@pytest.mark.parametrize("order", ["username", "-username", "name", "-created_at"])
def test_pages_in_any_order_hold_every_row_once_and_lead_back(
    owner: Person, customers: dict[str, Plan], order: str
) -> None:
    client = owner.client()
    whole = names(client.get(CUSTOMERS, {"order": order}))
    assert sorted(whole) == ["amina", "brian", "chao", "dora"]
    if "username" in order:
        assert whole == sorted(whole, reverse=order.startswith("-"))
    seen, url = [], f"{CUSTOMERS}?order={order}&page_size=1"
    while url:
        page = client.get(url)
        seen += names(page)
        last, url = page.json()["previous"], page.json()["next"]
    assert seen == whole
    back = client.get(last)
    assert names(back) == [whole[-2]]


def rows_of(answer: Any) -> list[dict[str, str]]:
    assert answer.status_code == 200, answer.content
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


def test_a_list_is_taken_along_as_it_is_filtered_and_the_trail_knows(
    world: World, owner: Person, customers: dict[str, Plan]
) -> None:
    query = {"export": "csv", "order": "username", "plan": customers["week"].pk, "page_size": 1}
    rows = rows_of(owner.client().get(CUSTOMERS, query))
    assert [row["username"] for row in rows] == ["brian", "dora"]
    assert "password" not in rows[0]
    assert rows[0]["phone"] == "+254712000002"
    assert rows[0]["name"] == "'=HYPERLINK(1)"
    with tenant_context(world.alpha):
        entry = AuditEntry.objects.filter(action="subscriber.exported").latest("at")
    assert (entry.object_type, entry.new) == ("subscriber", {"rows": 2})


def test_a_cell_is_never_a_formula() -> None:
    assert cell("=1+1") == "'=1+1"
    assert cell("@SUM(A1)") == "'@SUM(A1)"
    assert cell("-5") == "-5"
    assert cell("+254712000001") == "+254712000001"
    assert cell("+1+cmd") == "'+1+cmd"
    assert (cell(None), cell(True), cell([1, "a"])) == ("", "true", '[1, "a"]')


def test_a_clerk_takes_along_what_a_clerk_sees(
    clerk: Person, stranger: Person, customers: dict[str, Plan]
) -> None:
    assert len(rows_of(clerk.client().get(CUSTOMERS, {"export": "csv"}))) == 4
    assert rows_of(stranger.client().get(CUSTOMERS, {"export": "csv"})) == []
    assert clerk.client().get("/api/v1/access/users/", {"export": "csv"}).status_code == 403


def test_an_order_of_plans_by_price(world: World, owner: Person) -> None:
    with tenant_context(world.alpha):
        for name, price in (("a", 3), ("b", 1), ("c", 2)):
            plan_create(name=name, price_micro=price)
    found = owner.client().get(PLANS, {"order": "price_micro"}).json()["results"]
    assert [row["name"] for row in found] == ["b", "c", "a"]
