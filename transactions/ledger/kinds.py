"""Kinds of accounts; their rules stand in `ledger_account_v1`, where no caller can bend them."""

from enum import StrEnum


class Kind(StrEnum):
    """What an account holds; the comment says of whom, and what its `owner` names.

    `wallet` customer's money ("wallet:<id>"); `float` a reseller's ("reseller:<id>"); `receivable`
    what a customer owes us ("wallet:<id>"); `cash` a drawer ("shift:<id>") or where drawers are
    filled from and emptied to ("safe"); `clearing` what a provider has of ours ("mpesa").
    """

    WALLET = "wallet"
    CASH = "cash"
    CLEARING = "clearing"
    FLOAT = "float"
    REVENUE_WIFI = "revenue_wifi"
    REVENUE_WATER = "revenue_water"
    SUSPENSE = "suspense"
    RECEIVABLE = "receivable"
    OVERRUN = "overrun"
    REFUNDS = "refunds"
    FEES = "fees"
    COMMISSION = "commission"


# Kinds with a running balance. The others, above all revenue, are rows that every sale would wait
# for: their balance is the sum of their entries.
RUNNING = frozenset({Kind.WALLET, Kind.CASH, Kind.FLOAT, Kind.RECEIVABLE})
