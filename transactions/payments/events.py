"""What payments tell."""

from wificore.kernel.event_kinds import COUNT, TEXT, YES_NO, Kind, declare, maybe, shape, written

VIEW = "payments.payment.view"
ACCOUNTS = "payments.account.view"
CHANGED = {"type": "array", "items": TEXT, "description": "Names of the fields that are new."}
WALLET = {**TEXT, "description": "The wallet's id in /api/v1/wallets/."}
MICRO = {**COUNT, "description": "Micro-units of the currency."}
STATES = {**TEXT, "enum": ["created", "pending", "paid", "failed", "unknown"]}

PAYMENT = {
    "id": {**TEXT, "description": "The payment's id in /api/v1/payments/."},
    "wallet": WALLET,
    "provider": TEXT,
    "amount_micro": MICRO,
    "currency": TEXT,
    "state": STATES,
    "receipt": maybe(TEXT),
    "result_code": maybe(TEXT),
}
RECEIPT = {
    "id": {**TEXT, "description": "<provider>:<receipt>"},
    "provider": TEXT,
    "receipt": TEXT,
    "wallet": maybe(WALLET),
    "amount_micro": MICRO,
    "currency": TEXT,
    "state": {**TEXT, "enum": ["credited", "suspense", "waiting", "reversed"]},
    "unverified": YES_NO,
    "disputed": YES_NO,
}
SUSPENSE = {
    "id": {**TEXT, "description": "Its id in /api/v1/payments/suspense/."},
    "provider": TEXT,
    "receipt": TEXT,
    "amount_micro": MICRO,
    "currency": TEXT,
    "account_ref": {**TEXT, "description": "What the payer typed."},
    "payer_masked": TEXT,
    "wallet": maybe(WALLET),
}

declare(
    Kind("payment.created", "A payment was asked for", VIEW, payload=shape(**PAYMENT)),
    *(
        Kind(f"payment.{what}", words, VIEW, payload=shape(**PAYMENT, changed=CHANGED))
        for what, words in {
            "pending": "The payer was prompted",
            "paid": "A payment was paid",
            "failed": "A payment failed",
            "unknown": "Nobody knows yet whether a payment was paid",
            "doubled": "A payment was credited twice and the money is spent: decide what to do",
        }.items()
    ),
    Kind("receipt.credited", "Money of a receipt was credited", VIEW),
    Kind("receipt.typed", "Staff typed a receipt; it waits", VIEW, payload=shape(**RECEIPT)),
    *(
        Kind(f"receipt.{what}", words, VIEW, payload=shape(**RECEIPT, changed=CHANGED))
        for what, words in {
            "verified": "The provider confirmed a receipt that staff had typed",
            "disputed": "The provider tells otherwise of a receipt than staff: look at it",
        }.items()
    ),
    Kind(
        "suspense.created", "Money came whose owner is not known", VIEW, payload=shape(**SUSPENSE)
    ),
    *(
        Kind(f"suspense.{what}", words, VIEW, payload=shape(**SUSPENSE, changed=CHANGED))
        for what, words in {
            "matched": "Money in suspense found its owner",
            "returning": "Money in suspense is to be given back",
            "returned": "Money in suspense was given back",
            "kept": "Money in suspense could not be given back",
        }.items()
    ),
    *written("mpesa_account", "The M-Pesa account", view=ACCOUNTS),
    *written("paystack_account", "The Paystack account", view=ACCOUNTS),
)
