"""Ours: wallets of the product's books."""

import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

from transactions.ledger import holds
from transactions.ledger.kinds import Kind
from transactions.ledger.services import account, post

FOR = timedelta(hours=1)


def create(wallets: int, funds: int) -> list[int]:
    """Funded wallets; their numbers."""
    source = account(Kind.CLEARING, "benchmark")
    made = []
    for _ in range(wallets):
        name = secrets.token_hex(8)
        number = account(Kind.WALLET, f"wallet:{name}")
        post("topup.benchmark", [(source, -funds), (number, funds)], key=f"topup:{name}")
        made.append(number)
    return made


def hold(wallet: int, amount: int, key: str) -> Any:
    return holds.place(wallet, amount, key=key, expires_at=datetime.now(UTC) + FOR)
