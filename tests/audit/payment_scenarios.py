"""One use of every service of payments."""

from tests.audit.registering import inside, of
from tests.conftest import World
from transactions.payments import services
from transactions.payments.gateways.provider import Accepted, Arrival, Door, Outcome
from transactions.payments.models import MpesaAccount, Payment, PaystackAccount, Receipt, Suspense
from transactions.tills.services import shift_open
from transactions.wallets.services import wallet_open
from wificore.kernel.actor import Actor, acting_as

HERE = "transactions.payments.services"
UNIT = 1_000_000
# One of `SECRETS`.
HUSH = "hush-other"


def payment() -> Payment:
    wallet = wallet_open(name="Amina", phone="0712 345 678")
    row = Payment(wallet=wallet, provider="mpesa", amount_micro=UNIT, currency="KES")
    return services.payment_create(payment=row)


def arrive(receipt: str, account: str = "nobody") -> None:
    arrival = Arrival(
        Outcome.PAID, receipt=receipt, amount_micro=UNIT, currency="KES", account_ref=account
    )
    services.arrival_take(provider="mpesa", arrival=arrival, door=Door.C2B)


@of(f"{HERE}.payments.payment_create")
def payment_create(world: World) -> None:
    with inside(world):
        payment()


@of(f"{HERE}.payments.payment_cash")
def payment_cash(world: World) -> None:
    with inside(world), acting_as(Actor("user", id="900001", name="Clerk")):
        shift_open(float_micro=0)
        wallet = wallet_open(name="Amina", phone="0712 345 678")
        row = Payment(wallet=wallet, provider="cash", amount_micro=UNIT, currency="KES")
        services.payment_cash(payment=row)


@of(f"{HERE}.payments.payment_sent")
def payment_sent(world: World) -> None:
    with inside(world):
        services.payment_sent(payment=payment().pk, accepted=Accepted("ws_CO_1", "1"))


@of(f"{HERE}.payments.payment_refused")
def payment_refused(world: World) -> None:
    with inside(world):
        services.payment_refused(payment=payment().pk, code="400.002.02", text="no")


@of(f"{HERE}.payments.payment_unsure")
def payment_unsure(world: World) -> None:
    with inside(world):
        services.payment_unsure(payment=payment().pk, text="no answer")


@of(f"{HERE}.arrivals.arrival_take")
def arrival_take(world: World) -> None:
    with inside(world):
        arrive("SJK1", payment().account_ref)


@of(f"{HERE}.receipts.receipt_type")
def receipt_type(world: World) -> None:
    with inside(world):
        row = Receipt(
            provider="mpesa",
            receipt="SJK1",
            wallet=payment().wallet,
            amount_micro=UNIT,
            currency="KES",
        )
        services.receipt_type(row=row, trusted=True, by=None)


@of(f"{HERE}.suspense.suspense_match")
def suspense_match(world: World) -> None:
    with inside(world):
        arrive("SJK1")
        found = Suspense.objects.get()
        services.suspense_match(suspense=found.pk, wallet=payment().wallet, by=None)


def asked_back() -> Suspense:
    arrive("SJK1")
    found = services.return_ask(suspense=Suspense.objects.get().pk, by=None)
    services.return_sending(suspense=found.pk)
    services.return_sent(suspense=found.pk, conversation="c-1")
    return found


@of(f"{HERE}.returns.return_ask")
def return_ask(world: World) -> None:
    with inside(world):
        asked_back()


@of(f"{HERE}.returns.return_refused")
def return_refused(world: World) -> None:
    with inside(world):
        services.return_refused(suspense=asked_back().pk, note="no")


@of(f"{HERE}.returns.return_take")
def return_take(world: World) -> None:
    with inside(world):
        asked_back()
        services.return_take(conversation="c-1", receipt="SJK1", done=True, note="")


@of(f"{HERE}.accounts.mpesa_account_save")
def mpesa_account_save(world: World) -> None:
    with inside(world):
        row = MpesaAccount(enabled=True, shortcode="600638", consumer_key="ck")
        given = {"consumer_secret": HUSH, "passkey": HUSH}
        services.mpesa_account_save(row=row, secrets_given=given)


@of(f"{HERE}.accounts.mpesa_callback_token")
def mpesa_callback_token(world: World) -> None:
    with inside(world):
        services.mpesa_callback_token()


@of(f"{HERE}.accounts.paystack_account_save")
def paystack_account_save(world: World) -> None:
    with inside(world):
        row = PaystackAccount(enabled=True)
        services.paystack_account_save(row=row, secrets_given={"secret_key": HUSH})
