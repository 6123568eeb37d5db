"""Lines of statements in words, and a customer's statement of WiFi and water."""

import csv
import io
from datetime import UTC, datetime

import pytest
from pypdf import PdfReader

from radius.services import plan_create
from tests.conftest import Person
from tests.transactions.tills.conftest import AMINA
from tests.transactions.water.conftest import PRICE, UNIT, Borehole, borehole
from transactions.ledger.statements import Line
from transactions.reports.words import by_service, said
from transactions.tills.services import sale_make, shift_open
from transactions.water.booking import book
from transactions.water.models import WaterTransaction
from transactions.water.services import refund
from wificore.kernel.actor import acting_as
from wificore.kernel.db.context import tenant_context

__all__ = ["borehole"]  # the fixture

L = 1000


def line(kind: str, reason: str = "", amount: int = -UNIT) -> Line:
    return Line(1, 1, datetime(2026, 3, 2, tzinfo=UTC), kind, reason, amount, 0)


@pytest.mark.parametrize(
    ("kind", "reason", "service", "text"),
    [
        ("topup.mpesa", "QK12", "money", "Paid in, mpesa, QK12"),
        ("sale.wallet", "Daily", "wifi", "WiFi, Daily"),
        ("bundle.wallet", "Day and 100 L", "both", "WiFi and water, Day and 100 L"),
        ("dispense.hold", "20 L at Mlango", "water", "Water, 20 L at Mlango"),
        ("dispense.lease", "0.5 L at Mlango", "water", "Water, 0.5 L at Mlango"),
        ("refund.wallet", "slow", "wifi", "WiFi given back, slow"),
        ("refund.water", "dirty", "water", "Water given back, dirty"),
        ("reversal.mpesa", "paid twice", "money", "Taken back, mpesa, paid twice"),
        ("adjustment", "", "money", "Correction"),
        ("something.else", "new", "money", "something.else, new"),
    ],
)
def test_a_line_says_what_it_was(kind: str, reason: str, service: str, text: str) -> None:
    words = said(line(kind, reason))
    assert (words.service, words.text) == (service, text)


def test_sums_are_by_service() -> None:
    lines = [line("sale.wallet"), line("dispense.hold"), line("topup.cash", amount=5 * UNIT)]
    found = {"wifi": -UNIT, "water": -UNIT, "both": 0, "money": 5 * UNIT}
    assert by_service(lines) == found


@pytest.fixture
def used(borehole: Borehole) -> Borehole:  # the fixture
    """20 litres, of which 0.10 was given back, and a day of WiFi."""
    hold = borehole.device.authorise(max_ml=20 * L).json()["hold"]
    record = borehole.device.record(mode="hold", hold=hold)
    with tenant_context(borehole.tenant), acting_as(AMINA):
        book(borehole.kiosk, [record])
        row = WaterTransaction.objects.select_related("kiosk", "wallet").get()
        refund(dispense=row, amount_micro=100_000, reason="dirty")
        shift_open(float_micro=0)
        daily = plan_create(name="1 day", price_micro=20 * UNIT, validity_s=86_400)
        sale_make(subscriber=borehole.wallet.subscriber, plan=daily, pay="wallet")
    return borehole


def test_one_statement_has_wifi_and_water(used: Borehole, clerk: Person) -> None:
    url = f"/api/v1/wallets/{used.wallet.public_id}/statement/"
    found = clerk.client().get(url).json()
    assert [one["text"] for one in found["lines"]][1:] == [
        "Water, 20 L at Kiosk 1",
        "Water given back, dirty",
        "WiFi, 1 day",
    ]
    assert found["by_service_micro"] == {
        "wifi": -20 * UNIT,
        "water": -20 * PRICE + 100_000,
        "both": 0,
        "money": 100 * UNIT,
    }
    sheet = clerk.client().get(f"{url}?export=csv").content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(sheet)))
    assert [row["service"] for row in rows] == ["", "money", "water", "water", "wifi", ""]
    assert rows[2]["what"] == "Water, 20 L at Kiosk 1"
    printed = clerk.client().get(f"{url}?export=pdf").content
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(printed)).pages)
    for words in ("Water", "20 L at Kiosk 1", "WiFi", "1 day"):
        assert words in text
