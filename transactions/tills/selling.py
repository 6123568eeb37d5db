"""What every sale at a counter checks, and tells."""

from typing import Any

from transactions.ledger.selectors import currency_of_tenant
from transactions.ledger.services import AboveLimit
from transactions.wallets.amounts import UNIT

from .errors import TillInvalid
from .models import Pay, Sale


def check_price(currency: str, price_micro: int, pay: str, *, field: str) -> None:
    """Raises TillInvalid: a plan, or a batch of vouchers, is not sold at such a price."""
    if currency != currency_of_tenant():
        raise TillInvalid(f"Sales are in {currency_of_tenant()}, not this {field}.", field=field)
    if price_micro <= 0:
        raise TillInvalid(f"This {field} has no price: it is not sold.", field=field)
    if pay == Pay.CASH and price_micro % UNIT:
        raise TillInvalid(f"This {field}'s price is not a whole amount: no cash.", field=field)


def told(sale: Sale) -> dict[str, Any]:
    """A sale as events and audit have it."""
    return {
        "site": sale.site_id,
        "seller": sale.seller,
        "subscriber": sale.subscriber,
        "voucher": sale.voucher,
        "plan": sale.plan,
        "plan_name": sale.plan_name,
        "pay": str(sale.pay),
        "amount_micro": sale.amount_micro,
        "refunded_micro": sale.refunded_micro,
        "currency": sale.currency,
        "transfer": str(sale.transfer_id),
        "valid_until": sale.valid_until,
    }


def check_refund(amount: int, pay: str, reason: str) -> None:
    """Raises TillInvalid: nobody gives back such an amount, or nothing is said of why."""
    if amount <= 0 or (pay == Pay.CASH and amount % UNIT):
        message = "Give an amount above 0; in cash, a whole one."
        raise TillInvalid(message, field="amount_micro")
    if not reason.strip():
        raise TillInvalid("Say why.", field="reason")


def check_left(sale: Sale, amount_micro: int) -> None:
    """Raises AboveLimit: refunds would sum to more than the sale."""
    if sale.refunded_micro + amount_micro > sale.amount_micro:
        raise AboveLimit("Refunds would be more than the sale.", field="amount_micro")
