"""What wallets tell."""

from wificore.kernel.event_kinds import COUNT, NUMBER, TEXT, Kind, declare, shape

WALLET = {**TEXT, "description": "The wallet's id in /api/v1/wallets/."}
CUSTOMER = {**NUMBER, "description": "The customer's id in /api/v1/radius/subscribers/."}
MICRO = {**COUNT, "description": "Micro-units of the currency."}

declare(
    Kind(
        "wallet.opened",
        "A wallet was opened",
        "wallets.wallet.view",
        payload=shape(id=WALLET, account_no=TEXT, subscriber=CUSTOMER, currency=TEXT),
    ),
    Kind(
        "wallet.topped_up",
        "Money came into a wallet",
        "payments.payment.view",
        payload=shape(
            id=WALLET,
            transfer=TEXT,
            subscriber=CUSTOMER,
            channel={**TEXT, "description": "How it came: cash, mpesa."},
            amount_micro=MICRO,
            receivable_paid_micro={**MICRO, "description": "What of it paid for what was owed."},
            balance_micro={**MICRO, "description": "Of the wallet, right after it."},
            currency=TEXT,
        ),
    ),
)
