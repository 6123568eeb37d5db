"""What moves money, in both tenants."""

from datetime import UTC, datetime, timedelta
from typing import Any

from radius.services import plan_create
from transactions.ledger.kinds import Kind
from transactions.ledger.services import account
from transactions.payments.gateways.provider import Arrival, Door, Outcome
from transactions.payments.gateways.providers import callback_token
from transactions.payments.models import Payment, Suspense
from transactions.payments.services import arrival_take, mpesa_callback_token, payment_create
from transactions.resellers.services import float_top_up, resale_make, reseller_create
from transactions.tills.services import day_close, refund_ask, sale_make, shift_close, shift_open
from transactions.wallets.services import top_up, wallet_open
from wificore.kernel.actor import Actor, acting_as

Ids = dict[str, list[str]]


def money(word: str, number: int, *, last: bool) -> Ids:
    """A customer's wallet with something in it."""
    wallet = wallet_open(name=f"{word}-customer", phone=f"+25471234567{number}")
    source = account(Kind.CLEARING, "mpesa")
    top_up(wallet, 50_000_000, source=source, channel="mpesa", key=f"payment:{word}", reason=word)
    cashier = Actor("user", id=str(900_000 + number), name=f"{word}-cashier")
    with acting_as(cashier):
        shift = shift_open(float_micro=0)
        shop = reseller_create(name=f"{word}-shop", commission_bp=500)
        float_top_up(reseller=shop, amount_micro=50_000_000)
        plan = plan_create(name=f"{word}-daily", price_micro=10_000_000, validity_s=86_400)
        sale = sale_make(subscriber=wallet.subscriber, plan=plan, pay="wallet")
        waits = refund_ask(sale=sale, amount_micro=1_000_000, pay="wallet", reason=word)
        resale_make(reseller=shop, subscriber=wallet.subscriber, plan=plan)
        shift_close(shift=shift, counted_micro=50_000_000, note=word)
        # A tenant that is filled twice closes two days.
        today = datetime.now(UTC).date()
        day = day_close(day=today if last else today - timedelta(days=1), note=word)
        # One that is open, but not under the close of the second filling.
        shifts = [shift, shift_open(float_micro=0)] if last else [shift]
    return {
        "wallet": [str(wallet.pk), wallet.public_id],
        "shift": [name for row in shifts for name in (str(row.pk), row.public_id)],
        "sale": [str(sale.pk), sale.public_id],
        "approval": [str(waits.pk), waits.public_id],
        "reseller": [str(shop.pk), shop.public_id],
        "transfer": [str(sale.transfer_id)],
        "day": [str(day.pk), day.public_id],
        **_payments(wallet, word),
    }


def _payments(wallet: Any, word: str) -> Ids:
    """A payment that was asked for, money of nobody's, and the secret of the callbacks."""
    row = Payment(wallet=wallet, provider="mpesa", amount_micro=1_000_000, currency="KES")
    payment = payment_create(payment=row)
    arrival = Arrival(
        Outcome.PAID,
        receipt=word.upper(),
        amount_micro=1_000_000,
        currency="KES",
        account_ref=f"{word}-account",
    )
    arrival_take(provider="mpesa", arrival=arrival, door=Door.C2B)
    found = Suspense.objects.latest("pk")
    token = callback_token() or mpesa_callback_token()
    return {
        "payment": [str(payment.pk), payment.public_id],
        "suspense": [str(found.pk), found.public_id],
        "callback": [token],
    }
