"""Statements of wallets and floats: JSON, CSV, PDF; every reading is in the audit trail."""

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pypdf import PdfReader

from tests.conftest import Person, World
from tests.transactions.tills.conftest import AMINA, UNIT
from transactions.ledger import statements
from transactions.ledger.kinds import Kind
from transactions.ledger.models import Entry
from transactions.ledger.services import account, post
from transactions.ledger.statements import TooLong, statement
from transactions.resellers.services import float_top_up, reseller_create
from transactions.tills.services import shift_open
from transactions.wallets.models import Wallet
from transactions.wallets.services import top_up, wallet_open
from wificore.audit.models import AuditEntry
from wificore.kernel.actor import acting_as
from wificore.kernel.db.context import tenant_context


@pytest.fixture
def wallet(world: World) -> Wallet:
    """100 came, 30 and 0.000025 went."""
    with tenant_context(world.alpha):
        made = wallet_open(name="Dalila <& Söhne>", phone="0712345678")
        mpesa, water = account(Kind.CLEARING, "mpesa"), account(Kind.REVENUE_WATER)
        top_up(made, 100 * UNIT, source=mpesa, channel="mpesa", key="payment:1", reason="=1+1")
        for number, amount in enumerate((30 * UNIT, 25)):
            entries = [(made.account_id, -amount), (water, amount)]
            post("capture", entries, key=f"capture:{number}", reason="20 L <at> kiosk")
    return made


def got(person: Person, wallet: Wallet, query: str = "") -> Any:
    return person.client().get(f"/api/v1/wallets/{wallet.public_id}/statement/{query}")


def test_opening_and_what_moved_make_the_closing(wallet: Wallet, clerk: Person) -> None:
    found = got(clerk, wallet).json()
    assert (found["name"], found["account_no"]) == ("Dalila <& Söhne>", wallet.account_no)
    assert (found["opening_micro"], found["in_micro"], found["out_micro"]) == (
        0,
        100 * UNIT,
        -30 * UNIT - 25,
    )
    assert found["closing_micro"] == 70 * UNIT - 25
    assert [line["balance_micro"] for line in found["lines"]] == [
        100 * UNIT,
        70 * UNIT,
        70 * UNIT - 25,
    ]


def test_what_came_before_is_brought_forward(world: World, wallet: Wallet) -> None:
    with tenant_context(world.alpha):
        second = Entry.objects.filter(account=wallet.account_id).order_by("id")[1]
        until = datetime.now(UTC) + timedelta(days=1)
        found = statement(account=wallet.account_id, since=second.created_at, until=until)
    assert found.opening_micro == 100 * UNIT
    assert len(found.lines) == 2
    assert found.closing_micro == 70 * UNIT - 25


def test_a_statement_has_an_end(
    world: World, wallet: Wallet, clerk: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(statements, "MAX_LINES", 2)
    with tenant_context(world.alpha), pytest.raises(TooLong):
        now = datetime.now(UTC)
        statement(account=wallet.account_id, since=now - timedelta(days=1), until=now)
    assert got(clerk, wallet).status_code == 400


def test_a_spreadsheet_adds_it_up_and_runs_no_formula(wallet: Wallet, clerk: Person) -> None:
    answer = got(clerk, wallet, "?export=csv")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert wallet.account_no in answer["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [(row["kind"], row["in"], row["out"], row["balance"]) for row in rows] == [
        ("opening", "", "", "0.00"),
        ("topup.mpesa", "100.00", "", "100.00"),
        ("capture", "", "30.00", "70.00"),
        ("capture", "", "0.000025", "69.999975"),
        ("closing", "", "", "69.999975"),
    ]
    assert rows[1]["for"] == "'=1+1"


def test_a_page_to_print_says_the_same(wallet: Wallet, clerk: Person) -> None:
    answer = got(clerk, wallet, "?export=pdf")
    assert answer["Content-Type"] == "application/pdf"
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages)
    for words in ("Alpha WiFi", "Dalila <& Söhne>", wallet.account_no, "100.00", "69.999975"):
        assert words in text
    assert "20 L <at> kiosk" in text


def test_a_long_statement_has_several_pages(world: World, wallet: Wallet, clerk: Person) -> None:
    with tenant_context(world.alpha):
        for number in range(120):
            entries = [(wallet.account_id, -UNIT // 2), (account(Kind.REVENUE_WATER), UNIT // 2)]
            post("capture", entries, key=f"more:{number}", reason="水 ماء")
    pages = PdfReader(io.BytesIO(got(clerk, wallet, "?export=pdf").content)).pages
    assert len(pages) > 1
    assert all("Balance" in page.extract_text() for page in pages)


def test_every_reading_is_in_the_audit_trail(world: World, wallet: Wallet, clerk: Person) -> None:
    got(clerk, wallet)
    got(clerk, wallet, "?export=pdf")
    with tenant_context(world.alpha):
        lines = AuditEntry.objects.filter(action="statement.shown").order_by("id")
        assert [(line.object_id, line.new["export"]) for line in lines] == [
            (wallet.public_id, ""),
            (wallet.public_id, "pdf"),
        ]


def test_a_reseller_has_one_of_its_float(world: World, owner: Person) -> None:
    with tenant_context(world.alpha), acting_as(AMINA):
        shift_open(float_micro=0)
        shop = reseller_create(name="Mama Njeri")
        float_top_up(reseller=shop, amount_micro=50 * UNIT)
    url = f"/api/v1/resellers/{shop.public_id}/statement/"
    assert owner.client().get(url).json()["closing_micro"] == 50 * UNIT
    assert owner.client().get(f"{url}?export=pdf").content[:5] == b"%PDF-"


def test_the_stranger_gets_none(wallet: Wallet, stranger: Person, clerk: Person) -> None:
    assert got(stranger, wallet).status_code == 404
    assert got(clerk, wallet, "?export=xlsx").status_code == 400
    assert clerk.client().get("/api/v1/wallets/0/statement/").status_code == 404
