"""What a provider keeps is booked once, in the transaction that takes the money."""

from typing import Any

import pytest

from tests.conftest import Person, World
from tests.transactions.invariants import assert_books
from tests.transactions.payments.doors import UNIT, Money, asked, new_phone, new_wallet
from tests.transactions.payments.published import content
from transactions.ledger.kinds import Kind
from transactions.ledger.selectors import balance
from transactions.ledger.services import account
from transactions.payments.errors import Invalid
from transactions.payments.fees import check_bands, fee_of
from transactions.payments.gateways.paystack.callbacks import charge
from transactions.payments.gateways.provider import Accepted, Arrival, Door, Outcome
from transactions.payments.gateways.providers import mpesa_account
from transactions.payments.models import Payment, Receipt
from transactions.payments.services import (
    arrival_take,
    mpesa_account_save,
    payment_create,
    payment_sending,
    payment_sent,
)

# As Safaricom's tariff for tills: free to 200, then 0.55 %, at most 200.
TILL = [
    {"from_micro": 0, "fixed_micro": 0, "bp": 0, "most_micro": None},
    {"from_micro": 200 * UNIT + 1, "fixed_micro": 0, "bp": 55, "most_micro": 200 * UNIT},
]


def fees(provider: str = "mpesa") -> int:
    """What it kept so far, above 0."""
    return -balance(account(Kind.FEES, provider))


def tariff(*bands: dict[str, Any]) -> None:
    row = mpesa_account()
    row.fee_bands = list(bands)
    mpesa_account_save(row=row, secrets_given={})


@pytest.mark.parametrize(
    ("units", "fee"), [(1, 0), (200, 0), (1_000, 5.5), (36_363, 199.9965), (150_000, 200)]
)
def test_a_tariff_is_read_by_its_bands(units: int, fee: float) -> None:
    assert fee_of(units * UNIT, TILL) == round(fee * UNIT)


def test_below_the_first_band_nothing_is_kept_and_never_more_than_came() -> None:
    band = {"from_micro": 50 * UNIT, "fixed_micro": 80 * UNIT, "bp": 0}
    assert fee_of(49 * UNIT, [band]) == 0
    assert fee_of(60 * UNIT, [band]) == 60 * UNIT


def test_bands_that_contradict_each_other_are_refused() -> None:
    with pytest.raises(Invalid):
        check_bands([TILL[0], TILL[0]])
    with pytest.raises(Invalid):
        check_bands([{"from_micro": n} for n in range(41)])


@pytest.mark.parametrize("door", ["c2b", "pull", "typed"])
def test_the_tariffs_fee_is_booked_once_by_whichever_door(
    inside: World, world: World, door: str
) -> None:
    tariff(*TILL)
    money = Money(new_wallet(new_phone()), amount=1_000)
    for each in (door, "c2b", "pull", "typed"):
        money.by(each)
    assert fees() == 5_500_000
    assert Receipt.objects.get().fee_micro == 5_500_000
    assert balance(account(Kind.CLEARING, "mpesa")) == -(1_000 * UNIT - 5_500_000)
    assert_books(world.alpha)


def test_a_payment_found_paid_has_its_fee_when_its_receipt_comes(inside: World) -> None:
    tariff(*TILL)
    phone = new_phone()
    wallet = new_wallet(phone)
    money = Money(wallet, amount=1_000, payment=asked(wallet, 1_000, phone), phone=phone)
    money.by("status")
    assert fees() == 0
    money.by("stk")
    money.by("c2b")
    assert fees() == 5_500_000


def test_money_without_an_owner_costs_its_fee_too(inside: World, world: World) -> None:
    tariff(*TILL)
    Money(new_wallet(new_phone()), account="nobody", amount=1_000).by("c2b")
    assert fees() == 5_500_000
    assert_books(world.alpha)


def test_without_a_tariff_nothing_is_booked(inside: World) -> None:
    Money(new_wallet(new_phone()), amount=1_000).by("c2b")
    assert (fees(), Receipt.objects.get().fee_micro) == (0, None)


def test_paystack_tells_its_fee(inside: World, world: World) -> None:
    published_charge = charge(content("paystack/verify_answer")["200"]["data"]["data"])
    assert published_charge.fee_micro == 102_830_000
    assert charge({"reference": "r", "status": "success", "fees": None}).fee_micro is None
    wallet = new_wallet(new_phone())
    payment = payment_create(
        payment=Payment(
            wallet=wallet, provider="paystack", amount_micro=100 * UNIT, currency="KES",
            email="amina@alpha.test",
        )
    )  # fmt: skip
    payment_sending(payment=payment.pk)
    payment_sent(payment=payment.pk, accepted=Accepted("ref-1"))
    told = Arrival(
        Outcome.PAID, receipt="4099260516", amount_micro=100 * UNIT, currency="KES",
        checkout_id="ref-1", fee_micro=2_900_000,
    )  # fmt: skip
    for door in (Door.WEBHOOK, Door.STATUS, Door.WEBHOOK):
        arrival_take(provider="paystack", arrival=told, door=door)
    assert fees("paystack") == 2_900_000
    assert_books(world.alpha)


def test_an_owner_says_the_tariff_and_faults_name_the_field(owner: Person, clerk: Person) -> None:
    path = "/api/v1/payments/mpesa/"

    def patch(person: Person, bands: Any) -> Any:
        body = {"fee_bands": bands}
        return person.client().patch(path, body, content_type="application/json")

    assert patch(clerk, []).status_code == 403
    answer = patch(owner, [{"from_micro": 0, "bp": 55}])
    band = {"from_micro": 0, "fixed_micro": 0, "bp": 55, "most_micro": None}
    assert (answer.status_code, answer.json()["fee_bands"]) == (200, [band])
    for wrong in ([{}], [{"from_micro": -1}], [{"from_micro": 0}] * 2, "x"):
        refused = patch(owner, wrong)
        assert refused.status_code == 400
        assert all(name.startswith("fee_bands") for name in refused.json()["error"]["fields"])
