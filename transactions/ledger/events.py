"""What the books tell by themselves."""

from wificore.kernel.event_kinds import COUNT, TEXT, Kind, declare, shape

MICRO = {**COUNT, "description": "Micro-units of the currency."}

declare(
    Kind(
        "hold.expired",
        "Money that was set aside is free again: its time was over",
        "wallets.wallet.view",
        payload=shape(
            id={**TEXT, "description": "The hold's or lease's id."},
            kind={**TEXT, "enum": ["hold", "lease"]},
            reference={**TEXT, "description": "What it was for."},
            amount_micro=MICRO,
            captured_micro={**MICRO, "description": "What was taken of it before."},
        ),
    ),
    Kind(
        "ledger.adjusted",
        "Somebody corrected the books by hand",
        "ledger.transfer.view",
        payload=shape(
            id={**TEXT, "description": "The transfer's id in /api/v1/ledger/transfers/."},
            amount_micro=MICRO,
            accounts={"type": "array", "items": TEXT},
            reason=TEXT,
        ),
    ),
)
