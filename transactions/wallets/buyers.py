"""Who buys, and what, as a request names them."""

from typing import Any

from radius.selectors import plan_get, subscriber_by_phone, subscriber_get
from radius.vouchers.selectors import voucher_by_code, voucher_get
from wificore.kernel import phones
from wificore.kernel.api.errors import DomainError

from .selectors import by_account_no, by_id


class BuyerUnknown(DomainError):
    """Nobody, or nothing, is called so."""

    code = "validation_error"


def plan_of(number: int) -> Any:
    """Raises BuyerUnknown: there is none."""
    plan = plan_get(plan=number)
    if plan is None:
        raise BuyerUnknown(f"There is no plan {number}.", field="plan")
    return plan


def voucher_of(wanted: dict[str, Any]) -> Any:
    """The voucher named by `voucher` or `code`.

    Raises:
        BuyerUnknown: there is none.
    """
    if "code" in wanted:
        found, field = voucher_by_code(wanted["code"]), "code"
    else:
        found, field = voucher_get(voucher=wanted["voucher"]), "voucher"
    if found is None:
        raise BuyerUnknown("There is no such voucher.", field=field)
    return found


def buyer(wanted: dict[str, Any]) -> Any:
    """The customer named by `subscriber`, `wallet` or `phone`.

    Raises:
        BuyerUnknown: nobody is.
    """
    found: Any
    if "subscriber" in wanted:
        found, field = subscriber_get(subscriber=wanted["subscriber"]), "subscriber"
    elif "wallet" in wanted:
        wallet = by_id(wanted["wallet"]) or by_account_no(wanted["wallet"])
        found, field = wallet and wallet.subscriber, "wallet"
    else:
        found, field = subscriber_by_phone(_number(wanted["phone"])), "phone"
    if found is None:
        raise BuyerUnknown("There is no such customer: add it first.", field=field)
    return found


def _number(phone: str) -> str:
    try:
        return phones.normalised(phone)
    except ValueError as error:
        raise BuyerUnknown(str(error), field="phone") from None
