"""Money: what customers pay, what the organisation owes, and books that cannot lie.

    reports -> (water | payments) -> resellers -> tills -> wallets -> ledger

Each of them is an app of its own, in tenants' schemas only; each may call those to its right.
"""
