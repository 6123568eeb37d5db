"""The books: double entry, behind one door that the database guards (docs/money.md, ADR 28).

    services.post, holds.place ..  -->  ledger_*_v1 (SECURITY DEFINER)  -->  account, transfer,
                                                                              entry, hold
    transfer  1--n  entry  n--1  account        entries of a transfer sum to 0
    hold      n--1  account                     held = what open holds may still take

The tenant's role may read the four tables and write none of them. Amounts are whole micro-units.
Sign: what the organisation OWES is positive (wallets, floats, suspense, revenue), what it HAS is
negative (cash, clearing, receivables).
"""
