"""What other apps ask payments for: the close of a day, and the report of suspense."""

from datetime import UTC, datetime, timedelta

from tests.conftest import World
from tests.transactions.payments.doors import UNIT, Money, new_phone, new_wallet
from transactions.ledger.suspense import waiting
from transactions.tills.services import day_close
from wificore.kernel.actor import Actor, acting_as


def test_a_days_close_lists_what_only_staff_vouch_for(inside: World) -> None:
    wallet = new_wallet(new_phone())
    Money(wallet).by("c2b")
    Money(wallet, receipt="SJKTYPED01").by("typed")
    Money(wallet, account="nobody", amount=30).by("c2b")
    with acting_as(Actor("user", id="900001", name="Owner")):
        close = day_close(day=datetime.now(UTC).date())
    assert close.totals["parts"]["payments"] == {
        "received": {"mpesa": {"number": 2, "amount_micro": 200 * UNIT}},
        "suspense": 1,
        "unverified": ["SJKTYPED01"],
    }


def test_the_report_of_suspense_knows_when_its_money_came(inside: World) -> None:
    Money(new_wallet(new_phone()), account="nobody", amount=30).by("c2b")
    ((came, amount),) = waiting()
    assert amount == 30 * UNIT
    assert datetime.now(UTC) - came < timedelta(hours=1)
