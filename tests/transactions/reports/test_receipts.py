"""Receipts: what the customer gets for a sale."""

import io
from typing import Any

import pytest
from pypdf import PdfReader

from radius.services import plan_create, subscriber_create
from tests.access.people import person_of, site
from tests.conftest import Person, World
from tests.transactions.tills.conftest import AMINA, UNIT
from transactions.tills.models import Sale
from transactions.tills.services import sale_make, sale_refund, shift_open
from wificore.kernel.actor import acting_as
from wificore.kernel.db.context import tenant_context


def sold(world: World, *, at: int | None = None) -> Sale:
    name = "A plan with a name that is far too long for one line of eighty millimetres"
    with tenant_context(world.alpha), acting_as(AMINA):
        shift_open(float_micro=0, site=at)
        plan = plan_create(name=name, price_micro=1_250 * UNIT, validity_s=86_400)
        customer = subscriber_create(username="chao", password="secret1", plan=plan)
        sale = sale_make(subscriber=customer, plan=plan, pay="cash")
        sale_refund(sale=sale, amount_micro=50 * UNIT, pay="cash", reason="slow")
    return sale


def got(person: Person, sale: Sale, query: str = "") -> Any:
    return person.client().get(f"/api/v1/tills/sales/{sale.public_id}/receipt/{query}")


def test_a_receipt_says_what_was_sold_to_whom_for_how_long(world: World, clerk: Person) -> None:
    sale = sold(world)
    found = got(clerk, sale).json()
    assert (found["organisation"], found["receipt"]) == ("Alpha WiFi", sale.receipt)
    assert (found["amount_micro"], found["refunded_micro"]) == (1_250 * UNIT, 50 * UNIT)
    assert found["customer"] == "chao"


def test_it_is_printed_on_a_strip(world: World, clerk: Person) -> None:
    sale = sold(world)
    answer = got(clerk, sale, "?export=pdf")
    assert answer["Content-Type"] == "application/pdf"
    [page] = PdfReader(io.BytesIO(answer.content)).pages
    assert round(float(page.mediabox.width) / 72 * 25.4) == 80
    text = page.extract_text()
    for words in ("Alpha WiFi", sale.receipt, "KES 1,250.00", "KES 50.00", AMINA.name, "chao"):
        assert words in text
    assert "millimetres" in text


@pytest.mark.parametrize("query", ["?export=csv", "?export="])
def test_another_form_is_400(world: World, clerk: Person, query: str) -> None:
    assert got(clerk, sold(world), query).status_code == 400


def test_the_stranger_and_another_sites_clerk_get_none(
    world: World, stranger: Person, owner: Person
) -> None:
    sale = sold(world, at=site(world, "Kibera"))
    elsewhere = person_of(world, "brian", "cashier", extra_sites=[site(world, "Mathare")])
    assert got(owner, sale).status_code == 200
    assert got(elsewhere, sale).status_code == 404
    assert got(stranger, sale).status_code == 404
    assert owner.client().get("/api/v1/tills/sales/x/receipt/").status_code == 404
