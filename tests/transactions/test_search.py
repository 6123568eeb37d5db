"""The search box finds wallets by their number, and resellers by name or telephone."""

from typing import Any

import pytest

from tests.conftest import Person, World
from tests.transactions.payments.doors import new_wallet
from transactions.resellers.services import reseller_create
from wificore.access.models import User
from wificore.kernel.db.context import tenant_context


def look(person: Person, text: str) -> dict[str, list[str]]:
    found: Any = person.client().get("/api/v1/search/", {"q": text}).json()["results"]
    return {group["kind"]: [hit["title"] for hit in group["results"]] for group in found}


@pytest.fixture
def number(world: World) -> str:
    """The account number of a wallet of alpha, which has two resellers as well."""
    with tenant_context(world.alpha):
        clerk = User.objects.get(email="clerk@alpha.test")
        reseller_create(name="Mama Njeri", phone="0711 000 111")
        reseller_create(name="Duka la Pwani", user=clerk.pk)
        return new_wallet("+254712000001").account_no


def test_a_wallet_is_found_by_the_beginning_of_its_number(owner: Person, number: str) -> None:
    assert look(owner, number)["wallet"] == [number]
    assert number in look(owner, number[:4])["wallet"]
    assert "wallet" not in look(owner, number[:2])


def test_a_reseller_is_found_by_name_and_telephone(owner: Person, number: str) -> None:
    assert look(owner, "njeri")["reseller"] == ["Mama Njeri"]
    assert look(owner, "+254711000111")["reseller"] == ["Mama Njeri"]


def test_a_user_who_is_a_reseller_finds_itself_alone(clerk: Person, number: str) -> None:
    assert "reseller" not in look(clerk, "njeri")
    assert look(clerk, "duka")["reseller"] == ["Duka la Pwani"]


def test_the_stranger_finds_neither(stranger: Person, number: str) -> None:
    assert look(stranger, number) == look(stranger, "njeri") == {}
