"""What tills tell."""

from wificore.kernel.event_kinds import COUNT, NUMBER, TEXT, TIME, Kind, declare, maybe, shape

SITE = maybe({**NUMBER, "description": "The site's id; null: no site."})
MICRO = {**COUNT, "description": "Micro-units of the currency."}
SIGNED = {**NUMBER, "description": "Micro-units; below 0: money is missing."}
SHIFT = {
    "id": {**TEXT, "description": "The shift's id in /api/v1/tills/shifts/."},
    "site": SITE,
    "cashier": NUMBER,
    "cashier_name": TEXT,
    "currency": TEXT,
}
SALE = {
    "id": {**TEXT, "description": "The sale's id in /api/v1/tills/sales/."},
    "site": SITE,
    "seller": NUMBER,
    "subscriber": maybe({**NUMBER, "description": "null: a voucher was sold."}),
    "voucher": maybe(NUMBER),
    "plan": NUMBER,
    "plan_name": TEXT,
    "pay": {**TEXT, "enum": ["cash", "wallet"]},
    "amount_micro": MICRO,
    "refunded_micro": MICRO,
    "currency": TEXT,
    "transfer": TEXT,
    "valid_until": maybe(TIME),
}

APPROVAL = {
    "id": {**TEXT, "description": "Its id in /api/v1/tills/refund-approvals/."},
    "site": SITE,
    "sale": TEXT,
    "receipt": TEXT,
    "amount_micro": MICRO,
    "currency": TEXT,
    "pay": {**TEXT, "enum": ["cash", "wallet"]},
    "reason": TEXT,
    "asked_by": NUMBER,
    "asked_name": TEXT,
    "decided_name": TEXT,
    "note": TEXT,
    "state": {**TEXT, "enum": ["asked", "approved", "declined"]},
}

declare(
    *(
        Kind(
            f"refund.{what}",
            f"A refund above a limit was {words}",
            "tills.sale.view",
            site="site",
            payload=shape(**APPROVAL),
        )
        for what, words in (
            ("asked", "asked for"),
            ("approved", "approved and paid"),
            ("declined", "declined"),
        )
    ),
    Kind(
        "shift.opened",
        "A shift was opened",
        "payments.payment.view",
        site="site",
        payload=shape(**SHIFT, float_micro=MICRO),
    ),
    Kind(
        "shift.closed",
        "A shift was closed and its drawer counted",
        "payments.payment.view",
        site="site",
        payload=shape(**SHIFT, expected_micro=MICRO, counted_micro=MICRO, difference_micro=SIGNED),
    ),
    Kind(
        "sale.made",
        "A plan was sold",
        "payments.payment.view",
        site="site",
        payload=shape(**SALE),
    ),
    Kind(
        "sale.refunded",
        "Money of a sale was given back",
        "payments.payment.view",
        site="site",
        payload=shape(**SALE, refund=TEXT, refund_micro=MICRO, paid_to=TEXT),
    ),
    Kind(
        "day.closed",
        "A day was closed",
        "payments.payment.view",
        site="site",
        payload=shape(
            id={**TEXT, "description": "Its id in /api/v1/tills/days/."},
            site=SITE,
            seq=COUNT,
            day={**TEXT, "format": "date"},
            note=TEXT,
            closed_by=TEXT,
            hash={**TEXT, "description": "Of the close and, through it, of all before it."},
            difference_micro=SIGNED,
        ),
    ),
)
