"""/api/v1/wallets/ as API-CONTRACT 2 has it."""

from typing import Any

import pytest

from tests.conftest import Person, World
from transactions.ledger.kinds import Kind
from transactions.ledger.services import account
from transactions.wallets.models import Wallet
from transactions.wallets.services import top_up
from wificore.kernel.db.context import tenant_context

URL = "/api/v1/wallets/"
UNIT = 1_000_000
AMINA = {"name": "Amina", "phone": "0712345678"}


def opened(person: Person, **fields: str) -> Any:
    return person.client().post(URL, {**AMINA, **fields}, "application/json")


def paid(world: World, wallet: str, units: int, key: str) -> None:
    with tenant_context(world.alpha):
        top_up(
            Wallet.objects.get(public_id=wallet),
            units * UNIT,
            source=account(Kind.CLEARING, "mpesa"),
            channel="mpesa",
            key=key,
        )


def test_a_clerk_opens_a_wallet(world: World, clerk: Person) -> None:
    answer = opened(clerk)
    assert answer.status_code == 201, answer.content
    wallet = answer.json()
    assert wallet | {"id": "", "account_no": "", "created_at": "", "subscriber": 0} == {
        "id": "",
        "account_no": "",
        "name": "Amina",
        "phone": "+254712345678",
        "subscriber": 0,
        "currency": "KES",
        "posted_micro": 0,
        "held_micro": 0,
        "available_micro": 0,
        "receivable_micro": 0,
        "created_at": "",
    }
    assert len(wallet["account_no"]) <= 12
    assert clerk.client().get(f"{URL}{wallet['id']}/").json() == wallet


def test_a_second_wallet_of_a_customer_is_409(world: World, clerk: Person) -> None:
    assert opened(clerk).status_code == 201
    assert opened(clerk, phone="+254712345678").status_code == 409


@pytest.mark.parametrize(
    ("field", "value"), [("phone", "x"), ("phone", ""), ("name", ""), ("name", "a\nb")]
)
def test_what_cannot_be_is_400_and_names_the_field(
    world: World, clerk: Person, field: str, value: str
) -> None:
    answer = opened(clerk, **{field: value})
    assert answer.status_code == 400
    assert field in answer.json()["error"]["fields"]


def test_entries_are_listed_newest_first(world: World, clerk: Person) -> None:
    wallet = opened(clerk).json()["id"]
    paid(world, wallet, 50, "payment:1")
    paid(world, wallet, 20, "payment:2")
    found = clerk.client().get(f"{URL}{wallet}/entries/?page_size=1").json()
    assert [(e["kind"], e["amount_micro"], e["balance_after_micro"]) for e in found["results"]] == [
        ("topup.mpesa", 20 * UNIT, 70 * UNIT)
    ]
    rest = clerk.client().get(found["next"]).json()["results"]
    assert [e["amount_micro"] for e in rest] == [50 * UNIT]
    assert all(isinstance(e["id"], str) and isinstance(e["transfer"], str) for e in rest)


def test_the_list_finds_by_number_name_and_telephone(world: World, clerk: Person) -> None:
    wallet = opened(clerk).json()
    opened(clerk, name="Brian", phone="0722000000")
    for text in (wallet["account_no"], "amin", "712345"):
        found = clerk.client().get(URL, {"q": text}).json()["results"]
        assert [row["id"] for row in found] == [wallet["id"]], text


def test_the_stranger_and_nonsense_get_404(world: World, clerk: Person, stranger: Person) -> None:
    wallet = opened(clerk).json()["id"]
    for path in (f"{URL}{wallet}/", f"{URL}{wallet}/entries/"):
        assert stranger.client().get(path).status_code == 404
    assert stranger.client().get(URL).json()["results"] == []
    for nonsense in ("1", "0" * 16, "%00", "x" * 500):
        assert clerk.client().get(f"{URL}{nonsense}/").status_code == 404
        assert clerk.client().get(f"{URL}{nonsense}/entries/").status_code == 404


def test_two_tenants_have_no_id_in_common(world: World, clerk: Person, stranger: Person) -> None:
    assert opened(clerk).json()["id"] != opened(stranger).json()["id"]


def test_a_customer_with_a_wallet_is_not_deleted_over_http(world: World, owner: Person) -> None:
    customer = opened(owner).json()["subscriber"]
    answer = owner.client().delete(f"/api/v1/radius/subscribers/{customer}/")
    assert answer.status_code == 409
    assert owner.client().get(f"/api/v1/radius/subscribers/{customer}/").json()["plan"] is None
