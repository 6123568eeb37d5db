"""/api/v1/ledger/: the books over HTTP, and corrections by those who may."""

from typing import Any

import pytest

from tests.access.people import department, narrowed, person_of, position
from tests.conftest import Person, World
from tests.transactions.books import Ours
from tests.transactions.invariants import assert_books
from tests.transactions.tills.conftest import UNIT, keyed
from wificore.access.services import Invalid
from wificore.audit.models import AuditEntry
from wificore.kernel.db.context import tenant_context

URL, JSON = "/api/v1/ledger/", "application/json"
BANK = [
    {"kind": "cash", "owner": "safe", "amount_micro": 30 * UNIT},
    {"kind": "clearing", "owner": "bank", "amount_micro": -30 * UNIT},
]


def adjust(person: Person, key: str = "a-1", **change: Any) -> Any:
    body = {"currency": "KES", "entries": BANK, "reason": "to the bank", **change}
    return person.client().post(f"{URL}adjustments/", body, JSON, **keyed(key))


def test_accounts_and_transfers_are_shown_with_their_entries(
    world: World, ours: Ours, owner: Person
) -> None:
    wallet = ours.open(100 * UNIT)
    with tenant_context(world.alpha):
        ours.spend(wallet, 30 * UNIT)
    client = owner.client()
    found = client.get(f"{URL}accounts/").json()["results"]
    assert {row["kind"]: row["balance_micro"] for row in found} == {
        "wallet": 70 * UNIT,
        "clearing": -100 * UNIT,
        "revenue_wifi": 30 * UNIT,
    }
    assert client.get(f"{URL}accounts/?kind=wallet").json()["results"][0]["id"] == str(wallet)
    listed = client.get(f"{URL}transfers/?kind=sale.wallet").json()["results"]
    assert [row["amount_micro"] for row in listed] == [30 * UNIT]
    whole = client.get(f"{URL}transfers/{listed[0]['id']}/").json()
    assert [(e["kind"], e["amount_micro"], e["balance_after_micro"]) for e in whole["entries"]] in (
        [("wallet", -30 * UNIT, 70 * UNIT), ("revenue_wifi", 30 * UNIT, None)],
        [("revenue_wifi", 30 * UNIT, None), ("wallet", -30 * UNIT, 70 * UNIT)],
    )


def test_a_correction_is_another_transfer_once_for_a_key(world: World, owner: Person) -> None:
    answer = adjust(owner)
    assert answer.status_code == 201, answer.content
    assert adjust(owner).content == answer.content
    entries = {entry["owner"]: entry["amount_micro"] for entry in answer.json()["entries"]}
    assert entries == {"safe": 30 * UNIT, "bank": -30 * UNIT}
    with tenant_context(world.alpha):
        line = AuditEntry.objects.get(action="ledger.adjusted")
        assert (line.reason, line.new["amount_micro"]) == ("to the bank", 30 * UNIT)
    assert_books(world.alpha)


@pytest.mark.parametrize(
    "change",
    [{"entries": BANK[:1]}, {"entries": [BANK[0], BANK[0]]}, {"reason": " "}, {"currency": "UGX"},
     {"entries": [BANK[0], {**BANK[1], "amount_micro": -1}]}, {"entries": "x"},
     {"entries": [BANK[0], {"account": 2**62, "amount_micro": -30 * UNIT}]},
     {"entries": [BANK[0], {"kind": "wallet", "owner": "x", "amount_micro": -30 * UNIT}]},
     {"entries": [BANK[0], {**BANK[1], "account": 1}]},
     {"entries": [BANK[0], {"amount_micro": 1}]}],
    ids=str,
)  # fmt: skip
def test_a_correction_that_cannot_be_is_400(world: World, owner: Person, change: Any) -> None:
    assert adjust(owner, **change).status_code == 400


def test_not_even_a_correction_takes_a_wallet_below_zero(
    world: World, ours: Ours, owner: Person
) -> None:
    wallet = ours.open(10 * UNIT)
    entries = [
        {"account": wallet, "amount_micro": -11 * UNIT},
        {"kind": "fees", "owner": "correction", "amount_micro": 11 * UNIT},
    ]
    assert adjust(owner, entries=entries).status_code == 422
    assert_books(world.alpha)


def test_only_the_owner_corrects_and_no_position_grants_it(
    world: World, owner: Person, clerk: Person
) -> None:
    manager = person_of(world, "maria", "manager")
    assert manager.client().get(f"{URL}transfers/").status_code == 200
    assert adjust(manager).status_code == 403
    assert clerk.client().get(f"{URL}transfers/").status_code == 403
    office = department(world, "Office")
    with pytest.raises(Invalid):
        position(world, office, "Boss", grants=["ledger.transfer.adjust"])
    assert adjust(narrowed(world, owner, "ledger.transfer.view")).status_code == 403


def test_the_stranger_sees_nothing(
    world: World, ours: Ours, owner: Person, stranger: Person
) -> None:
    ours.open(10 * UNIT)
    number = owner.client().get(f"{URL}transfers/").json()["results"][0]["id"]
    assert stranger.client().get(f"{URL}transfers/{number}/").status_code == 404
    for path in ("transfers/", "accounts/"):
        assert stranger.client().get(URL + path).json()["results"] == []
