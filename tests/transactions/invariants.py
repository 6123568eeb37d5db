"""What must be true of a tenant's books after anything (MONEY-WATER 4: 1, 2, 5, 8)."""

from typing import Any

from django.db import connection

from wificore.kernel.db.context import tenant_context

CHECKS = {
    "entries of each transfer sum to 0": (
        "SELECT transfer_id, sum(amount) FROM ledger_entry GROUP BY 1 HAVING sum(amount) <> 0"
    ),
    "every transfer has entries, whose positive sum is its amount": (
        "SELECT t.id FROM ledger_transfer t LEFT JOIN ledger_entry e ON e.transfer_id = t.id"
        " GROUP BY t.id HAVING coalesce(sum(e.amount) FILTER (WHERE e.amount > 0), 0) <> t.amount"
    ),
    "a running balance is the sum of its entries": (
        "SELECT a.id FROM ledger_account a LEFT JOIN ledger_entry e ON e.account_id = a.id"
        " WHERE a.running GROUP BY a.id HAVING coalesce(sum(e.amount), 0) <> a.posted"
    ),
    "balance_after is a continuous chain": (
        "SELECT id FROM (SELECT e.*, a.running, e.balance_after - e.amount AS before,"
        " lag(e.balance_after, 1, 0::bigint) OVER (PARTITION BY account_id ORDER BY e.id) AS last"
        " FROM ledger_entry e JOIN ledger_account a ON a.id = e.account_id) c"
        " WHERE running AND before <> last OR NOT running AND balance_after IS NOT NULL"
    ),
    "its times only go forward": (
        "SELECT id FROM (SELECT e.*, lag(e.created_at) OVER (PARTITION BY account_id"
        " ORDER BY e.id) AS last FROM ledger_entry e JOIN ledger_account a ON a.id = e.account_id"
        " WHERE a.running) c WHERE created_at < last"
    ),
    "no balance was ever below its bound": (
        "SELECT e.id FROM ledger_entry e JOIN ledger_account a ON a.id = e.account_id"
        " WHERE e.balance_after < a.min_balance OR e.balance_after > a.max_balance"
    ),
    "what is held is what open holds may still take": (
        "SELECT a.id FROM ledger_account a LEFT JOIN ledger_hold h"
        " ON h.account_id = a.id AND h.state = 'open'"
        " GROUP BY a.id HAVING coalesce(sum(h.amount - h.captured), 0) <> a.held"
    ),
    "reversals are at most what they reverse": (
        "SELECT t.id FROM ledger_transfer t JOIN ledger_transfer r ON r.reverses_id = t.id"
        " GROUP BY t.id HAVING sum(r.amount) > t.amount"
    ),
}


def assert_books(tenant: Any) -> None:
    """All of them, of all rows."""
    with tenant_context(tenant), connection.cursor() as cursor:
        for name, statement in CHECKS.items():
            cursor.execute(statement)
            assert cursor.fetchall() == [], name
