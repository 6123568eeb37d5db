"""One thing at a time for each wallet: credits and guesses of one wallet never race."""

import hashlib

from django.db import connection

from wificore.kernel.db.context import current


def lock_wallets(*wallets: int | None) -> None:
    """Hold these wallets until the open transaction ends; in one order, so that nobody deadlocks.

    Not the wallet's own row: its app and the books lock rows in an order of their own.
    """
    schema = current().schema
    with connection.cursor() as cursor:
        for wallet in sorted({wallet for wallet in wallets if wallet is not None}):
            name = hashlib.sha256(f"payments:{schema}:{wallet}".encode()).digest()
            number = int.from_bytes(name[:8], "big", signed=True)
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [number])
