"""/api/v1/resellers/: a reseller's own user sees and sells from its own float alone."""

from typing import Any

import pytest

from radius.services import plan_create, subscriber_create
from tests.access.people import id_of, person_of
from tests.conftest import Person, World
from tests.transactions.tills.conftest import UNIT, keyed
from wificore.access.services import role_create
from wificore.kernel.db.context import tenant_context

JSON, URL = "application/json", "/api/v1/resellers/"
CASH = {"amount_micro": 100 * UNIT, "currency": "KES", "channel": "cash"}


@pytest.fixture
def plan(world: World) -> int:
    with tenant_context(world.alpha):
        made = plan_create(name="Daily", price_micro=20 * UNIT, validity_s=86_400)
        subscriber_create(username="chao", password="secret1", plan=made, phone="0700000001")
    return made.pk


@pytest.fixture
def njeri(world: World) -> Person:
    """The user through whom a reseller sells."""
    with tenant_context(world.alpha):
        codes = ["resellers.reseller.view", "resellers.sale.create"]
        role_create(name="reseller", title="Reseller", permissions=codes)
    return person_of(world, "njeri", "reseller")


def post(person: Person, path: str, body: Any, key: str = "") -> Any:
    options = keyed(key) if key else {}
    return person.client().post(path, body, JSON, **options)


def made(owner: Person, name: str, **fields: Any) -> str:
    answer = post(owner, URL, {"name": name, "commission_bp": 1_000, **fields})
    assert answer.status_code == 201, answer.content
    return str(answer.json()["id"])


def test_a_float_is_paid_in_and_sold_from_once_for_a_key(
    world: World, owner: Person, clerk: Person, plan: int
) -> None:
    shop = made(owner, "Njeri")
    assert post(clerk, f"{URL}{shop}/topups/", CASH, "t-1").status_code == 409
    post(clerk, "/api/v1/tills/shifts/", {"float_micro": 0, "currency": "KES"})
    paid = post(clerk, f"{URL}{shop}/topups/", CASH, "t-2")
    assert paid.status_code == 201, paid.content
    assert paid.json()["balance_micro"] == 100 * UNIT
    assert post(clerk, f"{URL}{shop}/topups/", CASH, "t-2").content == paid.content
    body = {"plan": plan, "phone": "0700000001"}
    sold = post(owner, f"{URL}{shop}/sales/", body, "s-1")
    assert sold.status_code == 201, sold.content
    assert sold.json()["commission_micro"] == 2 * UNIT
    assert post(owner, f"{URL}{shop}/sales/", body, "s-1").content == sold.content
    found = clerk.client().get(f"{URL}{shop}/").json()
    assert found["float_micro"] == 82 * UNIT
    lines = clerk.client().get(f"{URL}{shop}/entries/").json()["results"]
    assert [(line["kind"], line["balance_after_micro"]) for line in lines] == [
        ("sale.float", 82 * UNIT),
        ("float.cash", 100 * UNIT),
    ]
    assert len(clerk.client().get(f"{URL}{shop}/sales/").json()["results"]) == 1


def test_a_resellers_user_sees_itself_alone(
    world: World, owner: Person, njeri: Person, plan: int
) -> None:
    mine = made(owner, "Njeri", user=id_of(world, njeri))
    others = made(owner, "Otieno")
    assert [row["id"] for row in njeri.client().get(URL).json()["results"]] == [mine]
    body = {"plan": plan, "phone": "0700000001"}
    for path in ("", "entries/", "sales/"):
        assert njeri.client().get(f"{URL}{others}/{path}").status_code == 404
    assert post(njeri, f"{URL}{others}/sales/", body, "s-1").status_code == 404
    assert post(njeri, f"{URL}{mine}/sales/", body, "s-2").status_code == 422  # nothing in it
    assert post(njeri, f"{URL}{mine}/topups/", CASH, "t-1").status_code == 403
    assert post(njeri, URL, {"name": "Second"}).status_code == 403


@pytest.mark.parametrize(
    "body",
    [{}, {"name": ""}, {"name": "x", "commission_bp": 5_001}, {"name": "x", "commission_bp": -1},
     {"name": "x", "user": 0}, {"name": "Njeri"}, {"name": "x", "user": 7}],
    ids=str,
)  # fmt: skip
def test_a_reseller_that_cannot_be_is_400(world: World, owner: Person, body: Any) -> None:
    made(owner, "Njeri", user=7)
    answer = post(owner, URL, body)
    assert answer.status_code == 400
    assert answer.json()["error"]["fields"]


def test_a_reseller_is_changed(world: World, owner: Person, clerk: Person) -> None:
    shop = made(owner, "Njeri")
    change = {"active": False, "commission_bp": 300}
    assert clerk.client().patch(f"{URL}{shop}/", change, JSON).status_code == 403
    answer = owner.client().patch(f"{URL}{shop}/", change, JSON)
    assert answer.status_code == 200
    assert answer.json() | change == answer.json()


def test_the_stranger_sees_nothing(world: World, owner: Person, stranger: Person) -> None:
    shop = made(owner, "Njeri")
    for path in ("", "entries/", "sales/"):
        assert stranger.client().get(f"{URL}{shop}/{path}").status_code == 404
    assert stranger.client().get(URL).json()["results"] == []
