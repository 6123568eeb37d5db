"""What resellers tell."""

from wificore.kernel.event_kinds import (
    COUNT,
    NUMBER,
    TEXT,
    TIME,
    Kind,
    declare,
    maybe,
    shape,
    written,
)

MICRO = {**COUNT, "description": "Micro-units of the currency."}
RESELLER = {**TEXT, "description": "The reseller's id in /api/v1/resellers/."}

declare(
    *written("reseller", "A reseller", view="resellers.reseller.view"),
    Kind(
        "reseller.topped_up",
        "A reseller paid into its float",
        "payments.payment.view",
        payload=shape(
            id=RESELLER,
            name=TEXT,
            transfer=TEXT,
            amount_micro=MICRO,
            balance_micro={**MICRO, "description": "Of the float, right after it."},
            currency=TEXT,
        ),
    ),
    Kind(
        "reseller.sold",
        "A reseller sold a plan",
        "payments.payment.view",
        payload=shape(
            id={**TEXT, "description": "The sale's id."},
            reseller=RESELLER,
            name=TEXT,
            subscriber=maybe({**NUMBER, "description": "null: a voucher was sold."}),
            voucher=maybe(NUMBER),
            plan=NUMBER,
            plan_name=TEXT,
            amount_micro=MICRO,
            commission_micro=MICRO,
            currency=TEXT,
            transfer=TEXT,
            valid_until=maybe(TIME),
        ),
    ),
)
