"""Payments: money that comes from outside, by whichever door, credited once.

    doors                       what they say              what comes of it
    STK callback   --+
    C2B confirmation +-> inbox -> worker -> gateway.read --+
    Paystack webhook +   (stored, then 200)                |
    status query   ---------------------> gateway.status --+-> Arrival -> crediting -> ledger
    nightly pull   ---------------------> gateway.pull ----+
    typed by staff ----------------------------------------+

A receipt is unique by (provider, receipt) and has exactly one credit. A status query gives no
receipt: it makes a provisional credit, which the receipt takes over when it arrives
(`services.crediting`). Whoever's money it is nobody knows waits in suspense for a person.
"""
